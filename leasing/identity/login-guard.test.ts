import { expect, test } from 'vitest';
import { networkOf } from './login-guard.ts';

test('an IPv4 address is its own network, also when it comes as IPv6', () => {
  expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
  expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

test('the IPv6 addresses of a /64 are one network however they are written', () => {
  const network = '2001:db8:0:1::/64';
  expect(networkOf('2001:db8:0:1::1')).toBe(network);
  expect(networkOf('2001:0DB8:0000:0001:aaaa:bbbb:cccc:dddd')).toBe(network);
  expect(networkOf('2001:db8::1:0:0:0:5')).toBe(network);
  expect(networkOf('2001:db8:0:2::1')).not.toBe(network);
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
});
