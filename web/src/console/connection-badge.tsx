import { ago } from '../format/units.ts';
import type { ConnectionStatus } from '../live/live-connection.ts';
import { useNow } from './hooks.ts';

const NAMES = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' } as const;

export function ConnectionBadge({ status }: { status: ConnectionStatus }) {
  return (
    <output className={`connection ${status.phase}`} data-testid="connection">
      <span className="connection-dot" />
      <span className="connection-name">{NAMES[status.phase]}</span>
    </output>
  );
}

/** Says how old the map is while nothing comes in; a stale map that looks live is worse than none. */
export function StaleNotice({ status, onRetry }: { status: ConnectionStatus; onRetry(): void }) {
  const now = useNow(1000);
  if (status.phase !== 'reconnecting') return null;
  const { sinceMs, retryAtMs } = status;
  const waitS = Math.max(0, Math.ceil((retryAtMs - now) / 1000));
  return (
    <div className="stale-notice" role="alert" data-testid="stale-notice">
      <p>
        <strong>
          {sinceMs === null
            ? 'No live positions yet.'
            : `Positions are as of ${clockTime(sinceMs)}, ${ago(now - sinceMs)}.`}
        </strong>{' '}
        {waitS > 0 ? `Trying again in ${waitS} s.` : 'Trying again…'}
      </p>
      <button type="button" className="button small" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}

const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const clockTime = (ms: number) => clock.format(ms);
