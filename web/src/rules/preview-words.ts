import type { PreviewedEvent } from '../api/rule-types.ts';
import { kindName } from '../events/kind-words.ts';

/** `3 × speeding, 1 × moved with the ignition off`, the most frequent first. */
export function previewTally(events: readonly Pick<PreviewedEvent, 'kind'>[]): string {
  const tally = new Map<string, number>();
  for (const { kind } of events) tally.set(kind, (tally.get(kind) ?? 0) + 1);
  return [...tally]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, times]) => `${times} × ${kindName(kind).toLowerCase()}`)
    .join(', ');
}
