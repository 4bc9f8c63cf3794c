import { nativeMessage } from '@wayleave/telematics/positions/adapters/native-json/schema.ts';
import fc from 'fast-check';
import { generate, type IPublishPacket, parser } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { distanceM } from '../geo.ts';
import { createPublishFrames, type PublishFrames } from './publish-frames.ts';

const IDENT = '350000000000001';
const TIME_MS = 1_763_640_000_123;

interface Sent {
  time: number;
  lat: number;
  lon: number;
  speedKmh: number;
  headingDeg: number;
}

function frameAt(frames: PublishFrames, place: number): Buffer {
  return frames.bytes.subarray(place * frames.frameBytes, (place + 1) * frames.frameBytes);
}

function parse(frame: Buffer): IPublishPacket {
  const packets: IPublishPacket[] = [];
  const reader = parser({ protocolVersion: 4 });
  reader.on('packet', (packet) => packets.push(packet as IPublishPacket));
  expect(reader.parse(frame)).toBe(0);
  expect(packets).toHaveLength(1);
  return packets[0] as IPublishPacket;
}

const positionsOf = (packet: IPublishPacket): Sent[] => [JSON.parse(packet.payload.toString())].flat();

test('each place holds the packet that mqtt-packet would write', () => {
  for (const positions of [1, 10]) {
    const frames = createPublishFrames(IDENT, 3, 300, positions);
    for (const place of [0, 19, 255, 299]) {
      frames.write(place, TIME_MS + place, 7);
      const frame = frameAt(frames, place);
      const packet = parse(frame);
      expect(packet).toMatchObject({ qos: 1, dup: false, retain: false, messageId: place + 1 });
      expect(packet.topic).toBe(`devices/${IDENT}/positions`);
      expect(frame).toEqual(generate({ ...packet }));
    }
  }
});

test('the payload is what the native format asks for, about 220 bytes a position, with every usual field', () => {
  const frames = createPublishFrames(IDENT, 0, 1, 1);
  frames.write(0, TIME_MS, 1);
  const { payload } = parse(frames.bytes);
  expect(nativeMessage.safeParse(JSON.parse(payload.toString())).error).toBeUndefined();
  expect(payload.length).toBeGreaterThan(205);
  expect(payload.length).toBeLessThan(235);
  expect(Object.keys(JSON.parse(payload.toString()) as object)).toHaveLength(12);
});

test('whatever the time and the device, the digits in the packet are those of time and place', () => {
  const frames = [1, 4].map((count) => ({ count, places: 5 }));
  const instants = fc.integer({ min: 1_000_000_000_000, max: 9_000_000_000_000 });
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      instants,
      fc.nat(100_000),
      fc.nat(4),
      fc.integer({ min: 1, max: 60_000 }),
      ({ count, places }, timeMs, device, place, stepMs) => {
        const own = createPublishFrames(IDENT, device, places, count);
        // A place is used again and again.
        own.write(place, timeMs - 99_999, 1);
        own.write(place, timeMs, stepMs);
        const positions = positionsOf(parse(frameAt(own, place)));
        expect(positions.map(({ time }) => time)).toEqual(
          Array.from({ length: count }, (_, k) => timeMs + k * stepMs),
        );
        for (const position of positions) {
          expect(distanceM(position, { lat: 0.3476, lon: 32.5825 })).toBeLessThan(20_000);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a device moves as fast and in the direction that it says', () => {
  const frames = createPublishFrames(IDENT, 5, 1, 2);
  frames.write(0, 1_763_640_000_000, 1_000);
  const [a, b] = positionsOf(parse(frames.bytes));
  if (!a || !b) throw new Error('two positions were written');
  expect(distanceM(a, b) * 3.6).toBeCloseTo(a.speedKmh, 1);
  expect(b.lat > a.lat && b.lon > a.lon && a.headingDeg === 45).toBe(true);
});

test('devices do not all drive in one place', () => {
  const places = Array.from({ length: 500 }, (_, device) => {
    const frames = createPublishFrames(IDENT, device, 1, 1);
    frames.write(0, TIME_MS, 1);
    const [position] = positionsOf(parse(frames.bytes));
    return `${position?.lat} ${position?.lon}`;
  });
  expect(new Set(places).size).toBe(500);
});

test('a repeated packet bears DUP, and a new one in its place does not', () => {
  const frames = createPublishFrames(IDENT, 0, 3, 1);
  frames.write(1, TIME_MS, 1);
  const before = Buffer.from(frames.bytes);
  frames.markRepeated(1);
  expect(parse(frameAt(frames, 1)).dup).toBe(true);
  frames.write(1, TIME_MS, 1);
  expect(frames.bytes).toEqual(before);
});
