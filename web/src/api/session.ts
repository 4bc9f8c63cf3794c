import { login, logout, refresh } from './client.ts';
import { ApiError } from './request.ts';
import type { Session, User } from './types.ts';

/** `unreachable` keeps the operator from being sent to the login page by a network fault. */
type SessionState =
  | { phase: 'restoring' }
  | { phase: 'unreachable' }
  | { phase: 'out'; ended: boolean }
  | { phase: 'in'; user: User };

const RENEW_BEFORE_EXPIRY_S = 30;
const RENEW_RETRY_MS = 5000;
const REFRESH_LOCK = 'wayleave-refresh';

/** The access token lives in this closure and nowhere else: no storage, no DOM. */
let accessToken: string | null = null;
let expiresAtMs = 0;
let renewTimer: ReturnType<typeof setTimeout> | undefined;
let renewing: Promise<string> | null = null;
let state: SessionState = { phase: 'restoring' };
const listeners = new Set<() => void>();

export const sessionState = () => state;

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A token that is good for at least a few seconds; throws ApiError 401 when the session is over. */
export async function currentToken(): Promise<string> {
  if (accessToken && Date.now() < expiresAtMs - 5000) return accessToken;
  return renewToken();
}

/** Calls with a token, and once more with a fresh one if the server finds it expired. */
export async function withToken<Result>(call: (token: string) => Promise<Result>): Promise<Result> {
  try {
    return await call(await currentToken());
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || state.phase !== 'in') throw error;
    return call(await renewToken());
  }
}

/** Exchanges the refresh cookie for a new token; concurrent callers share one exchange. */
export function renewToken(): Promise<string> {
  renewing ??= exchange().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function exchange(): Promise<string> {
  try {
    return accept(await oneTabAtATime(refresh));
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
      end(state.phase === 'in');
    } else if (state.phase !== 'in') {
      become({ phase: 'unreachable' });
    } else {
      scheduleRenewal(RENEW_RETRY_MS);
    }
    throw error;
  }
}

/**
 * Two tabs that present the same refresh cookie at once look like theft to a server that detects reuse,
 * so the tabs take turns; the second then sends the cookie that the first was given.
 */
function oneTabAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  // Locks exist in secure contexts only; a console on plain HTTP over a LAN goes without.
  return navigator.locks ? navigator.locks.request(REFRESH_LOCK, work) : work();
}

export async function restoreSession(): Promise<void> {
  become({ phase: 'restoring' });
  await renewToken().catch(() => undefined);
}

export async function signIn(email: string, password: string): Promise<void> {
  accept(await login(email, password));
}

export async function signOut(): Promise<void> {
  const token = accessToken;
  end(false);
  if (token) await logout(token).catch(() => undefined);
}

function accept(session: Session): string {
  accessToken = session.accessToken;
  expiresAtMs = Date.now() + session.expiresInS * 1000;
  scheduleRenewal(Math.max(session.expiresInS - RENEW_BEFORE_EXPIRY_S, session.expiresInS / 2) * 1000);
  // A renewal for the same person is no change: what is on the screen stays as it is.
  if (state.phase !== 'in' || JSON.stringify(state.user) !== JSON.stringify(session.user)) {
    become({ phase: 'in', user: session.user });
  }
  return session.accessToken;
}

function scheduleRenewal(delayMs: number): void {
  clearTimeout(renewTimer);
  renewTimer = setTimeout(() => void renewToken().catch(() => undefined), delayMs);
}

function end(ended: boolean): void {
  accessToken = null;
  clearTimeout(renewTimer);
  become({ phase: 'out', ended });
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}
