/*
 * Alarms that tell of a state rather than of an instant. Trackers repeat them while the state lasts,
 * so that one event stands for all of it; and some formats also tell the state itself beside each fix.
 */

type Attributes = Readonly<Record<string, unknown>>;

/** What a position says of a state: it lasts, it is over, or nothing. */
export type Told = 'lasts' | 'over' | null;

type Reading = (attributes: Attributes) => Told;

const flag =
  (name: string, whileLasting = true): Reading =>
  (attributes) => {
    const value = attributes[name];
    if (typeof value !== 'boolean') return null;
    return value === whileLasting ? 'lasts' : 'over';
  };

/** A level that is 0 when there is nothing. */
const level =
  (name: string): Reading =>
  (attributes) => {
    const value = attributes[name];
    if (typeof value !== 'number') return null;
    return value > 0 ? 'lasts' : 'over';
  };

/** An event of the Navixy Generic Protocol (adapters/navixy-ngp/events.ts) that ends the state. */
const ngp =
  (...names: readonly string[]): Reading =>
  ({ event }) =>
    typeof event === 'string' && names.includes(event) ? 'over' : null;

/** One of Traccar's alarms that has no name here and stays in the attribute `alarm`. */
const traccar =
  (name: string): Reading =>
  ({ alarm }) =>
    typeof alarm === 'string' && alarm.split(',').includes(name) ? 'over' : null;

/**
 * By alarm, what may say that the state lasts or is over: `unplugged`, `jamming`, `gnssJamming`, `towing`,
 * `idling` and `overspeedKmh` are Teltonika's (adapters/teltonika-avl/avl-parameters.ts),
 * `external.powersource.status` is flespi's. What a format does not tell ends when it is not repeated.
 */
const READINGS: Readonly<Record<string, readonly Reading[]>> = {
  powerCut: [
    flag('unplugged'),
    flag('external.powersource.status', false),
    ngp('Power recovered or external power connected'),
    traccar('powerRestored'),
  ],
  unplug: [ngp('OBD plugged in', 'Device attached to the tracked object')],
  tamper: [
    ngp('Device case closed', 'Strap bolt inserted', 'Bracelet closed', 'Light sensor determined dark'),
  ],
  jamming: [flag('jamming')],
  gnssJamming: [level('gnssJamming'), ngp('GPS jamming end')],
  antennaCut: [],
  lowPower: [],
  lowBattery: [],
  tow: [flag('towing'), ngp('Unauthorized movement end', 'Unexpected movement end')],
  overspeed: [level('overspeedKmh')],
  idling: [flag('idling'), ngp('Idle end')],
  powerOff: [ngp('Device power on', 'Power On button pressed')],
};

/** Whether repeats of the alarm are the same event. */
export function isLasting(alarm: string): boolean {
  return Object.hasOwn(READINGS, alarm);
}

/** What the attributes of a position say of the state of a lasting alarm. */
export function toldOf(alarm: string, attributes: Attributes | null): Told {
  if (attributes === null) return null;
  for (const read of READINGS[alarm]!) {
    const told = read(attributes);
    if (told !== null) return told;
  }
  return null;
}

/** So many episodes can last at once. */
export const LASTING_KINDS = Object.keys(READINGS).length;
