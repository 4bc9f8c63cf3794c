import { createTestDatabase, createTestRedis, type TestRedis } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createQueue, QUEUE_PREFIX } from '@wayleave/runtime/queues.ts';
import { createRedis, type Redis } from '@wayleave/runtime/redis.ts';
import { deadLetterView } from '@wayleave/telematics/events/dead-letter.ts';
import {
  type EventChange,
  RISK_QUEUE,
  riskJobName,
  riskMessageOf,
} from '@wayleave/telematics/events/event.ts';
import { START_MS } from '@wayleave/telematics/events/testing/event-drafts.ts';
import { UnrecoverableError, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, type OperatorName, startApi } from './test/api-under-test.ts';
import { draftsOf, storeEvents } from './test/events-under-test.ts';

let api: ApiUnderTest;
let redisServer: TestRedis;
let workerRedis: Redis;
let queue: ReturnType<typeof createQueue>;
let worker: Worker;
/** What the consumer of the queue cannot take; everything while this is null. */
let refused: ReadonlySet<string> | null = null;
const taken: string[] = [];

beforeAll(async () => {
  redisServer = await createTestRedis();
  api = await startApi({ database: await createTestDatabase(), redis: redisServer });
  workerRedis = createRedis(redisServer.url, 'test-worker', createLog('test', 'fatal'));
  queue = createQueue(RISK_QUEUE, api.redis);
  worker = new Worker(
    RISK_QUEUE,
    async ({ id = '' }) => {
      if (refused === null || refused.has(id)) throw new UnrecoverableError(`cannot take ${id}`);
      taken.push(id);
    },
    { connection: workerRedis, prefix: QUEUE_PREFIX, concurrency: 10 },
  );
});
afterAll(async () => {
  await worker.close();
  await queue.close();
  workerRedis.disconnect();
  await api.close();
});
beforeEach(() => {
  refused = null;
  taken.length = 0;
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await queue.resume();
});

let devices = 1_000;
/** Messages about new events of an operator that nobody could take; their job ids. */
async function fail(operator: OperatorName, count = 1): Promise<string[]> {
  const draft = draftsOf(api, operator);
  const drafts = Array.from({ length: count }, () => draft({ deviceId: (devices += 1) }));
  const changes = await storeEvents(api, drafts, START_MS);
  const before = await queue.getFailedCount();
  await queue.addBulk(changes.map(jobOf));
  await expect.poll(async () => await queue.getFailedCount(), { timeout: 20_000 }).toBe(before + count);
  return changes.map(({ event }) => event.id);
}
const jobOf = (change: EventChange) => ({
  name: riskJobName(change.change),
  data: riskMessageOf(change),
  opts: { jobId: change.event.id },
});

const letters = async (query = '', operator: OperatorName = 'north') =>
  await api.request('GET', `/api/v1/events/dead-letters${query}`, {
    token: await api.tokenOf(operator, 'admin'),
  });
const post = async (path: string, operator: OperatorName = 'north') =>
  await api.request('POST', `/api/v1/events/dead-letters/${path}`, {
    token: await api.tokenOf(operator, 'admin'),
    body: {},
  });
const jobIds = (answer: { json: { items: { jobId: string }[] } }) =>
  answer.json.items.map(({ jobId }) => jobId);

describe('dead letters', () => {
  test('say what could not be told, and why', async () => {
    const [id] = await fail('north');
    const { status, json } = await letters();
    expect(status).toBe(200);
    expect(json.nextCursor).toBeNull();
    expect(json.items).toHaveLength(1);
    expect(deadLetterView.parse(json.items[0])).toEqual(json.items[0]);
    expect(json.items[0]).toMatchObject({
      jobId: id,
      eventId: id,
      name: 'telematics.risk.detected',
      attempts: 1,
      reason: `cannot take ${id}`,
      payload: { id, change: 'detected', operatorId: api.operatorIds.north, kind: 'overspeed' },
    });
    expect(Math.abs(Date.now() - Date.parse(json.items[0].failedAt))).toBeLessThan(60_000);
  });

  test('of one operator are neither seen nor replayed by another', async () => {
    const [mine] = await fail('north');
    const [other] = await fail('south');
    expect(jobIds(await letters())).toEqual([mine]);
    expect(jobIds(await letters('', 'south'))).toEqual([other]);
    for (const jobId of [other, `${other}.2`, '00000000-0000-5000-8000-000000000000', 'x', '1']) {
      expect((await post(`${jobId}/replay`)).status).toBe(404);
    }
    expect((await post(`${other}/replay`)).json.code).toBe('dead_letter_not_found');
    expect((await post('replay-all')).json).toEqual({ replayed: 1, more: false });
    await expect.poll(async () => await queue.getFailedCount()).toBe(2);
    expect((await queue.getJob(other!))!.attemptsMade).toBe(1);
  });

  test('are paged, the latest first, whoever else’s lie between and whatever fails meanwhile', async () => {
    const mine: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      mine.push(...(await fail('north', 3)));
      await fail('south', 2);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const { json } = await letters(`?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...json.items.map(({ jobId }: { jobId: string }) => jobId));
      cursor = json.nextCursor as string | null;
      await fail('north');
    } while (cursor !== null);
    expect(seen).toHaveLength(12);
    expect(new Set(seen)).toEqual(new Set(mine));
    const instants = (await letters('?limit=100')).json.items.map(
      ({ failedAt }: { failedAt: string }) => failedAt,
    );
    expect(instants).toEqual(instants.toSorted().reverse());
  });

  test('that are replayed are taken once their consumer is mended, as if they were new', async () => {
    const [id, left] = await fail('north', 2);
    // Nobody takes anything while the job waits, so that it can be looked at.
    await queue.pause();
    refused = new Set();
    expect([(await post(`${id}/replay`)).status, (await post(`${id}/replay`)).status]).toEqual([202, 404]);
    expect((await queue.getJob(id!))!.attemptsMade).toBe(0);
    expect(jobIds(await letters())).toEqual([left]);
    await queue.resume();
    await expect.poll(() => taken).toEqual([id]);
    // Handed over again, as after a crash of the relay, it is known by its id.
    await queue.add('telematics.risk.detected', {}, { jobId: id! });
    expect((await post('replay-all')).json).toEqual({ replayed: 1, more: false });
    await expect.poll(() => taken).toEqual([id, left]);
    expect((await letters()).json.items).toEqual([]);
  });

  test('that are replayed in vain are dead letters again', async () => {
    const [id] = await fail('north');
    expect((await post(`${id}/replay`)).status).toBe(202);
    await expect.poll(async () => jobIds(await letters())).toEqual([id]);
  });

  test('are found among thousands of others’, a page at a time', async () => {
    const [mine] = await fail('north');
    const [other] = await fail('south');
    // Past what one request looks through; BullMQ would take minutes to fail as many.
    const flood = Array.from({ length: 21_000 }, (_, index) => [
      Date.now() + 10 + index,
      `${other}.${index + 2}`,
    ]).flat();
    for (let at = 0; at < flood.length; at += 10_000) {
      await api.redis.zadd(queue.toKey('failed'), ...flood.slice(at, at + 10_000));
    }
    const first = (await letters()).json;
    expect(first.items).toEqual([]);
    expect(jobIds(await letters(`?cursor=${first.nextCursor}`))).toEqual([mine]);
    expect((await post('replay-all')).json).toEqual({ replayed: 0, more: true });
  });

  test('refuse a cursor that they did not give', async () => {
    const answer = await letters('?cursor=x');
    expect([answer.status, answer.json.code]).toEqual([400, 'bad_cursor']);
  });
});
