import { describe } from 'vitest';
import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { towRule } from './tow.ts';

describe('the rule tow', () => {
  itKeepsTheLaws('tow', towRule, { maxStateBytes: 1_024 });
});
