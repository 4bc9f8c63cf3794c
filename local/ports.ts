import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** The variables that name a TCP port of the stack, with what each is when unset. */
export const DEFAULT_PORTS = {
  API_PORT: 3_000,
  MQTT_PORT: 1_883,
  BROKER_OPS_PORT: 9_101,
  INGEST_OPS_PORT: 9_102,
  JOBS_OPS_PORT: 9_103,
};

export type Ports = Record<keyof typeof DEFAULT_PORTS, number>;

/**
 * Replaces each 0 by a free port, and makes sure that the others are free.
 * @throws {Error} naming each port that is taken and the variable that moves it
 */
export async function claimPorts(wanted: Ports, host: string): Promise<Ports> {
  const names = Object.keys(wanted) as (keyof Ports)[];
  const taken: string[] = [];
  for (const name of names) {
    const port = wanted[name];
    if (port !== 0 && (await isTaken(port, host))) {
      taken.push(
        `Port ${port} is taken by another program. Set ${name} to a free one: ${name}=${port + 10} npm start`,
      );
    }
  }
  if (taken.length > 0) throw new Error(taken.join('\n'));
  const free = await freePorts(names.filter((name) => wanted[name] === 0).length, host);
  return Object.fromEntries(names.map((name) => [name, wanted[name] || free.pop()])) as Ports;
}

async function isTaken(port: number, host: string): Promise<boolean> {
  // macOS lets two programs share a port when one of them binds all addresses: so knock, too.
  return (await answers(port, host)) || !(await canListen(port, host));
}

async function answers(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host: host === '0.0.0.0' ? '127.0.0.1' : host, timeout: 1_000 });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') return false;
    throw new Error(`Port ${port} cannot be used on ${host}: ${code}`, { cause: error });
  } finally {
    server.close();
  }
}

/** Held all at once, so that no two are the same, and let go together. */
export async function freePorts(count: number, host: string): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
