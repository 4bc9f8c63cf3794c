import { styleText } from 'node:util';
import type { Demo } from './demo-file.ts';

/** What `npm start` says once everything runs: where the map is, how to log in, how to send a fix. */
export function banner(demo: Demo, facts: { vehicles: number; tookS: number; dataDir: string }): string {
  const { apiUrl, mqttUrl, users, device } = demo;
  const { hostname, port } = new URL(mqttUrl);
  const topic = `devices/${device.ident}/positions`;
  const dim = (text: string) => styleText('dim', text, { stream: process.stdout });
  const strong = (text: string) => styleText('bold', text, { stream: process.stdout });
  const row = (label: string, value: string) => `  ${dim(label.padEnd(9))} ${value}`;
  const [first, ...others] = users;

  return [
    '',
    `  ${strong('Wayleave')} ${dim(`is up after ${facts.tookS.toFixed(1)} s, ${facts.vehicles} vehicles on the road`)}`,
    '',
    row('Map', strong(apiUrl)),
    row('Log in', `${first?.email}  ${first?.password}`),
    ...others.map((user) => row('', `${user.email}  ${user.password}  ${dim(`(${user.role})`)}`)),
    row('API', `${apiUrl}/docs`),
    row('Trackers', mqttUrl),
    row('Data', `${facts.dataDir} ${dim('(logins and secrets in demo.json, logs in logs/)')}`),
    '',
    `  ${dim('Put a vehicle on the map yourself, with Mosquitto’s client or with npx mqtt:')}`,
    `  mosquitto_pub -h ${hostname} -p ${port} -u ${device.ident} -P '${device.secret}' -q 1 -t ${topic} \\`,
    `    -m "{\\"time\\": $(date +%s)000, \\"lat\\": 0.3136, \\"lon\\": 32.5811, \\"speedKmh\\": 24}"`,
    '',
    `  ${dim('Ctrl-C stops everything; the next start finds the data again.')}`,
    '',
  ].join('\n');
}
