import { describeCases } from '../testing/describe-cases.ts';
import { nightRelocationRule } from './night-relocation.ts';

describeCases(new URL('testcases/', import.meta.url), { night_relocation: nightRelocationRule });
