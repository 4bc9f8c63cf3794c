import type pg from 'pg';
import type { CommandFormat } from '../enquiries.ts';

/** A stored command, as its owner sees it. */
export interface StoredCommand {
  id: string;
  device_id: string;
  state: string;
  answer: string | null;
  attempts: number;
  claims: number;
  sent_at: Date | null;
  delivered_at: Date | null;
  answered_at: Date | null;
}

/** An operator with a user, and devices that can be asked something, as the database's owner makes them. */
export async function commandedDevices(
  owner: pg.Client,
  secretHash: Buffer = Buffer.alloc(32),
): Promise<{
  operatorId: number;
  makeDevice(ident?: string): Promise<number>;
  /** In the order of the commands. */
  ask(deviceId: number, format: CommandFormat, ...commands: string[]): Promise<string[]>;
  stored(id: string): Promise<StoredCommand>;
  /** As if all that happened to the commands had happened longer ago. */
  age(ids: string[], seconds: number): Promise<void>;
}> {
  const name = `operator ${Math.random()}`;
  const inserted = await owner.query<{ id: string }>(
    'INSERT INTO operators (name) VALUES ($1) RETURNING id',
    [name],
  );
  const operatorId = Number(inserted.rows[0]!.id);
  const user = await owner.query<{ id: string }>(
    `INSERT INTO users (operator_id, email, name, role, password_hash) VALUES ($1, $2, 'Ann', 'fleet', 'x') RETURNING id`,
    [operatorId, `ann@${operatorId}.example`],
  );
  let devices = 0;
  return {
    operatorId,
    async makeDevice(ident = `device-${operatorId}-${(devices += 1)}`) {
      const { rows } = await owner.query<{ id: string }>(
        'INSERT INTO devices (operator_id, ident, secret_hash) VALUES ($1, $2, $3) RETURNING id',
        [operatorId, ident, secretHash],
      );
      return Number(rows[0]!.id);
    },
    async ask(deviceId, format, ...commands) {
      const ids: string[] = [];
      for (const command of commands) {
        const { rows } = await owner.query<{ id: string }>(
          `INSERT INTO device_commands (operator_id, device_id, requested_by, format, command)
           VALUES ($1, $2, $3, $4, $5) RETURNING id`,
          [operatorId, deviceId, user.rows[0]!.id, format, command],
        );
        ids.push(rows[0]!.id);
      }
      return ids;
    },
    async stored(id) {
      const { rows } = await owner.query<StoredCommand>('SELECT * FROM device_commands WHERE id = $1', [id]);
      return rows[0]!;
    },
    async age(ids, seconds) {
      await owner.query(
        `UPDATE device_commands SET
           created_at = created_at - make_interval(secs => $2), expires_at = expires_at - make_interval(secs => $2),
           sent_at = sent_at - make_interval(secs => $2), delivered_at = delivered_at - make_interval(secs => $2)
         WHERE id = ANY($1::bigint[])`,
        [ids, seconds],
      );
    },
  };
}
