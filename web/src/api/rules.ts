import { request } from './request.ts';
import type { NewSpeedLimit, Preview, PreviewRequest, RuleSettings, SpeedLimit } from './rule-types.ts';

const SETTINGS = '/settings/rules';

export const ruleSettings = (token: string, signal?: AbortSignal) =>
  request<RuleSettings>(SETTINGS, { token, signal });

export const putRuleSettings = (token: string, settings: RuleSettings) =>
  request<RuleSettings>(SETTINGS, { method: 'PUT', token, body: settings });

export const speedLimits = (token: string, signal?: AbortSignal) =>
  request<{ items: SpeedLimit[] }>('/speed-limits', { token, signal });

/** Sets the limit of what it is for, in place of one that there is. */
export const putSpeedLimit = (token: string, limit: NewSpeedLimit) =>
  request<SpeedLimit>('/speed-limits', { method: 'PUT', token, body: limit });

export const deleteSpeedLimit = (token: string, id: string) =>
  request<void>(`/speed-limits/${encodeURIComponent(id)}`, { method: 'DELETE', token });

/** What the rules would have found; nothing is stored and nobody is told. */
export const previewRules = (token: string, body: PreviewRequest, signal?: AbortSignal) =>
  request<Preview>('/rules/preview', { method: 'POST', token, body, signal, timeoutMs: 60_000 });
