import { createHash } from 'node:crypto';
import type { GateFact, GateVerdict } from '../../contract/index.ts';
import { judgeFact, type FailedFact, type PriorFact } from '../../gate-verdict.ts';
import type { GateDoc } from '../documents.ts';
import { millis } from '../values.ts';
import type { WriteContext } from './context.ts';
import { PASSING } from './gate-facts.ts';
import type { Operation } from './operation.ts';

const hashed = (...parts: string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

export function admit(fact: GateFact): Operation<GateVerdict> {
  const keys = [fact.key, ...(fact.formerly ?? [])];
  return {
    name: 'gate.admit',
    sequences: 1,
    needs(needs) {
      const { contentHash, messageId } = fact;
      for (const key of keys) needs.gateFacts.push({ key: hashed(fact.scope, key), contentHash, messageId });
    },
    apply(ctx) {
      const known = keys.find((one) => (ctx.facts.get(hashed(fact.scope, one))?.length ?? 0) > 0) ?? fact.key;
      const key = hashed(fact.scope, known);
      const id = hashed(fact.scope, known, fact.messageId, fact.contentHash);
      const facts = ctx.facts.get(key) ?? [];
      const earlier = ctx.table('gate').get(id);
      const replaced = facts.some((one) => REPLACING.has(one.because) && one.first === fact.messageId);
      if (earlier && !replaced) return verdictOf(earlier);
      const verdict = judge(ctx, fact, facts);
      const document = documentOf(fact, id, key, ctx.sequence(), verdict);
      ctx.table('gate').insert(document);
      ctx.facts.set(key, [...facts.filter((one) => one._id !== id), document]);
      const counted = ctx.table('gateKeys').get(key);
      if (counted) ctx.table('gateKeys').set(key, { facts: counted.facts + 1 });
      else ctx.table('gateKeys').insert({ _id: key, facts: 1 });
      return verdict;
    },
  };
}

function judge(ctx: WriteContext, fact: GateFact, facts: readonly GateDoc[]): GateVerdict {
  const stateOf = (one: GateDoc) => ctx.table('work').get(one.workId)?.state;
  const failed = (one: GateDoc): boolean => ['dead', 'discarded'].includes(stateOf(one) ?? '');
  const others = facts.filter((one) => one.messageId !== fact.messageId);
  const passed = others.filter((one) => (PASSING as readonly string[]).includes(one.kind));
  const newest = passed.findLast((one) => !failed(one));
  const state = newest && stateOf(newest);
  const prior: PriorFact | undefined = newest && {
    messageId: newest.messageId,
    at: newest.at,
    statedAt: newest.statedAt,
    stage: newest.stage,
    sameContent: facts.some((one) => one.messageId === newest.messageId && one.contentHash === fact.contentHash),
    open: state !== undefined && state !== 'done',
  };
  const older = others.find(
    (one) => one.contentHash === fact.contentHash && one.messageId !== prior?.messageId && !failed(one),
  );
  const between = others.findLast(
    (one) =>
      one.seq > (newest?.seq ?? Infinity) &&
      one.kind !== 'repeat' &&
      one.contentHash !== fact.contentHash &&
      failed(one),
  );
  return judgeFact(fact, prior, told(older), prior ? undefined : told(passed.findLast(failed)), told(between));
}

/** What passed in place of a fact whose item had failed. */
const REPLACING: ReadonlySet<string> = new Set(['first-failed', 'between-failed']);

const told = (one: GateDoc | undefined): FailedFact | undefined => one && { messageId: one.messageId, at: one.at };

function documentOf(fact: GateFact, id: string, key: string, seq: number, verdict: GateVerdict): GateDoc {
  const { messageId, workId, contentHash, statedAt, stage } = fact;
  return {
    _id: id,
    key,
    seq,
    messageId,
    workId,
    contentHash,
    statedAt,
    stage,
    at: millis(fact.at),
    kind: verdict.kind,
    because: verdict.because,
    ...(verdict.first === undefined ? {} : { first: verdict.first }),
    ...(verdict.firstAt === undefined ? {} : { firstAt: verdict.firstAt }),
  };
}

function verdictOf({ kind, because, first = '', firstAt = 0 }: GateDoc): GateVerdict {
  if (kind !== 'new') return { kind, because, first, firstAt };
  return because === 'first-failed' ? { kind, because, first, firstAt } : { kind, because: 'first-seen' };
}
