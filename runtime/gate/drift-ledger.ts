/** Which drift is known, since when: each finding is told once when it is found and once when it has ended. */
import type { AuditEntry, AuditLog, AuditRecord, Clock } from '../../engine/index.ts';
import type { DriftFinding } from '../api/release-contract.ts';
import type { Finding } from './drift.ts';

/** Newest records that are looked at for what an earlier life knew. */
const MOST_READ = 500;
const TEXT_LIMIT = 300;

export class DriftLedger {
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #environment: string;
  #open: ReadonlyMap<string, DriftFinding> = new Map();
  /** What an earlier life had told and not taken back: since when. */
  #told: Map<string, number> | null = null;

  constructor(audit: AuditLog, clock: Clock, environment: string) {
    this.#audit = audit;
    this.#clock = clock;
    this.#environment = environment;
  }

  list(): readonly DriftFinding[] {
    return [...this.#open.values()];
  }

  /** `true`: something is new or over, and is in the audit trail. */
  async update(found: readonly Finding[]): Promise<boolean> {
    const told = (this.#told ??= await this.#earlier());
    const at = this.#clock.now();
    const next = new Map(found.map((one) => [keyOf(one), { ...one, since: told.get(keyOf(one)) ?? at }]));
    const fresh = [...next].filter(([key]) => !told.has(key));
    const over = [...told.keys()].filter((key) => !next.has(key));
    const before = this.#open.size;
    this.#open = next;
    if (fresh.length === 0 && over.length === 0) return before !== next.size;
    await this.#audit.append([
      ...fresh.map(([, { code, subject, text }]): AuditEntry => {
        const details = { environment: this.#environment, code, subject, text: text.slice(0, TEXT_LIMIT) };
        return { at, type: 'gate.drift-found', actor: 'system', details };
      }),
      ...over.map((key): AuditEntry => {
        const [code = '', subject = ''] = partsOf(key);
        const details = { environment: this.#environment, code, subject };
        return { at, type: 'gate.drift-ended', actor: 'system', details };
      }),
    ]);
    for (const [key, { since }] of fresh) told.set(key, since);
    for (const key of over) told.delete(key);
    return true;
  }

  async #earlier(): Promise<Map<string, number>> {
    const of = (type: string): Promise<readonly AuditRecord[]> =>
      this.#audit.list({ type, order: 'newest-first', limit: MOST_READ });
    const records = [...(await of('gate.drift-found')), ...(await of('gate.drift-ended'))];
    const open = new Map<string, number>();
    for (const { type, at, details } of records.toSorted((a, b) => a.seq - b.seq)) {
      const key = keyOf({ code: String(details['code']), subject: String(details['subject']) });
      if (type === 'gate.drift-found') open.set(key, at);
      else open.delete(key);
    }
    return open;
  }
}

const keyOf = ({ code, subject }: { readonly code: string; readonly subject: string }): string => `${code}\n${subject}`;
const partsOf = (key: string): readonly string[] => key.split('\n');
