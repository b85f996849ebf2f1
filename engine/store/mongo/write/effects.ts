import {
  LARGEST_REQUEST_BYTES,
  type AuditEntry,
  type EffectBegin,
  type EffectIdentity,
  type Effects,
} from '../../contract/index.ts';
import { storeErrors } from '../../sqlite/errors.ts';
import type { EffectDoc } from '../documents.ts';
import { joinParts, json, millis } from '../values.ts';
import type { WriteContext } from './context.ts';
import type { Operation } from './operation.ts';

/** As `EffectBegin`, with the document of what is recorded. */
export type Begin =
  | (EffectBegin & { readonly kind: 'act' })
  | { readonly kind: 'recorded'; readonly document: EffectDoc }
  | { readonly kind: 'in-flight' };

/** What a repeat is given back, at most. */
const RESULT_LIMIT = 65_536;

export function beginEffect(
  identity: EffectIdentity,
  owner: string,
  at: number,
  request?: Uint8Array,
): Operation<Begin> {
  const { key, ...rest } = identity;
  return {
    name: 'effects.begin',
    sequences: 1,
    ...(request && { bytes: request.length }),
    needs(needs) {
      needs.effectKeys.add(key);
      if (request) needs.requestKeys.add(key);
    },
    apply(ctx) {
      if (request && request.length > LARGEST_REQUEST_BYTES) {
        throw storeErrors.create('store-bad-argument', { operation: 'effects.begin' });
      }
      const effects = ctx.table('effects');
      const known = effects.get(key);
      const now = {
        state: 'in-flight',
        owner,
        startedAt: millis(at),
        ...(request && { request: true as const }),
      } as const;
      if (!known) {
        effects.insert({ _id: key, seq: ctx.sequence(), ...rest, ...now, tries: 1 });
        keepRequest(ctx, identity, request);
        return { kind: 'act', after: 'nothing', tries: 1 };
      }
      if (known.state === 'done') return { kind: 'recorded', document: known };
      if (known.state === 'in-flight' && known.owner === owner) return { kind: 'in-flight' };
      const tries = known.tries + 1;
      const after = known.state === 'failed' ? 'failed' : 'ambiguous';
      effects.set(key, { ...now, workId: identity.workId, endedAt: undefined, tries });
      const kept = known.request && ctx.table('requests').get(key);
      if (kept) return { kind: 'act', after, tries, request: joinParts([kept.bytes]) };
      keepRequest(ctx, identity, request);
      return { kind: 'act', after, tries };
    },
  };
}

function keepRequest(ctx: WriteContext, { key, messageId }: EffectIdentity, bytes: Uint8Array | undefined): void {
  if (bytes) ctx.table('requests').insert({ _id: key, messageId, bytes });
}

export function finishEffect(key: string, outcome: Parameters<Effects['finish']>[1], at: number): Operation<void> {
  return {
    name: 'effects.finish',
    needs: (needs) => void needs.effectKeys.add(key),
    apply(ctx) {
      const result = outcome.state === 'done' ? json(outcome.result) : undefined;
      if (result !== undefined && result.length > RESULT_LIMIT) {
        throw storeErrors.create('store-bad-argument', { operation: 'effects.finish' });
      }
      const known = ctx.table('effects').get(key);
      // What is done stays done: a late report of a slower try must not undo it.
      if (!known || known.state === 'done') return;
      ctx.table('effects').set(key, {
        state: outcome.state,
        endedAt: millis(at),
        result,
        summary: outcome.state === 'done' ? outcome.summary : undefined,
        failure: outcome.state === 'done' ? undefined : outcome.failure,
      });
      if (outcome.state === 'done' && known.request) ctx.table('requests').remove(key);
    },
  };
}

export function decideEffect(
  key: string,
  outcome: Parameters<Effects['decide']>[1],
  at: number,
  audit: AuditEntry,
): Operation<'decided' | 'not-ambiguous' | 'unknown'> {
  return {
    name: 'effects.decide',
    needs(needs) {
      needs.effectKeys.add(key);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('effects').get(key);
      if (!known) return 'unknown';
      if (known.state !== 'ambiguous') return 'not-ambiguous';
      ctx.table('effects').set(key, {
        state: outcome.state,
        endedAt: millis(at),
        result: undefined,
        summary: outcome.state === 'done' ? outcome.summary : undefined,
        failure: outcome.state === 'done' ? undefined : outcome.failure,
      });
      if (known.request) ctx.table('requests').remove(key);
      ctx.audit(audit);
      return 'decided';
    },
  };
}
