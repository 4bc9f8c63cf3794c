import type { LatestOfDevice } from '@wayleave/telematics/positions/binary-copy.ts';
import type { DeviceTrack } from '@wayleave/telematics/positions/quality/repair.ts';
import type { Thresholds } from '@wayleave/telematics/positions/quality/thresholds.ts';
import type { DeviceVehicle } from '@wayleave/telematics/rules/book/device-vehicles.ts';
import type { HeldNow } from '@wayleave/telematics/rules/device-run.ts';
import type { EngineState } from '@wayleave/telematics/rules/engine.ts';
import type { SinceKeyframe } from '@wayleave/telematics/rules/keyframe.ts';

/** What is known of a device, as of the last transaction that committed. Never changed, only replaced. */
export interface KnownDevice {
  deviceId: number;
  operatorId: number;
  track: DeviceTrack;
  /** The newest instant that is stored of it; what is later is not stored yet. */
  newestFixTimeMs: number;
  lastReceivedAtMs: number;
  thresholds: Thresholds;
  /** Null while a job runs them over what is stored. */
  rules: KnownRules | null;
}

/** Where a device's rules stand after its newest position. */
export interface KnownRules {
  state: EngineState;
  held: HeldNow | null;
  vehicles: readonly DeviceVehicle[];
  since: SinceKeyframe;
}

/** Some kilobyte each; beyond it all are forgotten and read again as they are needed. */
const MAX_KNOWN_DEVICES = 100_000;

/** The devices of the shards that this worker holds. */
export class KnownDevices {
  #byDevice = new Map<number, KnownDevice>();
  #shardOf: (deviceId: number) => number;
  #timesForgotten = 0;
  /** Single devices that were forgotten since the batch under way began. */
  #forgottenSince = new Set<number>();

  constructor(shardOf: (deviceId: number) => number) {
    this.#shardOf = shardOf;
  }

  get(deviceId: number): KnownDevice | undefined {
    return this.#byDevice.get(deviceId);
  }

  /** Begins a batch; what is remembered of it at its end says as of when it was begun. */
  begin(): number {
    this.#forgottenSince.clear();
    return this.#timesForgotten;
  }

  /** What was forgotten since the batch was begun stays so: it may follow from what no longer holds. */
  remember(devices: Iterable<KnownDevice>, asOf: number): void {
    if (this.#byDevice.size > MAX_KNOWN_DEVICES) this.#byDevice.clear();
    for (const device of devices) {
      const { deviceId } = device;
      if (asOf === this.#timesForgotten && !this.#forgottenSince.has(deviceId))
        this.#byDevice.set(deviceId, device);
      else this.#byDevice.delete(deviceId);
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

  /** A job has run the device's rules over what is stored. */
  forgetDevice(deviceId: number): void {
    this.#forgottenSince.add(deviceId);
    this.#byDevice.delete(deviceId);
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
