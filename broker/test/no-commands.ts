import type { CommandStore } from '../command-delivery.ts';

/** For brokers whose trackers are sent nothing. */
export const noCommands: CommandStore = {
  claim: async () => ({ claimed: [], busy: [] }),
  markDelivered: async () => {},
  giveBack: async () => {},
  unclaim: async () => {},
};
