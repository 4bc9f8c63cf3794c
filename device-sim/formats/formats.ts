import { flespi } from './flespi.ts';
import type { Format } from './format.ts';
import { hslHfp } from './hsl-hfp.ts';
import { nativeJson } from './native-json.ts';
import { navixyNgp } from './navixy-ngp.ts';
import { ownTracks } from './owntracks.ts';
import { ruptelaJson } from './ruptela-json.ts';
import { teltonikaCodec } from './teltonika-codec.ts';
import { teltonikaJson } from './teltonika-json.ts';
import { traccarForward } from './traccar-forward.ts';

/** By the name of the adapter that reads them. */
export const formats = {
  'native-json': nativeJson,
  owntracks: ownTracks,
  'teltonika-json': teltonikaJson,
  'teltonika-codec': teltonikaCodec,
  'navixy-ngp': navixyNgp,
  'ruptela-json': ruptelaJson,
  'hsl-hfp': hslHfp,
  'traccar-forward': traccarForward,
  flespi,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]];
