export interface Measured {
  p50Ms: number;
  p95Ms: number;
}

/** Times one call after the other, from the call to the last byte; `once` resolves with how much came. */
export async function measure(
  name: string,
  { samples, warmUp, say }: { samples: number; warmUp: number; say(line: string): void },
  once: () => Promise<number>,
): Promise<Measured> {
  for (let run = 0; run < warmUp; run += 1) await once();
  const tookMs: number[] = [];
  let size = 0;
  for (let run = 0; run < samples; run += 1) {
    const startedAtMs = performance.now();
    size = await once();
    tookMs.push(performance.now() - startedAtMs);
  }
  tookMs.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    Number(tookMs[Math.min(samples - 1, Math.floor(samples * share))]!.toFixed(2));
  const measured = { p50Ms: percentile(0.5), p95Ms: percentile(0.95) };
  say(
    `  ${name}: p50 ${measured.p50Ms} ms, p95 ${measured.p95Ms} ms, max ${tookMs.at(-1)!.toFixed(2)} ms (${size})`,
  );
  return measured;
}
