import type { Adapter } from './adapter.ts';
import { flespi } from './flespi/flespi.ts';
import { hslHfp } from './hsl-hfp/hsl-hfp.ts';
import { nativeJson } from './native-json/native-json.ts';
import { navixyNgp } from './navixy-ngp/navixy-ngp.ts';
import { ownTracks } from './owntracks/owntracks.ts';
import { ruptelaJson } from './ruptela-json/ruptela-json.ts';
import { teltonikaCodec } from './teltonika-codec/teltonika-codec.ts';
import { teltonikaJson } from './teltonika-json/teltonika-json.ts';
import { traccarForward } from './traccar-forward/traccar-forward.ts';

/** Topics that an installation may choose. */
export interface AdapterTopics {
  /** Where a Traccar server forwards positions, a topic or filter. */
  traccarTopic: string;
  /** Where flespi publishes messages, a topic or filter. */
  flespiTopic: string;
}

/** Every format that is read. */
export interface Adapters {
  list: readonly Adapter[];
  /** The adapter of a topic, if there is one. */
  forTopic(topic: string): Adapter | undefined;
}

/** The formats in the order in which a topic is offered to them: the first that reads it has it. */
export function createAdapters({ traccarTopic, flespiTopic }: AdapterTopics): Adapters {
  const list: readonly Adapter[] = [
    nativeJson,
    // Topics that the operator chose come before those that a format's own rule would match.
    traccarForward(traccarTopic),
    flespi(flespiTopic),
    ownTracks,
    navixyNgp,
    hslHfp,
    ruptelaJson,
    teltonikaJson,
    teltonikaCodec,
  ];
  return { list, forTopic: (topic) => list.find((adapter) => adapter.reads(topic)) };
}
