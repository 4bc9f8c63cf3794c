import { chance } from '../random.ts';
import type { CreateFault } from './fault.ts';
import { createOccasion } from './occasion.ts';

const ALARM_EVERY_S = 7_200;

/** Somebody presses the button, or cuts the supply for a moment. */
export const alarm: CreateFault = (random, frequency) => {
  const isDue = createOccasion(random, ALARM_EVERY_S / frequency);
  return (observed, elapsedS) => {
    if (!isDue(elapsedS)) return observed;
    return chance(random, 0.5)
      ? { ...observed, alarm: 'sos' }
      : { ...observed, alarm: 'powerCut', batteryV: 0 };
  };
};

const NEW_ODOMETER_AFTER_S = 7_200;

/** The instrument cluster is replaced, once in a vehicle's life: the new one begins at nothing. */
export const newOdometer: CreateFault = (random, frequency) => {
  const isDue = createOccasion(random, NEW_ODOMETER_AFTER_S / frequency);
  let replacedAtM: number | null = null;
  return (observed, elapsedS) => {
    if (replacedAtM === null && isDue(elapsedS)) replacedAtM = observed.odometerM;
    return replacedAtM === null ? observed : { ...observed, odometerM: observed.odometerM - replacedAtM };
  };
};
