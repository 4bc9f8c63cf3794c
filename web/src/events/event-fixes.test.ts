import { expect, test } from 'vitest';
import type { Position } from '../api/types.ts';
import { fixesOfEvent, spanOfEvent } from './event-fixes.ts';

const iso = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
const position = (minute: number, part: Partial<Position> = {}) =>
  ({
    fixTime: iso(minute),
    lat: 0.3,
    lon: 32.5,
    speedKmh: 30,
    accuracyM: 5,
    verdict: 'good',
    ...part,
  }) as Position;

test('an event is shown with what was before and after it, from the first of its fixes on', () => {
  const event = {
    occurredAt: iso(10),
    confirmedAt: iso(11),
    endedAt: iso(20),
    details: { fixes: [iso(8), iso(10)] },
  };
  expect(spanOfEvent(event)).toEqual({ fromMs: Date.parse(iso(5)), toMs: Date.parse(iso(23)) });
});

test('of an event that lasts for days the beginning is shown', () => {
  const event = { occurredAt: iso(0), confirmedAt: iso(1), endedAt: iso(5_000), details: {} };
  const { fromMs, toMs } = spanOfEvent(event);
  expect((toMs - fromMs) / 3600_000).toBeCloseTo(6.1, 1);
});

test('the fixes that made an event are marked, and doubtful ones beside them left out', () => {
  const positions = [
    position(2),
    position(0),
    position(1, { verdict: 'doubtful' }),
    position(3, { verdict: 'doubtful' }),
    position(4, { lat: null, lon: null }),
  ];
  const fixes = fixesOfEvent({ details: { fixes: [iso(2), iso(3), iso(4)] } }, positions);
  expect(fixes.map(({ fixTime, made }) => [fixTime, made])).toEqual([
    [iso(0), false],
    [iso(2), true],
    [iso(3), true],
  ]);
});
