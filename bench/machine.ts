import { cpus, totalmem, version } from 'node:os';

/** The machine that the figures belong to, in one line. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${version()}, Node ${process.version}`;
}
