/**
 * An error that a caller can act on: `code` is stable and documented where the feature lists
 * its errors; the edge maps `status` to HTTP and shows `message` as the problem's detail.
 */
export class CodedError extends Error {
  override name = 'CodedError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = status;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
