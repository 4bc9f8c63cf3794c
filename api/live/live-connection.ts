import type { Caller } from '@wayleave/leasing/identity/access-token.ts';
import type { Identity } from '@wayleave/leasing/identity/service.ts';
import { CodedError, messageOf } from '@wayleave/runtime/errors.ts';
import type { Log } from '@wayleave/runtime/log.ts';
import { everywhere, viewportOf } from '@wayleave/telematics/live/viewport.ts';
import type { RawData, WebSocket } from 'ws';
import { READERS } from '../http/access.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveHub, Watch } from './live-hub.ts';
import { createAllowance } from './message-allowance.ts';
import { CLOSE, type ClientMessage, clientMessage, errorMessage, readyMessage } from './protocol.ts';

/** After a close frame that the other side does not answer, the connection is cut. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface LiveConnection {
  /** Pings; ends the connection if pings stay unanswered or the session is over. */
  heartbeat(): Promise<void>;
  close(code: number, reason: string): void;
}

export interface LiveConnectionParts {
  socket: WebSocket;
  identity: Identity;
  hub: LiveHub;
  limits: LiveLimits;
  log: Log;
  /** Of the upgrade's Authorization header, if it had one. */
  token: string | undefined;
}

/** One WebSocket: who it is, until when, and what it asks for. */
export function serveLiveConnection(parts: LiveConnectionParts): LiveConnection {
  const { socket, identity, hub, limits, log } = parts;
  let caller: Caller | null = null;
  let watch: Watch | null = null;
  let unansweredPings = 0;
  const allowed = createAllowance(limits.messagesPerS, limits.messageBurst);

  const close = (code: number, reason: string): void => {
    if (socket.readyState === socket.CLOSED || socket.readyState === socket.CLOSING) return;
    watch?.leave();
    socket.close(code, reason);
    // Also what is stuck in the socket of a reader that reads nothing.
    setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  };
  const refuse = (closeCode: number, code: string, detail: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(errorMessage(code, detail));
    close(closeCode, code);
  };

  /** Until the first log-in, and then until the token expires. */
  let deadline = setTimeout(
    () => refuse(CLOSE.unauthenticated, 'not_signed_in', 'No access token came in time.'),
    limits.authenticateWithinMs,
  );

  const authenticate = async (token: string): Promise<void> => {
    const next = await identity.authenticate(token);
    if (!(READERS as readonly string[]).includes(next.role)) {
      throw new CodedError('role_not_allowed', 403, `The role ${next.role} may not watch the fleet.`);
    }
    if (caller && (caller.userId !== next.userId || caller.operatorId !== next.operatorId)) {
      throw new CodedError('other_user', 401, 'A connection stays with its user.');
    }
    const { operator } = await identity.userOf(next);
    if (socket.readyState !== socket.OPEN) return;
    caller = next;
    watch ??= hub.join(next.operatorId, {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      // A socket that closes meanwhile tells the callback, which has nothing to add.
      send: (text, options, sent) => socket.send(text, options, sent),
      close,
    });
    clearTimeout(deadline);
    deadline = setTimeout(
      () => refuse(CLOSE.unauthenticated, 'token_expired', 'The access token has expired.'),
      Math.max(0, next.expiresAtMs - Date.now()),
    );
    socket.send(readyMessage(operator));
  };

  const handle = async (message: ClientMessage): Promise<void> => {
    switch (message.type) {
      case 'authenticate':
        return await authenticate(message.token);
      case 'subscribe':
        if (!watch) return refuse(CLOSE.unauthenticated, 'not_signed_in', 'Authenticate first.');
        return watch.subscribe(message.bounds ? viewportOf(message.bounds) : everywhere);
    }
  };

  const inOrder = createSequence((error) => {
    if (error instanceof CodedError) return refuse(CLOSE.unauthenticated, error.code, error.message);
    log.error({ err: error }, 'a live message failed');
    refuse(CLOSE.tryAgainLater, 'internal', 'Something went wrong here; try again.');
  });

  socket.on('message', (payload: RawData, isBinary: boolean) => {
    if (!allowed(performance.now())) {
      return refuse(
        CLOSE.badMessage,
        'too_many_messages',
        `At most ${limits.messagesPerS} messages a second.`,
      );
    }
    const message = isBinary ? undefined : parseMessage(payload);
    if (!message) return refuse(CLOSE.badMessage, 'bad_message', 'Not a message that this door knows.');
    inOrder(async () => await handle(message));
  });
  socket.on('pong', () => {
    unansweredPings = 0;
  });
  socket.on('error', (error) => log.debug({ err: messageOf(error) }, 'a live connection failed'));
  socket.on('close', () => {
    clearTimeout(deadline);
    watch?.leave();
  });
  if (parts.token !== undefined) {
    const { token } = parts;
    inOrder(async () => await authenticate(token));
  }

  return {
    close,
    heartbeat: async () => {
      // A ping may still wait behind what a slow reader has not taken: that says less of it.
      if (unansweredPings >= (socket.bufferedAmount > 0 ? 3 : 1)) return socket.terminate();
      unansweredPings += 1;
      socket.ping();
      if (caller && !(await identity.isSessionAlive(caller.sessionId))) {
        refuse(CLOSE.unauthenticated, 'session_ended', 'The session has ended.');
      }
    },
  };
}

/** `payload` is a Buffer: no socket here asks for another kind. */
function parseMessage(payload: RawData): ClientMessage | undefined {
  try {
    return clientMessage.safeParse(JSON.parse((payload as Buffer).toString())).data;
  } catch {
    return undefined;
  }
}

/** Runs one piece of work after the other; the allowance bounds how many can wait. */
function createSequence(failed: (error: unknown) => void): (work: () => Promise<void>) => void {
  let last = Promise.resolve();
  return (work) => {
    last = last.then(work).catch(failed);
  };
}
