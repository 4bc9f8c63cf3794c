import { expect, test } from 'vitest';
import { loadHelp, readLoadCommand } from './command.ts';

test('options are read, and what is not given stays open', () => {
  const { options, ...command } = readLoadCommand([
    '--devices',
    'd.json',
    '--window',
    '1',
    '--rate-per-s',
    '5000',
  ]);
  expect(command).toEqual({ mode: 'load', devicesFile: 'd.json', ledgerFile: undefined, reconnect: false });
  expect(options).toMatchObject({ host: '127.0.0.1', port: 1883, window: 1, ratePerS: 5_000, stepMs: 1 });
  expect(options.durationMs).toBeUndefined();
});

test('each wrong option is named', () => {
  expect(() => readLoadCommand(['--window', '70000', '--mode', 'both'])).toThrow(
    /--mode[\s\S]*--devices[\s\S]*--window/,
  );
  expect(() => readLoadCommand(['--devices', 'd', '--hurry', '1'])).toThrow(/--hurry/);
});

test('the help names every option that is read', () => {
  for (const name of ['mode', 'devices', 'window', 'positions-per-message', 'rate-per-s', 'ledger']) {
    expect(loadHelp()).toContain(`--${name} `);
  }
});
