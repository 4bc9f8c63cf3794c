import type { Bounds } from '../api/types.ts';
import type { VehicleState } from '../live/classify.ts';
import type { FleetVehicle } from '../live/fleet.ts';
import type { ReplayScene } from '../replay/replay-store.ts';
import type { MarkedEvent } from './event-markers.ts';
import type { DrawnGeofence } from './geofence-features.ts';
import type { Theme } from './palette.ts';
import type { TrackPoint } from './track.ts';

export interface MapView {
  zoom: number;
  lat: number;
  lon: number;
}

export interface FleetMapOptions {
  container: HTMLElement;
  theme: Theme;
  still: boolean;
  /** A real map; when it cannot be loaded the embedded one takes its place. */
  styleUrl: string | null;
  view: MapView | null;
  onSelect(id: string | null): void;
  onHover(id: string | null, point: { x: number; y: number } | null): void;
  /** The viewport has come to rest, or moves with a vehicle that is followed. */
  onViewport(bounds: Bounds, view: MapView): void;
  /** The button that frames the fleet was pressed. */
  onFit(): void;
  /** The operator moved the map, picked a vehicle or had one brought into view. */
  onTaken(): void;
  /** The operator moved the map away from the vehicle that is followed. */
  onFollowEnd(): void;
  onStyleFailure(): void;
  /** The pointer is upon a doubtful fix of the day that is replayed, by the time of its fix. */
  onDoubtful(fixTime: string | null, point: { x: number; y: number } | null): void;
  onPickDoubtful(fixTime: string | null): void;
  /** The marker of an event was picked. */
  onEvent(id: string): void;
}

export interface FleetMap {
  update(vehicles: Iterable<FleetVehicle>): void;
  select(id: string | null): void;
  follow(id: string | null): void;
  filter(wanted: ReadonlySet<VehicleState>): void;
  showTrack(points: readonly TrackPoint[] | null): void;
  showGeofences(fences: readonly DrawnGeofence[]): void;
  /** Their markers, and the vehicles that are marked because of a critical one. */
  showEvents(events: readonly MarkedEvent[], critical: ReadonlySet<string>): void;
  /** Makes the marker of one stand out, and brings it into view. */
  pickEvent(event: MarkedEvent | null): void;
  /** Shows a vehicle's day in place of the fleet; null brings the fleet back. */
  replay(scene: ReplayScene | null): void;
  addHistory(id: string, points: readonly TrackPoint[], serverNowMs: number): void;
  fit(vehicles: Iterable<FleetVehicle>, how: { smoothly: boolean }): void;
  /** Brings a vehicle into view, close enough to see the street. */
  flyTo(id: string): void;
  setTheme(theme: Theme): void;
  setStill(still: boolean): void;
  viewport(): Bounds;
  /** How many vehicles that are not filtered out are drawn inside the viewport. */
  visibleCount(): number;
  destroy(): void;
}
