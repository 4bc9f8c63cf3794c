import { describe } from 'vitest';
import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { nightRelocationRule } from './night-relocation.ts';

describe('the rule night_relocation', () => {
  itKeepsTheLaws('night_relocation', nightRelocationRule, { maxStateBytes: 1_024 });
});
