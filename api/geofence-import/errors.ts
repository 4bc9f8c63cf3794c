import { CodedError } from '@wayleave/runtime/errors.ts';

/** This process, or this operator, has as many imports under way as it may. */
export const importsBusy = (retryAfterS: number) =>
  new CodedError('imports_busy', 503, 'Another import is under way; try again.', { retryAfterS });

/** Reading it takes longer, or more memory, than one import may. */
export const importTooCostly = () =>
  new CodedError('import_too_costly', 422, 'Reading this takes too long; import it in several parts.');
