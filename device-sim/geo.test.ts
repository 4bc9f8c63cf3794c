import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceM, headingDeg, moved, turnDeg, wrapLongitude } from './geo.ts';

const place = fc.record({
  lat: fc.double({ min: -70, max: 70, noNaN: true }),
  lon: fc.double({ min: -179, max: 179, noNaN: true }),
});
const metres = fc.double({ min: -3_000, max: 3_000, noNaN: true });

test('a degree along the equator is 111.195 km', () => {
  expect(distanceM({ lat: 0, lon: 32 }, { lat: 0, lon: 33 })).toBeCloseTo(111_195, 0);
});

test('moving by some metres moves by that many metres', () => {
  fc.assert(
    fc.property(place, metres, metres, (from, eastM, northM) => {
      const straightM = Math.hypot(eastM, northM);
      expect(Math.abs(distanceM(from, moved(from, eastM, northM)) - straightM)).toBeLessThan(
        0.01 + straightM / 500,
      );
    }),
  );
});

test('north is 0, east 90, south 180 and west 270 degrees', () => {
  const here = { lat: 0.3476, lon: 32.5825 };
  expect(headingDeg(here, moved(here, 0, 100))).toBeCloseTo(0, 3);
  expect(headingDeg(here, moved(here, 100, 0))).toBeCloseTo(90, 3);
  expect(headingDeg(here, moved(here, 0, -100))).toBeCloseTo(180, 3);
  expect(headingDeg(here, moved(here, -100, 0))).toBeCloseTo(270, 3);
});

test('turns take the short way round', () => {
  expect(turnDeg(350, 20)).toBeCloseTo(30, 9);
  expect(turnDeg(20, 350)).toBeCloseTo(-30, 9);
});

test('longitudes beyond the antimeridian come out on its other side', () => {
  expect(wrapLongitude(180.5)).toBeCloseTo(-179.5, 9);
  expect(wrapLongitude(-180.5)).toBeCloseTo(179.5, 9);
  expect(wrapLongitude(32.5825)).toBeCloseTo(32.5825, 9);
});
