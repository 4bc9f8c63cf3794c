import { createLog } from '@wayleave/runtime/log.ts';
import type { UplinkMessage } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayLane } from './gateway-lane.ts';
import { NOBODY } from './gateway-parts.ts';
import { GatewayRoutes } from './gateway-routes.ts';
import { limits } from './limits.ts';

const GATEWAY = { deviceId: 1, operatorId: 7, ident: 'gateway' };
const log = createLog('test', 'fatal');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) await turn();
};

/** Idents `d0`, `d1`, … are of the devices 100, 101, …; even ones may be spoken for. */
const allowedDevice = (ident: string): number | null => {
  const number = /^d(\d+)$/.exec(ident)?.[1];
  return number !== undefined && Number(number) % 2 === 0 ? 100 + Number(number) : null;
};

/** A writer in memory that has each message on disk when it is told to. */
function memoryWriter() {
  const written: { message: UplinkMessage; durable: () => void }[] = [];
  return {
    written,
    accept: (message: UplinkMessage, durable: () => void) => written.push({ message, durable }),
  };
}

function routesThat(answer: (question: number) => Promise<void>): GatewayRoutes {
  let questions = 0;
  return new GatewayRoutes(async (_, idents) => {
    await answer((questions += 1));
    return new Map(
      idents.flatMap((ident) => {
        const deviceId = allowedDevice(ident);
        return deviceId === null ? [] : [[ident, deviceId] as const];
      }),
    );
  });
}

const messageOf = (text: string, idents: (string | null)[], settle: (error?: Error) => void) => ({
  topic: 't',
  receivedAtMs: 5,
  payload: Buffer.from(`all of ${text}`),
  parts: idents.map((ident) => ({ ident, payload: Buffer.from(text) })),
  bytes: 10,
  settle,
});

describe('the lane of a gateway', () => {
  it('sends each part under its device, and what names none that it may speak for under its own', async () => {
    const writer = memoryWriter();
    const lane = new GatewayLane(GATEWAY, { routes: routesThat(turn), writer, log });
    lane.accept(messageOf('x', ['d0', 'd1', 'd2', null, NOBODY, 'no/ident'], () => {}));
    await turns(5);
    expect(
      writer.written.map(({ message }) => [message.deviceId, message.operatorId, message.unaddressed]),
    ).toEqual([
      [100, 7, false],
      [102, 7, false],
      [1, 7, false],
      [1, 7, true],
    ]);
  });

  it('keeps what is of no device that it may speak for in one record, however many those are', async () => {
    const writer = memoryWriter();
    const settled: string[] = [];
    const lane = new GatewayLane(GATEWAY, { routes: routesThat(turn), writer, log });
    const unknown = Array.from({ length: 250 }, (_, at) => `unknown ${at}`);
    lane.accept(messageOf('many', unknown, () => settled.push('many')));
    lane.accept(messageOf('one', ['d0', 'd1'], () => settled.push('one')));
    await turns(5);
    const records = writer.written.map(({ message }) => [message.deviceId, message.payload.toString()]);
    expect(records).toEqual([
      [1, 'all of many'],
      [100, 'one'],
      [1, 'one'],
    ]);
    for (const { durable } of writer.written) durable();
    expect(settled).toEqual(['many', 'one']);
  });

  it('settles a message once all its parts are on disk, and not before the ones that came before it', async () => {
    const writer = memoryWriter();
    const settled: string[] = [];
    const lane = new GatewayLane(GATEWAY, { routes: routesThat(turn), writer, log });
    lane.accept(messageOf('first', ['d0', 'd2'], () => settled.push('first')));
    lane.accept(messageOf('second', ['d4'], () => settled.push('second')));
    await turns(5);
    const [one, two, three] = writer.written;
    three!.durable();
    two!.durable();
    expect(settled).toEqual([]);
    one!.durable();
    expect(settled).toEqual(['first', 'second']);
  });

  it('asks for all that wait at once, and for what it knows not at all', async () => {
    const asked: string[][] = [];
    const writer = memoryWriter();
    const routes = new GatewayRoutes(async (_, idents) => {
      asked.push(idents);
      await turn();
      return new Map();
    });
    const lane = new GatewayLane(GATEWAY, { routes, writer, log });
    for (const ident of ['d0', 'd1', 'd2', 'd1']) lane.accept(messageOf(ident, [ident], () => {}));
    await turns(10);
    lane.accept(messageOf('again', ['d2', NOBODY, null], () => {}));
    expect(writer.written).toHaveLength(6);
    expect(asked).toEqual([['d0'], ['d1', 'd2']]);
  });

  it('gives a message up, unacknowledged, when too many wait for the database already', async () => {
    const writer = memoryWriter();
    const routes = routesThat(() => new Promise(() => {}));
    for (let held = 0; held < limits.maxHeldMessages - 1; held += 1) routes.hold(1);
    const settled: (Error | undefined)[] = [];
    const lane = new GatewayLane(GATEWAY, { routes, writer, log });
    for (let sent = 0; sent < 2; sent += 1)
      lane.accept(messageOf('x', ['d0'], (error) => settled.push(error)));
    await turns(3);
    expect(settled).toHaveLength(1);
    expect(settled[0]).toMatchObject({ name: 'LookupsOverloadedError' });
    expect(writer.written).toEqual([]);
  });

  it('keeps the order of messages and acknowledgements and loses none, whatever waits, changes or lasts', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }) },
      { weight: 5, arbitrary: fc.constant('turn' as const) },
      { weight: 1, arbitrary: fc.record({ forgets: fc.option(fc.constantFrom(1, 100, 102)) }) },
      { weight: 2, arbitrary: fc.record({ durable: fc.nat() }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.nat(4), { minLength: 1 }),
        async (steps, delays) => {
          const writer = memoryWriter();
          const routes = routesThat((question) => turns(delays[question % delays.length]!));
          const lane = new GatewayLane(GATEWAY, { routes, writer, log });
          const sent: string[][] = [];
          const settled: number[] = [];
          const onDisk = new Set<object>();
          const store = (one: { durable: () => void } | undefined) => {
            if (!one || onDisk.has(one)) return;
            onDisk.add(one);
            one.durable();
          };
          for (const next of steps) {
            if (next === 'turn') await turn();
            else if ('forgets' in next) routes.forget(next.forgets);
            else if ('durable' in next) store(writer.written[next.durable % (writer.written.length || 1)]);
            else {
              const number = sent.length;
              const idents = next.map((device) => `d${device}`);
              sent.push(idents);
              lane.accept(messageOf(`${number}`, idents, () => settled.push(number)));
            }
          }
          while (settled.length < sent.length) {
            await turn();
            for (const one of [...writer.written].reverse()) store(one);
          }
          expect(settled).toEqual(sent.map((_, number) => number));
          const expected = sent.flatMap((idents, number) => {
            const devices = idents.map(allowedDevice).filter((deviceId) => deviceId !== null);
            const denied = idents.length - devices.length;
            const records = devices.map((deviceId) => ({ text: `${number}`, deviceId }));
            if (denied === 0) return records;
            return [...records, { text: denied > 1 ? `all of ${number}` : `${number}`, deviceId: 1 }];
          });
          const written = writer.written.map(({ message }) => ({
            text: message.payload.toString(),
            deviceId: message.deviceId,
          }));
          expect(written).toEqual(expected);
          expect(routes).toMatchObject({ heldMessages: 0, heldBytes: 0 });
        },
      ),
      { numRuns: 100 },
    );
  });
});
