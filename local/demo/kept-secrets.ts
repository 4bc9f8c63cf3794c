import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import { verifyDeviceSecret } from '@wayleave/telematics/devices/device-secret.ts';

/** The secrets that the last start kept, by ident. */
export type KeptSecrets = ReadonlyMap<string, string>;

/** The kept secret of a credential, if the broker would still take it. */
export function stillValid(
  secretKey: Uint8Array,
  kept: KeptSecrets,
  { ident, secretHash }: DeviceCredential,
): string | undefined {
  const secret = kept.get(ident);
  return secret !== undefined && verifyDeviceSecret(secretKey, secret, secretHash) ? secret : undefined;
}
