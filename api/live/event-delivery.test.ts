import { createMetrics } from '@wayleave/runtime/metrics.ts';
import type { LiveEvent } from '@wayleave/telematics/events/event-feed.ts';
import { createFleet, mergeRows } from '@wayleave/telematics/live/fleet.ts';
import { createViewer } from '@wayleave/telematics/live/viewer.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FeedClient } from './delivery.ts';
import { createEventDelivery } from './event-delivery.ts';
import { LIVE_LIMITS } from './limits.ts';
import { createLiveMetrics } from './live-metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const event: LiveEvent = {
  id: '8e785e1e-b99a-5f5d-a577-31e5ea9c6d04',
  rule: 'overspeed',
  kind: 'overspeed',
  subject: '',
  severity: 'warning',
  vehicleId: 'v1',
  deviceId: '7',
  occurredAt: '2026-11-20T10:00:00.000Z',
  confirmedAt: '2026-11-20T10:00:10.000Z',
  endedAt: null,
  detectedAt: '2026-11-20T10:00:11.000Z',
  changedAt: '2026-11-20T10:00:11.000Z',
  late: false,
  revision: 1,
  retractedAt: null,
  retractionReason: null,
  supersededBy: null,
  lat: 0.35,
  lon: 32.58,
  details: {},
  acknowledgedAt: null,
  acknowledgedBy: null,
  acknowledgementNote: null,
};

function setUp(limits = LIVE_LIMITS) {
  const fleet = createFleet();
  const row = { vehicleId: 'v1', label: 'Boda 1', kind: 'motorcycle' as const, plate: null };
  mergeRows(fleet, [{ ...row, installed: null, fix: null }]);
  const clients = new Set<FeedClient>();
  const watch = ({ subscribed = true, bufferedAmount = 0 } = {}) => {
    const messages: { type: string; events: { id: string; vehicleLabel: string | null }[] }[] = [];
    const socket = {
      bufferedAmount,
      send: (text: string | Buffer) => void messages.push(JSON.parse(String(text))),
      close: () => {},
    };
    const viewer = createViewer();
    clients.add({ socket, viewer, wanted: null, subscribed, snapshotTotal: 0, slowSinceMs: null });
    return { messages, socket };
  };
  const tell = createEventDelivery(fleet, clients, limits, createLiveMetrics(createMetrics('test')));
  return { watch, tell };
}
const many = (count: number): LiveEvent[] =>
  Array.from({ length: count }, (_, index) => ({ ...event, deviceId: String(index) }));

test('every subscriber is told at once, under the name of the vehicle', () => {
  const { watch, tell } = setUp();
  const watchers = [watch(), watch()];
  tell([event, { ...event, vehicleId: 'unknown' }, { ...event, vehicleId: null }]);
  for (const { messages } of watchers) {
    expect(messages).toEqual([
      {
        type: 'events',
        events: [
          { ...event, vehicleLabel: 'Boda 1' },
          { ...event, vehicleId: 'unknown', vehicleLabel: null },
          { ...event, vehicleId: null, vehicleLabel: null },
        ],
      },
    ]);
  }
});

test('who has not subscribed yet is told nothing', () => {
  const { watch, tell } = setUp();
  const { messages } = watch({ subscribed: false });
  tell([event]);
  expect(messages).toEqual([]);
});

test('a reader that does not read is passed over, and nothing waits for it', () => {
  const { watch, tell } = setUp();
  const slow = watch({ bufferedAmount: LIVE_LIMITS.maxBufferedBytes + 1 });
  const quick = watch();
  for (let round = 0; round < 10; round += 1) tell([event]);
  expect([slow.messages.length, quick.messages.length]).toEqual([0, 10]);
  slow.socket.bufferedAmount = 0;
  tell([event]);
  expect([slow.messages.length, quick.messages.length]).toEqual([1, 11]);
});

test('of a flood so many are told at once, and so many a second after that', () => {
  const { watch, tell } = setUp({ ...LIVE_LIMITS, eventsPerS: 10, eventBurst: 30 });
  const { messages } = watch();
  const told = () => messages.reduce((sum, { events }) => sum + events.length, 0);
  tell(many(100));
  expect(told()).toBe(30);
  tell(many(100));
  expect([told(), messages.length]).toEqual([30, 1]);
  vi.advanceTimersByTime(2_000);
  tell(many(100));
  expect(told()).toBe(50);
});
