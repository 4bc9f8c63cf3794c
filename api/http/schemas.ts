import { rowId } from '@wayleave/telematics/identifiers.ts';
import { z } from 'zod';

/** Path parameters; one that is no id names nothing, so the edge answers 404 for it. */
export const idParams = z.object({ id: rowId });

/** A page of a list; `maxLimit` items at most. */
export const pageQuery = (maxLimit: number, defaultLimit: number) =>
  z.object({
    limit: z.coerce.number().int().min(1).max(maxLimit).default(defaultLimit),
    cursor: z.string().max(200).optional().describe('`nextCursor` of the page before'),
  });

export const pageView = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page') });

/** RFC 9457, with a stable `code`. */
export const problemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().describe('Stable; what a program should look at'),
    instance: z.string().describe('Id of the request, as in the service log'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with the request, field by field'),
  })
  .meta({ id: 'Problem' });
export type ProblemView = z.infer<typeof problemView>;

/** The response schemas of a route: what it gives, and a problem for everything else. */
export const problems = {
  '4xx': problemResponse('The caller’s doing'),
  '5xx': problemResponse('Not the caller’s doing'),
};

/** A problem as one of a route's responses. */
export function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemView } } };
}
