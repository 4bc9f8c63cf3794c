import type { VehicleKind } from '../api/types.ts';
import type { VehicleState } from '../live/classify.ts';

export const STATE_NAMES: Record<VehicleState, string> = {
  alarm: 'Alarm',
  moving: 'Moving',
  idling: 'Idling',
  parked: 'Parked',
  offline: 'Offline',
};

export const KIND_NAMES: Record<VehicleKind, string> = {
  motorcycle: 'Motorcycle',
  car: 'Car',
  van: 'Van',
  truck: 'Truck',
};
