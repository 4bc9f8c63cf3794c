import { CodedError } from '@wayleave/runtime/errors.ts';

/** Days and nights need a time zone that is in the IANA database. */
export const timeZoneUnknown = (name: string) =>
  new CodedError(
    'time_zone_unknown',
    422,
    `There is no time zone ${JSON.stringify(name)}; names are as in Africa/Kampala.`,
  );

/** Severity and routing were set under a name that no event can have. */
export const eventNameUnknown = (name: string) =>
  new CodedError('event_name_unknown', 422, `No event can be called ${JSON.stringify(name)}.`);
