import type { MapConfig, Page, Position, Problem, Session, Vehicle } from './types.ts';

const BASE = '/api/v1';
const REQUEST_TIMEOUT_MS = 15_000;
const VEHICLES_PER_PAGE = 500;
/** The most positions one page may hold, by the API's contract. */
export const POSITIONS_PER_PAGE = 5000;

/** A refusal by the API, or `code` "unreachable" (status 0) when no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

interface RequestOptions {
  method?: 'GET' | 'POST';
  body?: unknown;
  token?: string;
  signal?: AbortSignal;
}

/** How far the server's clock is ahead of this one, in ms, from the last answer's Date header. */
let serverAheadMs = 0;

/** The server's time, so that the age of a fix is right on a machine whose clock is not. */
export function serverNowMs(): number {
  return Date.now() + serverAheadMs;
}

async function request<Result>(path: string, options: RequestOptions = {}): Promise<Result> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  }
  noteServerTime(response.headers.get('date'));
  if (!response.ok) throw await refusal(response);
  return (response.status === 204 ? undefined : await response.json()) as Result;
}

function noteServerTime(date: string | null): void {
  const served = date ? Date.parse(date) : Number.NaN;
  // The header counts whole seconds, so a difference below that says nothing.
  if (!Number.isNaN(served)) serverAheadMs = Math.abs(served - Date.now()) < 2000 ? 0 : served - Date.now();
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Problem;
    return new ApiError(response.status, problem.code, problem.detail ?? problem.title);
  } catch {
    return new ApiError(response.status, 'unreadable', `The server answered ${response.status}.`);
  }
}

export const login = (email: string, password: string) =>
  request<Session>('/auth/login', { method: 'POST', body: { email, password } });

/** The refresh token travels in an HttpOnly cookie that this program cannot read. */
export const refresh = () => request<Session>('/auth/refresh', { method: 'POST', body: {} });

export const logout = (token: string) => request<void>('/auth/logout', { method: 'POST', body: {}, token });

export const mapConfig = () => request<MapConfig>('/map-config');

export const vehicle = (token: string, id: string, signal?: AbortSignal) =>
  request<Vehicle>(`/vehicles/${encodeURIComponent(id)}`, { token, ...(signal ? { signal } : {}) });

export const vehiclePage = (token: string, cursor: string | null) =>
  request<Page<Vehicle>>(
    `/vehicles?limit=${VEHICLES_PER_PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    { token },
  );

export const positions = (
  token: string,
  id: string,
  range: { fromMs: number; toMs: number; limit: number },
  signal?: AbortSignal,
) => {
  const query = new URLSearchParams({
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    limit: String(range.limit),
  });
  return request<Page<Position>>(`/vehicles/${encodeURIComponent(id)}/positions?${query}`, {
    token,
    ...(signal ? { signal } : {}),
  });
};
