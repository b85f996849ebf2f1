/**
 * What a gate says of a fact, given the newest that passed before it under the same key. Pure: every adapter finds the
 * prior in its own way and asks here (docs/decisions/0004-gate.md).
 */
import type { GateFact, GateReason, GateVerdict } from './contract/index.ts';

/** The newest fact under the key that took effect, or may still do so, with another message. */
export interface PriorFact {
  readonly messageId: string;
  readonly at: number;
  readonly statedAt: number | null;
  readonly stage: number | null;
  /** One of the contents that its message brought under the key is the fact's. */
  readonly sameContent: boolean;
  /** Its item has not ended: it may still become a dead letter. */
  readonly open: boolean;
}

/** A fact that would count, had its item not ended as a dead letter or been discarded. */
export interface FailedFact {
  readonly messageId: string;
  readonly at: number;
}

/**
 * `older`: an earlier message, not the prior, brought the same content under the key. `between`: other content that came
 * after the prior with an item that failed; asked for where the prior has the same content.
 */
export function judgeFact(
  fact: Pick<GateFact, 'correction' | 'stage' | 'statedAt'>,
  prior: PriorFact | undefined,
  older: FailedFact | undefined,
  failed: FailedFact | undefined,
  between: FailedFact | undefined,
): GateVerdict {
  if (!prior) {
    if (!failed) return { kind: 'new', because: 'first-seen' };
    return { kind: 'new', because: 'first-failed', first: failed.messageId, firstAt: failed.at };
  }
  const against = { first: prior.messageId, firstAt: prior.at };
  // It may have told people, or written half of what it says, before it failed: only this sets that right.
  if (prior.sameContent && between)
    return { kind: 'update', because: 'between-failed', first: between.messageId, firstAt: between.at };
  if (prior.sameContent)
    return { kind: 'repeat', because: prior.open ? 'same-content-open' : 'same-content', ...against };
  const [kind, because] = change(fact, prior, older !== undefined);
  if (kind === 'repeat' && older) return { kind, because, first: older.messageId, firstAt: older.at };
  return { kind, because, ...against };
}

/** The stage of what may still change without being wrong before. */
const PRELIMINARY = 1;

function change(
  fact: Pick<GateFact, 'correction' | 'stage' | 'statedAt'>,
  prior: PriorFact,
  isOlder: boolean,
): ['update' | 'repeat' | 'correction' | 'conflict', GateReason] {
  const order = fact.statedAt === null || prior.statedAt === null ? 0 : Math.sign(fact.statedAt - prior.statedAt);
  const stages = fact.stage === null || prior.stage === null ? 0 : Math.sign(fact.stage - prior.stage);
  if (fact.correction) return order < 0 ? ['conflict', 'stated-earlier'] : ['correction', 'said-so'];
  if (stages > 0) return ['update', 'stage-advanced'];
  if (isOlder && order <= 0) return ['repeat', 'older-content'];
  if (stages < 0) return ['conflict', 'stage-went-back'];
  if (order > 0) return fact.stage === PRELIMINARY ? ['update', 'stage-renewed'] : ['correction', 'stated-later'];
  return ['conflict', order < 0 ? 'stated-earlier' : 'unexplained'];
}
