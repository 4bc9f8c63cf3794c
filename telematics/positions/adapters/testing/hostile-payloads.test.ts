import { describe, expect, it } from 'vitest';
import { type Adapter, refuseAll } from '../adapter.ts';
import { emptyPosition } from '../empty-position.ts';
import { checkDecoding, hostilePayloads, MAX_DECODE_MS } from './hostile-payloads.ts';

const adapterOf = (decode: Adapter['decode']): Adapter => ({
  name: 'made-up',
  reads: () => true,
  identOf: () => 'a',
  decode,
});
const withPosition = (change: object): Adapter =>
  adapterOf((_payload, origin) => ({
    positions: [{ ...emptyPosition(0, origin), ...change }],
    refusals: [],
  }));
const payload = Buffer.from([0xca, 0xfe]);

describe('hostile payloads', () => {
  const sample = Buffer.from('{"a":[1,2]}');
  const listed = [...hostilePayloads([sample], 500, 1)].map((one) => one.toString('hex'));

  it('hold every truncation, every flipped bit and every inverted byte, then as many as asked for', () => {
    expect(listed).toHaveLength(sample.length + 9 * sample.length + 500);
    for (let length = 0; length < sample.length; length++) {
      expect(listed).toContain(sample.subarray(0, length).toString('hex'));
    }
    const inverted = Buffer.from(sample);
    inverted[3] = (sample[3] ?? 0) ^ 0xff;
    expect(listed).toContain(inverted.toString('hex'));
  });

  it('are the same for the same seed and others for another', () => {
    const again = [...hostilePayloads([sample], 500, 1)].map((one) => one.toString('hex'));
    const other = [...hostilePayloads([sample], 500, 2)].map((one) => one.toString('hex'));
    expect(again).toEqual(listed);
    expect(other).not.toEqual(listed);
  });
});

describe('checking what an adapter makes of a payload', () => {
  it('is content with a well-formed position and with a refusal', () => {
    checkDecoding(withPosition({ lat: 91, lon: -181, doubts: 0 }), 't', payload);
    checkDecoding(
      adapterOf(() => refuseAll('malformed', 'not JSON')),
      't',
      payload,
    );
  });

  it('shows the payload in hex with an exception', () => {
    const throws = adapterOf(() => {
      throw new TypeError('no such field');
    });
    expect(() => checkDecoding(throws, 't', payload)).toThrow(/no such field.*cafe$/);
  });

  it.each([
    ['nothing at all', adapterOf(() => ({ positions: [], refusals: [] }))],
    ['half a coordinate', withPosition({ lat: 1, doubts: 0 })],
    ['no coordinates and no doubt', withPosition({ doubts: 0 })],
    ['a speed out of range', withPosition({ speedKmh: -1 })],
    ['a number that is none', withPosition({ odometerM: Number.NaN })],
    ['a fraction of a satellite', withPosition({ satellites: 1.5 })],
    ['a fraction of a millisecond', withPosition({ fixTimeMs: 0.5 })],
    ['a doubt that only a judge can have', withPosition({ doubts: 5 })],
    ['a field that no position has', withPosition({ speed: 1 })],
    ['empty attributes', withPosition({ attributes: {} })],
    ['attributes that cannot be stored', withPosition({ attributes: { a: '\0' } })],
    ['long attributes', withPosition({ attributes: { a: 'x'.repeat(9_000) } })],
    ['a detail that cannot be stored', adapterOf(() => refuseAll('malformed', '\0'))],
  ])('complains of %s', (_what, adapter) => {
    expect(() => checkDecoding(adapter, 't', payload)).toThrow(/made-up on t: .*cafe$/);
  });

  it('complains of a slow one, but not of one that was slow once', () => {
    const slow = (timesLeft: number): Adapter =>
      adapterOf(() => {
        const until = performance.now() + MAX_DECODE_MS + 2;
        if (timesLeft-- > 0) while (performance.now() < until);
        return refuseAll('malformed', 'late');
      });
    expect(() => checkDecoding(slow(3), 't', payload)).toThrow(/took \d+/);
    checkDecoding(slow(1), 't', payload);
  });
});
