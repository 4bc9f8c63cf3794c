import { describe, expect, it } from 'vitest';
import { emptyPosition } from '../positions/adapters/empty-position.ts';
import { nativeJson } from '../positions/adapters/native-json/native-json.ts';
import { teltonikaCodec } from '../positions/adapters/teltonika-codec/teltonika-codec.ts';
import { teltonikaJson } from '../positions/adapters/teltonika-json/teltonika-json.ts';
import {
  answerIn,
  commandOfResultTopic,
  formatAnsweredIn,
  MAX_ANSWER_CHARACTERS,
  readResult,
} from './answer.ts';

const position = (attributes: Record<string, unknown> | null) => ({
  ...emptyPosition(0, { receivedAtMs: 0 }),
  attributes,
});

describe('an answer among positions', () => {
  it('is looked for in the formats of Teltonika only', () => {
    expect(formatAnsweredIn(teltonikaCodec.name)).toBe('teltonika-codec12');
    expect(formatAnsweredIn(teltonikaJson.name)).toBe('teltonika-json');
    expect(formatAnsweredIn(nativeJson.name)).toBeNull();
  });

  it('is the attribute commandAnswer, if that is a text', () => {
    expect(answerIn(position({ commandAnswer: 'DOUT1:1' }))).toBe('DOUT1:1');
    expect(answerIn(position({ commandAnswer: 5 }))).toBeNull();
    expect(answerIn(position({}))).toBeNull();
    expect(answerIn(position(null))).toBeNull();
  });

  it('ends in an ellipsis where it is too long, and can be stored wherever it is cut', () => {
    for (const start of ['', 'x']) {
      const answer = answerIn(position({ commandAnswer: start + '😀'.repeat(MAX_ANSWER_CHARACTERS) }));
      expect(answer).toHaveLength(MAX_ANSWER_CHARACTERS);
      expect(answer?.endsWith('…')).toBe(true);
      expect(answer?.isWellFormed()).toBe(true);
    }
  });
});

describe('the result of a native command', () => {
  it.each([
    ['devices/867/commands/12/result', '12'],
    ['devices/867/commands/012/result', null],
    ['devices/867/commands/x/result', null],
    ['devices/867/commands/12/result/more', null],
    ['devices/867/commands//result', null],
    ['devices/8/7/commands/12/result', null],
    ['x/devices/867/commands/12/result', null],
    ['devices/867/commands/1234567890123456789/result', null],
    ['devices/867/positions', null],
  ])('on %s is that of the command %s', (topic, id) => {
    expect(commandOfResultTopic(topic)).toBe(id);
  });

  it.each([
    ['{"result":"done"}', 'done'],
    ['{"result":""}', ''],
    ['{"result":{"ok":true}}', '{"ok":true}'],
    ['{"result":null}', 'null'],
    ['{"result":1.5,"more":2}', '1.5'],
    ['{"result":"a\\u0000b"}', 'a\ufffdb'],
  ])('%s is stored as %j', (payload, text) => {
    expect(readResult(Buffer.from(payload))).toEqual({ text });
  });

  it.each([
    ['', 'malformed'],
    ['done', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['{}', 'missing_field'],
    [`{"result":"${'x'.repeat(20_000)}"}`, 'malformed'],
    [`{"result":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'malformed'],
  ])('%s is refused as %s', (payload, reason) => {
    expect(readResult(Buffer.from(payload))).toMatchObject({ reason });
  });

  it('is a text or a reason, whatever the bytes', () => {
    for (let first = 0; first < 256; first += 1) {
      const result = readResult(Buffer.from([first, 0x7b, first, 0x7d]));
      expect('text' in result || 'reason' in result).toBe(true);
    }
  });
});
