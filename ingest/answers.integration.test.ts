import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import { EntryPacker } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { claimCommands, markDelivered } from '@wayleave/telematics/commands/delivery-store.ts';
import type { CommandFormat } from '@wayleave/telematics/commands/enquiries.ts';
import { commandedDevices } from '@wayleave/telematics/commands/testing/commanded-devices.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Batch, BatchBuilder } from './batch.ts';
import { createTestWriter } from './testing/test-writer.ts';

const adapters = createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/+' });
const IMEI = '356307042441013';
/** Answer to `getinfo` (https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Protocols#Codec_12). */
const GETINFO_ANSWER = Buffer.from(
  '00000000000000900c010600000088494e493a323031392f372f323220373a3232205254433a323031392f372f323220373a3533205253543a32204552523a312053523a302042523a302043463a302046473a3020464c3a302054553a302f302055543a3020534d533a30204e4f4750533a303a3330204750533a31205341543a302052533a332052463a36352053463a31204d443a30010000c78f',
  'hex',
);
const GETINFO_TEXT =
  'INI:2019/7/22 7:22 RTC:2019/7/22 7:53 RST:2 ERR:1 SR:0 BR:0 CF:0 FG:0 FL:0 TU:0/0 UT:0 SMS:0 NOGPS:0:30 GPS:1 SAT:0 RS:3 RF:65 SF:1 MD:0';

let database: TestDatabase;
let owner: pg.Client;
let brokers: Pool;
let ingest: Pool;
let fleet: Awaited<ReturnType<typeof commandedDevices>>;
let deviceId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const log = createLog('test', 'fatal');
  brokers = createPool({ url: database.url, role: 'wayleave_broker', log, maxConnections: 1 });
  ingest = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 1 });
  fleet = await commandedDevices(owner);
});
afterAll(async () => {
  await Promise.all([brokers.end(), ingest.end()]);
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query('DELETE FROM positions; DELETE FROM quarantine');
  deviceId = await fleet.makeDevice();
});

let marks = 0;
let clockMs = Date.now();
function batchOf(...messages: { topic: string; payload: Buffer | string }[]): Batch {
  const packer = new EntryPacker();
  for (const { topic, payload } of messages) {
    packer.add({
      deviceId,
      operatorId: fleet.operatorId,
      receivedAtMs: (clockMs += 1),
      unaddressed: false,
      topic,
      payload: Buffer.from(payload),
    });
  }
  const builder = new BatchBuilder(adapters);
  const lease = { shard: 0, epoch: '1', checkpoint: '' };
  const tenure = { lease, readUpTo: '', replayUntilMs: 0, isHeld: true };
  builder.add({ shard: 0, mark: `1-${(marks += 1)}/1`, bytes: packer.entry() }, tenure, false);
  return builder.batch;
}

/** Each time as a worker that knows nothing yet. */
const write = async (batch: Batch) =>
  await createTestWriter(ingest)(batch, [], { reached: [], latest: new Map() });

async function delivered(format: CommandFormat, command: string): Promise<string> {
  const [id] = await fleet.ask(deviceId, format, command);
  const { claimed } = await claimCommands(brokers, [{ deviceId, format }]);
  await markDelivered(brokers, claimed);
  return id!;
}

const count = async (table: string): Promise<number> =>
  Number((await owner.query<{ count: string }>(`SELECT count(*) FROM ${table}`)).rows[0]!.count);

describe('an answer in the log', () => {
  it('of Codec 12 is stored with its command, and as a position without a fix', async () => {
    const id = await delivered('teltonika-codec12', 'getinfo');
    await write(batchOf({ topic: `${IMEI}/codec`, payload: GETINFO_ANSWER }));
    expect(await fleet.stored(id)).toMatchObject({
      state: 'answered',
      answer: GETINFO_TEXT,
      answered_at: new Date(clockMs),
    });
    const { rows } = await owner.query('SELECT lat, attributes FROM positions');
    expect(rows).toEqual([{ lat: null, attributes: { commandAnswer: GETINFO_TEXT } }]);
  });

  it('of Codec JSON is stored with its command, alone or beside a record', async () => {
    const alone = await delivered('teltonika-json', 'getver');
    await write(batchOf({ topic: `${IMEI}/data`, payload: '{"RSP":"Ver:03.28"}' }));
    expect((await fleet.stored(alone)).answer).toBe('Ver:03.28');
    const beside = await delivered('teltonika-json', 'getio');
    const record = { ts: Date.now(), latlng: '0.3476,32.5825', sat: 9, RSP: 'DI1:0' };
    await write(batchOf({ topic: `${IMEI}/data`, payload: JSON.stringify(record) }));
    expect((await fleet.stored(beside)).answer).toBe('DI1:0');
  });

  it('of a native tracker is stored with the command that it names, and is neither a position nor quarantined', async () => {
    const id = await delivered('native', 'report');
    await write(batchOf({ topic: `devices/867/commands/${id}/result`, payload: '{"result":{"sent":true}}' }));
    expect(await fleet.stored(id)).toMatchObject({ state: 'answered', answer: '{"sent":true}' });
    expect(await count('positions')).toBe(0);
    expect(await count('quarantine')).toBe(0);
  });

  it('that is stored again, as after a crash, changes nothing, also for the next command', async () => {
    const first = await delivered('teltonika-codec12', 'getinfo');
    const batch = batchOf({ topic: `${IMEI}/codec`, payload: GETINFO_ANSWER });
    await write(batch);
    const second = await delivered('teltonika-codec12', 'getver');
    await write({ ...batch, isReplay: true });
    expect((await fleet.stored(first)).state).toBe('answered');
    expect((await fleet.stored(second)).state).toBe('delivered');
  });

  it('is lost with its batch if that is not stored', async () => {
    const id = await delivered('native', 'report');
    const batch = batchOf({ topic: `devices/867/commands/${id}/result`, payload: '{"result":"ok"}' });
    const foreign = { shard: 0, epoch: '99', checkpoint: '' };
    await expect(
      createTestWriter(ingest)(batch, [], {
        reached: [foreign],
        latest: new Map(),
      }),
    ).rejects.toThrow(/still held/);
    expect((await fleet.stored(id)).state).toBe('delivered');
  });

  it('that nobody asked for, of whatever device, changes nothing', async () => {
    const id = await delivered('native', 'report');
    const asked = deviceId;
    deviceId = await fleet.makeDevice();
    await write(
      batchOf(
        { topic: `devices/867/commands/${id}/result`, payload: '{"result":"of another"}' },
        { topic: `${IMEI}/codec`, payload: GETINFO_ANSWER },
      ),
    );
    expect(await fleet.stored(id)).toMatchObject({ device_id: String(asked), state: 'delivered' });
    expect(await count('positions')).toBe(1);
  });

  it('that cannot be read is quarantined with its reason', () => {
    const { answers, quarantined } = batchOf(
      { topic: 'devices/867/commands/12/result', payload: 'done' },
      { topic: 'devices/867/commands/12/result', payload: '{}' },
      { topic: 'devices/867/commands/twelve/result', payload: '{"result":1}' },
    );
    expect(answers).toEqual([]);
    expect(quarantined.map(({ reason }) => reason)).toEqual(['malformed', 'missing_field', 'unknown_topic']);
  });

  it('is not looked for in other formats', () => {
    const attributes = { commandAnswer: 'x' };
    const { rows, answers } = batchOf({
      topic: 'devices/867/positions',
      payload: JSON.stringify({ time: Date.now(), lat: 0.3, lon: 32.5, attributes }),
    });
    expect(rows).toHaveLength(1);
    expect(answers).toEqual([]);
  });
});
