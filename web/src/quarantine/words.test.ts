import { expect, test } from 'vitest';
import type { QuarantineEntry } from '../api/types.ts';
import { reasonName, replayStateOf } from './words.ts';

const entry: QuarantineEntry = {
  id: '1',
  receivedAt: '2026-11-20T10:00:00.000Z',
  deviceId: '2',
  topic: 'devices/1/positions',
  reason: 'malformed',
  detail: '',
  payloadBytes: 0,
  payloadBase64: '',
  payloadTruncated: false,
  replayRequestedAt: null,
  replayFailedAt: null,
  replayedAt: null,
};

test('a message that was tried in vain and waits again, waits', () => {
  const time = '2026-11-20T11:00:00.000Z';
  expect(replayStateOf(entry)).toBe('open');
  expect(replayStateOf({ ...entry, replayFailedAt: time })).toBe('failed');
  expect(replayStateOf({ ...entry, replayFailedAt: time, replayRequestedAt: time })).toBe('waiting');
  expect(replayStateOf({ ...entry, replayFailedAt: time, replayedAt: time })).toBe('replayed');
});

test('a reason that a newer server knows is read as words', () => {
  expect(reasonName('unknown_topic')).toBe('Unknown topic');
  expect(reasonName('wrong_checksum')).toBe('Wrong checksum');
});
