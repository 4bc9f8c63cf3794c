import { runLoadInChild } from '@wayleave/device-sim/load/load-child.ts';
import { startBenchStack } from './ingest/bench-stack.ts';

const services = (process.argv[2] ?? 'broker,ingest').split(',') as never;
await using b = await startBenchStack(500, services);
const go = (ms: number) =>
  runLoadInChild({
    host: '127.0.0.1',
    port: b.stack.ports.MQTT_PORT,
    devices: b.devices,
    window: 20,
    ratePerS: 5000,
    fixTimes: 'clock',
    durationMs: ms,
  });
await go(5000);
const hist = async () => {
  const m = await (await fetch(`http://127.0.0.1:${b.stack.ports.BROKER_OPS_PORT}/metrics`)).text();
  return new Map(
    [...m.matchAll(/append_seconds_bucket{.*?le="([^"]+)".*?} (\d+)/g)].map((x) => [x[1]!, Number(x[2])]),
  );
};
const lag = async () => {
  const m = await (await fetch(`http://127.0.0.1:${b.stack.ports.BROKER_OPS_PORT}/metrics`)).text();
  return m
    .split('\n')
    .filter((l) => /eventloop_lag_(p99|max)|gc_duration_seconds_(sum|count)/.test(l))
    .join('\n');
};
const h0 = await hist();
const l = await go(15000);
const h1 = await hist();
console.log('puback', l.pubackMs);
console.log([...h1].map(([k, v]) => `${k}:${v - (h0.get(k) ?? 0)}`).join(' '));
const { readFileSync } = await import('node:fs');
console.log(
  readFileSync(b.stack.dataDir + '/logs/broker.log', 'utf8')
    .split('\n')
    .filter((x) => /Scavenge|Mark/.test(x))
    .slice(-12)
    .join('\n'),
);
