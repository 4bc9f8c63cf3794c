import type { Page, Problem } from './types.ts';

const BASE = '/api/v1';
const REQUEST_TIMEOUT_MS = 15_000;

/** A refusal by the API, or `code` "unreachable" (status 0) when no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** What is wrong with the request, field by field; `path` is a JSON pointer. */
  readonly fields: readonly { path: string; message: string }[];

  constructor(status: number, code: string, message: string, fields: ApiError['fields'] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  token?: string;
  signal?: AbortSignal | undefined;
  /** For answers that are computed and not read. */
  timeoutMs?: number;
}

/** How far the server's clock is ahead of this one, in ms, from the last answer's Date header. */
let serverAheadMs = 0;

/** The server's time, so that the age of a fix is right on a machine whose clock is not. */
export function serverNowMs(): number {
  return Date.now() + serverAheadMs;
}

/** The JSON of an answer. @throws {ApiError} */
export async function request<Result>(path: string, options: RequestOptions = {}): Promise<Result> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? REQUEST_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const response = await answerOf(path, options, 'application/json', signal);
  return (response.status === 204 ? undefined : await response.json()) as Result;
}

/**
 * An answer that is read as it comes and may take as long as it needs, until `signal` says otherwise.
 * @throws {ApiError}
 */
export async function requestStream(
  path: string,
  { token, signal }: { token: string; signal: AbortSignal },
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body } = await answerOf(path, { token, signal }, '*/*', signal);
  return body ?? new Blob([]).stream();
}

async function answerOf(
  path: string,
  { method = 'GET', body, token, signal: caller }: RequestOptions,
  accept: string,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { accept };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (token) headers.authorization = `Bearer ${token}`;
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (caller?.aborted) throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  }
  noteServerTime(response.headers.get('date'));
  if (!response.ok) throw await refusal(response);
  return response;
}

function noteServerTime(date: string | null): void {
  const served = date ? Date.parse(date) : Number.NaN;
  // The header counts whole seconds, so a difference below that says nothing.
  if (!Number.isNaN(served)) serverAheadMs = Math.abs(served - Date.now()) < 2000 ? 0 : served - Date.now();
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as Problem;
    const errors = problem.errors ?? [];
    const fields = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return new ApiError(response.status, problem.code, fields || (problem.detail ?? problem.title), errors);
  } catch {
    return new ApiError(response.status, 'unreadable', `The server answered ${response.status}.`);
  }
}

/** A query without the fields that are absent. */
export function queryOf(fields: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  return query.toString();
}

/**
 * The pages of a list one after the other, `maxPages` at the most; `isCut` says that there were more.
 * `onPage` is given what came so far.
 */
export async function readPages<Item>(
  read: (cursor: string | null) => Promise<Page<Item>>,
  maxPages: number,
  onPage: (items: readonly Item[]) => void = () => undefined,
): Promise<{ items: Item[]; isCut: boolean }> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < maxPages; page++) {
    const answer: Page<Item> = await read(cursor);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
    onPage(items);
  }
  return { items, isCut: cursor !== null };
}
