import { STATUS_CODES } from 'node:http';
import { CodedError } from '@wayleave/runtime/errors.ts';
import { sqlState } from '@wayleave/runtime/postgres.ts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isPagePath } from '../routes/page.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import type { ProblemView } from './schemas.ts';

/** Codes of what Fastify itself refuses, by its own code. */
const FASTIFY_CODES: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_BAD_URL: 'malformed_request',
};

/** Makes every error of the app a problem document, and tells nothing of what is inside. */
export function answerWithProblems(app: FastifyInstance, { page }: { page: boolean }): void {
  const allowedMethods = createAllowedMethods(app);

  app.setNotFoundHandler(async (request, reply) => {
    if (page && isPagePath(request)) return await reply.sendFile('index.html');
    const path = request.url.split('?')[0]!;
    const allowed = allowedMethods(path);
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return await sendProblem(request, reply, {
        status: 404,
        code: 'not_found',
        detail: 'There is nothing here.',
      });
    }
    reply.header('allow', allowed.join(', '));
    const detail = `${request.method} is not possible here, only ${allowed.join(', ')}.`;
    return await sendProblem(request, reply, { status: 405, code: 'method_not_allowed', detail });
  });

  app.setErrorHandler<FastifyError>(answerError);
}

/** Answers an error with its problem; what is not the caller's doing goes to the log. */
export async function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = problemOf(error, request.method);
  if (problem.status >= 500) request.log.error({ err: error, reqId: request.id }, 'a request failed');
  else if (sqlState(error) !== undefined) {
    request.log.warn({ err: error, reqId: request.id }, 'the database refused a value that a schema let in');
  }
  if (error instanceof CodedError && error.retryAfterS !== undefined) {
    reply.header('retry-after', error.retryAfterS);
  }
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return await sendProblem(request, reply, problem);
}

type Problem = Pick<ProblemView, 'status' | 'code' | 'detail' | 'errors'>;

function problemOf(error: FastifyError, method: string): Problem {
  if (error instanceof CodedError) return { status: error.status, code: error.code, detail: error.message };
  if (hasZodFastifySchemaValidationErrors(error)) {
    if (error.validationContext === 'params') {
      return { status: 404, code: 'not_found', detail: 'There is nothing here.' };
    }
    const errors = error.validation.map(({ instancePath, message = 'is wrong' }) => ({
      path: instancePath,
      message,
    }));
    const detail = `The ${error.validationContext} is not as documented.`;
    return { status: 400, code: 'invalid_request', detail, errors };
  }
  if (isUnavailable(error)) {
    return {
      status: 503,
      code: 'unavailable',
      detail: 'A database cannot be reached or is slow; try again.',
    };
  }
  // Class 22 of SQLSTATE, "data exception". The schemas should have refused it; this is the net below,
  // for writes: what a read cannot compute lies in what is stored, not in the request.
  if (sqlState(error)?.startsWith('22') && method !== 'GET' && method !== 'HEAD') {
    return { status: 400, code: 'invalid_value', detail: 'The request holds a value that cannot be used.' };
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const code = status === 429 ? 'rate_limited' : (FASTIFY_CODES[error.code] ?? 'malformed_request');
    return { status, code, detail: error.message };
  }
  return { status: 500, code: 'internal', detail: 'Something went wrong here; the service log has it.' };
}

/**
 * PostgreSQL or Redis is away or overloaded: classes 08 and 57P of SQLSTATE, a statement that was
 * cancelled for taking too long, a database that is gone, no connection left, and what the sockets
 * and the drivers say.
 */
function isUnavailable(error: Error & { code?: string }): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|57P|57014|53300|3D000)/.test(state);
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'].includes(error.code ?? '') ||
    /^(Connection terminated|timeout exceeded when trying to connect|Command timed out)/.test(error.message)
  );
}

async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): Promise<FastifyReply> {
  const { status, code, detail, errors } = problem;
  const body: ProblemView = {
    type: `urn:wayleave:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    instance: request.id,
    ...(errors && { errors }),
  };
  // As text, so that no route's response schema stands between an error and its caller.
  return await reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-request-id', request.id)
    .type('application/problem+json')
    .serializer((text: string) => text)
    .send(JSON.stringify(body));
}
