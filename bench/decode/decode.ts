import type { Adapter } from '@wayleave/telematics/positions/adapters/adapter.ts';
import { createAdapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { emptyTrack, judge } from '@wayleave/telematics/positions/quality/judge.ts';
import { ownDoubts } from '@wayleave/telematics/positions/quality/plausibility.ts';
import type { DeviceTrack } from '@wayleave/telematics/positions/quality/repair.ts';
import { settleTime } from '@wayleave/telematics/positions/quality/settle-time.ts';
import { defaultThresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import { toStored } from '@wayleave/telematics/positions/stored-position.ts';
import type { Figures } from '../main.ts';
import { codec8Packet, nativeMessage } from './payloads.ts';

const FIRST_MS = Date.UTC(2026, 10, 20);
/** Long enough for the optimising compiler, and for a mean over its moods. */
const WARM_UP_MS = 1_000;
const MEASURE_MS = 4_000;

const adapters = createAdapters({ traccarTopic: 'traccar/positions', flespiTopic: 'flespi/+' });

/**
 * What an adapter and a verdict cost on one core: payloads that differ from one to the next, decoded
 * in this process, without a broker or a database.
 */
export function run(): Promise<Figures> {
  const figures: Figures = {};
  const report = (name: string, perS: number): void => {
    figures[name] = Math.round(perS);
    process.stdout.write(`  ${name}: ${Math.round(perS).toLocaleString('en')}\n`);
  };
  const native = Array.from({ length: 1_000 }, (_, at) => nativeMessage(FIRST_MS + at * 1_000, 1));
  const nativeTen = Array.from({ length: 1_000 }, (_, at) => nativeMessage(FIRST_MS + at * 10_000, 10));
  const codec8 = Array.from({ length: 1_000 }, (_, at) => codec8Packet(FIRST_MS + at * 15_000, 15));
  report('nativePerS', decodeRate('devices/867000000000001/positions', native));
  report('nativeTenPerS', decodeRate('devices/867000000000001/positions', nativeTen));
  report('codec8PerS', decodeRate('867000000000001/codec', codec8));
  report('judgePerS', judgeRate(native));
  return Promise.resolve(figures);
}

function decodeRate(topic: string, payloads: readonly Buffer[]): number {
  const adapter: Adapter = adapters.forTopic(topic)!;
  const origin = { topic, receivedAtMs: FIRST_MS + 86_400_000 };
  return rate(() => {
    let positions = 0;
    for (const payload of payloads) positions += adapter.decode(payload, origin).positions.length;
    return positions;
  });
}

/** Settling times, placing on the grid and judging, of positions that were decoded beforehand. */
function judgeRate(payloads: readonly Buffer[]): number {
  const topic = 'devices/867000000000001/positions';
  const adapter = adapters.forTopic(topic)!;
  const positions = payloads.flatMap(
    (payload) => adapter.decode(payload, { topic, receivedAtMs: FIRST_MS + 86_400_000 }).positions,
  );
  const thresholds = defaultThresholds.car;
  return rate(() => {
    let track: DeviceTrack = emptyTrack;
    let good = 0;
    for (const position of positions) {
      const row = toStored(1, 1, settleTime(position));
      const judged = judge(track, row, ownDoubts(row.position, thresholds), thresholds);
      track = judged.track;
      if (judged.verdict.doubts === 0) good += 1;
    }
    if (good !== positions.length)
      throw new Error(`${positions.length - good} of the positions are doubtful`);
    return positions.length;
  });
}

/** Items a second, of a step that says how many it did. */
function rate(step: () => number): number {
  const until = (ms: number): { items: number; tookMs: number } => {
    const startedAtMs = performance.now();
    let items = 0;
    let tookMs = 0;
    while (tookMs < ms) {
      items += step();
      tookMs = performance.now() - startedAtMs;
    }
    return { items, tookMs };
  };
  until(WARM_UP_MS);
  const { items, tookMs } = until(MEASURE_MS);
  return (items * 1_000) / tookMs;
}
