import { notSignedIn } from '@wayleave/leasing/identity/errors.ts';
import { SESSION_IDLE_MS } from '@wayleave/leasing/identity/sessions.ts';
import {
  credentials,
  type Refreshed,
  refreshed,
  type SignedIn,
  signedIn,
  userView,
} from '@wayleave/leasing/identity/user.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { bearerOf, callerOf } from '../http/access.ts';
import { problems } from '../http/schemas.ts';
import type { ApiParts } from '../parts.ts';

/**
 * Sent to the log-in routes alone, never from another site, and scripts cannot read it. The answer to
 * a log-in holds the token besides, for programs that keep no cookies; who had the password may have
 * it. A refresh by the cookie does not repeat it: a script that got into the page later could
 * otherwise ask for a token to take away.
 */
const REFRESH_COOKIE = 'wayleave_refresh';

const refreshBody = z.strictObject({ refreshToken: z.string().max(200).optional() }).nullish();

export const authRoutes: FastifyPluginAsyncZod<ApiParts> = async (app, { identity }) => {
  app.post('/api/v1/auth/login', {
    config: { access: 'public' },
    schema: { tags: ['auth'], body: credentials, response: { 200: signedIn, ...problems } },
    handler: async (request, reply) => {
      const { email, password } = request.body;
      return answer(request, reply, await identity.login(email, password, request.ip));
    },
  });

  app.post('/api/v1/auth/refresh', {
    config: { access: 'public' },
    schema: {
      tags: ['auth'],
      description:
        'Takes the refresh token from the body or the cookie; each is good for one use. The next one ' +
        'comes as a cookie, and in the body too if the last one came there.',
      body: refreshBody,
      response: { 200: refreshed, ...problems },
    },
    handler: async (request, reply): Promise<Refreshed> => {
      const ofBody = request.body?.refreshToken;
      const token = ofBody ?? request.cookies[REFRESH_COOKIE];
      if (token === undefined) throw notSignedIn('A refresh token is needed.');
      const session = answer(request, reply, await identity.refresh(token));
      if (ofBody !== undefined) return session;
      const { refreshToken: _, ...withoutToken } = session;
      return withoutToken;
    },
  });

  app.post('/api/v1/auth/logout', {
    config: { access: 'public' },
    schema: {
      tags: ['auth'],
      description: 'Ends the session of the refresh token (body or cookie) and of the access token.',
      body: refreshBody,
      response: { 204: z.undefined(), ...problems },
    },
    handler: async (request, reply) => {
      const refreshToken = request.body?.refreshToken ?? request.cookies[REFRESH_COOKIE];
      await identity.logout({ refreshToken, accessToken: bearerOf(request) });
      reply.clearCookie(REFRESH_COOKIE, { path: '/api/v1/auth' });
      return await reply.code(204).send();
    },
  });

  app.get('/api/v1/me', {
    config: { access: 'signed in' },
    schema: { tags: ['auth'], security: [{ bearer: [] }], response: { 200: userView, ...problems } },
    handler: async (request) => await identity.userOf(callerOf(request)),
  });
};

function answer(request: FastifyRequest, reply: FastifyReply, session: SignedIn): SignedIn {
  reply.header('cache-control', 'no-store');
  reply.setCookie(REFRESH_COOKIE, session.refreshToken, {
    path: '/api/v1/auth',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    maxAge: SESSION_IDLE_MS / 1000,
  });
  return session;
}
