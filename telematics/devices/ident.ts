/** As the table of devices checks it. */
const IDENT = /^[A-Za-z0-9._:-]{1,64}$/;

/** Whether a text can be the ident of a device: no slash or wildcard, as it is a level of topics. */
export const isIdent = (text: string): boolean => IDENT.test(text);
