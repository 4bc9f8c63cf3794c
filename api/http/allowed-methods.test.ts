import fastify from 'fastify';
import { expect, test } from 'vitest';
import { createAllowedMethods } from './allowed-methods.ts';

test('a path tells the methods of its route, and none if it has no route', () => {
  const app = fastify();
  const allowed = createAllowedMethods(app);
  const nothing = async () => 'x';
  app.get('/api/things/:id', nothing);
  app.post('/api/things', nothing);
  app.get('/*', nothing);
  expect(allowed('/api/things/5')).toEqual(['GET', 'HEAD']);
  expect(allowed('/api/things')).toEqual(['POST']);
  expect(allowed('/api/things/5/6')).toEqual([]);
  expect(allowed('/anything')).toEqual([]);
});
