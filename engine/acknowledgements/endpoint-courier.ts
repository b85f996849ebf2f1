/**
 * Answers that go to a receiver of their own: tried until it says that it has them, with a back-off that is kept in the
 * store. One after the other for each receiver, and while one cannot be brought the others of that receiver wait.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Hl7SendResult } from '../mllp/endpoint.ts';
import type { AcknowledgementRecord, Acknowledgements } from '../store/contract/index.ts';

/** Sends one message to the `mllp` endpoint of that name. Rejects where there is none. */
export type SendToEndpoint = (endpoint: string, message: Uint8Array) => Promise<Hl7SendResult>;

export interface EndpointCourierOptions {
  readonly acknowledgements: Pick<Acknowledgements, 'take' | 'failed'>;
  /** The answer of a message, as it is kept. */
  readonly bytes: (messageId: string) => Promise<Uint8Array | undefined>;
  readonly send: SendToEndpoint;
  readonly delivered: (messageId: string) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
}

/** A process that dies with a try leaves it to the next after this. */
const TAKEN_MS = 2 * 60_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class EndpointCourier {
  readonly #options: EndpointCourierOptions;
  readonly #rounds = new Map<string, Promise<void>>();
  readonly #pausedUntil = new Map<string, Millis>();
  #stopped = false;

  constructor(options: EndpointCourierOptions) {
    this.#options = options;
  }

  /** When the receiver is tried again; `null`: now. */
  pause(endpoint: string): Millis | null {
    const until = this.#pausedUntil.get(endpoint) ?? 0;
    return until > this.#options.clock.now() ? until : null;
  }

  /** Whether a round to this receiver is under way. */
  busy(endpoint: string): boolean {
    return this.#rounds.has(endpoint);
  }

  /** Brings them, in this order; ends at the first that fails, unless its receiver refuses this one alone. `over` is called when the round is. */
  bring(endpoint: string, records: readonly AcknowledgementRecord[], over: () => void): void {
    if (this.#stopped || this.#rounds.has(endpoint)) return;
    const round = this.#round(endpoint, records)
      .catch((error: unknown) => this.#options.onStoreFailure(error))
      .finally(() => {
        this.#rounds.delete(endpoint);
        over();
      });
    this.#rounds.set(endpoint, round);
  }

  /** Its message came again: whoever waits for an answer is there. */
  hasten(endpoint: string): void {
    this.#pausedUntil.delete(endpoint);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#rounds.values());
  }

  async #round(endpoint: string, records: readonly AcknowledgementRecord[]): Promise<void> {
    const { acknowledgements, clock, log, random, delivered } = this.#options;
    for (const { messageId, nextAt, tries } of records) {
      if (this.#stopped) return;
      if (nextAt === null || !(await acknowledgements.take(messageId, nextAt, clock.now() + TAKEN_MS))) continue;
      const failure = await this.#try(endpoint, messageId);
      if (failure === null) {
        await delivered(messageId);
        continue;
      }
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), LONGEST_PAUSE_MS) * (0.5 + random() / 2);
      const until = Math.ceil(clock.now() + pause);
      const { code, isOfThisOne } = failure;
      log.warn('An acknowledgement could not be brought to its receiver.', { endpoint, messageId, code, ms: pause });
      if (!isOfThisOne) this.#pausedUntil.set(endpoint, until);
      await acknowledgements.failed(messageId, code, until);
      if (!isOfThisOne) return;
    }
  }

  /** `null`: its receiver has it. */
  async #try(endpoint: string, messageId: string): Promise<NotBrought | null> {
    const bytes = await this.#options.bytes(messageId);
    if (!bytes) return null;
    try {
      const result = await this.#options.send(endpoint, bytes);
      if (result.ok) return null;
      return { code: result.failure.code, isOfThisOne: result.failure.class === 'permanent' };
    } catch (error) {
      const known = error instanceof Error && 'code' in error && typeof error.code === 'string';
      return { code: known ? String(error.code) : 'endpoint-failed', isOfThisOne: false };
    }
  }
}

interface NotBrought {
  readonly code: string;
  /** Others may be taken all the same. */
  readonly isOfThisOne: boolean;
}
