import { z } from 'zod';

/** What a person may do within their operator. */
export const role = z.enum(['customer', 'agent', 'fleet', 'admin']);
export type Role = z.infer<typeof role>;

/** A user as the HTTP API shows them. */
export const userView = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    operator: z.object({ id: z.string(), name: z.string() }),
  })
  .meta({ id: 'User' });
export type UserView = z.infer<typeof userView>;

export const credentials = z
  .strictObject({
    email: z
      .string()
      .min(1)
      .max(320)
      // PostgreSQL's text cannot hold a NUL, and no address has any of the others.
      .regex(/^\P{Cc}*$/u, 'must not contain control characters'),
    password: z.string().min(1).max(1024),
  })
  .meta({ id: 'Credentials' });

/** What a log-in or a refresh gives. */
export const signedIn = z
  .object({
    accessToken: z.string().describe('A JWT for `Authorization: Bearer`'),
    refreshToken: z.string().describe('Opaque; good for one refresh'),
    expiresInS: z.number().int().describe('Seconds until the access token expires'),
    user: userView,
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof signedIn>;

/** What a refresh gives: the next refresh token as the last one came, in the body or as a cookie alone. */
export const refreshed = signedIn.partial({ refreshToken: true }).meta({ id: 'Refreshed' });
export type Refreshed = z.infer<typeof refreshed>;

/** The form under which an address is stored and looked up. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();
