import type { AuditLog, AuditRecord } from '../store/contract/index.ts';
import { GENESIS, recordHash } from './record-hash.ts';

export interface AuditVerdict {
  readonly intact: boolean;
  /** Records read. */
  readonly records: number;
  readonly headSeq: number;
  readonly headHash: string;
  /** The first record that is not what was written; the rest of the chain is then worth nothing as evidence. */
  readonly firstBroken: { readonly seq: number; readonly why: string } | null;
}

const PAGE = 1000;

/**
 * Reads the chain in pages and computes every hash again. `from` starts after a record known to be good (a signed head).
 * A chain cut at its end, or made anew as a whole, can only be seen against heads kept elsewhere: `see` gets each record
 * that is in its place, to compare.
 */
export async function verifyAudit(
  audit: Pick<AuditLog, 'list'>,
  from: { readonly seq: number; readonly hash: string } = { seq: 0, hash: GENESIS },
  see: (record: AuditRecord) => void = () => undefined,
): Promise<AuditVerdict> {
  let { seq, hash } = from;
  let records = 0;
  for (;;) {
    const page = await audit.list({ after: seq, limit: PAGE, order: 'oldest-first' });
    for (const record of page) {
      const { hash: stated, ...unsigned } = record;
      const why =
        record.seq !== seq + 1
          ? 'a record before it is missing'
          : record.previous !== hash
            ? 'it does not name the record before it'
            : recordHash(unsigned) !== stated
              ? 'its content does not match its hash'
              : null;
      if (why !== null) {
        return { intact: false, records, headSeq: seq, headHash: hash, firstBroken: { seq: record.seq, why } };
      }
      seq = record.seq;
      hash = stated;
      records++;
      see(record);
    }
    if (page.length < PAGE) return { intact: true, records, headSeq: seq, headHash: hash, firstBroken: null };
  }
}
