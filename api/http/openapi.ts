interface Operation {
  requestBody?: { required?: boolean; content: Record<string, { schema: { anyOf?: object[] } }> };
}

/**
 * @fastify/swagger calls every body required. One that may be null may also be left out: OpenAPI
 * has a word for that, and a null in its schema would say it twice.
 */
export function withOptionalBodies<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const { requestBody } = operation;
    for (const media of Object.values(requestBody?.content ?? {})) {
      const choices = media.schema.anyOf ?? [];
      const present = choices.filter((choice) => !('type' in choice && choice.type === 'null'));
      if (present.length === choices.length) continue;
      requestBody!.required = false;
      media.schema = present.length === 1 ? present[0]! : { ...media.schema, anyOf: present };
    }
  }
  return document;
}

interface Header {
  description: string;
  schema: { type: 'string' | 'integer' };
}

const RETRY_AFTER: Record<string, Header> = {
  'Retry-After': {
    description: 'Seconds after which to try again, where that may help',
    schema: { type: 'integer' },
  },
};
const ATTACHMENT: Header = {
  description: 'An attachment, and the name of its file; not for JSON',
  schema: { type: 'string' },
};

/** Of successful GETs, by path. */
const HEADERS: Record<string, Record<string, Header>> = {
  '/api/v1/vehicles/{id}/positions': {
    Link: {
      description: 'The next page of JSON, rel="next"; absent on the last one',
      schema: { type: 'string' },
    },
    'Content-Disposition': ATTACHMENT,
  },
  '/api/v1/fleet/positions': {
    ETag: { description: 'For `If-None-Match` of the next request', schema: { type: 'string' } },
  },
  '/api/v1/quarantine/{id}/payload': { 'Content-Disposition': ATTACHMENT },
  '/api/v1/geofences/export': { 'Content-Disposition': ATTACHMENT },
};

/** fastify-type-provider-zod leaves out the headers of answers that have a media type of their own. */
export function withHeaders<Document extends object>(document: Document): Document {
  const { paths = {} } = document as {
    paths?: Record<string, Record<string, { responses?: Record<string, { headers?: object }> }>>;
  };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { responses = {} }] of Object.entries(methods)) {
      for (const [status, response] of Object.entries(responses)) {
        if (status === '4XX' || status === '5XX') response.headers = RETRY_AFTER;
        else if (method === 'get' && HEADERS[path]) response.headers = HEADERS[path];
      }
    }
  }
  return document;
}
