import { CodedError } from '@wayleave/runtime/errors.ts';

/** A list of days has a bound on it. */
export const tooManyDays = (maxDays: number) =>
  new CodedError('too_many_days', 400, `There may be ${maxDays} days at the most.`);

/** A list of days begins before it ends. */
export const daysReversed = () => new CodedError('days_reversed', 400, '`from` must not be after `to`.');
