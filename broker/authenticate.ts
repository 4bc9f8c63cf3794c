import type { Log } from '@wayleave/runtime/log.ts';
import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import { verifyDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';
import { isIdent } from '@wayleave/telematics/devices/ident.ts';

/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3. */
export const REFUSED_IDENTIFIER = 2;
export const REFUSED_UNAVAILABLE = 3;
export const REFUSED_CREDENTIALS = 4;

/** An error from which Aedes takes a CONNACK's return code. */
export type Refusal = Error & { returnCode: number };

export type Login =
  | { credential: DeviceCredential }
  | { refusal: Refusal; reason: 'unavailable' | 'wrong_credentials' | 'revoked' };

/**
 * Checks an ident and secret. A wrong secret, an unknown ident and a revoked device get the
 * same return code, so that idents cannot be probed.
 */
export async function logIn(
  lookup: (ident: string) => Promise<DeviceCredential | undefined>,
  secretKey: Buffer,
  login: { ident: string | undefined; secret: Buffer | undefined },
  log: Log,
): Promise<Login> {
  const { ident, secret } = login;
  // A name that no device can have never reaches the database, where one odd character would fail
  // the logins of everyone who asked at the same moment.
  if (!ident || !secret || !isIdent(ident)) return refused('wrong_credentials', REFUSED_CREDENTIALS);
  let credential: DeviceCredential | undefined;
  try {
    credential = await lookup(ident);
  } catch (error) {
    // Never "wrong password" for a database that is away: trackers give up on that one.
    log.warn({ err: error }, 'logins cannot be checked');
    return refused('unavailable', REFUSED_UNAVAILABLE);
  }
  if (!credential || !verifyDeviceSecret(secretKey, secret.toString(), credential.secretHash)) {
    return refused('wrong_credentials', REFUSED_CREDENTIALS);
  }
  if (credential.revoked) return refused('revoked', REFUSED_CREDENTIALS);
  return { credential };
}

export function refusalError(returnCode: number, message: string): Refusal {
  return Object.assign(new Error(message), { returnCode });
}

function refused(reason: 'unavailable' | 'wrong_credentials' | 'revoked', returnCode: number): Login {
  return { refusal: refusalError(returnCode, reason), reason };
}
