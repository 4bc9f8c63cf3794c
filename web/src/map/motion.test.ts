import { expect, test } from 'vitest';
import { metresPerUnit, xFromLon, yFromLat } from './mercator.ts';
import { frameIntervalMs, glideDurationS, glideHeading, glidePoint, nextGapS, nextGlide } from './motion.ts';

const origin = { x: xFromLon(32.58), y: yFromLat(0.31), headingDeg: 0, speedKmh: 40 };
const oneMetre = 1 / metresPerUnit(origin.y);
const start = nextGlide(null, origin, 1, 0, false);

test('the first report puts a vehicle in its place at once', () => {
  expect(glidePoint(start, 0)).toEqual({ x: origin.x, y: origin.y });
});

test('a report moves it there over a little more than the usual gap', () => {
  const glide = nextGlide(start, { ...origin, x: origin.x + 10 * oneMetre }, 1, 100, false);
  expect(glidePoint(glide, 100).x).toBe(origin.x);
  expect(glidePoint(glide, 100 + glide.durationS / 2).x).toBeCloseTo(origin.x + 5 * oneMetre, 12);
  expect(glidePoint(glide, 200).x).toBeCloseTo(origin.x + 10 * oneMetre, 12);
  expect(glide.durationS).toBeCloseTo(1.15);
});

test('a report in mid-glide carries on from where the vehicle is drawn', () => {
  const first = nextGlide(start, { ...origin, x: origin.x + 10 * oneMetre }, 1, 0, false);
  const second = nextGlide(first, { ...origin, x: origin.x + 20 * oneMetre }, 1, 0.5, false);
  expect(glidePoint(second, 0.5)).toEqual(glidePoint(first, 0.5));
});

test('it turns the short way round', () => {
  const west = nextGlide(null, { ...origin, headingDeg: 350 }, 1, 0, false);
  const glide = nextGlide(west, { ...origin, headingDeg: 10 }, 1, 10, false);
  expect(glide.turn).toBeCloseTo((20 * Math.PI) / 180);
  expect(Math.sin(glideHeading(glide, 20))).toBeCloseTo(Math.sin((10 * Math.PI) / 180));
});

test('at rest it keeps its heading, whatever the noise says', () => {
  const glide = nextGlide(start, { ...origin, headingDeg: 180, speedKmh: 0 }, 1, 10, false);
  expect(glide.turn).toBe(0);
});

test('without a heading it points where it goes', () => {
  const glide = nextGlide(start, { ...origin, headingDeg: null, x: origin.x + 20 * oneMetre }, 1, 10, false);
  expect(glideHeading(glide, 20)).toBeCloseTo(Math.PI / 2);
});

test('an implausible distance is a jump, and so is every move under reduced motion', () => {
  expect(glideDurationS(1, 5000)).toBe(0);
  expect(glideDurationS(60, 500)).toBe(1.5);
  expect(nextGlide(start, { ...origin, x: origin.x + 10 * oneMetre }, 1, 10, true).durationS).toBe(0);
});

test('a vehicle across the antimeridian moves metres, not round the world', () => {
  const east = nextGlide(null, { ...origin, x: xFromLon(179.9999) }, 1, 0, false);
  const glide = nextGlide(east, { ...origin, x: xFromLon(-179.9999) }, 1, 10, false);
  expect(Math.abs(glide.toX - glide.fromX) * metresPerUnit(origin.y)).toBeLessThan(50);
});

test('the usual gap follows the reports but not one long silence', () => {
  expect(nextGapS(1, 2)).toBeCloseTo(1.3);
  expect(nextGapS(1, 600)).toBe(1);
});

test('a street is drawn at full rate, a continent four times a second', () => {
  expect(frameIntervalMs(0.5)).toBeLessThan(17);
  expect(frameIntervalMs(5000)).toBe(250);
});
