import { expect, test } from 'vitest';
import { shortDoubts } from './doubt-words.ts';

test('several doubts are named in one phrase', () => {
  expect(shortDoubts(['few_satellites', 'inaccurate'])).toBe('Few satellites, inaccurate');
});

test('a doubt that a newer server knows is shown by its name rather than hidden', () => {
  expect(shortDoubts(['struck_by_lightning' as never])).toBe('Struck_by_lightning');
});
