import type { LatencyHistogram } from './latency-histogram.ts';
import type { OpenLedger } from './ledger.ts';
import type { PublishFrames } from './publish-frames.ts';

/** Where packets go: the socket of a connection. */
export interface Sink {
  readonly ready: boolean;
  write(bytes: Uint8Array): void;
  together(writes: () => void): void;
}

/** The unacknowledged publishes of one connection: a ring of places, oldest first. */
export interface Window {
  readonly inFlight: number;
  /**
   * Sends up to `most` new messages.
   * @returns how many
   */
  send(most: number, nowUs: number): number;
  /**
   * A PUBACK came.
   * @returns false when nothing was waiting for it
   */
  acknowledge(packetId: number, nowUs: number): boolean;
  /** After a reconnect: everything unacknowledged leaves again, in order, with DUP. Returns how many. */
  repeat(): number;
}

export interface WindowParts {
  device: number;
  size: number;
  frames: PublishFrames;
  ledger: OpenLedger;
  latency: LatencyHistogram;
  sink: Sink;
  /** First fix time of the device's next message; null to hold it back for now. */
  nextFixTimeMs: (device: number, message: number) => number | null;
}

export function createWindow({
  device,
  size,
  frames,
  ledger,
  latency,
  sink,
  nextFixTimeMs,
}: WindowParts): Window {
  const { bytes, frameBytes } = frames;
  const { stepMs } = ledger;
  const sentAtUs = new Float64Array(size);
  /** Places acknowledged before an older one was. Brokers answer in order, so mostly none. */
  const early = new Uint8Array(size);
  let earlyCount = 0;
  /** Number of the oldest message in flight, and its place. */
  let oldest = 0;
  let oldestPlace = 0;
  let inFlight = 0;

  const writePlaces = (from: number, count: number) => {
    const end = from + count;
    if (end <= size) sink.write(bytes.subarray(from * frameBytes, end * frameBytes));
    else {
      sink.together(() => {
        sink.write(bytes.subarray(from * frameBytes));
        sink.write(bytes.subarray(0, (end - size) * frameBytes));
      });
    }
  };

  const release = (nowUs: number) => {
    latency.record(nowUs - (sentAtUs[oldestPlace] as number), 1);
    ledger.acknowledged(device, oldest);
    stepOver();
    while (earlyCount > 0 && early[oldestPlace] === 1) {
      early[oldestPlace] = 0;
      earlyCount--;
      stepOver();
    }
  };

  const stepOver = () => {
    oldest++;
    inFlight--;
    oldestPlace = oldestPlace + 1 === size ? 0 : oldestPlace + 1;
  };

  return {
    get inFlight() {
      return inFlight;
    },
    send(most, nowUs) {
      if (!sink.ready) return 0;
      const room = Math.min(most, size - inFlight);
      const from = (oldestPlace + inFlight) % size;
      let count = 0;
      for (let place = from; count < room; count++) {
        const fixTimeMs = nextFixTimeMs(device, oldest + inFlight);
        if (fixTimeMs === null) break;
        frames.write(place, fixTimeMs, stepMs);
        sentAtUs[place] = nowUs;
        ledger.sent(device, fixTimeMs);
        inFlight++;
        place = place + 1 === size ? 0 : place + 1;
      }
      if (count > 0) writePlaces(from, count);
      return count;
    },
    acknowledge(packetId, nowUs) {
      const place = packetId - 1;
      if (place === oldestPlace && inFlight > 0) {
        release(nowUs);
        return true;
      }
      const behind = (place - oldestPlace + size) % size;
      if (place < 0 || place >= size || behind >= inFlight || early[place] === 1) return false;
      early[place] = 1;
      earlyCount++;
      latency.record(nowUs - (sentAtUs[place] as number), 1);
      ledger.acknowledged(device, oldest + behind);
      return true;
    },
    repeat() {
      let count = 0;
      sink.together(() => {
        for (let k = 0; k < inFlight; k++) {
          const place = (oldestPlace + k) % size;
          if (early[place] === 1) continue;
          frames.markRepeated(place);
          writePlaces(place, 1);
          count++;
        }
      });
      return count;
    },
  };
}
