import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const A_YEAR_S = 31_536_000;

/** The built page's folder, or null if it was not built. */
export function builtPage(folder: string): string | null {
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/**
 * Serves the operator's console. Files under `assets/` bear a hash of what is in them and may be
 * kept for ever; `index.html` names them and is asked for again each time.
 */
export async function servePage(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // Only files that are there become routes, so a path that is not is answered by the app.
    wildcard: false,
    // The build leaves a .br and a .gz beside each file.
    preCompressed: true,
    globIgnore: ['**/*.{br,gz}'],
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes(`${sep}assets${sep}`);
      reply.header('cache-control', hashed ? `public, max-age=${A_YEAR_S}, immutable` : 'no-cache');
    },
  });
}

/** A path of the console, which finds its way by itself: asked for by a browser, not a program. */
export function isPagePath(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0]!;
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    (request.headers.accept ?? '').includes('text/html') &&
    !/^\/(api|docs|health|metrics|assets)(\/|$)/.test(path) &&
    !path.slice(path.lastIndexOf('/')).includes('.')
  );
}
