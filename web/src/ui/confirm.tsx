import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { explain } from './use-query.ts';

interface ConfirmProps {
  title: string;
  /** What will happen, and to whom. */
  children: ReactNode;
  /** The deed, as a verb. */
  action: string;
  /** It cannot be undone. */
  grave?: boolean;
  /** What it rejects with is shown, and the dialog stays. */
  onConfirm(): Promise<void>;
  onClose(): void;
}

/** Asks before something is done that others notice. */
export function Confirm({ title, children, action, grave = false, onConfirm, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} testId="confirm">
      <div className="dialog-text">{children}</div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <footer className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={`button ${grave ? 'grave' : 'primary'}`}
          disabled={busy}
          onClick={() => void confirm()}
          data-testid="confirm-yes"
        >
          {action}
        </button>
      </footer>
    </Dialog>
  );
}
