import { describe, expect, it } from 'vitest';
import { type Adapter, refuseAll } from '../positions/adapters/adapter.ts';
import type { Adapters } from '../positions/adapters/adapters.ts';
import { nativeJson } from '../positions/adapters/native-json/native-json.ts';
import { identsToRoute, type QuarantinedAgain, replayOf } from './replay.ts';

/** A server's format: lines of `ident body`, each body as on the native topic. */
const lines: Adapter = {
  name: 'lines',
  reads: (topic) => topic === 'lines',
  identOf: () => null,
  decode: (payload, origin) => nativeJson.decode(payload.subarray(payload.indexOf(' ') + 1), origin),
  split: (payload) => {
    const text = payload.toString();
    if (text === '') return [];
    if (!text.includes(' ')) return { reason: 'malformed', detail: 'no ident', item: 0 };
    return text
      .split('\n')
      .map((line) => ({ ident: line.slice(0, line.indexOf(' ')), payload: Buffer.from(line) }));
  },
};
const list = [nativeJson, lines];
const adapters: Adapters = { list, forTopic: (topic) => list.find((adapter) => adapter.reads(topic)) };

const POSITION = '{"time":"2026-11-20T10:00:00Z","lat":0.3,"lon":32.5}';
const NO_ROUTES = new Map<string, number>();

const message = (change: Partial<QuarantinedAgain> & { text?: string }): QuarantinedAgain => ({
  operatorId: 7,
  deviceId: 42,
  isGateway: false,
  receivedAtMs: 1_763_632_800_123,
  topic: 'devices/x/positions',
  reason: 'malformed',
  payload: Buffer.from(change.text ?? POSITION),
  ...change,
});

describe('a replay', () => {
  it('gives a readable message back as it came: bytes, device, topic and the time of its arrival', () => {
    const one = message({});
    expect(replayOf(one, adapters, NO_ROUTES)).toEqual({
      outcome: 'readable',
      messages: [
        {
          deviceId: 42,
          operatorId: 7,
          receivedAtMs: 1_763_632_800_123,
          unaddressed: false,
          topic: 'devices/x/positions',
          payload: one.payload,
        },
      ],
    });
    expect(identsToRoute(one, adapters)).toEqual([]);
  });

  it('keeps what still cannot be read, with what is wrong with it now', () => {
    expect(replayOf(message({ text: '{broken' }), adapters, NO_ROUTES)).toMatchObject({
      outcome: 'refused',
      reason: 'malformed',
      detail: expect.stringContaining('not JSON'),
    });
    expect(replayOf(message({ topic: 'who/knows' }), adapters, NO_ROUTES)).toEqual({
      outcome: 'refused',
      reason: 'unknown_topic',
      detail: 'no format uses this topic',
    });
  });

  it('keeps a message of which only some items can be read, and says how many', () => {
    expect(replayOf(message({ text: `[${POSITION},{"lat":1}]` }), adapters, NO_ROUTES)).toEqual({
      outcome: 'refused',
      reason: 'missing_field',
      detail: '1 of 2 items cannot be read, the first: time is missing',
    });
  });

  it('keeps what PostgreSQL refused, whose bytes are no message, and says that it cannot be replayed', () => {
    expect(
      replayOf(message({ reason: 'refused_by_database', topic: '' }), adapters, NO_ROUTES),
    ).toMatchObject({
      outcome: 'refused',
      reason: 'refused_by_database',
      detail: expect.stringContaining('cannot be replayed'),
    });
  });
});

describe('a replay of a command’s result', () => {
  const topic = 'devices/x/commands/17/result';

  it('gives a readable one back as it came', () => {
    const one = message({ topic, text: '{"result":"done"}' });
    expect(replayOf(one, adapters, NO_ROUTES)).toEqual({
      outcome: 'readable',
      messages: [
        {
          deviceId: 42,
          operatorId: 7,
          receivedAtMs: 1_763_632_800_123,
          unaddressed: false,
          topic,
          payload: one.payload,
        },
      ],
    });
  });

  it('keeps one that cannot be read, with what is wrong with it', () => {
    expect(replayOf(message({ topic, text: '{}' }), adapters, NO_ROUTES)).toEqual({
      outcome: 'refused',
      reason: 'missing_field',
      detail: 'result is missing',
    });
  });
});

describe('a replay of what a gateway brought', () => {
  const fromGateway = message({ isGateway: true, topic: 'lines', text: `a ${POSITION}\nb ${POSITION}` });

  it('goes to the devices that the gateway may speak for now, part by part', () => {
    expect(identsToRoute(fromGateway, adapters)).toEqual(['a', 'b']);
    const replay = replayOf(
      fromGateway,
      adapters,
      new Map([
        ['a', 100],
        ['b', 200],
      ]),
    );
    expect(replay).toMatchObject({
      outcome: 'readable',
      messages: [
        { deviceId: 100, payload: Buffer.from(`a ${POSITION}`), topic: 'lines' },
        { deviceId: 200, payload: Buffer.from(`b ${POSITION}`), topic: 'lines' },
      ],
    });
  });

  it('takes the ident from the topic where the format has it there', () => {
    const one = message({ isGateway: true });
    expect(identsToRoute(one, adapters)).toEqual(['x']);
    expect(replayOf(one, adapters, new Map([['x', 5]]))).toMatchObject({
      messages: [{ deviceId: 5, payload: one.payload }],
    });
  });

  it('stays for the sake of devices that are not the gateway’s to speak for, but the others get theirs', () => {
    expect(replayOf(fromGateway, adapters, new Map([['a', 100]]))).toMatchObject({
      outcome: 'partly',
      messages: [{ deviceId: 100, payload: Buffer.from(`a ${POSITION}`) }],
      reason: 'unknown_ident',
      detail: '1 of 2 parts stay, the first: the gateway may not speak for b, or there is no such device',
    });
    expect(replayOf(fromGateway, adapters, NO_ROUTES)).toEqual({
      outcome: 'refused',
      reason: 'unknown_ident',
      detail: '2 of 2 parts stay, the first: the gateway may not speak for a, or there is no such device',
    });
  });

  it('takes the ident of a command’s result from its topic', () => {
    const result = message({ isGateway: true, topic: 'devices/x/commands/17/result', text: '{"result":1}' });
    expect(identsToRoute(result, adapters)).toEqual(['x']);
    expect(replayOf(result, adapters, new Map([['x', 5]]))).toMatchObject({ messages: [{ deviceId: 5 }] });
    expect(replayOf(result, adapters, NO_ROUTES)).toMatchObject({
      outcome: 'refused',
      reason: 'unknown_ident',
    });
  });

  it('stays when it does not say whose it is', () => {
    const anonymous = { ...fromGateway, payload: Buffer.from('x') };
    expect(identsToRoute(anonymous, adapters)).toEqual([]);
    expect(replayOf(anonymous, adapters, NO_ROUTES)).toMatchObject({
      reason: 'malformed',
      detail: 'no ident',
    });
    expect(replayOf({ ...fromGateway, payload: Buffer.alloc(0) }, adapters, NO_ROUTES)).toMatchObject({
      reason: 'malformed',
    });
  });

  it('stays when a part of it cannot be read', () => {
    const adapter: Adapter = { ...lines, decode: () => refuseAll('invalid_field', 'speed is blue') };
    const replay = replayOf(
      fromGateway,
      { list: [adapter], forTopic: () => adapter },
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
    expect(replay).toMatchObject({
      outcome: 'refused',
      reason: 'invalid_field',
      detail: '2 of 2 parts stay, the first: speed is blue',
    });
  });
});
