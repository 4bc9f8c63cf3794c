import type {
  Geofence,
  GeofenceFields,
  GeofenceFormat,
  GeofenceImport,
  Imported,
  VehicleGroup,
} from './geofence-types.ts';
import { queryOf, request, requestStream } from './request.ts';
import type { Page, Vehicle } from './types.ts';

const PER_PAGE = 500;
const path = (id: string, what = '') => `/geofences/${encodeURIComponent(id)}${what}`;
const groupPath = (id: string, what = '') => `/vehicle-groups/${encodeURIComponent(id)}${what}`;

export const geofencePage = (token: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<Geofence>>(`/geofences?${queryOf({ limit: PER_PAGE, cursor })}`, { token, signal });

export const createGeofence = (token: string, fields: GeofenceFields) =>
  request<Geofence>('/geofences', { method: 'POST', token, body: fields });

export const putGeofence = (token: string, id: string, fields: GeofenceFields) =>
  request<Geofence>(path(id), { method: 'PUT', token, body: fields });

export const deleteGeofence = (token: string, id: string) =>
  request<void>(path(id), { method: 'DELETE', token });

/** The latest hundred versions of a geofence, newest first; also of one that was deleted. */
export const geofenceVersions = (token: string, id: string, signal?: AbortSignal) =>
  request<Page<Geofence>>(`${path(id, '/versions')}?${queryOf({ limit: 100 })}`, { token, signal });

export const importGeofences = (token: string, body: GeofenceImport) =>
  request<Imported>('/geofences/import', { method: 'POST', token, body });

export const exportGeofences = (token: string, format: GeofenceFormat, signal: AbortSignal) =>
  requestStream(`/geofences/export?${queryOf({ format })}`, { token, signal });

export const groupPage = (token: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<VehicleGroup>>(`/vehicle-groups?${queryOf({ limit: PER_PAGE, cursor })}`, { token, signal });

export const createGroup = (token: string, name: string) =>
  request<VehicleGroup>('/vehicle-groups', { method: 'POST', token, body: { name } });

export const renameGroup = (token: string, id: string, name: string) =>
  request<VehicleGroup>(groupPath(id), { method: 'PUT', token, body: { name } });

export const deleteGroup = (token: string, id: string) =>
  request<void>(groupPath(id), { method: 'DELETE', token });

/** Who is in a group, as far as a list of names needs it. */
export type GroupMember = Pick<Vehicle, 'id' | 'label'>;

export const groupMemberPage = (token: string, id: string, cursor: string | null, signal?: AbortSignal) =>
  request<Page<GroupMember>>(`${groupPath(id, '/vehicles')}?${queryOf({ limit: PER_PAGE, cursor })}`, {
    token,
    signal,
  });

export const putGroupMember = (token: string, id: string, vehicleId: string, isIn: boolean) =>
  request<unknown>(groupPath(id, `/vehicles/${encodeURIComponent(vehicleId)}`), {
    method: isIn ? 'PUT' : 'DELETE',
    token,
    ...(isIn ? { body: {} } : {}),
  });
