import { asOperator, type Pool } from '@wayleave/runtime/postgres.ts';
import type { Redis } from '@wayleave/runtime/redis.ts';
import { ACCESS_TOKEN_TTL_S, type Caller, createAccessTokens } from './access-token.ts';
import { invalidCredentials, notSignedIn, sessionEnded } from './errors.ts';
import { createLoginGuard, LOGIN_LIMITS, type LoginLimits } from './login-guard.ts';
import { createPasswords } from './passwords.ts';
import { createSessions } from './sessions.ts';
import { findLogin, findUser, type UserRow } from './store.ts';
import { normalizeEmail, type SignedIn, type UserView } from './user.ts';

export interface Identity {
  /** @throws `invalid_credentials`, `too_many_attempts`, `login_busy` */
  login(email: string, password: string, address: string): Promise<SignedIn>;
  /** @throws `session_ended`, `refresh_token_reused` */
  refresh(refreshToken: string): Promise<SignedIn>;
  /** Ends the sessions of whichever tokens are valid. */
  logout(tokens: { refreshToken: string | undefined; accessToken: string | undefined }): Promise<void>;
  /**
   * Who an access token speaks for. Asks Redis whether the session lives (one EXISTS, a fraction of a
   * millisecond), so that a log-out or a revocation counts at once, not when the token expires.
   * @throws `not_signed_in`
   */
  authenticate(accessToken: string): Promise<Caller>;
  isSessionAlive(sessionId: string): Promise<boolean>;
  /** @throws `not_signed_in` if the user is gone or disabled */
  userOf(caller: Caller): Promise<UserView>;
}

export interface IdentityParts {
  /** Of role `wayleave_auth`: sees who an e-mail address belongs to, and nothing else. */
  authPool: Pool;
  /** Of role `wayleave_app`. */
  appPool: Pool;
  redis: Redis;
  accessTokenKey: Uint8Array;
  limits?: LoginLimits;
  nowMs?: () => number;
}

export function createIdentity(parts: IdentityParts): Identity {
  const { authPool, appPool, redis, accessTokenKey, limits = LOGIN_LIMITS, nowMs = Date.now } = parts;
  const tokens = createAccessTokens(accessTokenKey, nowMs);
  const sessions = createSessions(redis, nowMs);
  const guard = createLoginGuard(redis, limits, nowMs);
  const passwords = createPasswords();

  const signIn = async (user: UserRow, sessionId: string, refreshToken: string): Promise<SignedIn> => ({
    accessToken: await tokens.sign({
      userId: user.id,
      operatorId: user.operator_id,
      role: user.role,
      sessionId,
    }),
    refreshToken,
    expiresInS: ACCESS_TOKEN_TTL_S,
    user: viewOf(user),
  });

  /** The user if they may still come in; a refresh takes over a changed role here. */
  const activeUser = async (operatorId: string, userId: string): Promise<UserRow | undefined> => {
    const user = await asOperator(
      appPool,
      operatorId,
      async (connection) => await findUser(connection, userId),
    );
    return user?.disabled_at === null ? user : undefined;
  };

  return {
    login: async (typedEmail, password, address) => {
      const email = normalizeEmail(typedEmail);
      await guard.admit(email, address);
      const user = await findLogin(authPool, email);
      const matched = await passwords.matches(user?.password_hash, password);
      if (!user || !matched || user.disabled_at !== null) throw invalidCredentials();
      await guard.succeeded(email, address);
      const { sessionId, refreshToken } = await sessions.begin(user.id, user.operator_id);
      return await signIn(user, sessionId, refreshToken);
    },

    refresh: async (presented) => {
      // The user first: a database that is away must not cost the caller the token, which a
      // rotation that is never answered would after its grace.
      const session = await sessions.sessionOf(presented);
      const user = session && (await activeUser(session.operatorId, session.userId));
      if (session && !user) await sessions.end(session.sessionId);
      // Refuses what is of no session, also of the one that was just ended.
      const { sessionId, refreshToken } = await sessions.rotate(presented);
      if (!user) throw sessionEnded();
      return await signIn(user, sessionId, refreshToken);
    },

    logout: async ({ refreshToken, accessToken }) => {
      const ofRefresh = refreshToken === undefined ? undefined : await sessions.sessionOf(refreshToken);
      if (ofRefresh !== undefined) await sessions.end(ofRefresh.sessionId);
      const caller =
        accessToken === undefined ? undefined : await tokens.verify(accessToken).catch(() => undefined);
      if (caller) await sessions.end(caller.sessionId);
    },

    authenticate: async (accessToken) => {
      const caller = await tokens.verify(accessToken);
      if (!(await sessions.isAlive(caller.sessionId))) throw notSignedIn('The session has ended.');
      return caller;
    },

    isSessionAlive: sessions.isAlive,

    userOf: async (caller) => {
      const user = await activeUser(caller.operatorId, caller.userId);
      if (!user) throw notSignedIn('The user may no longer come in.');
      return viewOf(user);
    },
  };
}

function viewOf(user: UserRow): UserView {
  const { id, email, name, role, operator_id, operator_name } = user;
  return { id, email, name, role, operator: { id: operator_id, name: operator_name } };
}
