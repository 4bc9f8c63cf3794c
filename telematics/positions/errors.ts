import { CodedError } from '@wayleave/runtime/errors.ts';

/** The vehicle has no device, or its device has sent no fix since it was installed. */
export const noPosition = () => new CodedError('no_position', 404, 'The vehicle has no position yet.');

/** The range of a history must begin before it ends. */
export const emptyTimeRange = () => new CodedError('empty_time_range', 400, '`from` must be before `to`.');
