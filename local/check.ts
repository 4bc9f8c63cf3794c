import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './repository.ts';

/**
 * `npm run check` type-checks, lints, looks for dead code and checks the format; `--fix` formats
 * and mends what the linter can mend first. All of it runs even when one part fails.
 */
const fix = process.argv.includes('--fix');

interface Check {
  name: string;
  program: string;
  args: string[];
}

const checks: Check[] = [
  { name: 'format', program: 'biome', args: ['check', '--error-on-warnings', ...(fix ? ['--write'] : [])] },
  { name: 'lint', program: 'oxlint', args: ['--deny-warnings', ...(fix ? ['--fix'] : [])] },
  { name: 'types', program: 'tsc', args: ['--project', 'tsconfig.json'] },
  { name: 'types of the web console', program: 'tsc', args: ['--project', 'web/tsconfig.json'] },
  { name: 'types of its build', program: 'tsc', args: ['--project', 'web/tsconfig.build.json'] },
  { name: 'dead code', program: 'knip', args: ['--no-progress'] },
];

function run({ program, args }: Check): Promise<{ ok: boolean; output: string }> {
  const child = spawn(join(repositoryRoot, 'node_modules', '.bin', program), args, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (status) => resolve({ ok: status === 0, output }));
  });
}

/** Says how each check went as soon as it is done, and everything that a failed one printed. */
async function runAll(waiting: Check[]): Promise<string[]> {
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedAt = performance.now();
      const { ok, output } = await run(check);
      const tookS = ((performance.now() - startedAt) / 1_000).toFixed(1);
      process.stdout.write(
        `${ok ? '✓' : '✗'} ${check.name} (${tookS} s)\n${ok ? '' : `${output.trimEnd()}\n\n`}`,
      );
      if (!ok) failed.push(check.name);
    }
  };
  // Fixes write to the same files, so they go one after the other.
  await Promise.all(Array.from({ length: fix ? 1 : availableParallelism() }, worker));
  return failed;
}

const failed = await runAll([...checks]);
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
