import type { VehicleFences } from './fences.ts';
import type { Finding } from './finding.ts';
import type { Json } from './json.ts';
import {
  type GoodFix,
  type Moment,
  NOTHING_FOUND,
  type PreviousFix,
  type Rule,
  type RuleFix,
  type RuleVehicle,
  type SpeedLimit,
} from './rule.ts';
import type { RuleSettings } from './settings.ts';

/** Of another version the state of a keyframe says nothing: raised with every change of any rule's state. */
export const ENGINE_VERSION = 1;

/** What holds for a device at an instant, beside what it sends. */
export interface RuleContext {
  /** Null while the device is in none. */
  vehicle: RuleVehicle | null;
  settings: RuleSettings;
  speedLimit: SpeedLimit | null;
  fences: VehicleFences;
}

/** A rule whatever its state: the engine only carries that from fix to fix. */
// oxlint-disable-next-line typescript/no-explicit-any -- each rule's own state goes back to that rule alone
type AnyRule = Rule<any>;

/** The state of a device's rules after one of its fixes. JSON; never changed, only replaced. */
export interface EngineState {
  vehicleId: string | null;
  /** Of the last fix, good or not; null before the first. */
  lastMs: number | null;
  previous: PreviousFix | null;
  ignition: boolean | null;
  rules: Readonly<Record<string, unknown>>;
}

export interface Run {
  state: EngineState;
  found: readonly Finding[];
  /** What ended because the device is no longer in the vehicle that it was in; of that vehicle. */
  left: readonly Finding[];
}

export interface Engine {
  initial: EngineState;
  /** Runs every rule over the next fix of a device in fix time. */
  next(state: EngineState, fix: RuleFix, context: RuleContext): Run;
}

/** The one rule that counts for a device that is in no vehicle. */
const WITHOUT_VEHICLE = 'alarms';

export function createEngine(rules: Readonly<Record<string, AnyRule>>): Engine {
  const names = Object.keys(rules);
  const all = names.map((name) => rules[name]!);
  const withoutVehicle = names.indexOf(WITHOUT_VEHICLE);
  const initialRules = Object.fromEntries(names.map((name) => [name, rules[name]!.initial]));
  const initial: EngineState = {
    vehicleId: null,
    lastMs: null,
    previous: null,
    ignition: null,
    rules: initialRules,
  };

  /** The device left its vehicle, or is in another: what lasted ended with the last fix there. */
  const leave = ({ lastMs, rules: states }: EngineState): readonly Finding[] =>
    lastMs === null
      ? NOTHING_FOUND
      : all.flatMap((rule, at) => rule.close(states[names[at]!], lastMs, 'uninstalled'));

  return {
    initial,
    next(before, fix, context) {
      const { vehicle } = context;
      const vehicleId = vehicle?.id ?? null;
      let found: readonly Finding[] = NOTHING_FOUND;
      const isAnother = vehicleId !== before.vehicleId;
      const from = isAnother ? initial : before;
      const good = isGood(fix) ? fix : null;
      const ignition = fix.ignition ?? from.ignition;
      const moment: Moment = {
        fix,
        good,
        previous: from.previous,
        ignition,
        vehicle,
        settings: context.settings,
        speedLimit: context.speedLimit,
        fences: context.fences,
        inside: good && vehicle ? context.fences.containing(good.lat, good.lon, good.fixTimeMs) : [],
      };
      let states: Record<string, unknown> | null = null;
      for (let at = 0; at < all.length; at += 1) {
        if (vehicle === null && at !== withoutVehicle) continue;
        const name = names[at]!;
        const state = from.rules[name];
        const step = all[at]!.next(state, moment);
        if (step.state !== state) {
          states ??= { ...from.rules };
          states[name] = step.state;
        }
        if (step.found.length > 0) found = found.length === 0 ? step.found : [...found, ...step.found];
      }
      return {
        state: {
          vehicleId,
          lastMs: fix.fixTimeMs,
          previous: good ?? from.previous,
          ignition,
          rules: states ?? from.rules,
        },
        found,
        left: isAnother ? leave(before) : NOTHING_FOUND,
      };
    },
  };
}

function isGood(fix: RuleFix): fix is GoodFix {
  return fix.lat !== null;
}

/** The state as a keyframe keeps it. */
export function encodeState({ previous, ...state }: EngineState): string {
  return JSON.stringify({ ...state, previous: previous && rememberedOf(previous) });
}

/** The state of a keyframe of this version of the engine. */
export function decodeState(state: Json): EngineState {
  return state as unknown as EngineState;
}

/** Of a good fix what is remembered, without what the next rules must not see. */
function rememberedOf(fix: PreviousFix & Partial<GoodFix>): PreviousFix {
  const { alarm: _alarm, attributes: _attributes, ...remembered } = fix;
  return remembered;
}
