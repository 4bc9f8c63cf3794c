import { describeCases } from '../testing/describe-cases.ts';
import { towRule } from './tow.ts';

describeCases(new URL('testcases/', import.meta.url), { tow: towRule });
