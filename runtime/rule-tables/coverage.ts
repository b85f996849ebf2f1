/** Which rows fired: counted over the decisions that are kept with the newest messages of a definition. */
import type { Definition, RuleTable, Store } from '../../engine/index.ts';
import type { RuleTableCoverage } from '../api/rule-table-contract.ts';

/** Reads at a time: others wait for the store as well. */
const TOGETHER = 16;

export async function coverageOf(
  store: Pick<Store, 'journal' | 'decisions'>,
  definition: Definition,
  table: RuleTable,
  most: number,
): Promise<RuleTableCoverage> {
  const messages = await store.journal.list({ definitions: [definition.name], limit: most });
  const rows = new Map<string, { fired: number; last: number }>(table.rowIds.map((id) => [id, { fired: 0, last: 0 }]));
  const versions = new Map<string, number>();
  let [decisions, none, errors] = [0, 0, 0];
  for (let from = 0; from < messages.length; from += TOGETHER) {
    const records = await Promise.all(
      messages.slice(from, from + TOGETHER).map(({ id }) => store.decisions.ofMessage(id)),
    );
    for (const record of records.flat()) {
      if (record.definition !== definition.name || record.table !== table.name) continue;
      decisions++;
      versions.set(record.version, (versions.get(record.version) ?? 0) + 1);
      if (record.error !== null) errors++;
      else if (record.matched.length === 0) none++;
      // Under PRIORITY the first one decides; the others only matched.
      const fired =
        record.error !== null ? [] : table.hitPolicy === 'PRIORITY' ? record.matched.slice(0, 1) : record.matched;
      for (const id of fired) {
        const row = rows.get(id);
        if (!row) continue;
        row.fired++;
        row.last = Math.max(row.last, record.at);
      }
    }
  }
  const since = messages.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Infinity);
  return {
    messages: messages.length,
    since: Number.isFinite(since) ? since : null,
    decisions,
    versions: [...versions]
      .map(([version, count]) => ({ version, decisions: count }))
      .toSorted((a, b) => b.decisions - a.decisions),
    rows: [...rows].flatMap(([row, { fired, last }]) => (fired > 0 ? [{ row, fired, last }] : [])),
    none,
    errors,
  };
}
