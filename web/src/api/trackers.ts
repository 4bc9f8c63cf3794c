import { queryOf, request } from './request.ts';
import type { Device, Gateway, ListedDevice, Page, SpeaksFor } from './types.ts';

/** The most that one page of these lists may hold, and ids in one request, by the API's contract. */
const PER_PAGE = 1_000;
export const DEVICES_PER_REQUEST = 1_000;

const page = (cursor: string | null) => queryOf({ limit: PER_PAGE, cursor });
const gatewayPath = (id: string, what = '') => `/gateways/${encodeURIComponent(id)}${what}`;

export const devicePage = (token: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Device>>(`/devices?${page(cursor)}`, { token, signal });

export const gatewayPage = (token: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Gateway>>(`/gateways?${page(cursor)}`, { token, signal });

export const createGateway = (
  token: string,
  body: { ident: string; model: string | null; speaksFor: SpeaksFor },
) => request<{ gateway: Gateway; secret: string }>('/gateways', { method: 'POST', token, body });

export const setSpeaksFor = (token: string, id: string, speaksFor: SpeaksFor) =>
  request<Gateway>(gatewayPath(id), { method: 'PATCH', token, body: { speaksFor } });

export const listedDevicePage = (token: string, id: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<ListedDevice>>(`${gatewayPath(id, '/devices')}?${page(cursor)}`, { token, signal });

export const addToGateway = (token: string, id: string, deviceIds: readonly string[]) =>
  request<Gateway>(gatewayPath(id, '/devices'), { method: 'POST', token, body: { deviceIds } });

export const removeFromGateway = (token: string, id: string, deviceIds: readonly string[]) =>
  request<Gateway>(gatewayPath(id, '/devices/remove'), { method: 'POST', token, body: { deviceIds } });

export const rotateGatewaySecret = (token: string, id: string) =>
  request<{ secret: string }>(gatewayPath(id, '/secret'), { method: 'POST', token, body: {} });

export const revokeGateway = (token: string, id: string) =>
  request<Gateway>(gatewayPath(id, '/revoke'), { method: 'POST', token, body: {} });

export const device = (token: string, id: string, signal?: AbortSignal) =>
  request<Device>(`/devices/${encodeURIComponent(id)}`, { token, signal });
