/** Settles an item in the store as decided, and says what became of it; never rejects. */
import type { Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { AuditEntry, ClaimedWork, Failure, NewWork, Settlement, WorkQueue } from '../store/contract/index.ts';
import { failureOf } from './failure.ts';
import type { WorkResult } from './source.ts';

export interface SettlerOptions {
  readonly work: Pick<WorkQueue, 'settle'>;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
}

export class Settler {
  readonly #options: SettlerOptions;
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

  /** `lost-lease` also where the store failed: the lease runs out and the item is delivered again. */
  async settle(
    work: ClaimedWork,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
    unhurried = false,
  ): Promise<SettleOutcome> {
    this.#open++;
    try {
      return await this.#attempt(work, result, settlement, at, unhurried);
    } catch (error) {
      this.#options.onStoreFailure(error);
      if (!(error instanceof WardflowError) || error.failureClass !== 'permanent') return 'lost-lease';
      // Refused for what it holds: settled without that, or it would be delivered and refused for ever.
      const failure = failureOf(error);
      return await this.#attempt(work, failedWith(failure), { kind: 'dead', failure }, at).catch((again: unknown) => {
        this.#options.onStoreFailure(again);
        return 'lost-lease' as const;
      });
    } finally {
      this.#open--;
      if (this.#open === 0) this.#whenNone?.();
    }
  }

  /** What is retried makes its children again when it succeeds; what is dead makes none but who is told of it. */
  #children(
    work: ClaimedWork,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
  ): ReturnType<DeathChildren> | undefined {
    if (settlement.kind === 'done') return result.children;
    return settlement.kind === 'dead' ? this.#childrenOfDeath(work, settlement.failure, at) : undefined;
  }

  async #attempt(
    work: ClaimedWork,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
    unhurried = false,
  ): Promise<SettleOutcome> {
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

/** Child items that begin with the death of an item. */
export type DeathChildren = (
  work: ClaimedWork,
  failure: Failure,
  at: Millis,
) => readonly NewWork[] | Promise<readonly NewWork[]>;

export type SettleOutcome = 'settled' | 'lost-lease';

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
