export interface CodedErrorOptions extends ErrorOptions {
  /** How long to wait before trying again, seconds. */
  retryAfterS?: number;
}

/**
 * An error that a caller can act on: `code` is stable and documented where the feature lists
 * its errors; the edge maps `status` to HTTP, shows `message` as the problem's detail and turns
 * `retryAfterS` into a Retry-After header.
 */
export class CodedError extends Error {
  override name = 'CodedError';
  readonly code: string;
  readonly status: number;
  readonly retryAfterS: number | undefined;

  constructor(code: string, status: number, message: string, options: CodedErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = status;
    this.retryAfterS = options.retryAfterS;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
