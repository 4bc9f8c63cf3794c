import { createTestRedis, type TestRedis } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventChange, StoredEvent } from './event.ts';
import { liveEventsChannel, publishEvents } from './event-feed.ts';

let server: TestRedis;
let redis: Redis;
let subscriber: Redis;
let heard: { channel: string; events: Record<string, unknown>[] }[];
const log = createLog('test', 'fatal');

beforeEach(async () => {
  server = await createTestRedis();
  redis = createRedis(server.url, 'test', log);
  subscriber = createRedis(server.url, 'test-subscriber', log);
  heard = [];
  subscriber.on('message', (channel, message) => heard.push({ channel, events: JSON.parse(message) }));
  await subscriber.subscribe(liveEventsChannel('1'), liveEventsChannel('2'));
  await redis.ping();
});
afterEach(async () => {
  redis.disconnect();
  subscriber.disconnect();
  await server.close();
});

function changeOf(operatorId: string, id: string, routes: StoredEvent['routes'] = ['live']): EventChange {
  return {
    change: 'detected',
    event: {
      id,
      operatorId,
      routes,
      rule: 'tow',
      kind: 'tow',
      subject: '',
      severity: 'critical',
      vehicleId: '3',
      deviceId: '7',
      occurredAt: '2026-11-20T10:00:00.000Z',
      confirmedAt: '2026-11-20T10:00:00.000Z',
      endedAt: null,
      detectedAt: '2026-11-20T10:00:01.000Z',
      changedAt: '2026-11-20T10:00:01.000Z',
      late: false,
      revision: 1,
      retractedAt: null,
      retractionReason: null,
      supersededBy: null,
      lat: null,
      lon: null,
      details: {},
      acknowledgedAt: null,
      acknowledgedBy: null,
      acknowledgementNote: null,
    },
  };
}

it('tells each operator’s channel of its events that are routed live, without whose they are', async () => {
  await publishEvents(redis, [
    changeOf('1', 'a'),
    changeOf('2', 'b', ['queue', 'live']),
    changeOf('1', 'c', ['queue']),
    changeOf('1', 'd'),
  ]);
  await expect.poll(() => heard.length).toBe(2);
  const ids = heard.map(({ channel, events }) => [channel, events.map(({ id }) => id)]);
  expect(new Map(ids as [string, string[]][])).toEqual(
    new Map([
      ['live-events:1', ['a', 'd']],
      ['live-events:2', ['b']],
    ]),
  );
  for (const event of heard.flatMap(({ events }) => events)) {
    expect(event).not.toHaveProperty('operatorId');
    expect(event).not.toHaveProperty('routes');
  }
});

it('never has more than so many messages under way, and goes on once they are answered', async () => {
  const flood = Array.from({ length: 10_000 }, (_, index) => changeOf('1', String(index)));
  await Promise.all([publishEvents(redis, flood), publishEvents(redis, flood)]);
  await expect.poll(() => heard.length).toBe(64);
  expect(Math.max(...heard.map(({ events }) => events.length))).toBe(50);
  await publishEvents(redis, [changeOf('1', 'after')]);
  await expect.poll(() => heard.at(-1)?.events[0]?.id).toBe('after');
});

it('tells nobody while Redis is away, and keeps nothing for later', async () => {
  redis.disconnect();
  await expect.poll(() => redis.status).not.toBe('ready');
  await publishEvents(redis, [changeOf('1', 'lost')]);
  await redis.connect();
  await publishEvents(redis, [changeOf('1', 'told')]);
  await expect.poll(() => heard.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['told']);
});
