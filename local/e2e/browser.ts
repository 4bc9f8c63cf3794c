import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { repositoryRoot } from '../repository.ts';
import { findOnPath } from '../search-path.ts';

/** WebGL without a graphics card, and nothing that reaches for the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

interface ChromiumProgram {
  executablePath: string;
  env?: Record<string, string>;
}

/** Starts Chromium: CHROMIUM_PATH, the one that an npm package carries, or one that is installed. */
export async function startBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return await chromium.launch({
    executablePath,
    args: ARGUMENTS,
    ...(env ? { env: { ...(process.env as Record<string, string>), ...env } } : {}),
  });
}

async function findChromium(): Promise<ChromiumProgram> {
  if (process.env.CHROMIUM_PATH) return { executablePath: process.env.CHROMIUM_PATH };
  // The same browser on every machine, where the package has one.
  if (process.platform === 'linux' && process.arch === 'x64') return await packagedChromium();
  const installed = [
    ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(findOnPath),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== undefined && existsSync(path));
  if (installed) return { executablePath: installed };
  throw new Error('there is no Chromium on PATH; install one or set CHROMIUM_PATH');
}

/** Unpacked once, whole or not at all, with the libraries that a slim system lacks beside it. */
async function packagedChromium(): Promise<ChromiumProgram> {
  const { default: packaged } = await import('@sparticuz/chromium');
  const archives = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
  const { version } = JSON.parse(readFileSync(join(archives, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = join(repositoryRoot, 'node_modules', '.cache', 'wayleave', `chromium-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const partial = mkdtempSync(`${folder}.`);
    const temporary = process.env.TMPDIR;
    process.env.TMPDIR = partial; // Where the package unpacks to.
    try {
      await packaged.executablePath(archives);
    } finally {
      if (temporary === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = temporary;
    }
    const libraries = brotliDecompressSync(readFileSync(join(archives, 'al2023.tar.br')));
    execFileSync('tar', ['-x', '-C', partial], { input: libraries });
    try {
      renameSync(partial, folder);
    } catch (error) {
      rmSync(partial, { recursive: true });
      if (!existsSync(folder)) throw error; // Unless another run was quicker.
    }
  }
  return { executablePath: join(folder, 'chromium'), env: { LD_LIBRARY_PATH: join(folder, 'lib') } };
}
