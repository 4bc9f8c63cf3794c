import { request } from './request.ts';
import type { Retention, RetentionSetting, Thresholds, ThresholdsOfKind, VehicleKind } from './types.ts';

const THRESHOLDS = '/settings/quality-thresholds';
const RETENTION = '/settings/position-retention';

export const thresholds = (token: string, signal?: AbortSignal) =>
  request<{ items: ThresholdsOfKind[] }>(THRESHOLDS, { token, signal });

export const putThresholds = (token: string, kind: VehicleKind, body: Thresholds) =>
  request<ThresholdsOfKind>(`${THRESHOLDS}/${kind}`, { method: 'PUT', token, body });

export const resetThresholds = (token: string, kind: VehicleKind) =>
  request<ThresholdsOfKind>(`${THRESHOLDS}/${kind}`, { method: 'DELETE', token });

export const retention = (token: string, signal?: AbortSignal) =>
  request<Retention>(RETENTION, { token, signal });

export const putRetention = (token: string, body: RetentionSetting) =>
  request<Retention>(RETENTION, { method: 'PUT', token, body });
