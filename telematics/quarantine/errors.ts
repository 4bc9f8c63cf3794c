import { CodedError } from '@wayleave/runtime/errors.ts';

/** The operator has nothing quarantined under that id, or no more: it is kept for a time only. */
export const quarantineEntryNotFound = () =>
  new CodedError('quarantine_entry_not_found', 404, 'There is no such quarantined message.');
