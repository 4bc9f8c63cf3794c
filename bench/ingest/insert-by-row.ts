import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import { freePorts } from '@wayleave/local/ports.ts';
import { findOnPath } from '@wayleave/local/search-path.ts';
import mqtt from 'mqtt';
import pg from 'pg';
import { startBenchStack } from './bench-stack.ts';

const DURATION_MS = 15_000;

const INSERT = `
  INSERT INTO positions (device_id, fix_time, received_at, operator_id, lat, lon, h3, speed_kmh, heading_deg)
  VALUES ($1, $2, now(), 1, $3, $4, 0, $5, $6) ON CONFLICT DO NOTHING`;

/**
 * What most people write first: Mosquitto, and an mqtt.js subscriber that inserts each message
 * as it comes. Rows stored a second while 500 connections publish as fast as they are
 * acknowledged; null where Mosquitto is not installed (Debian: `apt install mosquitto`).
 */
export async function insertByRow(): Promise<number | null> {
  const command = findOnPath('mosquitto');
  if (!command) {
    process.stdout.write('  mosquitto is not installed, so this is not measured\n');
    return null;
  }
  await using bench = await startBenchStack(500, []);
  const { database, devices } = bench;
  const pool = new pg.Pool({ connectionString: bench.stack.databaseUrl, max: 1 });
  pool.on('error', () => {}); // The connection ends with the database, below.
  const [port] = (await freePorts(1, '127.0.0.1')) as [number];
  const folder = mkdtempSync(join(tmpdir(), 'wayleave-mosquitto-'));
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  const broker = spawn(command, ['-c', config], { stdio: 'ignore' });
  let isOver = false;
  try {
    await answering(port, broker);
    const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: 'by-row',
      clean: false,
    });
    const idOf = new Map(devices.map(({ ident }, at) => [ident, at + 1]));
    subscriber.on('message', (topic, payload) => {
      const fix = JSON.parse(payload.toString()) as {
        time: string;
        lat: number;
        lon: number;
        speedKmh?: number;
        headingDeg?: number;
      };
      const device = idOf.get(topic.split('/')[1]!);
      pool
        .query(INSERT, [
          device,
          new Date(fix.time),
          fix.lat,
          fix.lon,
          fix.speedKmh ?? null,
          fix.headingDeg ?? null,
        ])
        .catch((error: unknown) => {
          // What is still in its memory at the end goes down with the database.
          if (!isOver) process.stderr.write(`${String(error)}\n`);
        });
    });
    await subscriber.subscribeAsync('devices/+/positions', { qos: 1 });
    const load = await runLoadInChild({
      host: '127.0.0.1',
      port,
      devices,
      window: 20,
      durationMs: DURATION_MS,
    });
    const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM positions');
    const stored = Number(rows[0]!.count);
    process.stdout.write(
      `  ${load.positionsAcked} acknowledged by Mosquitto, ${stored} stored when the last was\n`,
    );
    await subscriber.endAsync(true);

    return Math.round(stored / load.seconds);
  } finally {
    isOver = true;
    broker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answering(port: number, broker: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (broker.exitCode !== null) throw new Error(`mosquitto ended with status ${broker.exitCode}`);
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connectTcp(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => socket.destroy());
      setTimeout(() => socket.destroy(), 50);
    });
    if (isUp) return;
    await sleep(50);
  }
  throw new Error('mosquitto does not answer');
}
