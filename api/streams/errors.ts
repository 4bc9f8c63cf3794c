import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has as many exports and tracks under way as it may. */
export const tooManyExports = (retryAfterS: number) =>
  new CodedError('too_many_exports', 429, 'Too many exports are under way; let one end first.', {
    retryAfterS,
  });

/** This process has no room for another export or track, whoever asks. */
export const exportsBusy = (retryAfterS: number) =>
  new CodedError('exports_busy', 503, 'The service is busy with other exports; try again.', { retryAfterS });

/** An export or track could not be read to its end; the service log says why. */
export const exportFailed = (retryAfterS: number) =>
  new CodedError('export_failed', 503, 'The document could not be made; try again.', { retryAfterS });
