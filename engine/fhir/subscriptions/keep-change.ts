import type { Kept } from './kept-notification.ts';
import type { Receipt } from './receiver.ts';
import type { WatchParts } from './watch-parts.ts';

export interface Keeping {
  readonly receipt: Receipt;
  readonly isNew: boolean;
  /** The message by which it is known already. */
  readonly first?: string;
  /** Why the feed takes none at present. */
  readonly why?: string;
}

/** Into the journal, with its work. */
export async function keepChange(
  { settings, intake }: Pick<WatchParts, 'settings' | 'intake'>,
  kept: Kept,
  connection: 'notification' | 'poll',
): Promise<Keeping> {
  const outcome = await intake.acceptEvent({ ...kept, feed: settings.name, format: 'fhir', connection });
  if (outcome.kind === 'withheld') return { receipt: 'withheld', isNew: false, why: outcome.why };
  if (outcome.kind === 'refused') return { receipt: 'refused', isNew: false, why: 'stopped' };
  if (outcome.kind === 'resend') return { receipt: 'kept', isNew: false, first: outcome.first };
  return { receipt: 'kept', isNew: true };
}
