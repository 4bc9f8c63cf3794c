import { inTransaction, type Pool } from '@wayleave/runtime/postgres.ts';
import { type ShardEntry, shardOf, type UplinkLog } from '@wayleave/runtime/uplink-log/uplink-log.ts';
import { EntryPacker, type UplinkMessage } from '@wayleave/runtime/uplink-log/uplink-record.ts';
import { devicesOfGateway } from '@wayleave/telematics/devices/routing-store.ts';
import type { Adapters } from '@wayleave/telematics/positions/adapters/adapters.ts';
import { identsToRoute, type QuarantinedAgain, replayOf } from '@wayleave/telematics/quarantine/replay.ts';
import {
  claimRequested,
  type FailedReplay,
  markFailed,
  markReplayed,
  type RequestedRow,
} from '@wayleave/telematics/quarantine/replay-store.ts';

/** Messages in one transaction: at the longest packets that a broker takes, some 25 MiB. */
const MAX_MESSAGES_PER_ROUND = 100;
/** An entry is closed once it is this long: a reader decodes one without a pause. */
const MAX_ENTRY_BYTES = 16 * 1_024;

export interface ReplayParts {
  pool: Pool;
  uplink: UplinkLog;
  adapters: Adapters;
}

export interface ReplayCounts {
  replayed: number;
  failed: number;
}

/**
 * Tries again what an operator asked for, until nothing of it waits. A message is marked only
 * once it is durable in the uplink log, in the transaction that holds it; a crash in between
 * appends it again, and ingest merges what repeats.
 * @throws when the log is full or away, or `signal` aborts; what was not reached waits on
 */
export async function replayOperator(
  parts: ReplayParts,
  operatorId: string,
  signal: AbortSignal,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = { replayed: 0, failed: 0 };
  for (;;) {
    signal.throwIfAborted();
    const round = await replayRound(parts, operatorId);
    counts.replayed += round.replayed;
    counts.failed += round.failed;
    if (round.replayed + round.failed < MAX_MESSAGES_PER_ROUND) return counts;
  }
}

async function replayRound(parts: ReplayParts, operatorId: string): Promise<ReplayCounts> {
  return await inTransaction(parts.pool, async (connection) => {
    const rows = await claimRequested(connection, operatorId, MAX_MESSAGES_PER_ROUND);
    const replayed: string[] = [];
    const failed: FailedReplay[] = [];
    const messages: UplinkMessage[] = [];
    for (const row of rows) {
      const message = messageOf(row);
      const routes = await routesOf(parts, message);
      const replay = replayOf(message, parts.adapters, routes);
      if (replay.outcome !== 'refused') messages.push(...replay.messages);
      if (replay.outcome === 'readable') {
        replayed.push(row.id);
      } else {
        failed.push({ id: row.id, reason: replay.reason, detail: replay.detail });
      }
    }
    await append(parts.uplink, messages);
    await markReplayed(connection, replayed);
    await markFailed(connection, failed);
    return { replayed: replayed.length, failed: failed.length };
  });
}

async function routesOf(
  { pool, adapters }: ReplayParts,
  message: QuarantinedAgain,
): Promise<Map<string, number>> {
  const idents = identsToRoute(message, adapters);
  if (idents.length === 0) return new Map();
  return await devicesOfGateway(pool, message.deviceId, idents);
}

/** @throws when not every message is durable; some may be, and come twice then */
async function append(uplink: UplinkLog, messages: readonly UplinkMessage[]): Promise<void> {
  const entries = packed(messages, uplink.shardCount);
  if (entries.length === 0) return;
  const outcomes = await uplink.append(entries);
  if (!outcomes.every((outcome) => outcome === 'durable')) throw new Error('the uplink log is full');
}

/** In the order of the messages, each with its device's shard. */
function packed(messages: readonly UplinkMessage[], shardCount: number): ShardEntry[] {
  const open = new Map<number, EntryPacker>();
  const entries: ShardEntry[] = [];
  for (const message of messages) {
    const shard = shardOf(message.deviceId, shardCount);
    const packer = open.getOrInsertComputed(shard, () => new EntryPacker());
    packer.add(message);
    if (packer.byteLength < MAX_ENTRY_BYTES) continue;
    entries.push({ shard, bytes: packer.entry() });
    open.delete(shard);
  }
  for (const [shard, packer] of open) entries.push({ shard, bytes: packer.entry() });
  return entries;
}

function messageOf(row: RequestedRow): QuarantinedAgain {
  return {
    operatorId: Number(row.operator_id),
    deviceId: Number(row.device_id),
    isGateway: row.is_gateway,
    receivedAtMs: row.received_at.getTime(),
    topic: row.topic,
    reason: row.reason,
    payload: row.payload,
  };
}
