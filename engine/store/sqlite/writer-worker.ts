/**
 * The one writer of this process. Group commit without a timer: whatever piled up while the last commit ran goes into the
 * next transaction, and its flush resolves all of it. New messages are answered sooner (arrivals/arrivals.ts).
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { Arrivals } from './arrivals/arrivals.ts';
import { openWriter, type Settings } from './connection.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './protocol.ts';
import { sentError } from './sent-error.ts';
import { Sql } from './sql.ts';
import type { Call } from './write/call.ts';
import { CutLog } from './write/cut-log.ts';
import { Durability, isUnpromised } from './write/durability.ts';
import { LostDecisions } from './write/lost-decisions.ts';
import { WriteContext } from './write/context.ts';
import { writeOperations } from './write/operations.ts';

/** After it, the database is asked again to take messages that were answered. */
const AGAIN_MS = 1000;

type Handler = (ctx: WriteContext, ...args: readonly unknown[]) => unknown;

function serve(port: MessagePort, { path, ownerWaitMs = 0 }: WorkerStart): void {
  const reply = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  let opened: ReturnType<typeof openAll>;
  try {
    opened = openAll(path, ownerWaitMs);
  } catch (error) {
    reply({ kind: 'refused', error: sentError(error, 'open', path) });
    port.close();
    return;
  }
  const { db, settings, sql, ctx, arrivals } = opened;
  const durability = new Durability(sql);
  const cutLog = new CutLog(sql);
  const lost = new LostDecisions();
  const handlers = new Map<string, Handler>(Object.entries(writeOperations) as [string, Handler][]);

  let again: NodeJS.Timeout | undefined;

  const invoke = (call: Call): unknown => {
    const handler = handlers.get(call.operation);
    if (!handler) throw new TypeError('unknown operation');
    lost.check(call.operation, call.args);
    ctx.incoming = call.bytes;
    const result = handler(ctx, ...call.args);
    if (call.operation === 'work.claim') lost.claimed(result as readonly { id: string }[]);
    return result;
  };

  /** The usual way: all calls in one transaction. Throws where any of them does. */
  const together = (calls: readonly Call[]): unknown[] => {
    const results = calls.map(invoke);
    ctx.flush();
    return results;
  };

  /** After one has thrown: each under its own savepoint, so that it does not take its neighbours along. */
  const apart = (calls: readonly Call[], errors: [number, SentError][]): unknown[] =>
    calls.map((call, index) => {
      sql.exec('SAVEPOINT one');
      try {
        const result = invoke(call);
        ctx.flush();
        sql.exec('RELEASE one');
        return result;
      } catch (error) {
        sql.exec('ROLLBACK TO one');
        sql.exec('RELEASE one');
        ctx.forgetCall();
        errors.push([index, sentError(error, call.operation, path)]);
        lost.failed(call.operation, call.args);
        return null;
      }
    });

  const begin = (calls: readonly Call[], early: boolean): void => {
    durability.choose(calls, early);
    sql.run('BEGIN IMMEDIATE');
    ctx.begin();
  };

  /** Opens the transaction of the calls; where it can be, their messages are answered before anything is written in it. */
  const start = (calls: readonly Call[]): void => {
    if (!arrivals?.suits(calls, isUnpromised, () => durability.flush())) {
      begin(calls, false);
      return;
    }
    begin(calls, true);
    const results = arrivals.answer(calls);
    if (results) {
      reply({ kind: 'early', results });
      return;
    }
    sql.run('ROLLBACK');
    begin(calls, false);
  };

  const commit = (asked: readonly Call[]): void => {
    const owed = arrivals?.owed ?? [];
    const calls = owed.length > 0 ? [...owed, ...asked] : asked;
    const errors: [number, SentError][] = [];
    let results: unknown[];
    try {
      start(calls);
      try {
        results = together(calls);
      } catch {
        sql.run('ROLLBACK');
        sql.run('BEGIN IMMEDIATE');
        ctx.rolledBack();
        results = apart(calls, errors);
      }
      const failed = new Set(errors.map(([index]) => calls[index]));
      arrivals?.note(failed);
      sql.run('COMMIT');
      arrivals?.committed(failed);
      durability.committed();
      cutLog.committed(calls, results, () => arrivals?.wipe() ?? true);
    } catch (error) {
      // Nothing of the batch is kept: every caller hears why.
      if (db.isTransaction) sql.run('ROLLBACK');
      ctx.rolledBack();
      results = calls.map(() => null);
      errors.length = 0;
      calls.forEach((call, index) => {
        errors.push([index, sentError(error, call.operation, path)]);
        lost.failed(call.operation, call.args);
      });
    }
    const bytes = ctx.takeOutgoing();
    const first = owed.length;
    if (first > 0) results = results.slice(first);
    const refused = errors.flatMap(([index, error]) => (index < first ? [] : [[index - first, error] as const]));
    const why = arrivals?.owed.length
      ? errors.find(([index]) => calls[index]?.operation === 'journal.accept')?.[1]
      : undefined;
    reply({ kind: 'results', results, errors: refused, bytes, ...(why && { owed: why }) }, [bytes]);
    goOnWithOwed();
  };

  const goOnWithOwed = (): void => {
    clearTimeout(again);
    if (arrivals && arrivals.owed.length > 0) again = setTimeout(() => commit([]), AGAIN_MS);
  };

  port.on('message', (first: ToWorker) => {
    let message: ToWorker | undefined = first;
    let closing = false;
    const calls: Call[] = [];
    while (message !== undefined) {
      if (message === 'close') closing = true;
      else {
        const bytes = new Uint8Array(message.bytes);
        for (const [operation, args] of message.calls) calls.push({ operation, args, bytes });
      }
      message = receiveMessageOnPort(port)?.message as ToWorker | undefined;
    }
    if (calls.length > 0) commit(calls);
    if (!closing) return;
    clearTimeout(again);
    durability.end();
    db.close();
    arrivals?.close();
    port.close();
  });
  goOnWithOwed();
  const aside = arrivals?.aside;
  reply({ kind: 'ready', settings, ...(aside !== undefined && { aside }) });
}

function openAll(
  path: string,
  ownerWaitMs: number,
): {
  readonly db: DatabaseSync;
  readonly settings: Settings;
  readonly sql: Sql;
  readonly ctx: WriteContext;
  readonly arrivals: Arrivals | undefined;
} {
  const { db, settings } = openWriter(path);
  const sql = new Sql(db);
  const ctx = new WriteContext(sql);
  try {
    return { db, settings, sql, ctx, arrivals: Arrivals.open(ctx, path, ownerWaitMs) };
  } catch (error) {
    db.close();
    throw error;
  }
}

if (parentPort) serve(parentPort, workerData as WorkerStart);
