import fastify from 'fastify';
import pg from 'pg';
import { expect, test } from 'vitest';
import { answerError } from './problems.ts';

test.each([
  ['22021', 'a NUL in a text', 400, 'invalid_value'],
  ['22008', 'a time out of range', 400, 'invalid_value'],
  ['57014', 'a statement that took too long', 503, 'unavailable'],
  ['57P01', 'a server that stops', 503, 'unavailable'],
  ['42601', 'a statement that is wrong', 500, 'internal'],
])('SQLSTATE %s, %s, is answered %i %s', async (state, _what, status, code) => {
  const app = fastify();
  app.setErrorHandler(answerError);
  app.post('/', async () => {
    throw Object.assign(new pg.DatabaseError('says what is inside', 0, 'error'), { code: state });
  });
  const answer = await app.inject({ method: 'POST', url: '/' });
  expect(answer.statusCode).toBe(status);
  expect(answer.json().code).toBe(code);
  expect(answer.body).not.toContain('inside');
  await app.close();
});

test.each(['GET', 'HEAD'] as const)(
  'a %s that the database cannot answer is not its caller’s doing',
  async (method) => {
    const app = fastify();
    app.setErrorHandler(answerError);
    app.get('/', async () => {
      throw Object.assign(new pg.DatabaseError('out of range', 0, 'error'), { code: '22003' });
    });
    expect((await app.inject({ method, url: '/' })).statusCode).toBe(500);
    await app.close();
  },
);
