import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@wayleave/runtime/log.ts';
import { type Listener, listenTo } from '@wayleave/runtime/notifications.ts';
import { CREDENTIAL_CHANNEL, type DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import { GATEWAY_CHANNEL } from '@wayleave/telematics/devices/routing-store.ts';
import type { Broker } from './broker.ts';

/** Sessions checked with one question. */
const MAX_DEVICES_PER_QUERY = 1_000;
const RETRY_MS = 500;

/**
 * Ends the sessions of devices whose secret was rotated or revoked, within moments of the
 * change; and checks all of them whenever a change may have been missed. For whom gateways speak
 * is forgotten at the same moments, and when their lists change, which ends no session.
 */
export function keepSessionsAllowed(options: {
  databaseUrl: string;
  log: Log;
  broker: Broker;
  credentialsOf: (deviceIds: number[]) => Promise<DeviceCredential[]>;
}): Listener {
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

  return listenTo({
    databaseUrl,
    role: 'wayleave_broker',
    channels: [CREDENTIAL_CHANNEL, GATEWAY_CHANNEL],
    log,
    // Whatever was said before was missed.
    onConnected: () => {
      broker.forgetRoutes(null);
      void checkUntilDone();
    },
    onNotified: (channel, payload) => {
      if (channel === GATEWAY_CHANNEL) return broker.forgetRoutes(Number(payload));
      // A changed secret ends the session as a revocation does: whoever holds the new one logs in again.
      broker.disconnect(Number(payload), 'revoked');
    },
  });
}
