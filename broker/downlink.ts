import type { Aedes, Client } from 'aedes';
import type { CommandDelivery } from './command-delivery.ts';
import type { Session, Sessions } from './session.ts';

/** What a SUBACK has for a filter that is refused. */
const REFUSED_FILTER = 0x80;

/** Tells the delivery of commands who listens to them and what is acknowledged. */
export function connectDownlink(aedes: Aedes, sessions: Sessions, commands: CommandDelivery): void {
  const ofTracker = (client: Client, tell: (session: Session) => void): void => {
    const session = sessions.of(client);
    if (session) tell(session);
  };
  aedes.on('subscribe', (subscriptions, client) =>
    ofTracker(client, (session) => {
      for (const { topic, qos } of subscriptions) {
        const granted: number = qos;
        if (granted !== REFUSED_FILTER) commands.subscribed(session, topic, granted);
      }
    }),
  );
  aedes.on('unsubscribe', (topics, client) =>
    ofTracker(client, (session) => {
      for (const topic of topics) commands.unsubscribed(session, topic);
    }),
  );
  onPuback(aedes, (client, messageId) =>
    ofTracker(client, (session) => commands.acknowledged(session, messageId)),
  );
}

/**
 * Aedes says in its `ack` event which packet was acknowledged only where it keeps packets, which for
 * clean sessions it does not: the id is seen where it looks for one (aedes lib/handlers/puback.js).
 */
function onPuback(aedes: Aedes, tell: (client: Client, messageId: number) => void): void {
  type Acknowledgement = { cmd: string; messageId: number };
  type Clear = (client: Client, packet: Acknowledgement) => Promise<unknown>;
  const { persistence } = aedes as unknown as { persistence: { outgoingClearMessageId: Clear } };
  const clear = persistence.outgoingClearMessageId.bind(persistence);
  persistence.outgoingClearMessageId = async (client, packet) => {
    if (packet.cmd === 'puback') tell(client, packet.messageId);
    return await clear(client, packet);
  };
}

/**
 * What trackers publish goes to the log and nowhere else, and commands go to one connection: nothing
 * is for subscribers of this broker, so retained storage, offline queues and the emitter would be
 * work for nothing, and its $SYS chatter has no reader.
 */
export function publishToNobody(aedes: Aedes): void {
  type Done = () => void;
  aedes.publish = (_packet: unknown, clientOrDone: Client | null | Done, done?: Done): void => {
    if (typeof clientOrDone === 'function') clientOrDone();
    else done?.();
  };
}
