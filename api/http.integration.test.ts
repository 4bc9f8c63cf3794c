import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, createTestRedis } from '@wayleave/local/testing.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, startApi } from './test/api-under-test.ts';

let api: ApiUnderTest;
let token: string;
const pageFolder = mkdtempSync(join(tmpdir(), 'wayleave-page-'));
beforeAll(async () => {
  mkdirSync(join(pageFolder, 'assets'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Console</title>');
  const script = 'console.info("console")';
  writeFileSync(join(pageFolder, 'assets', 'index-abc123.js'), script);
  writeFileSync(join(pageFolder, 'assets', 'index-abc123.js.gz'), gzipSync(script));
  api = await startApi({ database: await createTestDatabase(), redis: await createTestRedis(), pageFolder });
  token = await api.tokenOf('north', 'fleet');
});
afterAll(async () => {
  await api.close();
  rmSync(pageFolder, { recursive: true });
});

const html = { headers: { accept: 'text/html,application/xhtml+xml' } };

describe('errors', () => {
  test.each([
    ['a path that is not there', 'GET', '/api/v1/nothing', undefined, 404, 'not_found'],
    ['an id that is none', 'GET', '/api/v1/vehicles/abc', undefined, 404, 'not_found'],
    ['an id beyond every bigint', 'GET', `/api/v1/vehicles/${'9'.repeat(30)}`, undefined, 404, 'not_found'],
    [
      'a method that the path does not take',
      'DELETE',
      '/api/v1/vehicles',
      undefined,
      405,
      'method_not_allowed',
    ],
    ['a path that does not decode', 'GET', '/api/v1/%zz', undefined, 400, 'malformed_request'],
    ['JSON that is none', 'POST', '/api/v1/vehicles', '{"label":', 400, 'malformed_json'],
    [
      'a field that is wrong',
      'POST',
      '/api/v1/vehicles',
      { label: 'x', kind: 'tank' },
      400,
      'invalid_request',
    ],
    [
      'a field too many',
      'POST',
      '/api/v1/vehicles',
      { label: 'x', kind: 'car', owner: 1 },
      400,
      'invalid_request',
    ],
    [
      'a character that text cannot hold',
      'POST',
      '/api/v1/vehicles',
      { label: 'a\u0000b', kind: 'car' },
      400,
      'invalid_request',
    ],
    [
      'a body of more than 64 KiB',
      'POST',
      '/api/v1/vehicles',
      { label: 'x'.repeat(70_000) },
      413,
      'body_too_large',
    ],
    ['plain HTTP on the WebSocket', 'GET', '/api/v1/live', undefined, 426, 'upgrade_required'],
  ])('%s is a problem document', async (_what, method, path, body, status, code) => {
    const answer = await api.request(method, path, { token, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({
      type: `urn:wayleave:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code,
      instance: answer.headers.get('x-request-id'),
    });
  });

  test('a body that is no JSON is refused by its type', async () => {
    const answer = await api.request('POST', '/api/v1/vehicles', {
      token,
      body: '<xml/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(answer.status).toBe(415);
    expect(answer.json.code).toBe('unsupported_media_type');
  });

  test('a refused request says which fields are wrong', async () => {
    const { json } = await api.request('POST', '/api/v1/vehicles', {
      token,
      body: { label: '', kind: 'tank' },
    });
    expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['/kind', '/label']);
  });

  test('a method that is not taken names those that are', async () => {
    const answer = await api.request('PUT', '/api/v1/vehicles', { token });
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
  });

  test('what breaks inside is told without a trace of it', async () => {
    const sessionId = 'broken'.padEnd(22, 'x');
    await api.redis.set(`session:${sessionId}`, 'not a hash');
    const broken = await api.request('POST', '/api/v1/auth/refresh', {
      body: { refreshToken: `${sessionId}.${'A'.repeat(43)}` },
    });
    expect(broken.status).toBe(500);
    expect(broken.json.code).toBe('internal');
    expect(broken.text).not.toMatch(/WRONGTYPE|redis|\.ts|stack/i);
  });
});

describe('the page', () => {
  test('is served at the root and at its own paths, and asked for again each time', async () => {
    for (const path of ['/', '/vehicles/5', '/login']) {
      const answer = await api.request('GET', path, html);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<title>Console</title>');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('has its hashed files kept for ever, and compressed', async () => {
    const answer = await api.request('GET', '/assets/index-abc123.js', {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('console.info');
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test.each(['/api/nothing', '/assets/index-old.js', '/favicon.png', '/health/nothing'])(
    'does not stand in for %s, which is not there',
    async (path) => {
      expect((await api.request('GET', path, html)).json.code).toBe('not_found');
    },
  );

  test('does not stand in for a program’s request', async () => {
    expect((await api.request('GET', '/vehicles/5')).status).toBe(404);
    expect((await api.request('POST', '/vehicles/5', html)).status).toBe(404);
  });

  test('keeps a browser to this origin and that of the map', async () => {
    const { headers } = await api.request('GET', '/', html);
    const policy = new Map(
      headers
        .get('content-security-policy')!
        .split(';')
        .map((directive) => directive.trim().split(' '))
        .map(([name, ...sources]) => [name, sources]),
    );
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('worker-src')).toEqual(["'self'", 'blob:']);
    expect(policy.get('connect-src')).toEqual(["'self'", 'https://tiles.example', 'https://glyphs.example']);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('operations', () => {
  test('health names each dependency', async () => {
    expect((await api.request('GET', '/health/live')).json).toEqual({ live: true });
    const ready = await api.request('GET', '/health/ready');
    expect(ready.status).toBe(200);
    expect(Object.keys(ready.json.dependencies).sort()).toEqual(['postgres', 'redis']);
    expect(ready.json.ready).toBe(true);
  });

  test('metrics count requests by route and status, not by id', async () => {
    await api.request('GET', '/api/v1/vehicles/123456', { token });
    const { text } = await api.request('GET', '/metrics');
    expect(text).toMatch(
      /http_request_duration_seconds_count\{[^}]*method="GET",route="\/api\/v1\/vehicles\/:id",status="404"[^}]*\} \d+/,
    );
    expect(text).not.toContain('123456');
    expect(text).toContain('live_connections');
  });

  test('the map’s style is told to the page', async () => {
    expect((await api.request('GET', '/api/v1/map-config')).json).toEqual({
      styleUrl: 'https://tiles.example/style.json',
    });
  });
});

describe('the documentation', () => {
  test('is OpenAPI 3.1 with a schema for every answer that has a body', async () => {
    const document = (await api.request('GET', '/openapi.json')).json;
    expect(document.openapi).toBe('3.1.0');
    for (const name of ['Vehicle', 'Device', 'Position', 'Installation', 'Problem', 'SignedIn']) {
      expect(document.components.schemas).toHaveProperty(name);
    }
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(document.paths)) {
      if (path === '/api/v1/live') continue;
      for (const [method, operation] of Object.entries(methods)) {
        const success = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
        expect(success, `${method} ${path}`).toHaveLength(1);
      }
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name!);
  });

  test('calls errors by their media type, optional bodies optional, and the WebSocket what it is', async () => {
    const { paths, components } = (await api.request('GET', '/openapi.json')).json;
    const { responses } = paths['/api/v1/vehicles'].post;
    for (const status of ['4XX', '5XX']) {
      expect(responses[status].content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      });
    }
    expect(paths['/api/v1/vehicles'].post.requestBody.required).toBe(true);
    for (const path of ['/api/v1/auth/refresh', '/api/v1/auth/logout', '/api/v1/installations/{id}/end']) {
      const { requestBody } = paths[path].post;
      expect(requestBody.required, path).toBe(false);
      expect(JSON.stringify(requestBody), path).not.toContain('"null"}]}');
    }
    expect(Object.keys(paths['/api/v1/live'].get.responses)).toEqual(['101', '426']);
    expect(components.schemas.SignedIn.required).toContain('refreshToken');
    expect(components.schemas.Refreshed.required).not.toContain('refreshToken');
  });

  test('tells the headers that answers have', async () => {
    const { paths } = (await api.request('GET', '/openapi.json')).json;
    const headersOf = (path: string, status: string) =>
      Object.keys(paths[`/api/v1/${path}`].get.responses[status].headers ?? {});
    expect(headersOf('vehicles/{id}/positions', '200')).toEqual(['Link', 'Content-Disposition']);
    expect(headersOf('vehicles/{id}/positions', '4XX')).toEqual(['Retry-After']);
    expect(headersOf('vehicles/{id}/positions', '5XX')).toEqual(['Retry-After']);
    expect(headersOf('fleet/positions', '200')).toEqual(['ETag']);
    expect(headersOf('quarantine/{id}/payload', '200')).toEqual(['Content-Disposition']);
    expect(headersOf('geofences/export', '200')).toEqual(['Content-Disposition']);
    expect(headersOf('vehicles', '200')).toEqual([]);
  });

  test('has a page that brings all it needs along', async () => {
    const page = await api.request('GET', '/docs/', html);
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(sources.length).toBeGreaterThan(2);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      expect((await api.request('GET', new URL(source, `${api.url}/docs/`).href)).status).toBe(200);
    }
    expect(page.text).not.toMatch(/<script>(?!<)/);
  });
});
