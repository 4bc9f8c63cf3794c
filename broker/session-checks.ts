import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import type { Broker } from './broker.ts';
import { listenForRevocations, type RevocationListener } from './revocations.ts';

/** Sessions checked with one question. */
const MAX_DEVICES_PER_QUERY = 1_000;
const RETRY_MS = 500;

/**
 * Ends the sessions of devices whose secret was rotated or revoked, within moments of the
 * change; and checks all of them whenever a change may have been missed.
 */
export function keepSessionsAllowed(options: {
  databaseUrl: string;
  log: Log;
  broker: Broker;
  credentialsOf: (deviceIds: number[]) => Promise<DeviceCredential[]>;
}): RevocationListener {
  const { databaseUrl, log, broker, credentialsOf } = options;

  const checkAll = async (): Promise<void> => {
    const deviceIds = broker.sessions.deviceIds();
    for (let at = 0; at < deviceIds.length; at += MAX_DEVICES_PER_QUERY) {
      const asked = deviceIds.slice(at, at + MAX_DEVICES_PER_QUERY);
      const credentials = new Map((await credentialsOf(asked)).map((found) => [found.deviceId, found]));
      for (const deviceId of asked) {
        const credential = credentials.get(deviceId);
        const secretHash = broker.sessions.ofDevice(deviceId)[0]?.secretHash;
        if (!credential || credential.revoked || !secretHash?.equals(credential.secretHash)) {
          broker.disconnect(deviceId, 'revoked');
        }
      }
    }
  };

  let checks = 0;
  /** Tries until it succeeds, or a newer check has begun: a missed revocation is not let be. */
  const checkUntilDone = async (): Promise<void> => {
    checks += 1;
    for (const check = checks; check === checks; await sleep(RETRY_MS, undefined, { ref: false })) {
      try {
        return await checkAll();
      } catch (error) {
        log.warn({ err: error }, 'sessions could not be checked; trying again');
      }
    }
  };

  return listenForRevocations({
    databaseUrl,
    log,
    // A changed secret ends the session as a revocation does: whoever holds the new one logs in again.
    onChanged: (deviceId) => {
      if (deviceId !== null) return broker.disconnect(deviceId, 'revoked');
      void checkUntilDone();
    },
  });
}
