import { describe, expect, it } from 'vitest';
import { commandFormat } from './enquiries.ts';
import { commandPayload } from './payload.ts';
import { formatsHeardOn, topicOf } from './topics.ts';

describe('a command on the wire', () => {
  it('is a Codec 12 packet, as the wiki has it, for Teltonika', () => {
    const payload = commandPayload({ id: '7', format: 'teltonika-codec12', command: 'getinfo' });
    expect(payload.toString('hex')).toBe('000000000000000f0c010500000007676574696e666f0100004312');
  });

  it('is {"CMD": …} for Teltonika Codec JSON', () => {
    const payload = commandPayload({ id: '7', format: 'teltonika-json', command: 'readio 239' });
    expect(payload.toString()).toBe('{"CMD":"readio 239"}');
  });

  it('names its id natively', () => {
    const payload = commandPayload({ id: '7', format: 'native', command: 'report' });
    expect(JSON.parse(payload.toString())).toEqual({ id: '7', command: 'report' });
  });

  it.each(commandFormat.options)('is never written in the format %s unless it is an enquiry', (format) => {
    expect(() => commandPayload({ id: '7', format, command: 'setdigout 1' })).toThrowError(
      expect.objectContaining({ code: 'command_not_allowed' }),
    );
  });
});

describe('the topic of a command', () => {
  it.each(commandFormat.options)('is one on which the format %s is heard, and no other format', (format) => {
    const topic = topicOf(format, '356307042441013');
    expect(formatsHeardOn(topic, '356307042441013')).toContain(format);
    const isNative = format === 'native';
    expect(formatsHeardOn(topic, '356307042441013')?.includes('native')).toBe(isNative);
  });

  it.each([
    'devices/b/commands',
    'b/commands',
    'a/command',
    '#',
    '+/commands',
    'devices/+/commands',
    '/a/commands',
  ])('of the device a is not %s', (topic) => {
    expect(formatsHeardOn(topic, 'a')).toBeNull();
  });
});
