import { describe, expect, it } from 'vitest';
import { ConfigError, env, port, readConfig, secret } from './config.ts';

const shape = { DATABASE_URL: env.DATABASE_URL, API_PORT: port(3000), KEY: secret };
const KEY = '00'.repeat(32);

describe('the configuration', () => {
  it('takes the fallback for a variable that is unset or empty', () => {
    const config = readConfig(shape, { DATABASE_URL: 'postgres://x', KEY, API_PORT: '' });
    expect(config.API_PORT).toBe(3000);
  });

  it('names every variable that is missing or wrong', () => {
    const read = () => readConfig(shape, { API_PORT: '70000' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/DATABASE_URL: is not set/);
    expect(read).toThrow(/API_PORT: /);
    expect(read).toThrow(/KEY: is not set/);
  });

  it('takes a secret in hex or base64 and refuses a short one', () => {
    const read = (text: string) => readConfig({ KEY: secret }, { KEY: text }).KEY;
    expect(read(KEY)).toEqual(Buffer.alloc(32));
    expect(read(Buffer.alloc(48, 7).toString('base64'))).toEqual(Buffer.alloc(48, 7));
    expect(() => read('short')).toThrow(/at least 32 random bytes/);
  });

  const readTopic = (topic: string) => readConfig({ TOPIC: env.TRACCAR_TOPIC }, { TOPIC: topic }).TOPIC;

  it.each(['traccar/positions', 'flespi/message/gw/devices/+', '+/positions', 'fleet/#', '/leading'])(
    'takes %s for the topic of a format',
    (topic) => expect(readTopic(topic)).toBe(topic),
  );

  it.each(['#', 'fleet/#/positions', 'fleet/a+', '$SYS/broker', 'x'.repeat(257)])(
    'does not take %s for the topic of a format',
    (topic) => expect(() => readTopic(topic)).toThrow(/TOPIC: /),
  );
});
