import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { guardRoutes } from './http/access.ts';
import { readEmptyJson } from './http/empty-json.ts';
import { withHeaders, withOptionalBodies } from './http/openapi.ts';
import { answerError, answerWithProblems } from './http/problems.ts';
import { measureRequests } from './http/request-metrics.ts';
import { MAX_REQUESTS_PER_MINUTE, secure } from './http/security.ts';
import type { ApiParts } from './parts.ts';
import { authRoutes } from './routes/auth.ts';
import { commandRoutes } from './routes/commands.ts';
import { dailySummaryRoutes } from './routes/daily-summaries.ts';
import { deviceRoutes } from './routes/devices.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { fleetPositionRoutes } from './routes/fleet-positions.ts';
import { gatewayRoutes } from './routes/gateways.ts';
import { geofenceFileRoutes } from './routes/geofence-files.ts';
import { geofenceRoutes } from './routes/geofences.ts';
import { installationRoutes } from './routes/installations.ts';
import { serveLive } from './routes/live.ts';
import { mapConfigRoutes } from './routes/map-config.ts';
import { opsRoutes } from './routes/ops.ts';
import { servePage } from './routes/page.ts';
import { positionRetentionRoutes } from './routes/position-retention.ts';
import { positionRoutes } from './routes/positions.ts';
import { qualityThresholdRoutes } from './routes/quality-thresholds.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { ruleSettingsRoutes } from './routes/rule-settings.ts';
import { rulesPreviewRoutes } from './routes/rules-preview.ts';
import { speedLimitRoutes } from './routes/speed-limits.ts';
import { tripRoutes } from './routes/trips.ts';
import { vehicleFigureRoutes } from './routes/vehicle-figures.ts';
import { vehicleGroupRoutes } from './routes/vehicle-groups.ts';
import { vehicleRoutes } from './routes/vehicles.ts';

/** The largest request body. */
const MAX_BODY_BYTES = 64 * 1024;
/** A request that takes longer to arrive is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The HTTP and WebSocket app over parts that were opened elsewhere; `listen` or `inject` is the caller's. */
export async function buildApp(parts: ApiParts): Promise<FastifyInstance> {
  const logger: FastifyBaseLogger = parts.log;
  const app = fastify({
    loggerInstance: logger,
    // Requests are counted and timed in /metrics; the log has what went wrong.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // A browser's idle connections must not hold up the stop.
    forceCloseConnections: true,
    trustProxy: parts.trustedProxies.length > 0 ? parts.trustedProxies : false,
    genReqId: () => randomUUID(),
    // What fails before a route is found, such as a path that does not decode.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    routerOptions: { maxParamLength: 128 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });

  answerWithProblems(app, { page: parts.pageFolder !== null });
  measureRequests(app, parts.metrics);
  readEmptyJson(app);
  await secure(app, {
    mapStyleUrl: parts.mapStyleUrl,
    mapOrigins: parts.mapOrigins ?? [],
    maxRequestsPerMinute: parts.maxRequestsPerMinute ?? MAX_REQUESTS_PER_MINUTE,
  });
  await app.register(cookie);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wayleave',
        version: '1',
        description: 'Vehicles, trackers, positions and the live map.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withHeaders(withOptionalBodies(jsonSchemaTransformObject(document))),
  });
  guardRoutes(app, parts.identity);

  await app.register(opsRoutes, parts);
  await app.register(authRoutes, parts);
  await app.register(vehicleRoutes, parts);
  await app.register(deviceRoutes, parts);
  await app.register(commandRoutes, parts);
  await app.register(gatewayRoutes, parts);
  await app.register(installationRoutes, parts);
  await app.register(positionRoutes, parts);
  await app.register(vehicleFigureRoutes, parts);
  await app.register(tripRoutes, parts);
  await app.register(dailySummaryRoutes, parts);
  await app.register(fleetPositionRoutes, parts);
  await app.register(positionRetentionRoutes, parts);
  await app.register(qualityThresholdRoutes, parts);
  await app.register(quarantineRoutes, parts);
  await app.register(vehicleGroupRoutes, parts);
  await app.register(geofenceRoutes, parts);
  await app.register(geofenceFileRoutes, parts);
  await app.register(speedLimitRoutes, parts);
  await app.register(ruleSettingsRoutes, parts);
  await app.register(eventRoutes, parts);
  await app.register(rulesPreviewRoutes, parts);
  await app.register(mapConfigRoutes, parts);
  await serveLive(app, parts);
  await app.register(docsRoutes);
  if (parts.pageFolder !== null) await servePage(app, parts.pageFolder);
  return app;
}
