import { z } from 'zod';

/** Origins of HTTP, with spaces or commas between; of a URL with a path, its origin. */
export const originList = z
  .string()
  .default('')
  .transform((list) => list.split(/[\s,]+/).filter((origin) => origin !== ''))
  .pipe(z.array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin)));
