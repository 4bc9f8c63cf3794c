import type { Connection } from '@wayleave/runtime/postgres.ts';
import type { CommandState } from './command.ts';
import type { CommandFormat } from './enquiries.ts';

/* What the API does, on connections under the role `wayleave_app`; brokers deliver, ingest answers. */

export interface CommandRow {
  id: string;
  device_id: string;
  format: CommandFormat;
  command: string;
  state: CommandState;
  answer: string | null;
  requested_by: string;
  created_at: Date;
  sent_at: Date | null;
  delivered_at: Date | null;
  answered_at: Date | null;
  expires_at: Date;
}

/** Whether its time is over counts from that moment, not from when a job notes it. */
const COLUMNS = `
  id, device_id, format, command, answer, requested_by, created_at, sent_at, delivered_at, answered_at, expires_at,
  CASE WHEN state IN ('queued', 'sent', 'delivered') AND expires_at <= now() THEN 'expired' ELSE state END AS state`;

/** Until the transaction ends, commands of the device are added one after the other. */
export async function lockCommandsOf(connection: Connection, deviceId: string): Promise<void> {
  await connection.query(`SELECT pg_advisory_xact_lock(hashtextextended('device_commands:' || $1, 0))`, [
    deviceId,
  ]);
}

/** How many commands wait to be delivered to the device. */
export async function countWaiting(connection: Connection, deviceId: string): Promise<number> {
  const { rows } = await connection.query<{ waiting: number }>(
    `SELECT count(*)::integer AS waiting FROM device_commands
     WHERE device_id = $1 AND state IN ('queued', 'sent') AND expires_at > now()`,
    [deviceId],
  );
  return rows[0]!.waiting;
}

export async function insertCommand(
  connection: Connection,
  command: {
    deviceId: string;
    requestedBy: string;
    format: CommandFormat;
    command: string;
    expiresInS: number;
  },
): Promise<CommandRow> {
  const { rows } = await connection.query<CommandRow>(
    `INSERT INTO device_commands (operator_id, device_id, requested_by, format, command, expires_at)
     VALUES (current_operator(), $1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING ${COLUMNS}`,
    [command.deviceId, command.requestedBy, command.format, command.command, command.expiresInS],
  );
  return rows[0]!;
}

/** Newest first, from before `beforeId`. */
export async function listCommands(
  connection: Connection,
  deviceId: string,
  beforeId: string,
  limit: number,
): Promise<CommandRow[]> {
  const { rows } = await connection.query<CommandRow>(
    `SELECT ${COLUMNS} FROM device_commands WHERE device_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
    [deviceId, beforeId, limit],
  );
  return rows;
}

export async function findCommand(connection: Connection, id: string): Promise<CommandRow | undefined> {
  const { rows } = await connection.query<CommandRow>(
    `SELECT ${COLUMNS} FROM device_commands WHERE id = $1`,
    [id],
  );
  return rows[0];
}
