import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { notSignedIn } from './errors.ts';
import { role } from './user.ts';

const ISSUER = 'wayleave';
const AUDIENCE = 'wayleave-api';
/** The one algorithm that is signed and accepted: a token cannot choose its own. */
const ALGORITHM = 'HS256';
export const ACCESS_TOKEN_TTL_S = 600;

const claims = z.object({
  sub: z.string(),
  operatorId: z.string(),
  role,
  sid: z.string(),
  exp: z.number(),
});

/** Who makes a request, as their access token says. */
export interface Caller {
  userId: string;
  operatorId: string;
  role: z.infer<typeof role>;
  sessionId: string;
  /** Epoch milliseconds at which the token expires. */
  expiresAtMs: number;
}

export interface AccessTokens {
  sign(caller: Omit<Caller, 'expiresAtMs'>): Promise<string>;
  /** @throws `not_signed_in` for anything that {@link AccessTokens.sign} did not make within its life time */
  verify(token: string): Promise<Caller>;
}

/** Short JWTs. `key` has at least 32 bytes; `nowMs` is the clock, epoch milliseconds. */
export function createAccessTokens(key: Uint8Array, nowMs: () => number = Date.now): AccessTokens {
  return {
    sign: async ({ userId, operatorId, role, sessionId }) => {
      const issuedAtS = Math.floor(nowMs() / 1000);
      return await new SignJWT({ operatorId, role, sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAtS)
        .setExpirationTime(issuedAtS + ACCESS_TOKEN_TTL_S)
        .sign(key);
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: 'at+jwt',
          requiredClaims: ['exp', 'sub', 'iat'],
          currentDate: new Date(nowMs()),
        });
        const { sub, operatorId, role, sid, exp } = claims.parse(payload);
        return { userId: sub, operatorId, role, sessionId: sid, expiresAtMs: exp * 1000 };
      } catch (error) {
        if (error instanceof errors.JWTExpired) throw notSignedIn('The access token has expired.');
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw notSignedIn();
        throw error;
      }
    },
  };
}
