import { machine } from './machine.ts';

/** Each bench is one file that exports `run`, which prints as it goes and returns its figures. */
const benches: Record<string, () => Promise<{ run: (args: string[]) => Promise<Figures> }>> = {
  decode: () => import('./decode/decode.ts'),
  ingest: () => import('./ingest/ingest.ts'),
  history: () => import('./history/history.ts'),
  geofences: () => import('./geofences/geofences.ts'),
};

export type Figures = Record<string, number | null>;

const [name, ...args] = process.argv.slice(2).filter((argument) => argument !== '--');
const load = name === undefined ? undefined : benches[name];
if (!load) {
  process.stderr.write(
    `npm run bench -- <name>, where the name is one of: ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit(2);
}
process.stdout.write(`${machine()}\n`);
const figures = await (await load()).run(args);
process.stdout.write(`${JSON.stringify({ bench: name, figures })}\n`);
process.exit(0);
