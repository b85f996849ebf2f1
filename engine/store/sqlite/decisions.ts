import type { DecisionRecord } from '../contract/index.ts';

/** Decisions of one item that were handed over in one turn, as they cross to the writer. */
export interface DecisionGroup {
  readonly messageId: string;
  readonly workId: string;
  readonly ids: readonly string[];
  /** A JSON list of the records, in the order of `ids`. */
  readonly records: string;
}

interface Growing {
  readonly messageId: string;
  readonly workId: string;
  readonly ids: string[];
  records: string;
}

/** Collects a turn's decisions by work item. They are written as JSON here: a text crosses threads faster than objects. */
export class DecisionBatch {
  readonly #groups = new Map<string, Growing>();
  /** Grows until the turn's batch leaves. */
  readonly groups: DecisionGroup[] = [];

  add(decision: DecisionRecord): void {
    const { id, messageId, workId } = decision;
    const key = `${messageId} ${workId}`;
    let group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, (group = { messageId, workId, ids: [], records: '[' }));
      this.groups.push(group);
    }
    group.records += `${group.ids.length > 0 ? ',' : ''}${JSON.stringify(decision)}`;
    group.ids.push(id);
  }

  /** No more come. */
  close(): void {
    for (const group of this.#groups.values()) group.records += ']';
  }
}
