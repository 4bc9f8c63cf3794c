import { useCallback, useEffect, useRef, useState } from 'react';
import { quarantineEntry, requestReplay } from '../api/quarantine.ts';
import { withToken } from '../api/session.ts';
import { device, gatewayPage } from '../api/trackers.ts';
import type { QuarantineEntry } from '../api/types.ts';
import { useServerNow } from '../console/hooks.ts';
import { Icon } from '../console/icons.tsx';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { fullTime } from '../replay/day.ts';
import { Age } from '../ui/age.tsx';
import { Failed, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { Payload } from './payload.tsx';
import { REASONS, REPLAY_STATE_NAMES, reasonName, replayStateOf } from './words.ts';

/** How often is looked whether a message that waits was read. */
const LOOK_EVERY_MS = 1_000;

interface QuarantineDetailProps {
  id: string;
  /** Read again whenever it grows. */
  replays: number;
  may: Permissions;
  onChanged(entry: QuarantineEntry): void;
}

export function QuarantineDetail({ id, replays, may, onChanged }: QuarantineDetailProps) {
  const { query, again } = useQuery(
    useCallback((token: string, signal: AbortSignal) => quarantineEntry(token, id, signal), [id]),
  );
  const entry = query.value;
  const waits = entry !== null && replayStateOf(entry) === 'waiting';

  useEffect(() => {
    if (replays > 0) again();
  }, [replays, again]);
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(again, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [waits, again]);
  useEffect(() => {
    if (entry) onChanged(entry);
  }, [entry, onChanged]);

  return (
    <section className="detail" aria-label="Quarantined message" data-testid="quarantine-detail">
      <a
        className="icon-button detail-close"
        href={formatRoute({ page: 'quarantine', entryId: null })}
        aria-label="Close"
      >
        <Icon name="close" />
      </a>
      {query.phase === 'reading' && <ReadingRows />}
      {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
      {entry && <Entry entry={entry} may={may} onReplay={again} />}
    </section>
  );
}

interface EntryProps {
  entry: QuarantineEntry;
  may: Permissions;
  onReplay(): void;
}

function Entry({ entry, may, onReplay }: EntryProps) {
  const { id, reason, detail, topic, receivedAt, deviceId } = entry;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const state = replayStateOf(entry);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  const replay = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await withToken((token) => requestReplay(token, { ids: [id] }));
      onReplay();
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return (
    <>
      <header className="detail-head">
        <h2 ref={heading} tabIndex={-1}>
          {reasonName(reason)}
        </h2>
        <p className="detail-why">{detail}</p>
        {REASONS[reason] && <p className="hint">{REASONS[reason].help}</p>}
      </header>
      <div className="detail-state">
        <output className={`badge ${state}`} data-testid="replay-state" data-state={state}>
          {REPLAY_STATE_NAMES[state]}
        </output>
        <Since entry={entry} />
        {may.write && state !== 'replayed' && (
          <button
            type="button"
            className="button primary small"
            disabled={busy || state === 'waiting'}
            onClick={() => void replay()}
            data-testid="quarantine-replay"
          >
            <Icon name="again" /> {state === 'failed' ? 'Try again' : 'Replay'}
          </button>
        )}
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <dl className="facts">
        <div className="wide">
          <dt>Topic</dt>
          <dd className="ident">{topic}</dd>
        </div>
        <div>
          <dt>Received</dt>
          <dd>{fullTime(Date.parse(receivedAt))}</dd>
        </div>
        <div>
          <dt>Sent by</dt>
          <dd className="ident">
            <Sender id={deviceId} />
          </dd>
        </div>
      </dl>
      <Payload entry={entry} />
    </>
  );
}

/** The tracker or the gateway that published it. */
function Sender({ id }: { id: string }) {
  const { query } = useQuery(
    useCallback(
      async (token: string, signal: AbortSignal) => {
        const { items } = await gatewayPage(token, null, signal);
        return (items.find((gateway) => gateway.id === id) ?? (await device(token, id, signal))).ident;
      },
      [id],
    ),
  );
  if (query.phase === 'read') return query.value;
  return query.phase === 'reading' ? '…' : `account ${id}`;
}

function Since({ entry }: { entry: QuarantineEntry }) {
  const nowMs = useServerNow(1_000);
  const at = entry.replayedAt ?? entry.replayRequestedAt ?? entry.replayFailedAt;
  return at ? <Age at={at} nowMs={nowMs} /> : <span />;
}
