import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import WebSocket from 'ws';
import type { Figures } from '../main.ts';
import { startBenchStack } from './bench-stack.ts';
import { bearerToken, installAll } from './people.ts';

const RATE_PER_S = 5_000;
const CONNECTIONS = 500;
const DURATION_MS = 20_000;
/** Left out at the start: code that is not yet compiled is no one's steady state. */
const WARM_UP_MS = 5_000;

/**
 * At 5,000 positions a second: from a publish to its PUBACK, and from the fix, which the
 * generator stamps as it publishes, to a WebSocket reader of the whole fleet.
 */
export async function latency(): Promise<Figures> {
  await using bench = await startBenchStack(CONNECTIONS, ['broker', 'ingest', 'api']);
  await installAll(bench);
  const token = await bearerToken(bench);
  const delaysMs: number[] = [];
  let countFromMs = Number.POSITIVE_INFINITY;

  const socket = new WebSocket(`${bench.stack.apiUrl.replace('http', 'ws')}/api/v1/live`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const isReady = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (body: Buffer) => {
      const nowMs = Date.now();
      const message = JSON.parse(body.toString()) as {
        type: string;
        complete?: boolean;
        vehicles?: { fixTime: string }[];
      };
      if (message.type === 'ready') socket.send(JSON.stringify({ type: 'subscribe' }));
      if (message.type === 'snapshot' && message.complete) resolve();
      if (message.type !== 'changes' || nowMs < countFromMs) return;
      for (const { fixTime } of message.vehicles ?? []) delaysMs.push(nowMs - Date.parse(fixTime));
    });
  });
  await isReady;

  const publish = (durationMs: number) =>
    runLoadInChild({
      host: '127.0.0.1',
      port: bench.stack.ports.MQTT_PORT,
      devices: bench.devices,
      window: 20,
      ratePerS: RATE_PER_S,
      fixTimes: 'clock',
      durationMs,
    });
  await publish(WARM_UP_MS);
  countFromMs = Date.now();
  const load = await publish(DURATION_MS);
  socket.close();

  delaysMs.sort((a, b) => a - b);
  const percentile = (share: number) => delaysMs[Math.floor(delaysMs.length * share)] ?? null;
  process.stdout.write(
    `  ${Math.round(load.ackedPerS)}/s published; PUBACK p50 ${load.pubackMs.p50.toFixed(1)} ms, p99 ${load.pubackMs.p99.toFixed(1)} ms; ` +
      `live p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms over ${delaysMs.length} updates\n`,
  );
  return { pubackP99Ms: Number(load.pubackMs.p99.toFixed(1)), liveP99Ms: percentile(0.99) };
}
