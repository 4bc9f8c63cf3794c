import type { Connection, Pool } from '@wayleave/runtime/postgres.ts';
import type { Role } from './user.ts';

export interface UserRow {
  id: string;
  email: string;
  name: string;
  role: Role;
  disabled_at: Date | null;
  operator_id: string;
  operator_name: string;
}

const USER_SQL = `
  SELECT u.id, u.email, u.name, u.role, u.disabled_at, o.id AS operator_id, o.name AS operator_name
  FROM users u JOIN operators o ON o.id = u.operator_id`;

export interface LoginRow extends UserRow {
  password_hash: string;
}

const LOGIN_SQL = `
  SELECT u.id, u.email, u.name, u.role, u.disabled_at, u.password_hash,
         o.id AS operator_id, o.name AS operator_name
  FROM users u JOIN operators o ON o.id = u.operator_id
  WHERE u.email = $1`;

/** The user of an e-mail address, whichever operator's: a pool of `wayleave_auth` alone can ask. */
export async function findLogin(authPool: Pool, email: string): Promise<LoginRow | undefined> {
  const { rows } = await authPool.query<LoginRow>(LOGIN_SQL, [email]);
  return rows[0];
}

export async function findUser(connection: Connection, userId: string): Promise<UserRow | undefined> {
  const { rows } = await connection.query<UserRow>(`${USER_SQL} WHERE u.id = $1`, [userId]);
  return rows[0];
}

/** As the owner of the schema. */
export async function findOperatorByName(owner: Connection, name: string): Promise<string | undefined> {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM operators WHERE name = $1 ORDER BY id LIMIT 1',
    [name],
  );
  return rows[0]?.id;
}

/** As the owner of the schema. Reserves the id first, because row security asks for it on insert. */
export async function nextOperatorId(owner: Connection): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    "SELECT nextval(pg_get_serial_sequence('operators', 'id')) AS id",
  );
  return rows[0]!.id;
}

/** As the owner of the schema, with the transaction's operator set to `id`. */
export async function insertOperator(owner: Connection, id: string, name: string): Promise<void> {
  await owner.query('INSERT INTO operators (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, $2)', [id, name]);
}

export interface NewUserRow {
  email: string;
  name: string;
  role: Role;
  passwordHash: string;
}

export async function insertUser(connection: Connection, user: NewUserRow): Promise<string> {
  const { rows } = await connection.query<{ id: string }>(
    `INSERT INTO users (operator_id, email, name, role, password_hash)
     VALUES (current_operator(), $1, $2, $3, $4) RETURNING id`,
    [user.email, user.name, user.role, user.passwordHash],
  );
  return rows[0]!.id;
}

export interface KnownUserRow {
  id: string;
  operator_id: string;
  password_hash: string;
}

export async function findUserByEmail(
  connection: Connection,
  email: string,
): Promise<KnownUserRow | undefined> {
  const { rows } = await connection.query<KnownUserRow>(
    'SELECT id, operator_id, password_hash FROM users WHERE email = $1',
    [email],
  );
  return rows[0];
}

export async function updatePasswordHash(
  connection: Connection,
  userId: string,
  hash: string,
): Promise<void> {
  await connection.query('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, hash]);
}
