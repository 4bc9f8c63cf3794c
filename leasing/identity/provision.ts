import type { Connection } from '@wayleave/runtime/postgres.ts';
import { violatedConstraint } from '@wayleave/runtime/postgres.ts';
import { emailTaken } from './errors.ts';
import { createPasswords } from './passwords.ts';
import {
  findOperatorByName,
  findUserByEmail,
  insertOperator,
  insertUser,
  nextOperatorId,
  updatePasswordHash,
} from './store.ts';
import { normalizeEmail, type Role } from './user.ts';

export interface ProvisionedUser {
  email: string;
  name: string;
  role: Role;
  password: string;
}

export interface Provisioned {
  operatorId: string;
  users: { id: string; email: string }[];
}

/**
 * Makes an operator and its users, or finds them by name and e-mail address and gives the users
 * these passwords; running it again changes nothing.
 *
 * `owner` is a connection of the schema's owner, outside a transaction: only that login may add
 * operators, and so nothing that faces the network can. The owner is itself held by row security
 * (FORCE); as a member of `wayleave_app` and `wayleave_auth` it gets their policies, so it finds
 * operators by name through the one and writes through the other with the operator set.
 * @throws `email_taken` if an address belongs to a user of another operator
 */
export async function provisionOperator(
  owner: Connection,
  wanted: { name: string; users: ProvisionedUser[] },
): Promise<Provisioned> {
  await owner.query('BEGIN');
  try {
    const provisioned = await provisionWithin(owner, wanted);
    await owner.query('COMMIT');
    return provisioned;
  } catch (error) {
    await owner.query('ROLLBACK');
    throw violatedConstraint(error) === 'users_email_key' ? emailTaken() : error;
  }
}

async function provisionWithin(
  owner: Connection,
  { name, users }: { name: string; users: ProvisionedUser[] },
): Promise<Provisioned> {
  // A name is not unique in the schema: two seeds at once would each make their own.
  await owner.query("SELECT pg_advisory_xact_lock(hashtext('provision operator'))");
  const known = await findOperatorByName(owner, name);
  const operatorId = known ?? (await nextOperatorId(owner));
  await owner.query("SELECT set_config('wayleave.operator_id', $1, true)", [operatorId]);
  if (known === undefined) await insertOperator(owner, operatorId, name);
  const passwords = createPasswords();
  const provisioned: Provisioned['users'] = [];
  for (const user of users) {
    const email = normalizeEmail(user.email);
    const found = await findUserByEmail(owner, email);
    if (found && found.operator_id !== operatorId) throw emailTaken();
    if (!found) {
      const passwordHash = await passwords.hash(user.password);
      const id = await insertUser(owner, { email, name: user.name, role: user.role, passwordHash });
      provisioned.push({ id, email });
      continue;
    }
    if (!(await passwords.matches(found.password_hash, user.password))) {
      await updatePasswordHash(owner, found.id, await passwords.hash(user.password));
    }
    provisioned.push({ id: found.id, email });
  }
  return { operatorId, users: provisioned };
}
