import { describe, expect, it } from 'vitest';
import { emptyPosition } from '../../positions/adapters/empty-position.ts';
import type { Position } from '../../positions/position.ts';
import { Doubt } from '../../positions/quality/doubts.ts';
import { toStored } from '../../positions/stored-position.ts';
import { undatedAlarms } from './undated-alarms.ts';

const AT_MS = Date.UTC(2026, 10, 20, 10);

function alarmsAt(doubts: number, changed: Partial<Position>) {
  const position = { ...emptyPosition(AT_MS, { receivedAtMs: AT_MS }), lat: 0.25, lon: 32.5, ...changed };
  return undatedAlarms(toStored(7, 1, position, { doubts, remarks: 0, distanceM: null }));
}

describe('an alarm whose time is in doubt', () => {
  it('is an event at the time that its position is stored under, each of several its own', () => {
    const found = alarmsAt(Doubt.clockUnset, {
      alarm: 'powerCut,sos',
      batteryV: 11.5,
      attributes: { event: 252 },
    });
    expect(found).toMatchObject([{ kind: 'powerCut' }, { kind: 'sos' }]);
    for (const finding of found) {
      expect(finding).toMatchObject({
        rule: 'undated_alarm',
        subject: '',
        startMs: AT_MS,
        confirmedMs: AT_MS,
        endMs: AT_MS,
        lat: 0.25,
        lon: 32.5,
        details: { reported: true, placeFrom: 'undatedFix', batteryV: 11.5, event: 252 },
      });
    }
  });

  it('has no place where more than its time is in doubt', () => {
    expect(alarmsAt(Doubt.future | Doubt.nullIsland, { alarm: 'sos' })).toMatchObject([
      { lat: null, lon: null, details: { placeFrom: 'none' } },
    ]);
    expect(alarmsAt(Doubt.future, { alarm: 'sos', lat: null, lon: null })).toMatchObject([
      { lat: null, lon: null },
    ]);
  });

  it('is none where there is no alarm', () => {
    expect(alarmsAt(Doubt.future, { alarm: null })).toEqual([]);
  });
});
