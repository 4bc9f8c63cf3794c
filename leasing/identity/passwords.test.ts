import { expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

test('a password is kept as argon2id with 19 MiB and two passes, and its own salt', async () => {
  const passwords = createPasswords();
  const [first, second] = await Promise.all([passwords.hash('secret'), passwords.hash('secret')]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
});

test('a password matches its own hash only', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('secret');
  expect(await passwords.matches(hash, 'secret')).toBe(true);
  expect(await passwords.matches(hash, 'Secret')).toBe(false);
});

test('without a stored hash nothing matches, and it takes about as long as with one', async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash('secret');
  const timed = async (stored: string | undefined) => {
    const startedAt = performance.now();
    expect(await passwords.matches(stored, 'wrong')).toBe(false);
    return performance.now() - startedAt;
  };
  await timed(undefined);
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    known.push(await timed(hash));
    unknown.push(await timed(undefined));
  }
  // Without the dummy hash it would be a thousandth; the machine's noise is far smaller than that.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 4);
});

test('a flood of log-ins is turned away instead of queueing without end', async () => {
  const passwords = createPasswords(3);
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.hash('x')));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(4);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'login_busy', status: 503 });
  await expect(passwords.hash('x')).resolves.toContain('$argon2id$');
});
