import { describe } from 'vitest';
import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { alarmsRule } from './alarms.ts';

describe('the rule alarms', () => {
  itKeepsTheLaws('alarms', alarmsRule, { maxStateBytes: 4 * 1_024 });
});
