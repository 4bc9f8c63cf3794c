import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { claimPorts, DEFAULT_PORTS } from './ports.ts';

const ALL_FREE = { API_PORT: 0, MQTT_PORT: 0, BROKER_OPS_PORT: 0, INGEST_OPS_PORT: 0, JOBS_OPS_PORT: 0 };

test('a port of 0 becomes a free one, each another', async () => {
  const ports = Object.values(await claimPorts(ALL_FREE, '127.0.0.1'));
  expect(ports.every((port) => port > 1_023)).toBe(true);
  expect(new Set(ports).size).toBe(Object.keys(DEFAULT_PORTS).length);
});

test('a port that is taken is named with the variable that moves it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(claimPorts({ ...ALL_FREE, MQTT_PORT: port }, '127.0.0.1')).rejects.toThrow(
    `Port ${port} is taken by another program. Set MQTT_PORT`,
  );
  server.close();
});
