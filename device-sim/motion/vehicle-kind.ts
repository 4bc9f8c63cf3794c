import type { VehicleKind } from '@wayleave/telematics/vehicles/vehicle.ts';

/** How a kind of vehicle drives. */
export interface Handling {
  /** From rest; it fades towards the top speed. m/s². */
  accelerationMps2: number;
  /** What the driver brakes with in traffic. m/s². */
  brakingMps2: number;
  /** Sideways, in a curve. m/s². */
  corneringMps2: number;
  topSpeedMps: number;
  /** Nominal voltage of the electrical system. */
  systemV: 12 | 24;
  /** Stops on the way (passengers, deliveries) a kilometre. */
  stopsPerKm: number;
}

export const HANDLING: Record<VehicleKind, Handling> = {
  motorcycle: {
    accelerationMps2: 2.4,
    brakingMps2: 2.8,
    corneringMps2: 2.4,
    topSpeedMps: 25,
    systemV: 12,
    stopsPerKm: 0.2,
  },
  car: {
    accelerationMps2: 1.9,
    brakingMps2: 2.6,
    corneringMps2: 2.2,
    topSpeedMps: 39,
    systemV: 12,
    stopsPerKm: 0.05,
  },
  van: {
    accelerationMps2: 1.5,
    brakingMps2: 2.3,
    corneringMps2: 1.9,
    topSpeedMps: 33,
    systemV: 12,
    stopsPerKm: 0.25,
  },
  truck: {
    accelerationMps2: 0.8,
    brakingMps2: 1.7,
    corneringMps2: 1.4,
    topSpeedMps: 23,
    systemV: 24,
    stopsPerKm: 0.04,
  },
};
