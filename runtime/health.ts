import { messageOf } from './errors.ts';

/** How long one dependency may take to answer before it counts as down. */
const CHECK_TIMEOUT_MS = 2_000;

/** Resolves when the dependency can be used, rejects with the reason when not. */
export type HealthCheck = () => Promise<unknown>;

export interface Health {
  ready: boolean;
  dependencies: Record<string, { ok: boolean; tookMs: number; error?: string }>;
}

/** Asks every dependency at once, each bounded in time, and names each in the answer. */
export async function checkHealth(checks: Record<string, HealthCheck>): Promise<Health> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const startedAt = performance.now();
      const tookMs = () => Math.round(performance.now() - startedAt);
      try {
        await withTimeout(check());
        return [name, { ok: true, tookMs: tookMs() }] as const;
      } catch (error) {
        return [name, { ok: false, tookMs: tookMs(), error: messageOf(error) }] as const;
      }
    }),
  );
  return { ready: entries.every(([, state]) => state.ok), dependencies: Object.fromEntries(entries) };
}

async function withTimeout(work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
