import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandAnswer } from './answer.ts';
import { answerCommands } from './answer-store.ts';
import { claimCommands, giveBack, markDelivered, unclaim } from './delivery-store.ts';
import { type CommandFormat, commandFormat, enquiriesOf } from './enquiries.ts';
import { commandedDevices } from './testing/commanded-devices.ts';
import { ANSWER_WAIT_S, MAX_ATTEMPTS } from './transitions.ts';

let database: TestDatabase;
let owner: pg.Client;
let brokers: Pool;
let ingest: Pool;
let fleet: Awaited<ReturnType<typeof commandedDevices>>;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const log = createLog('test', 'fatal');
  brokers = createPool({ url: database.url, role: 'wayleave_broker', log, maxConnections: 8 });
  ingest = createPool({ url: database.url, role: 'wayleave_ingest', log, maxConnections: 2 });
  fleet = await commandedDevices(owner);
});
afterAll(async () => {
  await Promise.all([brokers.end(), ingest.end()]);
  await owner.end();
  await database.drop();
});

const CODEC: CommandFormat = 'teltonika-codec12';
const claim = async (deviceId: number, format: CommandFormat = CODEC) =>
  await claimCommands(brokers, [{ deviceId, format }]);
/** Claims the next command of a device and has it delivered. */
const deliverNext = async (deviceId: number, format: CommandFormat = CODEC) => {
  const { claimed } = await claim(deviceId, format);
  await markDelivered(brokers, claimed);
  return claimed[0];
};
const state = async (id: string) => (await fleet.stored(id)).state;

let clockMs = Date.now();
const said = (deviceId: number, text: string, more: Partial<CommandAnswer> = {}): CommandAnswer => ({
  deviceId,
  operatorId: fleet.operatorId,
  format: CODEC,
  commandId: null,
  text,
  receivedAtMs: (clockMs += 1),
  ...more,
});
const answer = async (...answers: CommandAnswer[]) =>
  await inTransaction(ingest, (connection) => answerCommands(connection, answers));

describe('the table of commands', () => {
  it.each(commandFormat.options)('takes every enquiry of the format %s', async (format) => {
    const deviceId = await fleet.makeDevice();
    const commands = enquiriesOf(format).map((command) => command.replace('<AVL id>', '65535'));
    expect(await fleet.ask(deviceId, format, ...commands)).toHaveLength(commands.length);
  });

  it.each([
    ['native', 'immobilise'],
    ['native', 'getinfo'],
    [CODEC, 'report'],
    [CODEC, 'setdigout 1'],
    [CODEC, 'getinfo;setdigout 1'],
    [CODEC, 'getinfo\nsetdigout 1'],
    [CODEC, 'getinfo\n'],
    [CODEC, 'cpureset'],
    [CODEC, 'getparam 2001'],
    [CODEC, 'readio 1 1'],
    ['teltonika-json', 'setparam 2001:x'],
    ['another', 'getinfo'],
  ] as [CommandFormat, string][])('refuses in the format %s the command %j', async (format, command) => {
    const deviceId = await fleet.makeDevice();
    await expect(fleet.ask(deviceId, format, command)).rejects.toThrow(/check constraint/);
  });

  it('lets no process change what a command says, to whom it goes or who asked', async () => {
    const deviceId = await fleet.makeDevice();
    await fleet.ask(deviceId, CODEC, 'getinfo');
    for (const role of ['app', 'broker', 'ingest', 'jobs']) {
      const log = createLog('test', 'fatal');
      const pool = createPool({
        url: database.url,
        role: `wayleave_${role}` as 'wayleave_app',
        log,
        maxConnections: 1,
      });
      for (const column of ['command', 'format', 'device_id', 'operator_id', 'requested_by', 'expires_at']) {
        await expect(
          pool.query(`UPDATE device_commands SET ${column} = ${column}`),
          `${role} ${column}`,
        ).rejects.toThrow(/permission denied/);
      }
      await pool.end();
    }
    await expect(brokers.query('DELETE FROM device_commands')).rejects.toThrow(/permission denied/);
    await expect(brokers.query('SELECT answer FROM device_commands')).rejects.toThrow(/permission denied/);
  });
});

describe('claiming', () => {
  it('gives the commands of a device in their order, one at a time', async () => {
    const deviceId = await fleet.makeDevice();
    const ids = await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    expect((await claim(deviceId)).claimed).toMatchObject([{ id: ids[0], command: 'getinfo', claims: 1 }]);
    expect(await claim(deviceId)).toEqual({ claimed: [], busy: [deviceId] });
    await answer(said(deviceId, 'first'));
    expect((await claim(deviceId)).claimed).toMatchObject([{ id: ids[1], command: 'getver' }]);
  });

  it('gives nothing in a format that the device does not hear, which holds up no other', async () => {
    const deviceId = await fleet.makeDevice();
    await fleet.ask(deviceId, CODEC, 'getinfo');
    const [native] = await fleet.ask(deviceId, 'native', 'report');
    expect((await claim(deviceId, 'native')).claimed).toMatchObject([{ id: native }]);
  });

  it('asks for many devices at once, and gives each its own', async () => {
    const devices = [await fleet.makeDevice(), await fleet.makeDevice(), await fleet.makeDevice()];
    for (const deviceId of devices) await fleet.ask(deviceId, CODEC, `readio ${deviceId}`);
    const { claimed } = await claimCommands(
      brokers,
      devices.slice(0, 2).map((deviceId) => ({ deviceId, format: CODEC })),
    );
    expect(claimed.map(({ deviceId, command }) => [deviceId, command])).toEqual(
      devices.slice(0, 2).map((deviceId) => [deviceId, `readio ${deviceId}`]),
    );
  });

  it('gives a command to one of the brokers that ask at the same moment', async () => {
    const devices: number[] = [];
    for (let made = 0; made < 30; made += 1) {
      const deviceId = await fleet.makeDevice();
      devices.push(deviceId);
      await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    }
    const asked = devices.map((deviceId) => ({ deviceId, format: CODEC }));
    const all = await Promise.all(Array.from({ length: 8 }, () => claimCommands(brokers, asked)));
    const ids = all.flatMap(({ claimed }) => claimed.map(({ id }) => id));
    expect(ids).toHaveLength(devices.length);
    expect(new Set(ids).size).toBe(devices.length);
  });

  it('gives a command again that was given back, or whose broker died, and no other', async () => {
    const deviceId = await fleet.makeDevice();
    const [id] = await fleet.ask(deviceId, CODEC, 'getinfo');
    const first = await claim(deviceId);
    await giveBack(brokers, first.claimed);
    expect((await claim(deviceId)).claimed).toMatchObject([{ id, claims: 2 }]);
    // The first claim is over: neither mark of it means this one.
    await giveBack(brokers, first.claimed);
    await markDelivered(brokers, first.claimed);
    expect(await state(id!)).toBe('sent');
    expect((await claim(deviceId)).claimed).toEqual([]);
    await fleet.age([id!], ANSWER_WAIT_S);
    const { claimed } = await claim(deviceId);
    expect(claimed).toMatchObject([{ id, claims: 3 }]);
    await markDelivered(brokers, claimed);
    await fleet.age([id!], ANSWER_WAIT_S);
    expect(await claim(deviceId)).toEqual({ claimed: [], busy: [] });
  });

  it('closes a command that was written so often, which holds up no other', async () => {
    const deviceId = await fleet.makeDevice();
    const [id] = await fleet.ask(deviceId, CODEC, 'getinfo');
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      await giveBack(brokers, (await claim(deviceId)).claimed);
    }
    expect(await fleet.stored(id!)).toMatchObject({ attempts: MAX_ATTEMPTS - 1, state: 'queued' });
    await giveBack(brokers, (await claim(deviceId)).claimed);
    expect(await fleet.stored(id!)).toMatchObject({ attempts: MAX_ATTEMPTS, state: 'expired' });
    const [next] = await fleet.ask(deviceId, CODEC, 'getver');
    await deliverNext(deviceId);
    await answer(said(deviceId, 'of the second'));
    expect(await fleet.stored(next!)).toMatchObject({ state: 'answered', answer: 'of the second' });
  });

  it('closes a command whose broker died as it was written for the last time', async () => {
    const deviceId = await fleet.makeDevice();
    const [id] = await fleet.ask(deviceId, CODEC, 'getinfo');
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      await giveBack(brokers, (await claim(deviceId)).claimed);
    }
    await claim(deviceId);
    await claim(deviceId);
    expect(await state(id!)).toBe('sent');
    await fleet.age([id!], ANSWER_WAIT_S);
    expect((await claim(deviceId)).claimed).toEqual([]);
    expect(await state(id!)).toBe('expired');
  });

  it('counts for nothing when the command was not written, however often', async () => {
    const deviceId = await fleet.makeDevice();
    const ids = await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    for (let attempt = 0; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await unclaim(brokers, (await claim(deviceId)).claimed);
    }
    expect(await fleet.stored(ids[0]!)).toMatchObject({ attempts: 0, state: 'queued', sent_at: null });
    expect(await answer(said(deviceId, 'to nothing'))).toBe(0);
    const { claimed } = await claim(deviceId);
    expect(claimed).toMatchObject([{ id: ids[0] }]);
    // What is noted of a claim that is over, be it twice, does not mean this one.
    const over = claimed.map((command) => ({ ...command, claims: command.claims - 1 }));
    await unclaim(brokers, over);
    await giveBack(brokers, over);
    expect(await fleet.stored(ids[0]!)).toMatchObject({ attempts: 1, state: 'sent' });
  });

  it('leaves what has expired', async () => {
    const deviceId = await fleet.makeDevice();
    const [id] = await fleet.ask(deviceId, CODEC, 'getinfo');
    await fleet.age([id!], 86_400);
    expect(await claim(deviceId)).toEqual({ claimed: [], busy: [] });
  });
});

describe('an answer', () => {
  it('that names no command is for the one that was sent, whatever has been noted of it', async () => {
    const deviceId = await fleet.makeDevice();
    const [id] = await fleet.ask(deviceId, CODEC, 'getinfo');
    const { claimed } = await claim(deviceId);
    await answer(said(deviceId, 'RTC:2026'));
    await markDelivered(brokers, claimed);
    expect(await fleet.stored(id!)).toMatchObject({
      state: 'answered',
      answer: 'RTC:2026',
      answered_at: new Date(clockMs),
      delivered_at: expect.any(Date),
    });
  });

  it('is not taken by a command that was never sent, nor by one of another format, device or operator', async () => {
    const [deviceId, other] = [await fleet.makeDevice(), await fleet.makeDevice()];
    const ids = await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    await fleet.ask(other, CODEC, 'getinfo');
    await deliverNext(deviceId);
    const foreign = { operatorId: fleet.operatorId + 1 };
    expect(await answer(said(deviceId, 'x', { format: 'teltonika-json' }))).toBe(0);
    expect(await answer(said(deviceId, 'x', foreign), said(other, 'x'))).toBe(0);
    expect(await answer(said(deviceId, 'x', { receivedAtMs: Date.now() - 600_000 }))).toBe(0);
    expect(await answer(said(deviceId, 'own'))).toBe(1);
    expect(await answer(said(deviceId, 'nobody asked'))).toBe(0);
    expect(await state(ids[1]!)).toBe('queued');
  });

  it('that is read again from the log is not taken for that of the next command', async () => {
    const deviceId = await fleet.makeDevice();
    const ids = await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    await deliverNext(deviceId);
    const first = said(deviceId, 'first');
    expect(await answer(first)).toBe(1);
    await deliverNext(deviceId);
    const second = said(deviceId, 'second');
    expect(await answer(first, second)).toBe(1);
    expect(await answer(first, second)).toBe(0);
    expect((await fleet.stored(ids[0]!)).answer).toBe('first');
    expect((await fleet.stored(ids[1]!)).answer).toBe('second');
  });

  it('of a command that was never answered is not awaited once the next one is sent', async () => {
    const deviceId = await fleet.makeDevice();
    const ids = await fleet.ask(deviceId, CODEC, 'getinfo', 'getver');
    await deliverNext(deviceId);
    await fleet.age([ids[0]!], ANSWER_WAIT_S);
    await deliverNext(deviceId);
    expect(await state(ids[0]!)).toBe('expired');
    await answer(said(deviceId, 'second'));
    expect(await fleet.stored(ids[0]!)).toMatchObject({ answer: null });
    expect(await fleet.stored(ids[1]!)).toMatchObject({ answer: 'second' });
  });

  it('that names its command is for that one of the same device, also when it is late, and once', async () => {
    const [deviceId, other] = [await fleet.makeDevice(), await fleet.makeDevice()];
    const ids = await fleet.ask(deviceId, 'native', 'report', 'report');
    const named = (id: string, text: string, more: Partial<CommandAnswer> = {}) =>
      said(deviceId, text, { format: 'native', commandId: id, ...more });
    expect(await answer(named(ids[0]!, 'before it was sent'))).toBe(0);
    await deliverNext(deviceId, 'native');
    expect(await answer(named(ids[0]!, 'of another', { deviceId: other }))).toBe(0);
    expect(await answer(named(ids[1]!, 'not sent yet'))).toBe(0);
    expect(await answer(named(ids[0]!, 'first'), named(ids[0]!, 'again'))).toBe(1);
    expect(await fleet.stored(ids[0]!)).toMatchObject({ state: 'answered', answer: 'first' });
    await deliverNext(deviceId, 'native');
    await owner.query(`UPDATE device_commands SET state = 'expired' WHERE id = $1`, [ids[1]]);
    expect(await answer(named(ids[1]!, 'late'))).toBe(1);
    expect(await answer(named(ids[1]!, 'later'), named('999999999999999999', 'none'))).toBe(0);
    expect((await fleet.stored(ids[1]!)).answer).toBe('late');
  });
});
