/**
 * Our own version may lie over a change of somebody else's that was not processed yet: who writes with If-Match keeps what is
 * there, and what is there may be news to those who watch it.
 */
import type { Millis } from '../../base/clock.ts';
import type { Store } from '../../store/contract/index.ts';
import type { OwnWrites } from './own-writes.ts';
import { numbered } from './parts.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface HiddenChangeOptions {
  readonly store: Pick<Store, 'subscriptions'>;
  readonly ownWrites: Pick<OwnWrites, 'version'>;
  readonly settings: Pick<SubscriptionSettings, 'name' | 'endpoint'>;
}

export interface OurVersion {
  readonly versionId: string;
  /** The version that we were told of; `null`: that was not said. */
  readonly told: string | null;
  /** What changed before it was polled for already, or was there when the subscription began. */
  readonly since: Millis | null;
}

/** Versions looked through; of more some are taken for somebody else's. */
const MOST = 50;

/** Whether somebody else's change is beneath our version that was not processed. */
export async function hidesChange(
  { store, ownWrites, settings }: HiddenChangeOptions,
  reference: string,
  { versionId, told, since }: OurVersion,
): Promise<boolean> {
  const { name, endpoint } = settings;
  const taken = (await store.subscriptions.taken(name, [reference])).get(reference)?.versionId ?? null;
  const [last, then] = [numbered(taken), numbered(told)];
  if (told !== null && told !== versionId && told !== taken && (last === null || then === null || then > last))
    if (!(await ownWrites.version(endpoint, reference, told))) return true;
  let above: Millis | null = null;
  for (let at = versionId, n = 0; n < MOST; n++) {
    const own = await ownWrites.version(endpoint, reference, at);
    // Where nothing was processed, what lies beneath is news only if it is younger than the last poll.
    if (!own) return taken !== null || (above !== null && since !== null && above >= since);
    const number = numbered(at);
    // The server numbers its versions: what ours lies upon is told by that as well.
    const base = own.base ?? (number !== null && number > 1 && last !== null ? String(number - 1) : null);
    if (base === null || base === taken) return false;
    const below = numbered(base);
    if (last !== null && below !== null && below <= last) return false;
    [at, above] = [base, own.baseAt];
  }
  return true;
}
