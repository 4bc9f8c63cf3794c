import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHealth, type HealthCheck } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface OpsServer {
  port: number;
  close(): Promise<void>;
}

/** `/health/live`, `/health/ready` and `/metrics` of a service that has no HTTP of its own. */
export async function startOpsServer(options: {
  host: string;
  port: number;
  checks: Record<string, HealthCheck>;
  metrics: Metrics;
}): Promise<OpsServer> {
  const { checks, metrics } = options;
  const server: Server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const answerReady = async (): Promise<void> => {
      const health = await checkHealth(checks);
      answer(health.ready ? 200 : 503, 'application/json', JSON.stringify(health));
    };
    const answerMetrics = async (): Promise<void> =>
      answer(200, metrics.contentType, await metrics.metrics());
    const failed = (error: unknown): void => {
      response.destroy(error instanceof Error ? error : undefined);
    };
    switch (request.url) {
      case '/health/live':
        return answer(200, 'application/json', '{"live":true}');
      case '/health/ready':
        return void answerReady().catch(failed);
      case '/metrics':
        return void answerMetrics().catch(failed);
      default:
        return answer(404, 'application/json', '{"error":"not found"}');
    }
  });
  server.requestTimeout = 10_000;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
