/** Looks at values of a pinned message: for whom it is there, and recorded once for each use. */
import type { Engine } from '../../engine/index.ts';
import type { PinnedSample, PinnedSamples } from '../samples/pinned-samples.ts';
import { demandOneIn, type Part } from './part.ts';
import { invalid, notFound } from './problems.ts';

export interface SampleLooks {
  /**
   * Before anything of the message is shown.
   * @throws `not-found` where it is not pinned or its body is gone, `outside-scope`, `invalid-request`
   */
  at(part: Part, actor: string, message: string, use: unknown): Promise<PinnedSample>;
}

const USE = /^[\w-]{8,64}$/;
/** Looks remembered, so that a preview that is worked out anew at each key press is recorded once. */
const MOST_USES = 1_000;
/** Then it counts as another look, whatever the caller says. */
const USE_MS = 15 * 60_000;

export function createSampleLooks({ store, clock }: Engine, samples: PinnedSamples): SampleLooks {
  const uses = new Map<string, { readonly until: number; readonly recorded: Promise<unknown> }>();

  const record = async (actor: string, messageId: string, use: string): Promise<void> => {
    const now = clock.now();
    const key = `${actor} ${messageId} ${use}`;
    const known = uses.get(key);
    if (known && known.until > now) {
      await known.recorded;
      return;
    }
    const details = { form: 'preview' };
    const recorded = store.audit.append([{ at: now, type: 'message.body-viewed', actor, messageId, details }]);
    uses.delete(key);
    uses.set(key, { until: now + USE_MS, recorded });
    if (uses.size > MOST_USES) uses.delete(uses.keys().next().value ?? '');
    try {
      await recorded;
    } catch (error) {
      uses.delete(key);
      throw error;
    }
  };

  return {
    async at(part, actor, id, use) {
      if (typeof use !== 'string' || !USE.test(use)) throw invalid('use takes 8 to 64 letters, digits and hyphens');
      const pinned = (await samples.list()).find(({ message }) => message === id);
      if (!pinned) throw notFound('pinned sample');
      demandOneIn(part, (await store.journal.get(id))?.definitions ?? []);
      if ((await store.journal.bytes(id)) === undefined) throw notFound('body any more: its retention is over');
      await record(actor, id, use);
      return pinned;
    },
  };
}
