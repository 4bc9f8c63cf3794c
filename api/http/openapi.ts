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
