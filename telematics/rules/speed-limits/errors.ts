import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has no limit of that id, or another one has taken its place. */
export const speedLimitNotFound = () =>
  new CodedError('speed_limit_not_found', 404, 'There is no such speed limit.');

/** The operator has as many limits as it may. */
export const tooManySpeedLimits = (limit: number) =>
  new CodedError('too_many_speed_limits', 409, `An operator has ${limit} speed limits at the most.`);
