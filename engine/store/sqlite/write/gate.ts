import type { GateFact, GateReason, GateVerdict } from '../../contract/index.ts';
import { judgeFact, type FailedFact, type PriorFact } from '../../gate-verdict.ts';
import { W } from '../states.ts';
import type { WriteContext } from './context.ts';

interface Judged {
  kind: GateVerdict['kind'];
  because: GateReason | null;
  first_message_id: string | null;
  first_at: number | null;
}

interface Passed {
  seq: number;
  message_id: string;
  at: number;
  event_time: number | null;
  stage: number | null;
  state: number | null;
}

const PASSED =
  'SELECT f.seq, f.message_id, f.at, f.event_time, f.stage, w.state FROM gate_fact f LEFT JOIN work w ON w.id = f.work_id ' +
  'WHERE f.scope = ?1 AND f.key = ?2 AND f.message_id <> ?3 ';
const FAILED = `w.state IN (${W.dead}, ${W.discarded})`;

/** As its first 128 bits, where it is a SHA-256. */
const short = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 32) : text);

export function admit(ctx: WriteContext, given: GateFact): GateVerdict {
  const { formerly = [], ...plain } = given;
  const fact = {
    ...plain,
    key: knownKey(ctx, given.scope, [given.key, ...formerly]),
    contentHash: short(given.contentHash),
  };
  // Nearly every fact is the first under its key: one look-up is enough for it.
  if (!ctx.sql.get('SELECT 1 FROM gate_fact WHERE scope = ? AND key = ? LIMIT 1', fact.scope, fact.key)) {
    const verdict = judgeFact(fact, undefined, undefined, undefined, undefined);
    keep(ctx, fact, verdict);
    return verdict;
  }
  const earlier = ctx.sql.get(
    'SELECT kind, because, first_message_id, first_at FROM gate_fact WHERE scope = ?1 AND key = ?2 AND message_id = ?3 ' +
      "AND content_hash = ?4 AND NOT EXISTS (SELECT 1 FROM gate_fact WHERE scope = ?1 AND key = ?2 AND because IN ('first-failed', 'between-failed') " +
      'AND first_message_id = ?3)',
    fact.scope,
    fact.key,
    fact.messageId,
    fact.contentHash,
  ) as Judged | undefined;
  if (earlier) return verdictOf(earlier);
  const key = [fact.scope, fact.key, fact.messageId] as const;
  const passed = ctx.sql.all(
    `${PASSED}AND f.kind IN ('new', 'update', 'correction') AND NOT coalesce(${FAILED}, 0) ORDER BY f.seq DESC LIMIT 1`,
    ...key,
  )[0] as Passed | undefined;
  const prior = passed && priorOf(ctx, fact, passed);
  const older = ctx.sql.get(
    `${PASSED}AND f.content_hash = ?4 AND f.message_id <> ?5 AND NOT coalesce(${FAILED}, 0) ORDER BY f.seq LIMIT 1`,
    ...key,
    fact.contentHash,
    prior?.messageId ?? '',
  ) as Passed | undefined;
  const failed = prior
    ? undefined
    : (ctx.sql.get(
        `${PASSED}AND f.kind IN ('new', 'update', 'correction') AND ${FAILED} ORDER BY f.seq DESC LIMIT 1`,
        ...key,
      ) as Passed | undefined);
  const between =
    passed && prior?.sameContent === true
      ? (ctx.sql.get(
          `${PASSED}AND f.seq > ?4 AND f.kind <> 'repeat' AND f.content_hash <> ?5 AND ${FAILED} ORDER BY f.seq DESC LIMIT 1`,
          ...key,
          passed.seq,
          fact.contentHash,
        ) as Passed | undefined)
      : undefined;
  const verdict = judgeFact(fact, prior, failedOf(older), failedOf(failed), failedOf(between));
  keep(ctx, fact, verdict);
  return verdict;
}

/** The first under which something has come; else the fact's own. */
function knownKey(ctx: WriteContext, scope: string, [own = '', ...formerly]: readonly string[]): string {
  const isKnown = (key: string): boolean =>
    ctx.sql.get('SELECT 1 FROM gate_fact WHERE scope = ? AND key = ? LIMIT 1', scope, short(key)) !== undefined;
  if (formerly.length === 0 || isKnown(own)) return short(own);
  return short(formerly.find(isKnown) ?? own);
}

function keep(ctx: WriteContext, fact: GateFact, verdict: GateVerdict): void {
  ctx.sql.run(
    'INSERT OR REPLACE INTO gate_fact (scope, key, message_id, work_id, content_hash, event_time, stage, at, kind, because, ' +
      'first_message_id, first_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    fact.scope,
    fact.key,
    fact.messageId,
    fact.workId,
    fact.contentHash,
    fact.statedAt,
    fact.stage,
    fact.at,
    verdict.kind,
    verdict.because,
    verdict.first ?? null,
    verdict.firstAt ?? null,
  );
}

function priorOf(ctx: WriteContext, fact: GateFact, passed: Passed): PriorFact {
  const same = ctx.sql.get(
    'SELECT 1 FROM gate_fact WHERE scope = ? AND key = ? AND message_id = ? AND content_hash = ?',
    fact.scope,
    fact.key,
    passed.message_id,
    fact.contentHash,
  );
  return {
    messageId: passed.message_id,
    at: passed.at,
    statedAt: passed.event_time,
    stage: passed.stage,
    sameContent: same !== undefined,
    open: passed.state !== null && passed.state !== W.done,
  };
}

const failedOf = (row: Passed | undefined): FailedFact | undefined => row && { messageId: row.message_id, at: row.at };

function verdictOf({ kind, because, first_message_id: first, first_at: firstAt }: Judged): GateVerdict {
  const told = { first: first ?? '', firstAt: firstAt ?? 0 };
  if (kind !== 'new') return { kind, because: because ?? 'unexplained', ...told };
  return because === 'first-failed' ? { kind, because, ...told } : { kind, because: 'first-seen' };
}
