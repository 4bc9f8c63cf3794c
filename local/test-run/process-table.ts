import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The command line of every process that runs, by its id. */
export function processTable(): Map<number, string> {
  return process.platform === 'linux' ? linuxTable() : bsdTable();
}

/** Slim images have no `ps`. */
function linuxTable(): Map<number, string> {
  const table = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // A zombie has an empty command line: it is gone, only nobody has taken note yet.
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command) table.set(Number(name), command);
    } catch {
      // It ended in between.
    }
  }
  return table;
}

function bsdTable(): Map<number, string> {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      return [Number(pid), command ?? ''];
    }),
  );
}
