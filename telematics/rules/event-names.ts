import { geofenceKind } from '../geofences/geofence.ts';
import { derivedKinds, handledNames } from './event-kinds.ts';

/** Derived kinds whose events say what they are about: the kind of a geofence, or the class of a silence. */
const VARIANTS: Readonly<Record<string, RegExp>> = {
  geofenceEnter: new RegExp(`^(${geofenceKind.options.join('|')})$`),
  geofenceExit: new RegExp(`^(${geofenceKind.options.join('|')})$`),
  geofenceDwell: new RegExp(`^(${geofenceKind.options.join('|')})$`),
  geofenceCrossed: new RegExp(`^(${geofenceKind.options.join('|')})$`),
  silence: /^[a-z_]+$/,
};

/** As an adapter may report an alarm of a tracker's own; several of one position have commas between them. */
const OWN_ALARM = /^[^\p{Cc},]{1,64}$/u;

/**
 * Whether an event can have the name, so that an operator may set its severity and routing: one that
 * is known, a variant of a derived kind, or an alarm of a tracker's own. A variant that a derived
 * kind has not is a slip, which would go unnoticed until the event is missed.
 */
export function isEventName(name: string): boolean {
  if (handledNames.includes(name)) return true;
  const dot = name.indexOf('.');
  const kind = dot === -1 ? name : name.slice(0, dot);
  if ((derivedKinds as readonly string[]).includes(kind)) {
    return VARIANTS[kind]?.test(name.slice(dot + 1)) ?? false;
  }
  return OWN_ALARM.test(name) && name.trim() === name;
}
