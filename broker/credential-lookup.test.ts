import type { DeviceCredential } from '@wayleave/telematics/devices/credential-store.ts';
import { describe, expect, it } from 'vitest';
import { createCredentialLookup } from './credential-lookup.ts';

const credential = (ident: string): DeviceCredential => ({
  deviceId: Number(ident),
  operatorId: 1,
  kind: 'tracker',
  ident,
  secretHash: Buffer.alloc(32),
  revoked: false,
});

describe('the credential lookup', () => {
  it('answers each login with its own credential, asking for many at once', async () => {
    const questions: string[][] = [];
    const lookup = createCredentialLookup(async (idents) => {
      questions.push(idents);
      return idents.filter((ident) => ident !== '13').map(credential);
    });
    const idents = Array.from({ length: 1_200 }, (_, at) => String(at % 600));
    const found = await Promise.all(idents.map(lookup));
    expect(found.map((one) => one?.ident)).toEqual(
      idents.map((ident) => (ident === '13' ? undefined : ident)),
    );
    expect(questions).toHaveLength(3);
  });

  it('passes a failure on to those who asked, and works for the next', async () => {
    let fail = true;
    const lookup = createCredentialLookup(async (idents) => {
      if (fail) throw new Error('away');
      return idents.map(credential);
    });
    await expect(lookup('1')).rejects.toThrow('away');
    fail = false;
    expect((await lookup('1'))?.deviceId).toBe(1);
  });
});
