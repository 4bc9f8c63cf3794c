import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencyHistogram } from './latency-histogram.ts';
import { createLedger } from './ledger.ts';
import { createPublishFrames } from './publish-frames.ts';
import { createWindow } from './window.ts';

const FIRST_MS = 1_763_640_000_000;

/** A window of `size` into a sink that keeps the packets it is given. */
function rig(size: number) {
  const written: { packetId: number; dup: boolean; timeMs: number }[] = [];
  const frames = createPublishFrames('x', 0, size, 1);
  const idAt = frames.bytes.indexOf('positions') + 'positions'.length;
  const sink = {
    ready: true,
    write(bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += frames.frameBytes) {
        const frame = Buffer.from(bytes.subarray(at, at + frames.frameBytes));
        const { time } = JSON.parse(frame.toString('latin1', idAt + 2)) as { time: number };
        written.push({ packetId: frame.readUInt16BE(idAt), dup: ((frame[0] ?? 0) & 8) !== 0, timeMs: time });
      }
    },
    together: (writes: () => void) => writes(),
  };
  const ledger = createLedger(['x'], 1, 1, true);
  const latency = createLatencyHistogram();
  const nextFixTimeMs = (_: number, message: number) => FIRST_MS + message;
  return {
    written,
    sink,
    ledger,
    latency,
    window: createWindow({ device: 0, size, frames, ledger, latency, sink, nextFixTimeMs }),
  };
}

test('no more is in flight than the window holds, and nothing without a connection', () => {
  const { window, sink, written } = rig(3);
  expect(window.send(2, 0)).toBe(2);
  expect(window.send(5, 0)).toBe(1);
  expect(window.send(1, 0)).toBe(0);
  expect(written.map(({ packetId }) => packetId)).toEqual([1, 2, 3]);
  expect(window.acknowledge(1, 10)).toBe(true);
  sink.ready = false;
  expect(window.send(1, 0)).toBe(0);
});

test('an acknowledgement that nothing waits for is not counted', () => {
  const { window, ledger } = rig(3);
  window.send(2, 0);
  for (const packetId of [0, 3, 4, 65_535]) expect(window.acknowledge(packetId, 0)).toBe(false);
  expect([window.acknowledge(2, 0), window.acknowledge(2, 0)]).toEqual([true, false]);
  expect(ledger.acknowledgedMessages()).toBe(1);
});

test('after a lost connection exactly what is unacknowledged leaves again, in order and with DUP', () => {
  const { window, written } = rig(4);
  window.send(4, 0);
  window.acknowledge(1, 0);
  window.acknowledge(3, 0);
  window.send(1, 0);
  written.length = 0;
  expect(window.repeat()).toBe(3);
  expect(written).toEqual([
    { packetId: 2, dup: true, timeMs: FIRST_MS + 1 },
    { packetId: 4, dup: true, timeMs: FIRST_MS + 3 },
    { packetId: 1, dup: true, timeMs: FIRST_MS + 4 },
  ]);
});

test('latency is from the first write to the acknowledgement', () => {
  const { window, latency } = rig(2);
  window.send(1, 1_000);
  window.repeat();
  window.acknowledge(1, 6_000);
  expect(latency.maxMs()).toBe(5);
});

test('whatever the order of acknowledgements, the ledger has each message once and fix times never repeat', () => {
  const actions = fc.array(fc.record({ send: fc.nat(5), acknowledge: fc.nat(6), repeat: fc.boolean() }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), actions, (size, steps) => {
      const { window, ledger, written } = rig(size);
      let acknowledged = 0;
      for (const { send, acknowledge, repeat } of steps) {
        window.send(send, 0);
        if (window.acknowledge(acknowledge, 0)) acknowledged++;
        if (repeat) window.repeat();
        expect(window.inFlight).toBeLessThanOrEqual(size);
      }
      for (let packetId = 1; packetId <= size; packetId++)
        if (window.acknowledge(packetId, 0)) acknowledged++;
      const fresh = written.filter(({ dup }) => !dup);
      expect(window.inFlight).toBe(0);
      expect(acknowledged).toBe(fresh.length);
      expect([...ledger.acknowledgedFixTimes(0)]).toEqual(fresh.map(({ timeMs }) => timeMs));
      expect(fresh.map(({ timeMs }) => timeMs)).toEqual(fresh.map((_, message) => FIRST_MS + message));
    }),
  );
});
