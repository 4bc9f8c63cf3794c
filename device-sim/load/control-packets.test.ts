import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { DISCONNECT, encodeConnect, PING_REQUEST, remainingLength } from './control-packets.ts';

test('CONNECT is byte for byte what mqtt-packet writes, short or long', () => {
  for (const password of ['secret', 'ß'.repeat(300)]) {
    const login = { clientId: '350000000000001', userName: 'tracker', password, keepAliveS: 300 };
    const reference = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: login.clientId,
      username: login.userName,
      password: Buffer.from(password),
      keepalive: login.keepAliveS,
    });
    expect(encodeConnect(login)).toEqual(reference);
  }
});

test('PINGREQ and DISCONNECT are what mqtt-packet writes', () => {
  expect(PING_REQUEST).toEqual(generate({ cmd: 'pingreq' }));
  expect(DISCONNECT).toEqual(generate({ cmd: 'disconnect' }));
});

test('remaining lengths are those of the table in the standard', () => {
  const hex = (length: number) => remainingLength(length).toString('hex');
  expect([0, 127, 128, 16_383, 16_384, 2_097_151].map(hex)).toEqual([
    '00',
    '7f',
    '8001',
    'ff7f',
    '808001',
    'ffff7f',
  ]);
});
