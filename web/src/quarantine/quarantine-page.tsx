import { useCallback, useState } from 'react';
import { type QuarantineFilter, quarantinePage } from '../api/quarantine.ts';
import { withToken } from '../api/session.ts';
import type { Page, QuarantineEntry, QuarantineState } from '../api/types.ts';
import { useServerNow } from '../console/hooks.ts';
import type { Permissions } from '../console/permissions.ts';
import { formatRoute } from '../console/route.ts';
import { Age } from '../ui/age.tsx';
import { Failed, Nothing, ReadingRows } from '../ui/page-state.tsx';
import { explain, useQuery } from '../ui/use-query.ts';
import { QuarantineDetail } from './quarantine-detail.tsx';
import { QuarantineFilters } from './quarantine-filters.tsx';
import { ReplayMatching } from './replay-matching.tsx';
import { REPLAY_STATE_NAMES, reasonName, replayStateOf } from './words.ts';

interface QuarantinePageProps {
  entryId: string | null;
  may: Permissions;
}

/** What trackers sent and no adapter could read: why, the bytes themselves, and another try. */
export function QuarantinePage({ entryId, may }: QuarantinePageProps) {
  const [filter, setFilter] = useState<QuarantineFilter>({});
  const [state, setState] = useState<QuarantineState>('open');
  const { query, again, put } = useQuery(
    useCallback(
      (token: string, signal: AbortSignal) => quarantinePage(token, { ...filter, state }, null, signal),
      [filter, state],
    ),
  );
  /** Grows when many were asked for at once, the open one perhaps among them. */
  const [replays, setReplays] = useState(0);
  const changed = useCallback(
    (entry: QuarantineEntry) =>
      put((page) => ({
        ...page,
        items: page.items.map((other) => (other.id === entry.id ? entry : other)),
      })),
    [put],
  );

  return (
    <div className="page-inner wide" data-testid="quarantine-page">
      <header className="page-head">
        <h1>Quarantine</h1>
        <fieldset className="segments" aria-label="State">
          <button type="button" aria-pressed={state === 'open'} onClick={() => setState('open')}>
            Open
          </button>
          <button
            type="button"
            aria-pressed={state === 'replayed'}
            onClick={() => setState('replayed')}
            data-testid="quarantine-replayed"
          >
            Replayed
          </button>
        </fieldset>
      </header>
      <div className="toolbar">
        <QuarantineFilters filter={filter} onFilter={setFilter} />
        <button type="button" className="button" onClick={again}>
          Refresh
        </button>
        {may.write && state === 'open' && query.phase === 'read' && query.value.items.length > 0 && (
          <ReplayMatching
            filter={filter}
            onRequested={() => {
              setReplays((before) => before + 1);
              again();
            }}
          />
        )}
      </div>
      <div className="split" data-detail={entryId !== null}>
        <div className="split-list">
          {query.phase === 'reading' && <ReadingRows />}
          {query.phase === 'failed' && <Failed why={query.why} onAgain={again} />}
          {query.phase === 'read' && (
            <Entries page={query.value} state={state} filter={filter} openId={entryId} onMore={put} />
          )}
        </div>
        {entryId !== null && (
          <QuarantineDetail key={entryId} id={entryId} replays={replays} may={may} onChanged={changed} />
        )}
      </div>
    </div>
  );
}

interface EntriesProps {
  page: Page<QuarantineEntry>;
  state: QuarantineState;
  filter: QuarantineFilter;
  openId: string | null;
  onMore(change: (page: Page<QuarantineEntry>) => Page<QuarantineEntry>): void;
}

function Entries({ page, state, filter, openId, onMore }: EntriesProps) {
  const nowMs = useServerNow(5_000);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { items, nextCursor } = page;

  if (items.length === 0) {
    const narrowed = Object.values(filter).some((value) => value !== undefined);
    if (narrowed) return <Nothing title="No message matches" />;
    return (
      <Nothing title={state === 'open' ? 'Everything could be read' : 'Nothing was replayed'}>
        <p>
          {state === 'open'
            ? 'What a tracker sends and no format can read waits here, with its bytes and the reason.'
            : 'Messages that could be read after all are listed here.'}
        </p>
      </Nothing>
    );
  }
  const more = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const next = await withToken((token) => quarantinePage(token, { ...filter, state }, nextCursor));
      onMore((before) => ({ items: [...before.items, ...next.items], nextCursor: next.nextCursor }));
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return (
    <>
      <ul className="entries">
        {items.map((entry) => {
          const replay = replayStateOf(entry);
          return (
            <li key={entry.id}>
              <a
                className="entry"
                href={formatRoute({ page: 'quarantine', entryId: entry.id })}
                aria-current={entry.id === openId ? 'true' : undefined}
                data-testid="quarantine-entry"
                data-entry={entry.id}
                data-state={replay}
              >
                <span className="entry-head">
                  <strong>{reasonName(entry.reason)}</strong>
                  <Age at={entry.receivedAt} nowMs={nowMs} />
                </span>
                <span className="entry-detail">{entry.detail}</span>
                <span className="entry-foot">
                  <span className="ident">{entry.topic}</span>
                  {replay !== 'open' && (
                    <span className={`badge ${replay}`}>{REPLAY_STATE_NAMES[replay]}</span>
                  )}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {nextCursor !== null && (
        <button type="button" className="button more" disabled={busy} onClick={() => void more()}>
          Show older
        </button>
      )}
    </>
  );
}
