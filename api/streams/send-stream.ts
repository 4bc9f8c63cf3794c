import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../http/access.ts';
import type { StreamJob } from './messages.ts';
import type { StreamPool } from './stream-pool.ts';

/**
 * Answers with the document of a job as it is made. What goes wrong before its first piece is a
 * problem document; afterwards the connection is cut, so that the caller sees a broken answer.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  streams: StreamPool,
  job: StreamJob,
  headers: { contentType: string; fileName: string | null },
): Promise<FastifyReply> {
  const answer = (): FastifyReply => {
    if (headers.fileName !== null) {
      reply.header('content-disposition', `attachment; filename="${headers.fileName}"`);
    }
    return reply.type(headers.contentType).header('cache-control', 'private, no-store');
  };
  // Fastify would read the whole document to throw it away.
  if (request.method === 'HEAD') return await answer().send('');
  const stream = await streams.open(callerOf(request).operatorId, job);
  return await answer().send(stream);
}
