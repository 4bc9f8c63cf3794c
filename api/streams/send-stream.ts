import { asOperator, type Pool } from '@wayleave/runtime/postgres.ts';
import { findSegments } from '@wayleave/telematics/positions/history.ts';
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
  { appPool, streams }: { appPool: Pool; streams: StreamPool },
  job: StreamJob,
  headers: { contentType: string; fileName: string | null },
): Promise<FastifyReply> {
  const answer = (): FastifyReply => {
    if (headers.fileName !== null) {
      reply.header('content-disposition', `attachment; filename="${headers.fileName}"`);
    }
    return reply.type(headers.contentType).header('cache-control', 'private, no-store');
  };
  const { operatorId } = callerOf(request);
  // Fastify would read the whole document to throw it away. What a GET refuses before it begins, this does.
  if (request.method === 'HEAD') {
    if (job.kind !== 'geofences') {
      await asOperator(appPool, operatorId, async (connection) => await findSegments(connection, job));
    }
    return await answer().send('');
  }
  const stream = await streams.open(operatorId, job);
  // What lies in the socket when the stream is over is not the stream's to watch. Node calls a socket idle
  // only once the system took nothing of it; one that waits for the next piece has nothing to take.
  reply.raw.setTimeout(streams.maxStalledMs, () => {
    if (reply.raw.writableLength > 0) reply.raw.destroy();
  });
  return await answer().send(stream);
}
