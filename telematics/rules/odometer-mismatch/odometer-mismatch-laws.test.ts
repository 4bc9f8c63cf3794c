import { describe } from 'vitest';
import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { odometerMismatchRule } from './odometer-mismatch.ts';

describe('the rule odometer_mismatch', () => {
  itKeepsTheLaws('odometer_mismatch', odometerMismatchRule, { maxStateBytes: 1_024 });
});
