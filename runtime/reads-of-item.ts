/** What one delivery of an item has read at FHIR servers: kinds and counts, never ids or values; one audit record of it all. */
import type { AuditEntry, ClaimedWork, Millis } from '../engine/index.ts';

export interface FhirReading {
  readonly endpoint: string;
  readonly type: string;
  /** Resources that came; 0: nothing was found. */
  readonly count: number;
}

/** Kinds that a record names one by one. */
const MOST_KINDS = 20;

export class ReadsOfItem {
  readonly #counts = new Map<string, number>();
  #others = 0;

  add({ endpoint, type, count }: FhirReading): void {
    const kind = `${endpoint}: ${type}`;
    if (this.#counts.has(kind) || this.#counts.size < MOST_KINDS)
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
    else this.#others += count;
  }

  /** `null`: nothing was read. `version`: the definition's, as it runs. */
  entry({ id, messageId, definition }: ClaimedWork, version: string | null, at: Millis): AuditEntry | null {
    if (this.#counts.size === 0) return null;
    const kinds = [...this.#counts].map(([kind, count]) => `${count} ${kind.replace(/^(.*): /, '$1/')}`);
    const count = [...this.#counts.values()].reduce((sum, one) => sum + one, this.#others);
    const [first = ''] = this.#counts.keys();
    const [endpoint = '', type = ''] = first.split(': ');
    return {
      at,
      type: 'fhir.read',
      actor: `flow:${definition}`,
      messageId,
      workId: id,
      definition,
      ...(version !== null && { version }),
      details: {
        what: [...kinds, ...(this.#others > 0 ? [`${this.#others} others`] : [])].join(', '),
        count,
        // Of one kind: by themselves, so that they can be searched for.
        ...(this.#counts.size === 1 && { endpoint, type }),
      },
    };
  }
}
