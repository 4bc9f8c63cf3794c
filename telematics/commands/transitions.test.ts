import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandState, commandState } from './command.ts';
import { type CommandEvent, next, sqlStatesFor, transitions } from './transitions.ts';

const events = Object.keys(transitions) as CommandEvent[];
const after = (...happened: CommandEvent[]): CommandState => happened.reduce(next, 'queued' as CommandState);

describe('a command', () => {
  it.each([
    [['claim'], 'sent'],
    [['claim', 'deliver'], 'delivered'],
    [['claim', 'deliver', 'answer'], 'answered'],
    [['claim', 'answer', 'deliver'], 'answered'],
    [['claim', 'give_back', 'answer'], 'answered'],
    [['claim', 'give_back', 'claim', 'deliver'], 'delivered'],
    [['claim', 'claim', 'deliver'], 'delivered'],
    [['claim', 'give_up', 'answer'], 'expired'],
    [['claim', 'give_up', 'answer_late'], 'answered'],
    [['claim', 'deliver', 'give_back'], 'delivered'],
    [['claim', 'deliver', 'claim'], 'delivered'],
    [['expire', 'claim'], 'expired'],
    [['claim', 'deliver', 'overtake', 'answer'], 'expired'],
    [['claim', 'deliver', 'expire', 'answer_late'], 'answered'],
    [['deliver'], 'queued'],
  ] as const)('to which %j happens is %s', (happened, state) => {
    expect(after(...happened)).toBe(state);
  });

  it('stays answered, and is not sent again once delivered or expired', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 30 }), (happened) => {
        const states = happened.map((_, at) => after(...happened.slice(0, at + 1)));
        const pairs = states.slice(1).map((state, at) => `${states[at]} to ${state}`);
        expect(pairs.filter((pair) => /^answered to (?!answered)/.test(pair))).toEqual([]);
        expect(pairs.filter((pair) => /^(delivered|expired) to (queued|sent)/.test(pair))).toEqual([]);
      }),
    );
  });

  it('has its states in statements as literals', () => {
    expect(sqlStatesFor('claim')).toBe("'queued', 'sent'");
    for (const event of events) {
      for (const state of transitions[event].from) expect(commandState.options).toContain(state);
    }
  });
});
