import type { LogEntry } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { EntryPacker } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from './batch.ts';
import type { Tenure } from './tenure.ts';

const adapters = createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/+' });
const NOW = Date.UTC(2026, 10, 20, 10);
const tenure = (): Tenure => ({
  lease: { shard: 3, epoch: '1', checkpoint: '' },
  readUpTo: '',
  replayUntilMs: 0,
  isHeld: true,
});

interface Sent {
  deviceId?: number;
  topic?: string;
  message: unknown;
  unaddressed?: boolean;
}

function entry(mark: string, ...sent: Sent[]): LogEntry {
  const packer = new EntryPacker();
  for (const { deviceId = 1, topic = 'devices/x/positions', message, unaddressed = false } of sent) {
    packer.add({
      deviceId,
      operatorId: 7,
      receivedAtMs: NOW,
      unaddressed,
      topic,
      payload: Buffer.from(JSON.stringify(message)),
    });
  }
  return { shard: 3, mark, bytes: packer.entry() };
}

const fix = (second: number, more: object = {}) => ({ time: NOW + second * 1_000, lat: 1, lon: 2, ...more });

describe('a batch', () => {
  it('holds the rows of its entries and where its shard then stands', () => {
    const builder = new BatchBuilder(adapters);
    const held = tenure();
    builder.add(
      entry('1-0/10', { message: fix(0) }, { deviceId: 2, message: [fix(0), fix(1)] }),
      held,
      false,
    );
    builder.add(entry('2-0/20', { message: fix(5) }), held, false);
    const { rows, marks, messages, isReplay, quarantined } = builder.batch;
    expect(rows.map((row) => [row.deviceId, row.position.fixTimeMs - NOW])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1_000],
      [1, 5_000],
    ]);
    expect([...marks]).toEqual([[held, '2-0/20']]);
    expect({ messages, isReplay, quarantined }).toEqual({ messages: 3, isReplay: false, quarantined: [] });
  });

  it('merges messages of the same instant, in whatever order the instants come', () => {
    const builder = new BatchBuilder(adapters);
    const sent = [
      fix(2),
      fix(0, { speedKmh: 5 }),
      fix(1),
      fix(0, { batteryV: 12 }),
      fix(2, { alarm: 'sos' }),
      fix(3),
      fix(3),
    ];
    builder.add(entry('1-0/10', ...sent.map((message) => ({ message }))), tenure(), false);
    const found = builder.batch.rows.map(({ position }) => [
      (position.fixTimeMs - NOW) / 1_000,
      position.speedKmh,
      position.batteryV,
      position.alarm,
    ]);
    expect(found).toEqual([
      [2, null, null, 'sos'],
      [0, 5, 12, null],
      [1, null, null, null],
      [3, null, null, null],
    ]);
  });

  it('remembers that something may have been stored before', () => {
    const builder = new BatchBuilder(adapters);
    builder.add(entry('1-0/10', { message: fix(0) }), tenure(), true);
    expect(builder.batch.isReplay).toBe(true);
  });

  it('quarantines what a gateway sent for a device that it may not speak for', () => {
    const builder = new BatchBuilder(adapters);
    builder.add(entry('1-0/10', { message: fix(0), unaddressed: true }), tenure(), false);
    expect(builder.batch.rows).toEqual([]);
    expect(builder.batch.quarantined).toMatchObject([{ reason: 'unknown_ident', deviceId: 1 }]);
  });

  it('gives a fix of an unset clock the time of its receipt', () => {
    const builder = new BatchBuilder(adapters);
    builder.add(entry('1-0/10', { message: { ...fix(0), time: '2004-01-01T00:00:07Z' } }), tenure(), false);
    expect(builder.batch.rows[0]!.position).toMatchObject({
      fixTimeMs: NOW + ((Date.UTC(2004, 0, 1, 0, 0, 7) / 1_000) % 1_000),
      attributes: { reportedTime: '2004-01-01T00:00:07.000Z' },
    });
  });

  it('quarantines what is no position under its place in the log', () => {
    const builder = new BatchBuilder(adapters);
    builder.add(
      entry('9-1/10', { message: fix(0) }, { message: [fix(1), { lat: 3 }] }, { topic: 'x/y', message: 5 }),
      tenure(),
      false,
    );
    expect(builder.batch.rows).toHaveLength(2);
    expect(builder.batch.quarantined).toMatchObject([
      {
        reason: 'missing_field',
        logEntry: '3:9-1/10',
        logRecord: 1,
        logItem: 1,
        topic: 'devices/x/positions',
      },
      { reason: 'unknown_topic', logEntry: '3:9-1/10', logRecord: 2, logItem: 0, topic: 'x/y' },
    ]);
    expect(builder.batch.quarantined[1]!.payload.toString()).toBe('5');
  });

  it('keeps a damaged entry whole, with what came before the damage, and moves on', () => {
    const builder = new BatchBuilder(adapters);
    const held = tenure();
    const cut = entry('1-0/10', { message: fix(0) }, { message: fix(1) });
    const bytes = cut.bytes.subarray(0, -1);
    builder.add({ ...cut, bytes }, held, false);
    const unreal = entry('2-0/20', { deviceId: Number.NaN, message: fix(2) });
    builder.add(unreal, held, false);
    expect(builder.batch.rows).toHaveLength(1);
    expect(builder.batch.quarantined).toMatchObject([
      { reason: 'malformed', logEntry: '3:1-0/10', logRecord: -1, deviceId: 0, payload: bytes },
      { reason: 'malformed', logEntry: '3:2-0/20', logRecord: -1 },
    ]);
    expect(builder.itemCount).toBe(3);
    expect([...builder.batch.marks]).toEqual([[held, '2-0/20']]);
  });
});
