import { expect, test } from 'vitest';
import type { TrackPoint } from '../map/track.ts';
import { speedLine } from './speed-line.ts';

const at = (second: number, speedKmh: number | null): TrackPoint => ({
  fixTimeMs: second * 1000,
  lat: 0,
  lon: 0,
  speedKmh,
});
const box = { width: 100, height: 10, fromMs: 0, toMs: 100_000, topKmh: 50 };

test('a speed line runs from left to right and stays in its box', () => {
  expect(speedLine([at(0, 0), at(50, 25), at(100, 80)], box)).toBe('M0.0 10.0L50.0 5.0L100.0 0.0');
});

test('an unknown speed lies on the ground and one fix draws nothing', () => {
  expect(speedLine([at(0, null), at(10, null)], box)).toBe('M0.0 10.0L10.0 10.0');
  expect(speedLine([at(0, 10)], box)).toBe('');
});
