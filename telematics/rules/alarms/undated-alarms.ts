import { MISDATED } from '../../positions/quality/verdict.ts';
import type { StoredPosition } from '../../positions/stored-position.ts';
import type { Finding } from '../finding.ts';
import { fixTimes } from '../fix-times.ts';
import type { Json } from '../json.ts';
import { alarmsOf, eventOf } from './alarms.ts';

/**
 * The alarms of a position whose time is in doubt. It has no place in the order of fixes, so each is an
 * event of its own at the time under which the position is stored, known by `rule: 'undated_alarm'`.
 */
export function undatedAlarms({ position, verdict }: StoredPosition): Finding[] {
  // What else speaks against the fix speaks against its place; its clock alone does not.
  const isPlaced = (verdict.doubts & ~MISDATED) === 0 && position.lat !== null && position.lon !== null;
  const details: Record<string, Json> = {
    reported: true,
    fixes: fixTimes(position.fixTimeMs),
    placeFrom: isPlaced ? 'undatedFix' : 'none',
  };
  if (position.batteryV !== null) details.batteryV = Math.fround(position.batteryV);
  const event = eventOf(position.attributes);
  if (event !== null) details.event = event;
  return alarmsOf(position.alarm).map((kind) => ({
    rule: 'undated_alarm',
    kind,
    subject: '',
    startMs: position.fixTimeMs,
    confirmedMs: position.fixTimeMs,
    endMs: position.fixTimeMs,
    lat: isPlaced ? position.lat : null,
    lon: isPlaced ? position.lon : null,
    details,
  }));
}
