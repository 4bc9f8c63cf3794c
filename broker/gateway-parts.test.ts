import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PARTS_PER_MESSAGE, NOBODY, partsOf } from './gateway-parts.ts';
import { FLEET_TOPIC, testAdapters } from './test/fleet-format.ts';

const FIX = { time: '2026-11-20T10:00:00Z', lat: 0.35, lon: 32.58 };
const parts = (topic: string, payload: unknown) =>
  partsOf(testAdapters, {
    topic,
    payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    receivedAtMs: 0,
  }).map(({ ident, payload: part }) => ({ ident, payload: part.toString() }));

describe('the parts of a gateway’s message', () => {
  it('are the message itself where the topic names the device', () => {
    expect(parts('devices/867/positions', 'anything')).toEqual([{ ident: '867', payload: 'anything' }]);
  });

  it('are the message itself where the topic is that of a command’s result', () => {
    expect(parts('devices/867/commands/12/result', '{"result":1}')).toEqual([
      { ident: '867', payload: '{"result":1}' },
    ]);
  });

  it('are what the payload says of each device where the topic does not', () => {
    const items = [
      { ident: '1', ...FIX },
      { ident: '2', ...FIX },
    ];
    expect(parts(FLEET_TOPIC, items)).toEqual(
      items.map((item) => ({ ident: item.ident, payload: JSON.stringify(item) })),
    );
  });

  it.each([
    ['on a topic of no format', 'nowhere', 'x'],
    ['that cannot be read', FLEET_TOPIC, '{broken'],
    ['that names no device at all', FLEET_TOPIC, '[]'],
  ])('are the whole message, kept under the gateway’s own id, of one %s', (_, topic, payload) => {
    expect(parts(topic, payload)).toEqual([{ ident: null, payload }]);
  });

  it('are for nobody where a message names no device but would be read as positions of the gateway', () => {
    const payload = JSON.stringify([FIX]);
    expect(parts(FLEET_TOPIC, payload)).toEqual([{ ident: NOBODY, payload }]);
  });

  it('are bounded in number: a longer list stays whole', () => {
    const list = (length: number) => Array.from({ length }, (_, at) => ({ ident: `${at}`, ...FIX }));
    expect(parts(FLEET_TOPIC, list(MAX_PARTS_PER_MESSAGE))).toHaveLength(MAX_PARTS_PER_MESSAGE);
    const payload = JSON.stringify(list(MAX_PARTS_PER_MESSAGE + 1));
    expect(parts(FLEET_TOPIC, payload)).toEqual([{ ident: null, payload }]);
  });

  it('never give a position of the gateway itself, whatever the bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((random) => Buffer.from(random)),
      fc.json().map((json) => Buffer.from(json)),
      fc
        .array(fc.record({ ident: fc.string(), ...constants(FIX) }, { requiredKeys: [] }), { maxLength: 5 })
        .map((items) => Buffer.from(JSON.stringify(items))),
    );
    fc.assert(
      fc.property(bytes, (payload) => {
        const found = partsOf(testAdapters, { topic: FLEET_TOPIC, payload, receivedAtMs: 0 });
        expect(found.length).toBeGreaterThan(0);
        const adapter = testAdapters.forTopic(FLEET_TOPIC)!;
        for (const part of found.filter(({ ident }) => ident === null)) {
          const { positions } = adapter.decode(part.payload, { topic: FLEET_TOPIC, receivedAtMs: 0 });
          expect(positions).toEqual([]);
        }
      }),
    );
  });
});

function constants(fields: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fc.constant(value)]));
}
