/** The poll of one subscription: from where it begins, what it keeps, and where its mark is then. */
import type { Millis } from '../../base/clock.ts';
import { subscriptionErrors } from './errors.ts';
import { hidesChange } from './hidden-change.ts';
import { keepChange } from './keep-change.ts';
import { keptChange } from './kept-notification.ts';
import type { Change } from './notification.ts';
import { isOwnDeletion } from './own-deletion.ts';
import { newestChange, reconcile, type Reconciled, type Reconciling } from './reconcile.ts';
import { cutError, NOT_TOLD, pollFailed, sayTrouble, troubleAfter, TROUBLES_OF_POLL } from './trouble.ts';
import { DELETED } from './versions-made.ts';
import type { WatchParts } from './watch-parts.ts';

/** After a poll that failed, or a feed that took nothing. */
export const AGAIN_MS: Millis = 15_000;
/** No clock is so wrong: where the server holds nothing yet, changes are looked for from then on. */
const CLOCKS_DIFFER_MS: Millis = 300_000;
/** A notification may be on its way so long. */
const ON_ITS_WAY_MS: Millis = 60_000;
/** Polls in a row that find what should have been told of. */
const MOST_UNTOLD = 3;
/** References of one question to the store. */
const AT_ONCE = 1000;

export class Poller {
  readonly #parts: WatchParts;
  #polling: Promise<number> | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** What changed before it was polled for, of the server's clock. */
  get since(): Millis | null {
    const { record, settings } = this.#parts;
    return record.now.watermark === null ? null : record.now.watermark - settings.overlapMs;
  }

  /** From the newest change that the server holds: what was before is not asked for. */
  async begin(): Promise<boolean> {
    const { settings, record, clock, due, endpoint } = this.#parts;
    const newest = await newestChange({ endpoint: endpoint(), settings });
    if (newest !== null && typeof newest === 'object') {
      await sayTrouble(this.#parts, pollFailed(newest.failure));
      due.poll = due.check = clock.now() + AGAIN_MS;
      return false;
    }
    // A poll takes what changed at the very moment as well: a little too much rather than too little.
    const watermark = this.#notAhead(newest ?? clock.now() - CLOCKS_DIFFER_MS);
    await record.change(() => ({ watermark, begunAt: watermark }));
    return true;
  }

  /** Several who ask at once are told of one poll. Gives how many changes were new. */
  poll(): Promise<number> {
    this.#polling ??= this.#poll().finally(() => (this.#polling = null));
    return this.#polling;
  }

  async #poll(): Promise<number> {
    const { settings, clock, endpoint, base, record, counts } = this.#parts;
    const begun = clock.now();
    const { watermark, state, since } = record.now;
    let missed = 0;
    counts.polls++;
    const keep: Reconciling['keep'] = async (changes) => {
      const known = await this.#taken(changes.map(({ type, id }) => `${type}/${id}`));
      let kept = 0;
      for (const change of changes) {
        const reference = `${change.type}/${change.id}`;
        if (change.versionId !== null && known.get(reference) === change.versionId) continue;
        if (await this.#isOwn(reference, change)) continue;
        const body = change.resource ? Buffer.from(JSON.stringify(change.resource)) : undefined;
        const arrival = `${reference}/${change.lastUpdated ?? ''}`;
        const what = keptChange(change, settings, arrival, body);
        const { receipt, isNew, why, first } = await keepChange(this.#parts, what, 'poll');
        if (receipt !== 'kept') return { withheld: why ?? '' };
        if (!isNew) {
          if (!(await this.#wasPassedOver(change, first, begun))) continue;
          const again = { ...what, sameAs: `${what.sameAs}\n${known.get(reference) ?? ''}` };
          const later = await keepChange(this.#parts, again, 'poll');
          if (later.receipt !== 'kept') return { withheld: later.why ?? '' };
          if (later.isNew) kept++;
          continue;
        }
        kept++;
        const wasNotified = state === 'active' && change.lastUpdated !== null && change.lastUpdated >= since;
        if (wasNotified && begun - change.lastUpdated > ON_ITS_WAY_MS) missed++;
      }
      return { kept };
    };
    const isKnown: Reconciling['isKnown'] = async (references) => {
      const known = await this.#taken(references);
      return new Set([...known].flatMap(([reference, version]) => (version === DELETED ? [] : [reference])));
    };
    const result = await reconcile({ endpoint: endpoint(), base, settings, isKnown, keep }, watermark);
    await this.#polled(result, missed);
    return result.kept;
  }

  /**
   * It was told of and not taken: its work came to its end while the server did not show it, or an older version. It is kept
   * once more for each version that was taken before it.
   */
  async #wasPassedOver(change: Change, first: string | undefined, now: Millis): Promise<boolean> {
    const { settings, store } = this.#parts;
    const { versionId, resource, lastUpdated } = change;
    if (versionId === null || resource === null || lastUpdated === null) return false;
    // Of what is younger the next poll is told as well; work that waits or is dead may still take it.
    if (now - lastUpdated < settings.overlapMs || first === undefined) return false;
    const state = (await store.journal.get(first))?.state;
    return state === undefined || state === 'done';
  }

  async #polled(result: Reconciled, missed: number): Promise<void> {
    const { settings, record, clock, random, log, due, counts } = this.#parts;
    const now = clock.now();
    const error = result.kind === 'cut' ? cutError(result.because) : null;
    counts.polled += result.kept;
    if (error) counts.pollsFailed++;
    // A tenth of jitter: runtimes started together must not ask together.
    due.poll = now + (error ? AGAIN_MS : Math.round(settings.pollMs * (0.95 + random() * 0.1)));
    if (missed > 0)
      log.warn('A poll found what no notification had told of.', { subscription: settings.name, count: missed });
    await record.change((current) => ({
      // Two runtimes may poll: it never goes back.
      watermark: Math.max(this.#notAhead(result.watermark ?? 0), current.watermark ?? 0) || null,
      missed: current.missed + missed,
      ...(error ? {} : { polledAt: now }),
      ...troubleAfter(current, error, TROUBLES_OF_POLL),
    }));
    await this.#judgeUntold(missed, result.kept);
  }

  /** One change may be lost on its way; poll after poll that finds some says that none arrives. */
  async #judgeUntold(missed: number, kept: number): Promise<void> {
    const { record, untold } = this.#parts;
    if (missed > 0) untold.polls++;
    else if (kept > 0 || record.now.state !== 'active') untold.polls = 0;
    if (untold.polls >= MOST_UNTOLD && record.now.trouble === null)
      await sayTrouble(this.#parts, subscriptionErrors.create(NOT_TOLD));
  }

  /** One resource with a time of next year would have all changes until then looked for behind it. */
  #notAhead(watermark: Millis): Millis {
    return Math.min(watermark, this.#parts.clock.now() + CLOCKS_DIFFER_MS);
  }

  async #taken(references: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { store, settings } = this.#parts;
    const all = new Map<string, string>();
    for (let at = 0; at < references.length; at += AT_ONCE) {
      const found = await store.subscriptions.taken(settings.name, references.slice(at, at + AT_ONCE));
      for (const [reference, { versionId }] of found) all.set(reference, versionId);
    }
    return all;
  }

  async #isOwn(reference: string, { kind, versionId }: Change): Promise<boolean> {
    const { takesOwn, ownWrites, settings } = this.#parts;
    if (takesOwn) return false;
    if (kind === 'deleted') return isOwnDeletion(this.#parts, reference);
    if (versionId === null || !(await ownWrites.version(settings.endpoint, reference, versionId))) return false;
    return !(await hidesChange(this.#parts, reference, { versionId, told: null, since: this.since }));
  }
}
