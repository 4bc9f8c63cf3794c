import { type RuleSettings, ruleSettings } from '@wayleave/telematics/rules/settings.ts';
import type { NewSpeedLimit } from '@wayleave/telematics/rules/speed-limits/speed-limit.ts';

/** Rules of a boda fleet in Kampala, impatient enough to show a silence and an idling engine within minutes. */
export const demoRuleSettings: RuleSettings = ruleSettings.parse({
  timeZone: 'Africa/Kampala',
  idling: { minDurationS: 120 },
  silence: { afterS: 300 },
});

/** Below what a motorcycle can reach on the bypass, above what its traffic comes to. */
export const demoSpeedLimits: readonly NewSpeedLimit[] = [
  { scope: 'kind', kind: 'motorcycle', limitKmh: 75 },
  { scope: 'kind', kind: 'truck', limitKmh: 80 },
];
