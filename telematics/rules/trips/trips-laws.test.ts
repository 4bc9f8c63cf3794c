import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { tripsRule } from './trips.ts';

itKeepsTheLaws('trips', tripsRule, { maxStateBytes: 2_000 });
