import type { EventHandling, RuleSettings } from '../api/rule-types.ts';
import { DEFAULT_HANDLING, defaultHandlingOf, sameHandling } from './defaults.ts';

type Own = RuleSettings['events'];

/** Every name that has a line of its own: those with a default, and those that the operator named. */
export function handlingRows(own: Own): string[] {
  const kinds = Object.keys(DEFAULT_HANDLING).filter((name) => !name.includes('.'));
  const names = new Set([...Object.keys(DEFAULT_HANDLING), ...Object.keys(own)]);
  const others = [...names].filter((name) => !kinds.includes(name));
  // A variant stands below its kind, as the exception that it is.
  const rows = kinds.flatMap((kind) => [
    kind,
    ...others.filter((name) => name.startsWith(`${kind}.`)).sort(),
  ]);
  return [...rows, ...others.filter((name) => !rows.includes(name)).sort()];
}

/** How events of a name are handled: what names the variant counts before what names its kind, whoever said it. */
export function handlingOf(own: Own, name: string): EventHandling {
  const kind = name.split('.')[0] ?? '';
  return own[name] ?? DEFAULT_HANDLING[name] ?? own[kind] ?? defaultHandlingOf(name);
}

/** The operator's settings with one more; what is as without it is left out. */
export function withHandling(own: Own, name: string, handling: EventHandling): Own {
  const { [name]: _before, ...others } = own;
  return sameHandling(handlingOf(others, name), handling) ? others : { ...others, [name]: handling };
}
