import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RiskEvent } from '../api/event-types.ts';
import { EMPTY_FEED, MAX_FEED_EVENTS, markedEvents, newlyCritical, withEvents } from './feed.ts';

const START_MS = Date.UTC(2026, 10, 20, 12);
const iso = (afterS: number) => new Date(START_MS + afterS * 1000).toISOString();

const event = (id: string, part: Partial<RiskEvent> = {}): RiskEvent => ({
  id,
  kind: 'tow',
  rule: 'tow',
  severity: 'info',
  subject: '',
  vehicleId: '1',
  deviceId: '1',
  vehicleLabel: 'Boda 1',
  occurredAt: iso(0),
  confirmedAt: iso(0),
  endedAt: null,
  detectedAt: iso(0),
  changedAt: iso(0),
  late: false,
  revision: 1,
  retractedAt: null,
  retractionReason: null,
  supersededBy: null,
  lat: 0,
  lon: 0,
  details: {},
  acknowledgedAt: null,
  acknowledgedBy: null,
  acknowledgementNote: null,
  ...part,
});

test('the feed is the same in whatever order the revisions of events come, and however often', () => {
  const all = ['a', 'b', 'c'].flatMap((id, at) =>
    [1, 2, 3].map((revision) => event(id, { revision, detectedAt: iso(at) })),
  );
  const wanted = withEvents(EMPTY_FEED, all).events;
  expect(wanted.map(({ id, revision }) => [id, revision])).toEqual([
    ['c', 3],
    ['b', 3],
    ['a', 3],
  ]);
  fc.assert(
    fc.property(fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }), (shuffled) => {
      const feed = shuffled.reduce((held, each) => withEvents(held, [each]), EMPTY_FEED);
      expect(feed.events).toEqual(wanted);
    }),
  );
});

test('an acknowledgement, which is no revision, is not undone by the same revision told again', () => {
  const acknowledged = event('a', { acknowledgedAt: iso(9) });
  const feed = withEvents(withEvents(EMPTY_FEED, [event('a')]), [acknowledged]);
  expect(withEvents(feed, [event('a')]).events[0]?.acknowledgedAt).toBe(iso(9));
});

test('the feed is bounded, and what is critical and open outlasts what came after it', () => {
  const urgent = event('urgent', { severity: 'critical', detectedAt: iso(-100) });
  const others = Array.from({ length: MAX_FEED_EVENTS * 2 }, (_, at) =>
    event(`e${at}`, { detectedAt: iso(at) }),
  );
  const feed = withEvents(withEvents(EMPTY_FEED, [urgent]), others);
  expect(feed.events).toHaveLength(MAX_FEED_EVENTS);
  expect(feed.events).toContain(urgent);
});

test('a vehicle is critical until its event is acknowledged or retracted', () => {
  const critical = event('a', { severity: 'critical' });
  const feed = withEvents(EMPTY_FEED, [critical]);
  expect([...feed.criticalVehicles]).toEqual(['1']);
  expect(withEvents(feed, [{ ...critical, acknowledgedAt: iso(1) }]).criticalVehicles.size).toBe(0);
  expect(withEvents(feed, [{ ...critical, revision: 2, retractedAt: iso(1) }]).criticalVehicles.size).toBe(0);
  // Who draws it is not told of what has not changed.
  expect(withEvents(feed, [event('b')]).criticalVehicles).toBe(feed.criticalVehicles);
});

test('a person is told of a critical event once', () => {
  const critical = event('a', { severity: 'critical' });
  expect(newlyCritical(EMPTY_FEED, [critical, event('b')])).toEqual([critical]);
  const feed = withEvents(EMPTY_FEED, [critical]);
  expect(newlyCritical(feed, [{ ...critical, revision: 2, endedAt: iso(5) }])).toEqual([]);
});

test('the map marks what is open, and of what is but worth knowing the latest', () => {
  const feed = withEvents(EMPTY_FEED, [
    event('old', { occurredAt: iso(-3_600) }),
    event('fresh'),
    event('warned', { severity: 'warning', occurredAt: iso(-3_600) }),
    event('done', { severity: 'critical', acknowledgedAt: iso(0) }),
  ]);
  expect(markedEvents(feed, START_MS).map(({ id }) => id)).toEqual(['fresh', 'warned']);
});
