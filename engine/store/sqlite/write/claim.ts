import type { ClaimedWork, ClaimRequest } from '../../contract/index.ts';
import { bodyBytes, type KeptBody } from '../packed.ts';
import { fromJson } from '../sql.ts';
import { formatName, LANE, laneName, W } from '../states.ts';
import type { WriteContext } from './context.ts';
import { followOnlyItem } from './message-state.ts';
import { refreshKey } from './ordering.ts';
import { endParking, type ParkedRow } from './parking.ts';

/** As `ClaimedWork`, but the message's bytes are a position in the batch's buffer; `null` where the process holds them. */
export interface ClaimedRow extends Omit<ClaimedWork, 'message'> {
  readonly message: Omit<ClaimedWork['message'], 'bytes'> & { readonly bytesAt: readonly [number, number] | null };
}

interface Row {
  seq: number;
  id: string;
  message_seq: number;
  message_id: string;
  definition: string;
  lane: number;
  ordering_key: string | null;
  attempt: number;
  counted: number;
  fence: number;
  created_at: number;
  first_delivered_at: number | null;
  pinned: string | null;
  correlation_id: string;
  traceparent: string;
  parent_id: string | null;
  child_key: string | null;
  child_kind: string | null;
  child_data: string | null;
  feed: string;
  format: number;
  received_at: number;
  control_id: string | null;
}

const HEADS =
  'SELECT w.seq, w.id, w.message_seq, m.id AS message_id, w.definition, w.lane, w.ordering_key, w.attempt, w.counted, ' +
  'w.fence, w.created_at, w.first_delivered_at, w.pinned, coalesce(w.correlation_id, m.correlation_id) AS correlation_id, ' +
  'coalesce(w.traceparent, m.traceparent) AS traceparent, w.parent_id, w.child_key, w.child_kind, w.child_data, ' +
  's.feed, m.format, s.received_at, m.control_id ' +
  'FROM work w INDEXED BY work_ready CROSS JOIN message m ON m.seq = w.message_seq ' +
  'CROSS JOIN message_state s ON s.seq = m.seq ' +
  'WHERE w.subscription = ? AND w.ready = 1 ';
const ANY_LANE = `${HEADS}ORDER BY w.claim_lane, w.seq LIMIT ? + 0`;
const ONE_LANE = `${HEADS}AND w.claim_lane = ? ORDER BY w.seq LIMIT ? + 0`;

export function claim(ctx: WriteContext, requests: readonly ClaimRequest[]): ClaimedRow[] {
  const claimed: ClaimedRow[] = [];
  if (requests.length > 0) promoteDue(ctx, Math.max(...requests.map((request) => request.now)));
  for (const request of requests) {
    if (request.limit <= 0) continue;
    for (const row of heads(ctx, request)) claimed.push(take(ctx, row, request));
  }
  return claimed;
}

function heads(ctx: WriteContext, { subscription, limit, lanes }: ClaimRequest): Row[] {
  if (!lanes) return ctx.sql.all(ANY_LANE, subscription, limit) as Row[];
  const rows: Row[] = [];
  for (const lane of lanes) {
    if (rows.length >= limit) break;
    rows.push(...(ctx.sql.all(ONE_LANE, subscription, LANE[lane], limit - rows.length) as Row[]));
  }
  return rows;
}

function take(ctx: WriteContext, row: Row, request: ClaimRequest): ClaimedRow {
  ctx.sql.run(
    'UPDATE work SET state = 1, ready = 0, attempt = attempt + 1, fence = fence + 1, owner = ?, claimed_at = ?, ' +
      'lease_until = ?, first_delivered_at = coalesce(first_delivered_at, ?), pinned = coalesce(pinned, ?) WHERE seq = ?',
    request.owner,
    request.now,
    request.leaseUntil,
    request.now,
    request.version ?? null,
    row.seq,
  );
  ctx.count('work', request.subscription, W.waiting, -1);
  ctx.count('work', request.subscription, W.claimed, 1);
  followOnlyItem(ctx, row.message_seq, row.seq, 'taken', request.now);
  return {
    id: row.id,
    seq: row.seq,
    messageId: row.message_id,
    subscription: request.subscription,
    definition: row.definition,
    lane: laneName(row.lane),
    orderingKey: row.ordering_key,
    attempt: row.attempt + 1,
    countedAttempts: row.counted + 1,
    fence: row.fence + 1,
    leaseUntil: request.leaseUntil,
    createdAt: row.created_at,
    firstDeliveredAt: row.first_delivered_at ?? request.now,
    pinnedVersion: row.pinned ?? request.version ?? null,
    correlationId: row.correlation_id,
    traceparent: row.traceparent,
    child:
      row.child_key === null
        ? null
        : {
            parentWorkId: row.parent_id ?? '',
            key: row.child_key,
            kind: row.child_kind ?? '',
            data: fromJson(row.child_data),
          },
    message: {
      bytesAt: ctx.held.take(row.message_seq) ? null : ctx.send(bytesOf(ctx, row.message_seq)),
      feed: row.feed,
      format: formatName(row.format),
      receivedAt: row.received_at,
      controlId: row.control_id,
    },
  };
}

function bytesOf(ctx: WriteContext, messageSeq: number): Uint8Array {
  const body = ctx.sql.get('SELECT bytes, packed FROM body WHERE seq = ?', messageSeq) as KeptBody | undefined;
  return body ? bodyBytes(body) : new Uint8Array(0);
}

/** Retries and parked items whose time has come become claimable (those with a key only as its head). */
function promoteDue(ctx: WriteContext, now: number): void {
  const due = ctx.sql.all(
    'SELECT seq, message_seq, subscription, state, ordering_key FROM work WHERE not_before <= ? ORDER BY not_before LIMIT 1000',
    now,
  ) as (ParkedRow & { readonly state: number })[];
  for (const row of due) {
    if (row.state === W.parked) {
      endParking(ctx, row, now);
      continue;
    }
    const { seq, ordering_key: key } = row;
    ctx.sql.run('UPDATE work SET not_before = NULL, ready = ? WHERE seq = ?', key === null ? 1 : 0, seq);
    if (key !== null) refreshKey(ctx, key);
  }
}
