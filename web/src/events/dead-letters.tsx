import { useCallback, useState } from 'react';
import type { DeadLetter } from '../api/event-types.ts';
import { deadLetterPage, replayAllDeadLetters, replayDeadLetter } from '../api/events.ts';
import { readPages } from '../api/request.ts';
import { withToken } from '../api/session.ts';
import { useServerNow } from '../console/hooks.ts';
import { Icon } from '../console/icons.tsx';
import { formatRoute } from '../console/route.ts';
import { Age } from '../ui/age.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';

/** Five hundred letters; there is a fault to mend before anyone reads more. */
const MAX_PAGES = 10;

/** What of an event's life a job was to tell, by the end of the job's name. */
const CHANGES: Readonly<Record<string, string>> = {
  detected: 'An event was found',
  ended: 'An event ended',
  amended: 'An event changed',
  retracted: 'An event was retracted',
  reinstated: 'An event holds again',
};

/** Events that could not be told to what reads them from the queue, and another try. */
export function DeadLetters() {
  const { query, again, put } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) =>
        await readPages((cursor) => deadLetterPage(token, cursor, signal), MAX_PAGES),
      [],
    ),
  );
  const [asking, setAsking] = useState(false);
  const letters = query.value?.items ?? [];
  return (
    <>
      <div className="toolbar">
        <p className="lead">
          Events that the systems behind the queue took over and over without success. They are kept until
          they are tried again.
        </p>
        <button type="button" className="button" onClick={again}>
          Refresh
        </button>
        {letters.length > 1 && (
          <button
            type="button"
            className="button primary"
            onClick={() => setAsking(true)}
            data-testid="letters-replay-all"
          >
            Try all again
          </button>
        )}
      </div>
      {query.phase === 'reading' && <ReadingRows rows={3} />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {query.phase === 'read' && letters.length === 0 && (
        <Nothing title="Everything was delivered">
          <p>What the queue could not hand on would wait here, with the reason.</p>
        </Nothing>
      )}
      <ul className="cards">
        {letters.map((letter) => (
          <Letter
            key={letter.jobId}
            letter={letter}
            onReplayed={() =>
              put((held) => ({ ...held, items: held.items.filter(({ jobId }) => jobId !== letter.jobId) }))
            }
          />
        ))}
      </ul>
      {query.value?.isCut && <p className="hint">There are more than are listed here.</p>}
      {asking && (
        <Confirm
          title="Try all of them again?"
          action="Try all again"
          onConfirm={async () => {
            await withToken(replayAllDeadLetters);
            again();
          }}
          onClose={() => setAsking(false)}
        >
          <p>Each goes back to the queue, and here again should it fail once more.</p>
        </Confirm>
      )}
    </>
  );
}

function Letter({ letter, onReplayed }: { letter: DeadLetter; onReplayed(): void }) {
  const { jobId, name, eventId, failedAt, attempts, reason, payload } = letter;
  const nowMs = useServerNow(5_000);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const replay = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await withToken((token) => replayDeadLetter(token, jobId));
      onReplayed();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <li className="card" data-testid="dead-letter" data-job={jobId}>
      <div className="card-what">
        <h2>{CHANGES[name.split('.').at(-1) ?? ''] ?? name}</h2>
        <p>{reason}</p>
        <p className="hint">
          {attempts === 1 ? 'One attempt' : `${attempts} attempts`}, the last{' '}
          <Age at={failedAt} nowMs={nowMs} />
        </p>
        <details className="letter-payload">
          <summary>Content</summary>
          <pre>{JSON.stringify(payload, null, 2)}</pre>
        </details>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      <div className="card-actions">
        {eventId !== null && (
          <a className="button small" href={formatRoute({ page: 'events', tab: 'list', eventId })}>
            Event
          </a>
        )}
        <button
          type="button"
          className="button small primary"
          disabled={busy}
          onClick={() => void replay()}
          data-testid="letter-replay"
        >
          <Icon name="again" /> Try again
        </button>
      </div>
    </li>
  );
}
