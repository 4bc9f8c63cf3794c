/** What a street is for, from the fastest to the quietest. */
export type RoadClass = 'bypass' | 'arterial' | 'collector' | 'street';

/** Posted limits, km/h. */
export const SPEED_LIMIT_KMH: Record<RoadClass, number> = {
  bypass: 80,
  arterial: 60,
  collector: 50,
  street: 35,
};

const RANK: Record<RoadClass, number> = { street: 0, collector: 1, arterial: 2, bypass: 3 };

/** 0 for a street, 3 for a bypass. */
export const rankOf = (roadClass: RoadClass): number => RANK[roadClass];
