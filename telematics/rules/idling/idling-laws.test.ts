import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { idlingRule } from './idling.ts';

itKeepsTheLaws('idling', idlingRule, { maxStateBytes: 2_000 });
