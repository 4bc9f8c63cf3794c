import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
import type { DeviceTrack } from '@wayleave/telematics/positions/quality/repair.ts';
import type { Thresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';

/** What is known of a device, as of the last transaction that committed. Never changed, only replaced. */
export interface KnownDevice {
  deviceId: number;
  operatorId: number;
  track: DeviceTrack;
  /** The newest instant that is stored of it; what is later is not stored yet. */
  newestFixTimeMs: number;
  lastReceivedAtMs: number;
  thresholds: Thresholds;
}

/** Some kilobyte each; beyond it all are forgotten and read again as they are needed. */
const MAX_KNOWN_DEVICES = 100_000;

/** The devices of the shards that this worker holds. */
export class KnownDevices {
  #byDevice = new Map<number, KnownDevice>();
  #shardOf: (deviceId: number) => number;
  #timesForgotten = 0;

  constructor(shardOf: (deviceId: number) => number) {
    this.#shardOf = shardOf;
  }

  get(deviceId: number): KnownDevice | undefined {
    return this.#byDevice.get(deviceId);
  }

  /** What changes when something is forgotten: whoever is to remember what follows from it says so. */
  get asOf(): number {
    return this.#timesForgotten;
  }

  /** If anything was forgotten since `asOf`, the devices are too: they may follow from what no longer holds. */
  remember(devices: Iterable<KnownDevice>, asOf: number): void {
    if (this.#byDevice.size > MAX_KNOWN_DEVICES) this.#byDevice.clear();
    for (const device of devices) {
      if (asOf === this.#timesForgotten) this.#byDevice.set(device.deviceId, device);
      else this.#byDevice.delete(device.deviceId);
    }
  }

  /** Another worker may have written since: nothing known of the shard's devices holds any more. */
  forgetShard(shard: number): void {
    this.#forget(({ deviceId }) => this.#shardOf(deviceId) === shard);
  }

  /** The thresholds of an operator changed, or which vehicles its devices are in; null for any operator's. */
  forgetOperator(operatorId: number | null): void {
    this.#forget((device) => operatorId === null || device.operatorId === operatorId);
  }

  #forget(isMeant: (device: KnownDevice) => boolean): void {
    this.#timesForgotten += 1;
    for (const device of this.#byDevice.values()) {
      if (isMeant(device)) this.#byDevice.delete(device.deviceId);
    }
  }
}

export function latestOf({
  deviceId,
  operatorId,
  track,
  newestFixTimeMs,
  lastReceivedAtMs,
}: KnownDevice): LatestOfDevice {
  return { deviceId, operatorId, position: track.good, newestFixTimeMs, lastReceivedAtMs };
}
