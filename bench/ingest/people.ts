import { randomBytes } from 'node:crypto';
import { provisionOperator } from '@wayleave/leasing/identity/provision.ts';
import { type BenchStack, OPERATOR } from './bench-stack.ts';

const INSTALL_ALL = `
  WITH made AS (
    INSERT INTO vehicles (operator_id, label, kind)
    SELECT operator_id, 'Bench ' || id, 'motorcycle' FROM devices ORDER BY id RETURNING id, operator_id
  ), numbered_vehicles AS (SELECT id, operator_id, row_number() OVER (ORDER BY id) AS number FROM made),
  numbered_devices AS (SELECT id, row_number() OVER (ORDER BY id) AS number FROM devices)
  INSERT INTO installations (operator_id, vehicle_id, device_id, during)
  SELECT operator_id, v.id, d.id, tstzrange(now() - interval '1 day', NULL)
  FROM numbered_vehicles v JOIN numbered_devices d USING (number)`;

/** Puts every device into a vehicle. */
export async function installAll({ database }: BenchStack): Promise<void> {
  await database.query(INSTALL_ALL);
}

/** Logs a person in who may watch the fleet; the token lives a quarter of an hour. */
export async function bearerToken({ stack, database }: BenchStack): Promise<string> {
  const user = {
    email: 'fleet@bench.example',
    name: 'Bench',
    role: 'fleet' as const,
    password: randomBytes(24).toString('hex'),
  };
  await provisionOperator(database, { name: OPERATOR, users: [user] });
  const answer = await fetch(`${stack.apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: user.email, password: user.password }),
  });
  if (!answer.ok) throw new Error(`the login failed: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
