/**
 * Settles an item in the store as decided, and says what became of it; never rejects. A store that fails for a while is
 * asked again as long as the lease is ours: what has been done need not be delivered again for that.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { AuditEntry, ClaimedWork, Failure, NewWork, Settlement, WorkQueue } from '../store/contract/index.ts';
import { failureOf } from './failure.ts';
import type { WorkResult } from './source.ts';

export interface SettlerOptions {
  readonly work: Pick<WorkQueue, 'settle'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
}

/** Between two tries; doubles from one to the other. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
/** Before an item whose decision was lost is delivered again: what lost it may still be so. */
const DECIDE_AGAIN_MS = 1000;

export class Settler {
  readonly #options: SettlerOptions;
  /** Ends the waits of those that wait for their next try. */
  readonly #waiting = new Set<() => void>();
  #givenUp = false;
  #open = 0;
  #whenNone: (() => void) | null = null;
  #childrenOfDeath: DeathChildren = () => [];

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  tellOfDeaths(make: DeathChildren): void {
    this.#childrenOfDeath = make;
  }

  /** Resolves when nothing is being settled. */
  async none(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#whenNone = resolve));
    this.#whenNone = null;
  }

  /** No more tries: what waits for its next one is left to its lease, until `goOn`. */
  giveUp(): void {
    this.#givenUp = true;
    for (const end of this.#waiting) end();
  }

  goOn(): void {
    this.#givenUp = false;
  }

  /** `lost-lease` also where the store failed until `leaseUntil`: the item is delivered again. */
  async settle(
    work: ClaimedWork,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
    unhurried = false,
    leaseUntil: Millis = work.leaseUntil,
  ): Promise<Settled> {
    this.#open++;
    try {
      return await this.#insist(work, { result, settlement, unhurried, stripped: false }, at, leaseUntil);
    } finally {
      this.#open--;
      if (this.#open === 0) this.#whenNone?.();
    }
  }

  async #insist(work: ClaimedWork, first: Wanted, at: Millis, leaseUntil: Millis): Promise<Settled> {
    let wanted = first;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return { outcome: await this.#attempt(work, wanted, at), settlement: wanted.settlement };
      } catch (error) {
        this.#options.onStoreFailure(error);
        const instead = insteadOf(wanted, error, at);
        if (instead === 'nothing') return lost(wanted);
        const ours = this.#options.clock.now() + wait < leaseUntil;
        if (instead === wanted && (!ours || this.#givenUp || !(await this.#pause(wait)))) return lost(wanted);
        wanted = instead;
      }
    }
  }

  /** `false`: it was ended by `giveUp`. */
  async #pause(ms: Millis): Promise<boolean> {
    const { clock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.at(clock.now() + ms, resolve);
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
    cancel();
    return !this.#givenUp;
  }

  /** What is retried makes its children again when it succeeds; what is dead makes none but who is told of it. */
  #children(
    work: ClaimedWork,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
  ): ReturnType<DeathChildren> | undefined {
    if (settlement.kind === 'done' || settlement.kind === 'held') return result.children;
    return settlement.kind === 'dead' ? this.#childrenOfDeath(work, settlement.failure, at) : undefined;
  }

  async #attempt(work: ClaimedWork, { result, settlement, unhurried }: Wanted, at: Millis): Promise<SettleOutcome> {
    const audit = [...(result.audit ?? []), ...(settlement.kind === 'dead' ? [deadLetter(work, settlement, at)] : [])];
    const making = this.#children(work, result, settlement, at);
    const children = making instanceof Promise ? await making : making;
    const outcome = await this.#options.work.settle({
      workId: work.id,
      fence: work.fence,
      at,
      settlement,
      trace: result.trace,
      version: result.version,
      ...(children && { children }),
      ...(audit.length > 0 && { audit }),
      ...(unhurried && { unhurried }),
    });
    if (outcome === 'lost-lease') {
      this.#options.log.warn('An item ended after its lease was lost; it is delivered again.', { workId: work.id });
    }
    return outcome;
  }
}

interface Wanted {
  readonly result: WorkResult;
  readonly settlement: Settlement;
  readonly unhurried: boolean;
  /** Of all that the store may have refused it for. */
  readonly stripped: boolean;
}

/** What to ask for after this error: the same where the store may yet take it. */
function insteadOf(wanted: Wanted, error: unknown, at: Millis): Wanted | 'nothing' {
  // Not ours to judge: the process should end, or this is a mistake in the program.
  if (!(error instanceof WardflowError) || error.failureClass === 'ambiguous') return 'nothing';
  const { kind } = wanted.settlement;
  // Nothing may follow from a decision that was not kept: the next delivery makes it anew, and need not wait for the lease.
  if (error.code === 'store-decision-lost' && (kind === 'done' || kind === 'held')) {
    const failure = failureOf(error);
    return { ...refused(failure), settlement: { kind: 'retry', at: at + DECIDE_AGAIN_MS, counts: false, failure } };
  }
  if (error.failureClass !== 'permanent') return wanted;
  // Refused for what it holds: settled without that, or it would be delivered and refused for ever.
  return wanted.stripped ? 'nothing' : refused(failureOf(error));
}

function refused(failure: Failure): Wanted {
  return { result: failedWith(failure), settlement: { kind: 'dead', failure }, unhurried: false, stripped: true };
}

/** Child items that begin with the death of an item. */
export type DeathChildren = (
  work: ClaimedWork,
  failure: Failure,
  at: Millis,
) => readonly NewWork[] | Promise<readonly NewWork[]>;

export type SettleOutcome = 'settled' | 'lost-lease';

/** With the settlement that was asked for last: not the one wanted at first, where the store would not have that. */
export interface Settled {
  readonly outcome: SettleOutcome;
  readonly settlement: Settlement;
}

const lost = ({ settlement }: Wanted): Settled => ({ outcome: 'lost-lease', settlement });

export function failedWith(failure: Failure): WorkResult {
  return { outcome: { kind: 'failed', failure }, trace: [], version: null };
}

function deadLetter(work: ClaimedWork, { failure }: Settlement & { kind: 'dead' }, at: Millis): AuditEntry {
  return {
    at,
    type: 'work.dead',
    actor: 'system',
    messageId: work.messageId,
    workId: work.id,
    definition: work.definition,
    details: { code: failure.code, class: failure.class, attempt: work.attempt },
  };
}
