import { expect, test } from 'vitest';
import { permissionsOf } from './permissions.ts';

test('each role is shown what it may do', () => {
  expect(permissionsOf({ role: 'customer' })).toEqual({ read: false, write: false, administer: false });
  expect(permissionsOf({ role: 'agent' })).toEqual({ read: true, write: false, administer: false });
  expect(permissionsOf({ role: 'fleet' })).toEqual({ read: true, write: true, administer: false });
  expect(permissionsOf({ role: 'admin' })).toEqual({ read: true, write: true, administer: true });
});
