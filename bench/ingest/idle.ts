import { openIdleConnections } from '@wayleave/device-sim/load/idle-connections.ts';
import type { Figures } from '../main.ts';
import { startBenchStack } from './bench-stack.ts';
import { ownMiB } from './processes.ts';

const CONNECTIONS = 10_000;
const SETTLE_MS = 5_000;

/** What ten thousand silent trackers cost the broker, and how soon all are back when all were cut off. */
export async function idleConnections(): Promise<Figures> {
  await using bench = await startBenchStack(CONNECTIONS, ['broker'], { MAX_CONNECTS_PER_S: '2000' });
  const { broker } = bench.stack.services;
  const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const options = {
    host: '127.0.0.1',
    port: bench.stack.ports.MQTT_PORT,
    devices: bench.devices,
    keepAliveS: 600,
  };

  // A first hundred, so that what every process loads once is not counted as theirs.
  const first = await openIdleConnections({ ...options, connections: 100 });
  first.close();
  await settle();
  const beforeMiB = ownMiB(broker.pid!);
  const idle = await openIdleConnections(options);
  await settle();
  const idleKiBPerConnection = ((ownMiB(broker.pid!) - beforeMiB) * 1_024) / CONNECTIONS;
  const reconnectMs = await idle.reconnectAll();
  process.stdout.write(
    `  ${idle.connected()} connected in ${(idle.connectMs / 1_000).toFixed(1)} s, back in ${(reconnectMs / 1_000).toFixed(1)} s\n`,
  );
  idle.close();
  return {
    idleKiBPerConnection: Number(idleKiBPerConnection.toFixed(1)),
    reconnect10kS: Number((reconnectMs / 1_000).toFixed(1)),
  };
}
