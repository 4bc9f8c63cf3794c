/** Waits until so many trackers have logged in for the first time. */
export interface FirstLogins {
  /** One more has. */
  succeeded(): void;
  /** An attempt of a tracker that never was logged in failed; `returnCode` is CONNACK's, null without one. */
  failed(device: number, returnCode: number | null, message: string): void;
  /**
   * Resolves when all have.
   * @throws {Error} after too long, or when a login is refused again and again, with the last reason
   */
  all(): Promise<void>;
}

const TIMEOUT_MS = 120_000;
/** A login refused this often before it was ever granted is wrong, not unlucky. */
const REFUSALS_ARE_FINAL = 5;

export function awaitFirstLogins(idents: readonly string[]): FirstLogins {
  const done = Promise.withResolvers<void>();
  const refusals = new Map<number, number>();
  let loggedIn = 0;
  let lastFailure = 'no answer';
  return {
    succeeded() {
      loggedIn++;
      if (loggedIn === idents.length) done.resolve();
    },
    failed(device, returnCode, message) {
      lastFailure = message;
      if (returnCode === null) return;
      const count = (refusals.get(device) ?? 0) + 1;
      refusals.set(device, count);
      if (count >= REFUSALS_ARE_FINAL) done.reject(new Error(`${idents[device]}: ${message}`));
    },
    async all() {
      if (idents.length === 0) throw new RangeError('no devices to connect');
      const late = setTimeout(
        () => done.reject(new Error(`${loggedIn} of ${idents.length} trackers logged in: ${lastFailure}`)),
        TIMEOUT_MS,
      );
      await done.promise.finally(() => clearTimeout(late));
    },
  };
}
