import { CodedError } from '@wayleave/runtime/errors.ts';

/** The vehicle has no device, or its device has sent no fix since it was installed. */
export const noPosition = () => new CodedError('no_position', 404, 'The vehicle has no position yet.');

/** The range of a history must begin before it ends. */
export const emptyTimeRange = () => new CodedError('empty_time_range', 400, '`from` must be before `to`.');

/** What is computed from every position of a range has a bound on it. */
export const rangeTooLong = (maxDays: number) =>
  new CodedError('range_too_long', 400, `The range may be ${maxDays} days at the most.`);
