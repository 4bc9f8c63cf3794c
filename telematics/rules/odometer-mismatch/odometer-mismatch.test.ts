import { describeCases } from '../testing/describe-cases.ts';
import { odometerMismatchRule } from './odometer-mismatch.ts';

describeCases(new URL('testcases/', import.meta.url), { odometer_mismatch: odometerMismatchRule });
