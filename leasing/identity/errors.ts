import { CodedError } from '@wayleave/runtime/errors.ts';

/** The e-mail address or the password is wrong, or the user is disabled: which one is not told. */
export const invalidCredentials = () =>
  new CodedError('invalid_credentials', 401, 'The e-mail address or the password is wrong.');

/** The request carries no access token, or one that is expired, forged or of an ended session. */
export const notSignedIn = (detail = 'A valid access token is needed.') =>
  new CodedError('not_signed_in', 401, detail);

/** The refresh token is unknown, expired, or of a session that was ended. */
export const sessionEnded = () =>
  new CodedError('session_ended', 401, 'The session has ended; log in again.');

/** A refresh token that was already exchanged came back: the session is ended for all its holders. */
export const refreshTokenReused = () =>
  new CodedError('refresh_token_reused', 401, 'This refresh token was used before; log in again.');

/** Too many log-ins failed for this e-mail address, or came from this network address. */
export const tooManyAttempts = (retryAfterS: number) =>
  new CodedError('too_many_attempts', 429, 'Too many log-ins; wait before the next.', { retryAfterS });

/** More passwords are being verified than the bound allows. */
export const loginBusy = () =>
  new CodedError('login_busy', 503, 'Too many log-ins at once; try again.', { retryAfterS: 1 });

/** An e-mail address belongs to one person of one operator. */
export const emailTaken = () =>
  new CodedError('email_taken', 409, 'This e-mail address belongs to a user of another operator.');
