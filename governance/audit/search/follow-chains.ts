import { errorName, WardflowError, type Log } from '../../../engine/index.ts';
import type { AuditPart } from '../../api/audit-contract.ts';
import type { ChainReader } from '../chain-reader.ts';
import { auditErrors } from '../errors.ts';
import type { AuditIndex } from './audit-index.ts';

export interface Follower {
  /**
   * Copies what is new of every chain, but waits no longer than `withinMs`: what is not there by then comes later, and the
   * answer says that it is missing.
   */
  catchUp(withinMs: number): Promise<readonly AuditPart[]>;
  /** After this nothing is copied any more. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  readonly index: AuditIndex;
  readonly chains: readonly ChainReader[];
  readonly log: Log;
  /** A chain is not the one that was copied: it is copied anew, and somebody should know. */
  readonly onReplaced: (chain: string) => void;
}

const PAGE = 1000;

/** Keeps the index up to date with the chains; each is read by one reader at a time. */
export function followChains({ index, chains, log, onReplaced }: FollowOptions): Follower {
  const running = new Map<string, Promise<void>>();
  const queued = new Map<string, Promise<void>>();
  const problems = new Map<string, WardflowError>();
  const ended = new AbortController();
  const { signal } = ended;

  const copy = async (chain: ChainReader): Promise<void> => {
    let anew = false;
    while (!signal.aborted) {
      const copied = index.copied(chain.chain);
      // With the last record that is known already: it has to be the same, or the chain is not the one that was copied.
      const after = copied === null ? 0 : copied.seq - 1;
      const page = await chain.list({ after, limit: PAGE });
      if (signal.aborted) return;
      if (copied !== null && (page[0]?.seq !== copied.seq || page[0].hash !== copied.hash)) {
        // A runtime that gives another answer each time must not keep us busy for ever.
        if (anew) throw auditErrors.create('audit-chain-unread', { chain: chain.chain });
        anew = true;
        onReplaced(chain.chain);
        index.forget(chain.chain);
        continue;
      }
      if (page.some(({ seq }, n) => seq !== after + n + 1))
        throw auditErrors.create('audit-chain-unread', { chain: chain.chain });
      index.add(chain.chain, copied === null ? page : page.slice(1));
      if (page.length < PAGE) return;
    }
  };

  const follow = (chain: ChainReader): Promise<void> => {
    const now = running.get(chain.chain);
    if (!now) return begin(chain);
    // What came since it began may not be in it: whoever asks now is told after the next, which all who ask meanwhile share.
    let next = queued.get(chain.chain);
    if (!next) {
      next = now.then(() => {
        queued.delete(chain.chain);
        return begin(chain);
      });
      queued.set(chain.chain, next);
    }
    return next;
  };

  const begin = (chain: ChainReader): Promise<void> => {
    const work = copy(chain).then(
      () => void problems.delete(chain.chain),
      (error: unknown) => {
        if (!(error instanceof WardflowError))
          log.error('an audit trail could not be copied', { part: 'audit', host: chain.chain, error });
        problems.set(
          chain.chain,
          error instanceof WardflowError
            ? error
            : auditErrors.create('audit-chain-unread', { chain: chain.chain }, { cause: errorName(error) }),
        );
      },
    );
    const last = work.finally(() => running.delete(chain.chain));
    running.set(chain.chain, last);
    return last;
  };

  return {
    async catchUp(withinMs) {
      const late = Symbol('late');
      const timer = Promise.withResolvers<typeof late>();
      const handle = setTimeout(() => timer.resolve(late), withinMs);
      const parts = await Promise.all(
        chains.map(async (chain): Promise<AuditPart> => {
          const first = await Promise.race([follow(chain), timer.promise]);
          const copied = index.copied(chain.chain);
          const problem = problems.get(chain.chain);
          return {
            chain: chain.chain,
            complete: first !== late && !problem,
            upTo: copied && { seq: copied.seq, at: copied.at },
            problem: problem ? { code: problem.code, title: problem.message, remedy: problem.remedy } : null,
          };
        }),
      );
      clearTimeout(handle);
      return parts;
    },
    async stop() {
      ended.abort();
      await Promise.all(running.values());
    },
  };
}
