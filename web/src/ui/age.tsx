import { ago } from '../format/units.ts';
import { fullTime } from '../replay/day.ts';

/** How long before `nowMs` something was, with its time on request. */
export function Age({ at, nowMs }: { at: string; nowMs: number }) {
  const atMs = Date.parse(at);
  return (
    <time dateTime={at} title={fullTime(atMs)}>
      {ago(nowMs - atMs)}
    </time>
  );
}
