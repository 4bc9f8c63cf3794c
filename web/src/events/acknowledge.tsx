import { type FormEvent, useState } from 'react';
import type { RiskEvent } from '../api/event-types.ts';
import { acknowledge } from '../api/events.ts';
import { sessionState, withToken } from '../api/session.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { fullTime } from '../replay/day.ts';
import { explain } from '../ui/use-query.ts';

/** The longest note that the API takes. */
const MAX_NOTE_LENGTH = 1_000;

interface AcknowledgeProps {
  event: RiskEvent;
  may: Permissions;
  onChanged(event: RiskEvent): void;
}

function isMine(userId: string | null): boolean {
  const session = sessionState();
  return session.phase === 'in' && session.user.id === userId;
}

/** Who saw to an event and what they noted, or the form to say that one does. */
export function Acknowledge({ event, may, onChanged }: AcknowledgeProps) {
  const { id, acknowledgedAt, acknowledgedBy, acknowledgementNote, retractedAt } = event;
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  if (acknowledgedAt !== null) {
    return (
      <p className="notice done" data-testid="acknowledged">
        <Icon name="check" />
        <span>
          Acknowledged by {isMine(acknowledgedBy) ? 'you' : 'a colleague'} on{' '}
          {fullTime(Date.parse(acknowledgedAt))}
          {acknowledgementNote && <q>{acknowledgementNote}</q>}
        </span>
      </p>
    );
  }
  if (!may.write || retractedAt !== null) return null;

  const submit = async (submitted: FormEvent) => {
    submitted.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      onChanged(await withToken((token) => acknowledge(token, id, note.trim() || null)));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <form className="acknowledge" onSubmit={(submitted) => void submit(submitted)}>
      <label className="field">
        Note
        <input
          value={note}
          maxLength={MAX_NOTE_LENGTH}
          placeholder="What was done about it"
          autoComplete="off"
          onChange={(changed) => setNote(changed.currentTarget.value)}
          data-testid="acknowledge-note"
        />
      </label>
      <button type="submit" className="button primary" disabled={busy} data-testid="acknowledge">
        <Icon name="check" /> Acknowledge
      </button>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
