import { type FormEvent, useState } from 'react';
import { withToken } from '../api/session.ts';
import { createGateway } from '../api/trackers.ts';
import type { Gateway, SpeaksFor } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { explain } from '../ui/use-query.ts';
import { SpeaksForChoice } from './speaks-for-choice.tsx';

interface NewGatewayProps {
  onMade(made: { gateway: Gateway; secret: string }): void;
  onClose(): void;
}

export function NewGateway({ onMade, onClose }: NewGatewayProps) {
  const [ident, setIdent] = useState('');
  const [model, setModel] = useState('');
  const [speaksFor, setSpeaksFor] = useState<SpeaksFor>('listed');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const gateway = { ident: ident.trim(), model: model.trim() || null, speaksFor };
    try {
      onMade(await withToken((token) => createGateway(token, gateway)));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title="New gateway" onClose={onClose} testId="gateway-dialog">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <label className="field">
          Ident
          <input
            value={ident}
            required
            pattern="[A-Za-z0-9._:\-]{1,64}"
            title="1 to 64 letters, digits, dots, dashes and colons"
            placeholder="traccar-main"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setIdent(event.currentTarget.value)}
            data-testid="gateway-ident"
          />
          <small>Its MQTT user name; letters, digits, dots, dashes and colons.</small>
        </label>
        <label className="field">
          Model
          <input
            value={model}
            maxLength={100}
            placeholder="Traccar 6"
            autoComplete="off"
            onChange={(event) => setModel(event.currentTarget.value)}
          />
        </label>
        <SpeaksForChoice value={speaksFor} onChange={setSpeaksFor} />
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <footer className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy} data-testid="gateway-create">
            Create
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
