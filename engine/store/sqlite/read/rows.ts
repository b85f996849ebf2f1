/** Rows as the tables hold them, and the contract's records made from them. */
import type {
  AuditRecord,
  EffectRecord,
  EffectState,
  Escalation,
  EscalationState,
  Failure,
} from '../../contract/index.ts';
import { fromJson } from '../sql.ts';

export interface EscalationRow {
  record: string;
  state: EscalationState;
  next_step: number;
  next_at: number | null;
  ended_at: number | null;
  ended_by: string | null;
}

export function escalationFrom(row: EscalationRow): Escalation {
  return {
    ...(JSON.parse(row.record) as Escalation),
    state: row.state,
    nextStep: row.next_step,
    nextAt: row.next_at,
    endedAt: row.ended_at,
    endedBy: fromJson(row.ended_by) as Escalation['endedBy'],
  };
}

export const EFFECT_COLUMNS =
  'key, message_id, work_id, name, definition, target, discriminator, version, state, owner, started_at, ended_at, tries, result, summary, failure';

export interface EffectRow {
  key: string;
  message_id: string;
  work_id: string;
  name: string;
  definition: string;
  target: string;
  discriminator: string;
  version: string;
  state: EffectState;
  owner: string;
  started_at: number;
  ended_at: number | null;
  tries: number;
  result: string | null;
  summary: string | null;
  failure: string | null;
}

/** With its owner: who reads it decides whether `in-flight` belongs to this life of the process. */
export interface OwnedEffect extends EffectRecord {
  readonly owner: string;
}

export function effectFrom(row: EffectRow): OwnedEffect {
  return {
    key: row.key,
    messageId: row.message_id,
    workId: row.work_id,
    name: row.name,
    definition: row.definition,
    target: row.target,
    discriminator: row.discriminator,
    version: row.version,
    state: row.state,
    owner: row.owner,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    tries: row.tries,
    result: fromJson(row.result),
    summary: row.summary,
    failure: fromJson(row.failure) as Failure | null,
  };
}

export interface AuditRow {
  seq: number;
  at: number;
  type: string;
  actor: string;
  message_id: string | null;
  work_id: string | null;
  definition: string | null;
  version: string | null;
  details: string;
  reason: string | null;
  previous: string;
  hash: string;
}

/** The console's table has no `work_id`, and had fewer columns once. */
function said(name: keyof AuditRecord, value: string | null | undefined): Partial<AuditRecord> {
  return value === null || value === undefined ? {} : { [name]: value };
}

export function auditFrom(row: AuditRow): AuditRecord {
  return {
    seq: row.seq,
    at: row.at,
    type: row.type,
    actor: row.actor,
    ...said('messageId', row.message_id),
    ...said('workId', row.work_id),
    ...said('definition', row.definition),
    ...said('version', row.version),
    details: detailsFrom(row.details),
    ...said('reason', row.reason),
    previous: row.previous,
    hash: row.hash,
  };
}

/** A record whose details were damaged must still be read, so that the verification can name it. */
function detailsFrom(text: string): AuditRecord['details'] {
  try {
    return JSON.parse(text) as AuditRecord['details'];
  } catch {
    return { unreadable: true };
  }
}
