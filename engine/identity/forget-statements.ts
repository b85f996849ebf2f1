/** What goes with the body of a message: the demographics of those whom it stated last. Keys and links say nothing, and stay. */
import type { IdentityTables } from './identity-tables.ts';

/** `keys`: those of which the message was the last. */
export function forgetStatements(tables: IdentityTables, keys: readonly string[]): void {
  for (const key of keys) {
    const record = tables.key(key);
    if (!record) continue;
    if (record.alike !== null)
      tables.putAlike(
        record.alike,
        tables.alike(record.alike).filter((one) => one !== key),
      );
    const group = tables.group(record.group);
    // Whom nothing is said about but that there is somebody.
    if (group && group.keys.length === 1 && group.questions.length === 0) {
      tables.removeKey(key);
      tables.removeGroup(group.id);
    } else tables.putKey({ ...record, traits: {}, alike: null });
  }
}
