// The first stage of `npm start` and `npm test`. It runs on whatever Node the machine has
// (20 or newer) with nothing installed, so it is plain JavaScript without a dependency:
// install what the lockfile names, then hand over to the Node that the lockfile pins.
import { resolve } from 'node:path';
import { handOver } from './bootstrap/hand-over.mjs';
import { installIfStale } from './bootstrap/install.mjs';
import { pinnedNode } from './bootstrap/platform.mjs';

const root = resolve(import.meta.dirname, '..');
const [script, ...scriptArguments] = process.argv.slice(2);

try {
  if (script === undefined) throw new Error('usage: node local/bootstrap.mjs <script> [arguments]');
  const node = pinnedNode(root);
  await installIfStale(root, node);
  process.exitCode = await handOver(node, [resolve(root, script), ...scriptArguments]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
