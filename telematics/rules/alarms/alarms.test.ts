import { describeCases } from '../testing/describe-cases.ts';
import { alarmsRule } from './alarms.ts';

describeCases(new URL('testcases/', import.meta.url), { alarms: alarmsRule });
