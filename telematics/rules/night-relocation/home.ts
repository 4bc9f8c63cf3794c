import { distanceM } from '../../positions/distance.ts';

/*
 * Where a vehicle sleeps, learned from where it stood at 03:00 local time: by then people who come late
 * are home and those who leave early are not gone. What works at night stands nowhere then and has no home.
 */

/** Nights that are remembered, and so that a home rests on. */
export const REMEMBERED_NIGHTS = 14;
/** Places are kept as whole numbers of this part of a degree: 11 m, which is less than what a fix is off. */
const PER_DEGREE = 10_000;

/** [local day, latitude, longitude], the latter in parts of a degree. */
export type Night = readonly [day: number, lat: number, lon: number];

/** Where it slept most often, and how often. */
export interface Home {
  lat: number;
  lon: number;
  nights: number;
}

/** The nights with those of another place, without those that are too long ago; in order of their days. */
export function withNights(
  nights: readonly Night[],
  { fromDay, toDay }: { fromDay: number; toDay: number },
  { lat, lon }: { lat: number; lon: number },
): readonly Night[] {
  const added: Night[] = [];
  const place = [Math.round(lat * PER_DEGREE), Math.round(lon * PER_DEGREE)] as const;
  const last = nights.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  for (let day = Math.max(fromDay, toDay - REMEMBERED_NIGHTS + 1, last + 1); day <= toDay; day += 1)
    added.push([day, ...place]);
  return added.length === 0 ? nights : [...nights, ...added];
}

/** The nights that still count on a day; the very same list if all do. */
export function recentNights(nights: readonly Night[], today: number): readonly Night[] {
  const kept = nights.filter(([day]) => day > today - REMEMBERED_NIGHTS);
  return kept.length === nights.length ? nights : kept;
}

interface Asked {
  radiusM: number;
  minNights: number;
  home: Home | null;
}

/** What was last asked of a list of nights, which changes once a day and is asked with every fix of a night. */
const asked = new WeakMap<readonly Night[], Asked>();

/**
 * The place that most nights were spent within `radiusM` of, the latest of these if there are several;
 * null if no place has `minNights`.
 */
export function homeOf(nights: readonly Night[], radiusM: number, minNights: number): Home | null {
  const before = asked.get(nights);
  if (before?.radiusM === radiusM && before.minNights === minNights) return before.home;
  const home = findHome(nights, radiusM, minNights);
  asked.set(nights, { radiusM, minNights, home });
  return home;
}

function findHome(nights: readonly Night[], radiusM: number, minNights: number): Home | null {
  let home: Home | null = null;
  for (const [, lat, lon] of nights) {
    const at = { lat: lat / PER_DEGREE, lon: lon / PER_DEGREE };
    const near = nights.filter(
      ([, otherLat, otherLon]) =>
        distanceM(at.lat, at.lon, otherLat / PER_DEGREE, otherLon / PER_DEGREE) <= radiusM,
    ).length;
    if (near >= minNights && near >= (home?.nights ?? 0)) home = { ...at, nights: near };
  }
  return home;
}
