/**
 * Group commit: callers pile up while the transaction before them runs, and all that have come by then share the next.
 * No timer: a single caller waits for nobody.
 */
import type { WardflowError } from '../../base/errors.ts';
import type { mongo } from 'mongoose';
import { storeErrors } from '../sqlite/errors.ts';
import { storeError } from './sent-error.ts';
import type { Sequences } from './sequences.ts';
import { inTransaction, unreachable } from './transaction.ts';
import { WriteContext } from './write/context.ts';
import type { Writer } from './write/writer.ts';
import { Needs } from './write/needs.ts';
import type { Operation } from './write/operation.ts';

const MOST_OPERATIONS = 256;
const MOST_BYTES = 8 * 1024 * 1024;

interface Call {
  readonly operation: Operation<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: WardflowError) => void;
}

export interface BatchesOptions {
  readonly client: mongo.MongoClient;
  readonly writer: Writer;
  readonly sequences: Sequences;
  readonly host: string;
}

export class Batches {
  readonly #options: BatchesOptions;
  #queue: Call[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  /** Runs before each batch: for what may ride along. */
  beforeBatch: (() => void) | undefined;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  do<R>(operation: Operation<R>): Promise<R> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#closed) {
        reject(storeErrors.create('store-closed'));
        return;
      }
      this.#queue.push({ operation, resolve, reject });
      this.#running ??= this.#run();
    }) as Promise<R>;
  }

  /** Does what was asked before, then no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // The calls of this turn of the event loop go together.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      this.beforeBatch?.();
      await this.#commit(this.#take());
    }
    this.#running = undefined;
  }

  #take(): Call[] {
    let bytes = 0;
    let n = 0;
    for (const { operation } of this.#queue) {
      bytes += operation.bytes ?? 0;
      if (n > 0 && (n >= MOST_OPERATIONS || bytes > MOST_BYTES || operation.alone)) break;
      n++;
      if (operation.alone) break;
    }
    return this.#queue.splice(0, n);
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    let outcomes: readonly Outcome[];
    try {
      outcomes = await this.#transaction(calls);
    } catch (error) {
      if (calls.length > 1 && !unreachable(error)) {
        // One of them is refused by the database: its neighbours must not pay for it.
        for (const call of calls) await this.#commit([call]);
        return;
      }
      for (const call of calls) this.#refuse(call, error);
      return;
    }
    calls.forEach((call, index) => {
      const outcome = outcomes[index];
      if (outcome && 'value' in outcome) call.resolve(outcome.value);
      else this.#refuse(call, outcome?.error);
    });
  }

  #refuse({ operation, reject }: Call, error: unknown): void {
    operation.failed?.();
    reject(storeError(error, operation.name, this.#options.host));
  }

  async #transaction(calls: readonly Call[]): Promise<readonly Outcome[]> {
    const { client, writer, sequences } = this.#options;
    const operations = calls.map((call) => call.operation);
    const first = await sequences.take(operations.reduce((sum, operation) => sum + (operation.sequences ?? 0), 0));
    let outcomes: readonly Outcome[] = [];
    const session = client.startSession();
    try {
      await inTransaction(session, async () => {
        const needs = new Needs();
        for (const operation of operations) operation.needs(needs);
        const ctx = new WriteContext(writer, session, first);
        await ctx.load(needs);
        for (const operation of operations) await operation.prepare?.(ctx);
        outcomes = applyAll(ctx, operations);
        if (!ctx.dirty) return false;
        await ctx.flush();
        return true;
      });
    } finally {
      await session.endSession();
    }
    return outcomes;
  }
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** In memory. An operation that throws has changed nothing: the others are applied again without it. */
function applyAll(ctx: WriteContext, operations: readonly Operation<unknown>[]): Outcome[] {
  const failed = new Map<number, unknown>();
  for (;;) {
    const outcomes: Outcome[] = [];
    const before = failed.size;
    for (const [index, operation] of operations.entries()) {
      if (failed.has(index)) {
        outcomes.push({ error: failed.get(index) });
        continue;
      }
      try {
        outcomes.push({ value: operation.apply(ctx) });
      } catch (error) {
        failed.set(index, error);
        break;
      }
    }
    if (failed.size === before) return outcomes;
    ctx.reset();
  }
}
