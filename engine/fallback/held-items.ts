/**
 * Which items go to a person, and with what words: told to the dispatcher before an item goes to its source, and after its flow
 * has ended. What is held is kept in the commit that ends the claim, with its task: a crash before it is a redelivery, which
 * comes here again.
 */
import { hash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Held, Holding } from '../queue/holding.ts';
import type { WorkResult } from '../queue/source.ts';
import type { AuditEntry, ClaimedWork, Fallback, Review, Store } from '../store/contract/index.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import type { Doubt } from './fallback.ts';
import { reviewTask } from './review-task.ts';
import { isTelling, tellingOf } from './telling-work.ts';

export interface HeldItemsOptions {
  readonly store: Pick<Store, 'fallbacks' | 'journal' | 'work'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly inForce: (definition: string) => Fallback | undefined;
  readonly declared: (definition: string) => DeclaredFallback | undefined;
  /** Whether its queue is told at once that this one is held. */
  readonly tells: (work: Pick<ClaimedWork, 'definition' | 'lane'>) => boolean;
}

type Claim = Pick<ClaimedWork, 'id' | 'fence'>;

/** Of one message: more are not told apart by a person anyway. */
const MOST_RECOMMENDED = 200;
/** Claims that are over and may still run somewhere: far more than can be in flight. */
const REMEMBERED = 20_000;
/** Stages lie behind an item's root; more is a loop, which ends otherwise. */
const DEEPEST = 250;

export class HeldItems implements Holding {
  readonly #options: HeldItemsOptions;
  readonly #doubts = new Map<string, Doubt>();
  /** Items in flight that only recommend, with what they would have done. */
  readonly #recommending = new Map<string, Set<string>>();
  /** Those whose lease was lost: a flow that goes on all the same does nothing outside either; the next delivery recommends it. */
  readonly #over = new Set<string>();

  constructor(options: HeldItemsOptions) {
    this.#options = options;
  }

  before(work: ClaimedWork): Promise<Held | null> | undefined {
    this.forget(work);
    // That a message waits is told whatever the flow itself may do.
    if (isTelling(work)) return undefined;
    const fallback = this.#options.inForce(work.definition);
    if (!fallback) return undefined;
    switch (fallback.mode) {
      case 'stop':
        return undefined;
      case 'recommend-only':
        return this.#recommendIfNew(work, fallback);
      case 'manual-review':
      case 'alert-and-task':
        // What began before ends as it began, and so does what comes of it.
        if (work.child !== null || work.firstDeliveredAt < fallback.since) return undefined;
        return this.#divert(work, fallback);
      default:
        return fallback.mode satisfies never;
    }
  }

  after(work: ClaimedWork, { outcome }: WorkResult): Promise<Held> | undefined {
    const key = keyOf(work);
    const doubt = this.#doubts.get(key);
    const recommended = [...(this.#recommending.get(key) ?? [])];
    this.forget(work);
    if (outcome.kind === 'failed') {
      const { class: kind, code } = outcome.failure;
      // What the flow needed of an effect was not there: a person has what it recommended so far.
      if (recommended.length === 0 || kind !== 'permanent') return undefined;
      return this.#held(work, {
        because: 'recommend-only',
        sentence: `The flow only recommends, and could not be followed to its end (${code}).`,
        doubt: null,
        recommended,
      });
    }
    if (doubt)
      return this.#held(work, {
        because: doubt.trigger,
        sentence: doubt.sentence,
        doubt: doubtKey(doubt),
        recommended,
      });
    if (recommended.length === 0) return undefined;
    const sentence = 'The flow only recommends at present.';
    return this.#held(work, { because: 'recommend-only', sentence, doubt: null, recommended });
  }

  forget(claim: Claim): void {
    const key = keyOf(claim);
    this.#doubts.delete(key);
    if (this.#recommending.delete(key)) this.#over.add(key);
    for (const oldest of this.#over) {
      if (this.#over.size <= REMEMBERED) break;
      this.#over.delete(oldest);
    }
  }

  /** For the effect runner. */
  recommends(claim: Claim): ((what: string) => void) | undefined {
    const list = this.#recommending.get(keyOf(claim));
    if (list) return (what) => void (list.size < MOST_RECOMMENDED && list.add(what));
    return this.#over.has(keyOf(claim)) ? () => undefined : undefined;
  }

  /** The item is held when its flow has ended, unless that fails. The first doubt counts: a person is asked one at a time. */
  async doubt(work: ClaimedWork, doubt: Doubt): Promise<'held' | 'reviewed'> {
    const key = doubtKey(doubt);
    const reviews = await this.#options.store.fallbacks.reviewsOf(work.id);
    if (reviews.some((one) => one.doubt === key && one.decided?.decision === 'process')) return 'reviewed';
    if (!this.#doubts.has(keyOf(work))) this.#doubts.set(keyOf(work), doubt);
    return 'held';
  }

  async #divert(work: ClaimedWork, fallback: Fallback): Promise<Held | null> {
    if (await this.#wasLetThrough(work.id, fallback)) return null;
    const sentence =
      fallback.trigger === 'endpoint-down'
        ? `The endpoint ${fallback.about ?? ''} is down.`
        : 'The flow was put into fallback.';
    return this.#held(work, { because: fallback.mode, sentence, doubt: null, recommended: [] });
  }

  async #recommendIfNew(work: ClaimedWork, fallback: Fallback): Promise<null> {
    const root = await this.#rootOf(work);
    const isNew = root !== null && root.firstDeliveredAt >= fallback.since;
    if (isNew && !(await this.#wasLetThrough(root.id, fallback))) this.#recommending.set(keyOf(work), new Set());
    return null;
  }

  /** A person said "process it" while this fallback was in force. */
  async #wasLetThrough(workId: string, { since }: Fallback): Promise<boolean> {
    const reviews = await this.#options.store.fallbacks.reviewsOf(workId);
    return reviews.some(
      ({ doubt, decided }) => doubt === null && decided?.decision === 'process' && decided.at >= since,
    );
  }

  /** What a message comes into the flow with; stages, timers and escalations come of it. `null`: it is not there any more. */
  async #rootOf(work: ClaimedWork): Promise<{ readonly id: string; readonly firstDeliveredAt: number } | null> {
    if (!work.child) return work;
    let id: string | null = work.child.parentWorkId;
    for (let depth = 0; id !== null && depth < DEEPEST; depth++) {
      const found: Awaited<ReturnType<Store['work']['get']>> = await this.#options.store.work.get(id);
      if (!found) return null;
      // Not delivered again yet after a decision: its children are from before that.
      if (found.parentWorkId === null) return { id: found.id, firstDeliveredAt: found.firstDeliveredAt ?? 0 };
      id = found.parentWorkId;
    }
    return null;
  }

  async #held(work: ClaimedWork, about: Pick<Review, 'because' | 'sentence' | 'doubt' | 'recommended'>): Promise<Held> {
    const { store, clock, ids, declared } = this.#options;
    const { id: workId, messageId, definition } = work;
    const at = clock.now();
    const review: Review = {
      id: keyOf(work),
      workId,
      messageId,
      definition,
      heldAt: at,
      taskId: null,
      decided: null,
      ...about,
    };
    const task = reviewTask(work, review, declared(definition), await store.journal.get(messageId), ids.next());
    const audit: AuditEntry = {
      at,
      type: 'review.held',
      actor: 'system',
      messageId,
      workId,
      definition,
      details: { because: review.because, sentence: review.sentence, recommended: review.recommended.length },
    };
    const told = review.because === 'alert-and-task' || this.#options.tells(work);
    const data = { reviewId: review.id, taskId: task.task.id, at };
    return { held: { review, task }, audit: [audit], children: told ? [tellingOf(ids.next(), work, data)] : [] };
  }
}

const keyOf = ({ id, fence }: Claim): string => `${id}/${fence}`;

const doubtKey = ({ trigger, node, sentence }: Doubt): string =>
  hash('sha256', JSON.stringify([trigger, node.id, sentence]));
