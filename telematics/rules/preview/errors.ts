import { CodedError } from '@wayleave/runtime/errors.ts';
import { MAX_PREVIEW_DAYS, MAX_PREVIEW_POSITIONS } from './preview.ts';

export const previewTooLong = () =>
  new CodedError(
    'preview_too_long',
    422,
    `Rules can be tried over ${MAX_PREVIEW_DAYS} days and ${MAX_PREVIEW_POSITIONS} positions at the most.`,
  );
