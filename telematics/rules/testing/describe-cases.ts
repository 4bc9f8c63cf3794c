import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Rules, readCase, runCase } from './run-case.ts';

/** A test for every folder in `folder`, whose URL ends with a slash: the rules find in it what its `events.json` says. */
export function describeCases(folder: URL, rules: Rules): void {
  describe.each(readdirSync(folder))('%s', (name) => {
    const testCase = readCase(new URL(`${name}/`, folder));

    it('comes to its events', () => {
      const { found, expected } = runCase(testCase, rules);
      expect(found).toEqual(expected);
    });

    it('comes to the same with the state stored after every fix', () => {
      const { found, expected } = runCase(testCase, rules, true);
      expect(found).toEqual(expected);
    });
  });
}
