import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@wayleave/local/testing.ts';
import { createLog } from '@wayleave/runtime/log.ts';
import { createPool, type Pool } from '@wayleave/runtime/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';
import { provisionOperator } from './provision.ts';
import { findLogin } from './store.ts';

let database: TestDatabase;
let owner: pg.Client;
let authPool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  authPool = createPool({
    url: database.url,
    role: 'wayleave_auth',
    log: createLog('test', 'error'),
    maxConnections: 1,
  });
});
afterAll(async () => {
  await Promise.all([owner.end(), authPool.end()]);
  await database.drop();
});

const users = [
  { email: 'Ann@one.example', name: 'Ann', role: 'admin' as const, password: 'first' },
  { email: 'bob@one.example', name: 'Bob', role: 'agent' as const, password: 'second' },
];
const passwordOf = async (email: string) => (await findLogin(authPool, email))!.password_hash;

test('an operator and its users are made once, however often it runs', async () => {
  const first = await provisionOperator(owner, { name: 'One', users });
  const hash = await passwordOf('ann@one.example');
  const second = await provisionOperator(owner, { name: 'One', users });
  expect(second).toEqual(first);
  expect(first.users.map(({ email }) => email)).toEqual(['ann@one.example', 'bob@one.example']);
  expect(await passwordOf('ann@one.example')).toBe(hash);
});

test('a user that exists gets the password that is given now', async () => {
  await provisionOperator(owner, { name: 'One', users: [{ ...users[0]!, password: 'changed' }] });
  const hash = await passwordOf('ann@one.example');
  const passwords = createPasswords();
  expect(await passwords.matches(hash, 'changed')).toBe(true);
  expect(await passwords.matches(hash, 'first')).toBe(false);
});

test('an address of another operator’s user is refused, and nothing is left behind', async () => {
  const taken = provisionOperator(owner, { name: 'Two', users });
  await expect(taken).rejects.toMatchObject({ code: 'email_taken' });
  const retried = await provisionOperator(owner, { name: 'Two', users: [] });
  expect(retried.users).toEqual([]);
});

test('two seeds at once make one operator', async () => {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  const made = await Promise.all(
    [owner, other].map(async (client) => await provisionOperator(client, { name: 'Three', users: [] })),
  );
  await other.end();
  expect(made[0]!.operatorId).toBe(made[1]!.operatorId);
});

test('an owner without superuser rights, whom row security holds too, can do all of it', async () => {
  const name = `owner_${randomBytes(6).toString('hex')}`;
  await owner.query(`CREATE ROLE ${name}`);
  await owner.query(`GRANT wayleave_app, wayleave_auth TO ${name}`);
  await owner.query(`ALTER TABLE operators OWNER TO ${name}`);
  await owner.query(`ALTER TABLE users OWNER TO ${name}`);
  const plain = new pg.Client({ connectionString: database.url });
  await plain.connect();
  await plain.query(`SET ROLE ${name}`);
  try {
    const four = { name: 'Four', users: [{ ...users[0]!, email: 'four@four.example' }] };
    const first = await provisionOperator(plain, four);
    expect(await provisionOperator(plain, four)).toEqual(first);
    // It was row security, and not its absence: without an operator set the owner reads no user through it.
    await expect(plain.query("INSERT INTO operators (name) VALUES ('Five')")).rejects.toThrow(
      /row-level security/,
    );
  } finally {
    await plain.end();
    await owner.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER`);
    await owner.query(`DROP OWNED BY ${name}`);
    await owner.query(`DROP ROLE ${name}`);
  }
});
