/**
 * Trust stores that the demo made: their keys opened with passphrases that lay in one file, so that whoever read it is
 * everybody at once. Such keys count in the demo and nowhere else.
 */
import { trustAt, type TrustStore } from '../bundle/index.ts';

/** Signed with the first version, and part of its hash: it cannot be taken out of a store. */
export const DEMO_TRUST_REASON = 'keys of the demo, whose passphrases lie in a file';

/** People whose key was made by the demo and still counts; empty: none, or it is no store of the demo. */
export async function demoPeopleIn(store: TrustStore): Promise<readonly string[]> {
  const { statement, keys } = await trustAt(store, { version: 1, hash: store.first });
  if (statement.reason !== DEMO_TRUST_REASON) return [];
  const made = new Set(keys.map(({ id }) => id));
  return store.keys.filter(({ id, revoked }) => made.has(id) && !revoked).map(({ person }) => person);
}
