import { type ReactNode, useEffect, useRef } from 'react';
import { Icon } from '../console/icons.tsx';

interface DialogProps {
  title: string;
  children: ReactNode;
  onClose(): void;
  /** What is shown is not shown again: neither Escape nor a click beside it closes it. */
  lasting?: boolean;
  testId?: string;
}

/** The browser's own modal dialog: it keeps the focus within, and gives it back. */
export function Dialog({ title, children, onClose, lasting = false, testId }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape does the same
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        if (!lasting) onClose();
      }}
      onKeyDown={(event) => {
        // Escape ends the dialog and not what lies below it.
        if (event.key === 'Escape') event.stopPropagation();
      }}
      onClick={(event) => {
        if (!lasting && event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2>{title}</h2>
          {!lasting && (
            <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
