import { verifyAudit, WardflowError, type AuditRecord } from '../../../engine/index.ts';
import { CONSOLE_CHAIN, type ChainReader } from '../chain-reader.ts';
import { auditErrors } from '../errors.ts';
import { lineHash, type ChainHead, type SignedHead } from './head-statement.ts';
import type { HeadsRead } from './heads-file.ts';

export interface Finding {
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

export interface ChainVerdict {
  readonly chain: string;
  /** `null`: it could not be read, so nothing is known of it. */
  readonly intact: boolean | null;
  /** Records read whose hashes follow one another. */
  readonly records: number;
  /** The newest of them. */
  readonly upTo: { readonly seq: number; readonly at: number } | null;
  /** The newest of them whose hash was signed. */
  readonly signedUpTo: { readonly seq: number; readonly at: number; readonly head: number } | null;
  readonly findings: readonly Finding[];
}

export interface TrailsVerdict {
  /** Everything that was read is what was written; `false` also where a chain could not be read. */
  readonly intact: boolean;
  readonly chains: readonly ChainVerdict[];
  /** Of the signed heads themselves. */
  readonly heads: {
    readonly count: number;
    readonly newest: { readonly number: number; readonly at: number } | null;
    readonly findings: readonly Finding[];
  };
}

/**
 * Reads every chain from its first record, computes every hash again, and compares with the signed heads: a chain that was
 * rewritten as a whole, cut or exchanged follows itself perfectly, and only the heads say so.
 */
export async function verifyAgainstHeads(chains: readonly ChainReader[], read: HeadsRead): Promise<TrailsVerdict> {
  const { heads } = read;
  const found: Finding[] = read.problem ? [findingOf(read.problem)] : [];
  const verdicts: ChainVerdict[] = [];
  for (const chain of chains) {
    const recorded: AuditRecord[] = [];
    const see = (record: AuditRecord): void => {
      if (chain.chain === CONSOLE_CHAIN && record.type === 'audit.heads-signed') recorded.push(record);
    };
    verdicts.push(await verifyChain(chain, heads, see));
    // What stands after a problem was not read: only what the file lost is to be said, once.
    if (read.problem === null) found.push(...missingHeads(recorded, heads));
  }
  const newest = heads.at(-1)?.statement;
  const given = new Set(chains.map(({ chain }) => chain));
  for (const { chain } of newest?.chains ?? []) if (!given.has(chain)) verdicts.push(unread(chain));
  return {
    intact: found.length === 0 && verdicts.every(({ intact }) => intact === true),
    chains: verdicts,
    heads: {
      count: heads.length,
      newest: newest ? { number: newest.number, at: Date.parse(newest.at) } : null,
      findings: found,
    },
  };
}

async function verifyChain(
  reader: ChainReader,
  heads: readonly SignedHead[],
  see: (record: AuditRecord) => void,
): Promise<ChainVerdict> {
  const { chain } = reader;
  const signed = signedOf(chain, heads);
  const waiting = Map.groupBy(signed, ({ seq }) => seq);
  let upTo: ChainVerdict['upTo'] = null;
  let signedUpTo: ChainVerdict['signedUpTo'] = null;
  let first: string | undefined;
  let differs: { readonly seq: number; readonly number: number } | undefined;
  try {
    const verdict = await verifyAudit(reader, undefined, (record) => {
      first ??= record.hash;
      upTo = { seq: record.seq, at: record.at };
      for (const { hash, number } of waiting.get(record.seq) ?? []) {
        if (hash !== record.hash) differs ??= { seq: record.seq, number };
        else if (!differs) signedUpTo = { seq: record.seq, at: record.at, head: number };
      }
      see(record);
    });
    const swapped = signed.find((head) => head.first !== null && first !== undefined && head.first !== first);
    const longest = Math.max(0, ...signed.map(({ seq }) => seq));
    const { seq, why } = verdict.firstBroken ?? { seq: 0, why: '' };
    const problem = swapped
      ? auditErrors.create('audit-chain-swapped', { chain, number: swapped.number })
      : differs
        ? auditErrors.create('audit-chain-rewritten', { chain, ...differs })
        : verdict.firstBroken
          ? auditErrors.create('audit-chain-broken', { chain, seq, why })
          : longest > verdict.headSeq
            ? auditErrors.create('audit-chain-cut', { chain, seq: verdict.headSeq, signed: longest })
            : null;
    return {
      chain,
      intact: problem === null,
      records: verdict.records,
      upTo,
      signedUpTo,
      findings: problem ? [findingOf(problem)] : [],
    };
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    return unread(chain, error);
  }
}

function unread(chain: string, error = auditErrors.create('audit-chain-unread', { chain })): ChainVerdict {
  return { chain, intact: null, records: 0, upTo: null, signedUpTo: null, findings: [findingOf(error)] };
}

function signedOf(chain: string, heads: readonly SignedHead[]): readonly (ChainHead & { readonly number: number })[] {
  return heads.flatMap(({ statement: { number, chains } }) =>
    chains.filter((head) => head.chain === chain && head.seq > 0).map((head) => ({ ...head, number })),
  );
}

/** The console's chain names every head that was signed, so a file that lost its end shows. */
function missingHeads(recorded: readonly AuditRecord[], heads: readonly SignedHead[]): readonly Finding[] {
  for (const { details } of recorded) {
    const number = Number(details['number']);
    const head = heads[number - 1];
    if (!head) {
      const what = `number ${number} was signed, and the file ends with ${heads.length}`;
      return [findingOf(auditErrors.create('audit-heads-cut', { what }))];
    }
    if (lineHash(head.line) !== details['line'])
      return [findingOf(auditErrors.create('audit-heads-rewritten', { line: number }))];
  }
  return [];
}

export const findingOf = ({ code, message, remedy }: WardflowError): Finding => ({ code, text: message, remedy });
