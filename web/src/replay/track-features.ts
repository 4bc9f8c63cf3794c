import type { TrackFeature } from '../api/types.ts';

/**
 * Takes a track apart while it comes: the API writes one feature a line, each but the first after a
 * comma. Gives the features of each piece of the text.
 * @throws {SyntaxError} when a line is not what it should be, or the text ended before its end
 */
export async function* trackFeatures(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<TrackFeature[]> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let ended = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    const features: TrackFeature[] = [];
    for (const line of lines) {
      if (line.startsWith(']}')) ended = true;
      else if (line !== '' && !line.startsWith('{"type":"FeatureCollection"')) {
        features.push(JSON.parse(line.replace(/^,/, '')) as TrackFeature);
      }
    }
    if (features.length > 0) yield features;
  }
  if (!ended && !rest.startsWith(']}')) throw new SyntaxError('The track broke off.');
}
