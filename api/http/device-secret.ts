import { CodedError } from '@wayleave/runtime/errors.ts';
import { z } from 'zod';

/** The secret of a device or gateway in the one answer that has it. */
export const secretView = z.string().describe('Shown once; only its HMAC is stored');

/** What a repeated request would make exists; its secret was in the first answer and is kept nowhere. */
export const secretAlreadyShown = (made: 'Device' | 'Gateway', id: string) =>
  new CodedError(
    'secret_already_shown',
    409,
    `${made} ${id} was made by the first request, which showed its secret. Rotate the secret if it is lost.`,
  );
