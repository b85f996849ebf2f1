import { errorName, GENESIS, WardflowError, type Clock, type Log } from '../../../engine/index.ts';
import type { SigningKey } from '../../bundle/index.ts';
import type { AuditTrail } from '../../server/audit-trail.ts';
import type { ChainReader } from '../chain-reader.ts';
import { auditErrors } from '../errors.ts';
import { ensureHeadKey, headsFile, publicKeyFile, readHeadKeys } from './head-key.ts';
import {
  lineHash,
  NO_LINE,
  readHead,
  signHead,
  type ChainHead,
  type HeadReason,
  type HeadStatement,
} from './head-statement.ts';
import { appendLine, lastLines } from './heads-file.ts';

export interface HeadSignerOptions {
  /** `audit-heads` of the data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the console and of every runtime. */
  readonly chains: readonly ChainReader[];
  /** The last resort at a stop: the runtimes have ended before the console does. */
  stored(chain: string): (ChainReader & { close(): void }) | undefined;
  readonly audit: AuditTrail;
}

export interface HeadsStatus {
  readonly newest: HeadStatement | null;
  /** Why none is signed at the moment, or what was found when the last was. */
  readonly problem: WardflowError | null;
}

export interface HeadSigner {
  /** Signs at once, then whenever it is due. Never rejects: a console that cannot sign still runs, and says so. */
  start(): Promise<void>;
  /** Signs a last time, in a moment. */
  stop(): Promise<void>;
  /** Signs if it is due; what the timer does. */
  poll(): Promise<void>;
  status(): HeadsStatus;
}

export const HOUR_MS = 3_600_000;
/** So many records since the last head are signed before the hour is over. */
export const MOST_UNSIGNED = 10_000;
const POLL_MS = 60_000;
/** At a stop nobody waits longer than this for a runtime. */
const LAST_WORD_MS = 500;
/** Lines that are read at the start. */
const TAKEN_UP = 50;

/**
 * Signs the heads of all chains: at the start, every hour, after many records, when a chain can be read again, at the stop.
 * The schedule is durable in the file itself: the next is due an hour after the newest line, whenever the console starts.
 */
export function createHeadSigner(options: HeadSignerOptions): HeadSigner {
  const { folder, clock, log, chains, audit } = options;
  const file = headsFile(folder);
  let key: SigningKey | undefined;
  let last: { readonly statement: HeadStatement; readonly hash: string } | null = null;
  let problem: WardflowError | null = null;
  let running: Promise<void> = Promise.resolve();
  let cancel: () => void = () => undefined;
  let stopped = false;
  let begun = false;

  /** The newest head of each chain: one that cannot be read for a while is compared when it can be again. */
  const known = new Map<string, ChainHead>();
  const keep = (statement: HeadStatement, hash: string): void => {
    last = { statement, hash };
    for (const head of statement.chains) known.set(head.chain, head);
  };

  const open = async (): Promise<void> => {
    const found = await ensureHeadKey(folder);
    const keys = await readHeadKeys([publicKeyFile(folder)]);
    for (const { line, number } of await lastLines(file, TAKEN_UP)) {
      const { statement } = await readHead(line, number, keys);
      keep(statement, lineHash(line));
    }
    key = found;
  };

  const sign = async (why: HeadReason, within?: number): Promise<void> => {
    if (!key) await open();
    if (!key) return;
    const heads: ChainHead[] = [];
    const unread: string[] = [];
    for (const chain of chains) {
      const head = await headOf(chain, known.get(chain.chain), within);
      if (head) heads.push(head);
      else unread.push(chain.chain);
    }
    const at = new Date(clock.now()).toISOString();
    const number = (last?.statement.number ?? 0) + 1;
    const previous = last?.hash ?? NO_LINE;
    const statement: HeadStatement = {
      kind: 'audit-heads',
      format: 1,
      number,
      previous,
      at,
      why,
      chains: heads,
      unread,
    };
    const line = await signHead(statement, key);
    await appendLine(file, line);
    keep(statement, lineHash(line));
    audit.append('audit.heads-signed', 'system', { number, why, line: lineHash(line), unread: unread.join(', ') });
  };

  /** The chain's head, after a look whether it goes on from the one signed before. `null`: it cannot be read now. */
  const headOf = async (
    chain: ChainReader,
    before: ChainHead | undefined,
    within?: number,
  ): Promise<ChainHead | null> => {
    const readers = within === undefined ? [() => chain] : [() => chain, () => options.stored(chain.chain)];
    for (const open of readers) {
      let reader: (ChainReader & { close?(): void }) | undefined;
      try {
        reader = open();
        if (!reader) continue;
        const { seq, hash } = await reader.head(within);
        const first = seq === 0 ? null : await hashAt(reader, 1);
        if (before && before.seq > 0 && (await hashAt(reader, before.seq)) !== before.hash)
          replaced(chain.chain, before.seq);
        return { chain: chain.chain, seq, hash: seq === 0 ? GENESIS : hash, first };
      } catch (error) {
        if (!(error instanceof WardflowError)) throw error;
      } finally {
        reader?.close?.();
      }
    }
    return null;
  };

  /** Said once for each head that does not fit; verification says what happened. */
  const replaced = (chain: string, seq: number): void => {
    log.error('an audit trail does not go on from the head that was signed of it', { part: 'audit', host: chain });
    audit.append('audit.chain-replaced', 'system', {
      chain,
      seq,
      why: 'it does not hold the record that was signed last',
    });
  };

  /** One after the other; a failure is kept for the status, and told in the audit when it is a new one. */
  const run = (work: () => Promise<void>): Promise<void> => {
    running = running.then(work).then(
      () => void (problem = null),
      (error: unknown) => {
        const known =
          error instanceof WardflowError
            ? error
            : auditErrors.create('audit-heads-unwritable', { folder, system: errorName(error) }, { cause: error });
        if (problem?.code !== known.code) {
          log.error('the heads of the audit trails were not signed', { part: 'audit', code: known.code, error });
          audit.append('audit.heads-trouble', 'system', { code: known.code });
        }
        problem = known;
      },
    );
    return running;
  };

  const due = async (): Promise<HeadReason | null> => {
    if (!last) return 'start';
    const { at, unread } = last.statement;
    if (clock.now() - Date.parse(at) >= HOUR_MS) return 'hour';
    for (const chain of chains) {
      const head = await chain.head().catch(() => null);
      if (!head) continue;
      if (unread.includes(chain.chain)) return 'chain';
      const before = known.get(chain.chain)?.seq ?? 0;
      if (head.seq - before >= MOST_UNSIGNED || head.seq < before) return 'entries';
    }
    return null;
  };

  const poll = (): Promise<void> =>
    run(async () => {
      const why = problem ? 'start' : await due();
      if (why !== null && !stopped) await sign(why);
    });

  const arm = (): void => {
    if (stopped) return;
    cancel = clock.at(clock.now() + POLL_MS, () => void poll().then(arm));
  };

  return {
    start() {
      begun = true;
      return run(() => sign('start')).then(arm);
    },
    poll,
    async stop() {
      if (stopped) return;
      stopped = true;
      cancel();
      // One that was never started has nothing to sign: the console failed before.
      if (!begun) return;
      await run(() => sign('stop', LAST_WORD_MS));
    },
    status: () => ({ newest: last?.statement ?? null, problem }),
  };
}

async function hashAt(chain: ChainReader, seq: number): Promise<string | null> {
  const [record] = await chain.list({ after: seq - 1, limit: 1 });
  return record?.seq === seq ? record.hash : null;
}
