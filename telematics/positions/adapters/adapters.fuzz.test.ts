import { describe, expect, it } from 'vitest';
import { createAdapters } from './adapters.ts';
import { flespiSamples } from './flespi/samples.ts';
import { hslHfpSamples } from './hsl-hfp/samples.ts';
import { nativeSamples } from './native-json/samples.ts';
import { navixySamples } from './navixy-ngp/samples.ts';
import { ownTracksSamples } from './owntracks/samples.ts';
import { ruptelaSamples } from './ruptela-json/samples.ts';
import { teltonikaCodecSamples } from './teltonika-codec/samples.ts';
import { teltonikaJsonSamples } from './teltonika-json/samples.ts';
import { checkDecoding, hostilePayloads } from './testing/hostile-payloads.ts';
import { traccarSamples } from './traccar-forward/samples.ts';

/** What goes wrong for a payload in ten thousand needs more of them than every run of the tests can have. */
const PAYLOADS_PER_ADAPTER = process.env['FUZZ_TEST_LONG'] ? 100_000 : 2_000;

const { list, forTopic } = createAdapters({
  traccarTopic: 'traccar/positions',
  flespiTopic: 'flespi/message/gw/devices/+',
});
const samples: Record<string, readonly { topic: string; payload: Buffer }[]> = {
  'native-json': nativeSamples,
  'traccar-forward': traccarSamples,
  flespi: flespiSamples,
  owntracks: ownTracksSamples,
  'navixy-ngp': navixySamples,
  'hsl-hfp': hslHfpSamples,
  'ruptela-json': ruptelaSamples,
  'teltonika-json': teltonikaJsonSamples,
  'teltonika-codec': teltonikaCodecSamples,
};

describe('every format that is read', () => {
  it('has samples, and reads their topics before any other does', () => {
    expect(list.map(({ name }) => name).sort()).toEqual(Object.keys(samples).sort());
    for (const [name, ofFormat] of Object.entries(samples)) {
      for (const { topic } of ofFormat) expect(forTopic(topic)?.name).toBe(name);
    }
  });

  it.each(list)(
    '$name: gives positions or reasons within ten milliseconds for whatever comes',
    (adapter) => {
      const ofFormat = samples[adapter.name]!;
      const topic = ofFormat[0]!.topic;
      let tried = 0;
      const seed = Math.floor(Math.random() * 2 ** 31);
      for (const payload of hostilePayloads(
        ofFormat.map((sample) => sample.payload),
        PAYLOADS_PER_ADAPTER,
        seed,
      )) {
        checkDecoding(adapter, topic, payload);
        tried += 1;
      }
      expect(tried).toBeGreaterThan(PAYLOADS_PER_ADAPTER);
    },
    3_600_000,
  );
});
