/**
 * Merges are taken note of whether or not a flow subscribes to them: a result that comes later under the number that went is the
 * survivor's for every flow. Noted in the commit that accepts the message; what follows from it is a source's like any other:
 * durable, tried again, seen in the message's work.
 */
import {
  eventContext,
  Hl7Message,
  MERGE_TYPES,
  type ClaimedWork,
  type DefinitionSet,
  type Engine,
  type EventContext,
  type FeedSettings,
  type IdentityRules,
  type Subscription,
  type TraceStep,
  type WorkResult,
} from '../engine/index.ts';
import { sourceFailed } from './branch-hooks/failures.ts';

/** A path of no definition's own: node names hold no slash. */
const SHARED = '_shared';
export const MERGES_SOURCE = `${SHARED}/patient merges`;
const PLACE = { id: 'patient-merges', type: 'patient merges', name: 'Patient merges' } as const;
const LEASE_MS = 60_000;
const CAPACITY = 4;

export interface PatientMerges {
  /** For `Intake.configure`; empty where nothing says how patients are matched. */
  subscriptions(feeds: Iterable<FeedSettings>): readonly Subscription[];
}

export function patientMerges(
  engine: Engine,
  current: () => DefinitionSet,
  finish: (work: ClaimedWork, result: WorkResult) => void,
): PatientMerges {
  const { clock, dispatcher, identities, log } = engine;
  const feeds = new Map<string, FeedSettings>();
  let remove: (() => void) | undefined;
  const rulesNow = (): IdentityRules | undefined =>
    current().all.find(({ identity }) => identity)?.identity ?? undefined;

  identities.readMergesBy(rulesNow);

  async function take(work: ClaimedWork): Promise<string> {
    const rules = rulesNow();
    const feed = feeds.get(work.message.feed);
    if (!rules) return 'Nothing says how patients are matched.';
    const options = feed?.fallbackCharset === undefined ? {} : { fallbackCharset: feed.fallbackCharset };
    const message = Hl7Message.parse(work.message.bytes, options);
    const context: EventContext = eventContext(work, { zone: feed?.zone ?? null, mode: 'live' });
    const { changed } = await identities.ofHl7(work.messageId, message, context, rules);
    return changed.length > 0 ? 'The merge was noted.' : 'Nothing was merged by it.';
  }

  function deliver(work: ClaimedWork): void {
    const at = clock.now();
    const step = (outcome: 'settled' | 'failed', note?: string): readonly TraceStep[] => [
      { branch: '1', parent: null, node: PLACE, at, ms: clock.now() - at, outcome, to: [], ...(note && { note }) },
    ];
    take(work).then(
      (note) => finish(work, { outcome: { kind: 'done' }, trace: step('settled', note), version: null }),
      (error: unknown) => {
        log.warn('a merge could not be noted', { workId: work.id, error });
        const failure = sourceFailed(PLACE, error);
        finish(work, { outcome: { kind: 'failed', failure }, trace: step('failed'), version: null });
      },
    );
  }

  return {
    subscriptions(all) {
      feeds.clear();
      for (const feed of all) feeds.set(feed.name, feed);
      // Also without rules: what was accepted while there were some is settled.
      remove ??= dispatcher.addSource({
        id: MERGES_SOURCE,
        definition: SHARED,
        capacity: CAPACITY,
        leaseMs: LEASE_MS,
        deliver,
      });
      if (!rulesNow()) return [];
      return [...feeds.keys()].map((feed) => ({
        id: MERGES_SOURCE,
        definition: SHARED,
        feed,
        filter: { types: MERGE_TYPES, senders: [] },
      }));
    },
  };
}
