import { CodedError } from '@wayleave/runtime/errors.ts';
import { crc16 } from './crc16.ts';

/** Longest text of a command, characters; trackers answer longer ones with an error of their own. */
export const MAX_COMMAND_CHARACTERS = 1_024;

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const CODEC_12 = 0x0c;
const COMMAND = 0x05;

/** The tracker takes commands of printable ASCII only, and neither an empty nor an endless one. */
const unsendableCommand = (why: string) =>
  new CodedError('unsendable_command', 400, `The command cannot be sent to a Teltonika tracker: ${why}.`);

/**
 * A Codec 12 packet with one command, e.g. `getinfo`, as it goes to the tracker
 * (https://wiki.teltonika-gps.com/view/Teltonika_Data_Sending_Protocols#Codec_12).
 * Throws `unsendable_command`.
 */
export function encodeCommand(text: string): Buffer {
  if (text.length > MAX_COMMAND_CHARACTERS) {
    throw unsendableCommand(`it has ${text.length} characters, at most ${MAX_COMMAND_CHARACTERS}`);
  }
  if (!PRINTABLE_ASCII.test(text)) throw unsendableCommand('it is not printable ASCII');
  const packet = Buffer.alloc(20 + text.length);
  const dataEnd = packet.length - 4;
  packet.writeUInt32BE(dataEnd - 8, 4);
  packet[8] = CODEC_12;
  packet[9] = 1;
  packet[10] = COMMAND;
  packet.writeUInt32BE(text.length, 11);
  packet.write(text, 15, 'latin1');
  packet[dataEnd - 1] = 1;
  packet.writeUInt32BE(crc16(packet, 8, dataEnd), dataEnd);
  return packet;
}
