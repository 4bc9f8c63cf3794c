import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandFormat, commandFormat, enquiriesOf, isEnquiry, requireEnquiry } from './enquiries.ts';

const TELTONIKA: CommandFormat[] = ['teltonika-codec12', 'teltonika-json'];

describe('what may be sent to a tracker', () => {
  it.each(TELTONIKA)('is reading commands in the format %s', (format) => {
    for (const command of [
      'getinfo',
      'getver',
      'getstatus',
      'getgps',
      'getio',
      'ggps',
      'allver',
      'fwstats',
    ]) {
      expect(isEnquiry(format, command), command).toBe(true);
    }
    for (const id of ['0', '1', '239', '65535']) expect(isEnquiry(format, `readio ${id}`)).toBe(true);
    expect(isEnquiry(format, 'report')).toBe(false);
  });

  it('is report alone in the native format', () => {
    expect(isEnquiry('native', 'report')).toBe(true);
    for (const command of ['getinfo', 'readio 1', 'immobilise', 'engineStop']) {
      expect(isEnquiry('native', command), command).toBe(false);
    }
  });

  it.each([
    'setdigout 1',
    'setdigout 11 30 30',
    'setigndigout 1',
    'cpureset',
    'defaultcfg',
    'setparam 2001:apn',
    'getparam 2001',
    'getparam 2001;2002',
    'getimeiccid 37069012345',
    'getrecord',
    'deleterecords',
    'sdformat',
    'web_connect',
    'lvcanblockengine',
    'lvcanunblockengine',
    'on_demand_tracking 1',
    'setkey 0 1',
    'obdinfo;setdigout 1',
    'getinfo;setdigout 1',
    'getinfo\nsetdigout 1',
    'getinfo\0',
    'getinfo ',
    ' getinfo',
    '  getinfo',
    'login pass getinfo',
    'GETINFO',
    'readio',
    'readio ',
    'readio 1 1',
    'readio 239\n',
    'readio 123456',
    'readio -1',
    'readio 1;setdigout 1',
    'readio ٢',
    'constructor',
    '__proto__',
    '',
  ])('is never %j', (command) => {
    for (const format of commandFormat.options) {
      expect(isEnquiry(format, command)).toBe(false);
      expect(() => requireEnquiry(format, command)).toThrowError(
        expect.objectContaining({ code: 'command_not_allowed', status: 422 }),
      );
    }
  });

  it('is nothing that has more or less than an enquiry', () => {
    const listed = enquiriesOf('teltonika-codec12').slice(0, -1);
    const more = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 });
    const wrong: string[] = [];
    fc.assert(
      fc.property(fc.constantFrom(...listed), more, fc.nat(), (text, added, place) => {
        const at = place % (text.length + 1);
        for (const other of [text.slice(0, at) + added + text.slice(at), text.slice(0, at - 1)]) {
          if (isEnquiry('teltonika-codec12', other) && !listed.includes(other)) wrong.push(other);
        }
        return wrong.length === 0;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('is named to whoever asks for something else', () => {
    expect(() => requireEnquiry('teltonika-codec12', 'setdigout 1')).toThrowError(
      /getinfo, getver.*readio <AVL id>/,
    );
    expect(() => requireEnquiry('native', 'immobilise')).toThrowError(/are: report\./);
  });
});
