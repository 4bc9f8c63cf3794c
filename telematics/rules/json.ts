/** A value that JSON carries without loss: what the state of a rule and the details of a finding are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
