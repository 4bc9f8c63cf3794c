import type { Caller } from '@wayleave/leasing/identity/access-token.ts';
import { notSignedIn } from '@wayleave/leasing/identity/errors.ts';
import type { Identity } from '@wayleave/leasing/identity/service.ts';
import type { Role } from '@wayleave/leasing/identity/user.ts';
import { CodedError } from '@wayleave/runtime/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Who may use a route: anybody, anybody who is signed in, or some roles. */
export type Access = 'public' | 'signed in' | readonly Role[];

/** Who may look at vehicles, devices and positions. */
export const READERS = ['agent', 'fleet', 'admin'] as const satisfies readonly Role[];
/** Who may change vehicles, devices and installations. */
export const WRITERS = ['fleet', 'admin'] as const satisfies readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** The signed-in user's role does not allow the request. */
const roleNotAllowed = (role: Role) =>
  new CodedError('role_not_allowed', 403, `The role ${role} may not do this.`);

/**
 * Checks every request against its route's `config.access` before the body is read. A route under
 * `/api` that names none cannot be added, so none is open by omission.
 */
export function guardRoutes(app: FastifyInstance, identity: Identity): void {
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ url, config }) => {
    if (url.startsWith('/api/') && config?.access === undefined) throw new Error(`${url} names no access`);
  });
  app.addHook('onRequest', async (request) => {
    const { access = 'public' } = request.routeOptions.config;
    if (access === 'public') return;
    const caller = await identity.authenticate(bearerOf(request) ?? '');
    if (access !== 'signed in' && !access.includes(caller.role)) throw roleNotAllowed(caller.role);
    request.caller = caller;
  });
}

/** The token of `Authorization: Bearer`, if there is one. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** Who makes the request; for routes that are not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw notSignedIn();
  return request.caller;
}
