import type { Connection } from '@wayleave/runtime/postgres.ts';
import { deviceRevoked } from '../devices/errors.ts';
import { getDevice } from '../devices/service.ts';
import { type CommandView, MAX_WAITING_COMMANDS, type NewCommand } from './command.ts';
import { requireEnquiry } from './enquiries.ts';
import { commandNotFound, tooManyCommands } from './errors.ts';
import * as store from './store.ts';

/**
 * Queues an enquiry for a device; a broker delivers it, at once if the device is connected.
 * @throws `device_not_found`, `device_revoked`, `command_not_allowed`, `too_many_commands`
 */
export async function requestCommand(
  connection: Connection,
  requestedBy: string,
  deviceId: string,
  { format, command, expiresInS }: NewCommand,
): Promise<CommandView> {
  const device = await getDevice(connection, deviceId);
  if (device.status === 'revoked') throw deviceRevoked();
  requireEnquiry(format, command);
  await store.lockCommandsOf(connection, deviceId);
  if ((await store.countWaiting(connection, deviceId)) >= MAX_WAITING_COMMANDS) {
    throw tooManyCommands(MAX_WAITING_COMMANDS);
  }
  return viewOf(
    await store.insertCommand(connection, { deviceId, requestedBy, format, command, expiresInS }),
  );
}

/** @returns a device's commands, newest first, from before `beforeId` @throws `device_not_found` */
export async function listCommands(
  connection: Connection,
  deviceId: string,
  beforeId: string,
  limit: number,
): Promise<CommandView[]> {
  await getDevice(connection, deviceId);
  return (await store.listCommands(connection, deviceId, beforeId, limit)).map(viewOf);
}

/** @throws `command_not_found` */
export async function getCommand(connection: Connection, id: string): Promise<CommandView> {
  const row = await store.findCommand(connection, id);
  if (!row) throw commandNotFound();
  return viewOf(row);
}

function viewOf(row: store.CommandRow): CommandView {
  return {
    id: row.id,
    deviceId: row.device_id,
    format: row.format,
    command: row.command,
    state: row.state,
    answer: row.answer,
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    answeredAt: row.answered_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}
