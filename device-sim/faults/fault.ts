import type { Random } from '../random.ts';
import type { Observation } from '../tracker/observation.ts';

/**
 * What goes wrong with a tracker: told each observation in the order of time, returns what the
 * tracker says instead. It remembers, and draws from a random source of its own, so that it goes
 * wrong alike whatever the others do.
 */
export type Fault = (observed: Observation, elapsedS: number) => Observation;

/** `frequency`: how many times as often as usual; above 0. */
export type CreateFault = (random: Random, frequency: number) => Fault;
