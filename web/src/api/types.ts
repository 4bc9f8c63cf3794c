// The API as this console uses it, by hand until it is generated from /openapi.json.

type Role = 'customer' | 'agent' | 'fleet' | 'admin';
export type VehicleKind = 'motorcycle' | 'car' | 'van' | 'truck';

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  operator: { id: string; name: string };
}

export interface Session {
  accessToken: string;
  expiresInS: number;
  user: User;
}

export interface Position {
  fixTime: string;
  receivedAt: string;
  lat: number;
  lon: number;
  speedKmh: number | null;
  headingDeg: number | null;
  altitudeM: number | null;
  accuracyM: number | null;
  satellites: number | null;
  ignition: boolean | null;
  odometerM: number | null;
  batteryV: number | null;
  alarm: string | null;
  h3: string | null;
  attributes: Record<string, unknown>;
}

export interface Vehicle {
  id: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  createdAt: string;
  device: { id: string; ident: string } | null;
  latest: Position | null;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

export interface MapConfig {
  styleUrl: string | null;
}

/** RFC 9457; `code` is stable and what decisions are made on. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
}

export interface LiveVehicle {
  vehicleId: string;
  label: string;
  kind: VehicleKind;
  plate: string | null;
  deviceId: string | null;
  fixTime: string;
  receivedAt: string;
  lat: number;
  lon: number;
  speedKmh: number | null;
  headingDeg: number | null;
  ignition: boolean | null;
  alarm: string | null;
}

/** [west, south, east, north] in degrees; west > east crosses the antimeridian. */
export type Bounds = [west: number, south: number, east: number, north: number];

export type LiveRequest = { type: 'authenticate'; token: string } | { type: 'subscribe'; bounds?: Bounds };

export type LiveMessage =
  | { type: 'ready'; operator: { id: string; name: string } }
  | { type: 'snapshot'; vehicles: LiveVehicle[]; total?: number; complete?: boolean }
  | { type: 'changes'; vehicles: LiveVehicle[]; left?: string[] }
  | { type: 'error'; code: string; detail?: string };
