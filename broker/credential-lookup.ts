import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';

/** Idents in one question to the database. */
const MAX_IDENTS_PER_QUERY = 500;
/** Logins that may wait for an answer; more are told that the server is unavailable. */
const MAX_WAITING = 20_000;

/** Too many logins wait already. */
export class LookupOverloadedError extends Error {
  override name = 'LookupOverloadedError';
}

interface Waiting {
  ident: string;
  resolve: (credential: DeviceCredential | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Looks credentials up many at a time: while one question is with the database, the logins that
 * arrive gather for the next. Ten thousand trackers that come back at once ask twenty-odd times.
 */
export function createCredentialLookup(
  ask: (idents: string[]) => Promise<DeviceCredential[]>,
): (ident: string) => Promise<DeviceCredential | undefined> {
  let waiting: Waiting[] = [];
  let asking = false;

  const askAll = async (): Promise<void> => {
    asking = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_IDENTS_PER_QUERY);
      waiting = waiting.slice(MAX_IDENTS_PER_QUERY);
      try {
        const credentials = await ask([...new Set(batch.map(({ ident }) => ident))]);
        const byIdent = new Map(credentials.map((credential) => [credential.ident, credential]));
        for (const { ident, resolve } of batch) resolve(byIdent.get(ident));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    asking = false;
  };

  return (ident) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MAX_WAITING) return reject(new LookupOverloadedError('too many logins at once'));
      waiting.push({ ident, resolve, reject });
      // The next turn of the event loop, so that the logins of this one share the question.
      if (!asking) {
        asking = true;
        setImmediate(() => void askAll());
      }
    });
}
