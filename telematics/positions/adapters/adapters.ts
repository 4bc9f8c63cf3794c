import type { Adapter } from './adapter.ts';
import { nativeJson } from './native-json/native-json.ts';

/** Every format that is read, in the order in which a topic is offered to them. */
export const adapters: readonly Adapter[] = [nativeJson];

/** The adapter of a topic, if there is one. */
export function adapterFor(topic: string): Adapter | undefined {
  return adapters.find((adapter) => adapter.reads(topic));
}
