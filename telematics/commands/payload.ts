import { encodeCommand } from '../positions/adapters/teltonika-codec/codec12.ts';
import { type CommandFormat, requireEnquiry } from './enquiries.ts';

/**
 * The bytes of a command as the tracker reads them: for Teltonika a Codec 12 packet or
 * `{"CMD": …}` (https://wiki.teltonika-gps.com/view/Codec_JSON), natively `{"id": …, "command": …}`.
 * Checked once more, so that nothing but an enquiry leaves whatever wrote the row.
 * @throws `command_not_allowed`, `unsendable_command`
 */
export function commandPayload({ id, format, command }: PayloadSource): Buffer {
  requireEnquiry(format, command);
  switch (format) {
    case 'teltonika-codec12':
      return encodeCommand(command);
    case 'teltonika-json':
      return Buffer.from(JSON.stringify({ CMD: command }));
    case 'native':
      return Buffer.from(JSON.stringify({ id, command }));
  }
}

interface PayloadSource {
  id: string;
  format: CommandFormat;
  command: string;
}
