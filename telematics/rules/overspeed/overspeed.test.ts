import { describeCases } from '../testing/describe-cases.ts';
import { overspeed } from './overspeed.ts';

describeCases(new URL('testcases/', import.meta.url), { overspeed });
