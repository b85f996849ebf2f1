import type { HiddenChangeOptions } from './hidden-change.ts';
import { DELETED } from './versions-made.ts';

/** Whether it was we who deleted it. What somebody made of it again since, and deleted, is theirs. */
export async function isOwnDeletion(
  { store, ownWrites, settings }: HiddenChangeOptions,
  reference: string,
): Promise<boolean> {
  const own = await ownWrites.version(settings.endpoint, reference, DELETED);
  if (!own) return false;
  const taken = (await store.subscriptions.taken(settings.name, [reference])).get(reference);
  return !taken || taken.versionId === DELETED || taken.at <= own.at;
}
