import { createHash } from 'node:crypto';
import { CodedError } from '@wayleave/runtime/errors.ts';
import { asOperator, type Connection, type Pool } from '@wayleave/runtime/postgres.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf } from '../http/access.ts';
import { findAnswer, keepAnswer, lockKey } from './store.ts';

/** The header of a POST that creates something. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional()
    .describe('A repeat with the same key gets the first answer and changes nothing'),
});

/** One key, two different requests. */
const keyReused = () =>
  new CodedError('idempotency_key_reused', 422, 'This Idempotency-Key came with a different request before.');

/**
 * Runs a creating request in one transaction with the record of its answer; a repeat under the same
 * Idempotency-Key gets that answer. A request that failed left no record and runs again. `stored`
 * gives what to keep, where the answer holds something that must not be (a secret).
 * @throws `idempotency_key_reused`
 */
export async function createOnce<Answer>(
  pool: Pool,
  request: FastifyRequest,
  work: (connection: Connection) => Promise<Answer>,
  stored: (answer: Answer) => unknown = (answer) => answer,
): Promise<{ answer: Answer; repeated: false } | { answer: unknown; repeated: true }> {
  const { operatorId, userId } = callerOf(request);
  const key = request.headers['idempotency-key'];
  return await asOperator(pool, operatorId, async (connection) => {
    if (typeof key !== 'string') return { answer: await work(connection), repeated: false };
    const requestHash = hashOf(request);
    await lockKey(connection, userId, key);
    const known = await findAnswer(connection, userId, key);
    if (known && !known.request_hash.equals(requestHash)) throw keyReused();
    if (known) return { answer: known.response, repeated: true };
    const answer = await work(connection);
    await keepAnswer(connection, { userId, key, requestHash, status: 201, response: stored(answer) });
    return { answer, repeated: false };
  });
}

/** Of what was asked, after parsing: the order of the fields and the white space make no difference. */
function hashOf(request: FastifyRequest): Buffer {
  const asked = JSON.stringify([request.method, request.url, request.body]);
  return createHash('sha256').update(asked).digest();
}
