import { defaultHandling } from '@wayleave/telematics/rules/event-kinds.ts';
import { defaultRuleSettings } from '@wayleave/telematics/rules/settings.ts';
import { expect, test } from 'vitest';
import { DEFAULT_HANDLING, DEFAULT_SETTINGS } from '../web/src/rules/defaults.ts';

test('the defaults that the console shows are those by which the rules go', () => {
  expect(DEFAULT_SETTINGS).toEqual(defaultRuleSettings);
  expect(DEFAULT_HANDLING).toEqual(defaultHandling);
});
