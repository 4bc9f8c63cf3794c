import { itKeepsTheLaws } from '../testing/rule-laws.ts';
import { harshDrivingRule } from './harsh-driving.ts';

itKeepsTheLaws('harsh_driving', harshDrivingRule, { maxStateBytes: 2_000 });
