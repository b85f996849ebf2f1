/**
 * The one writer of this process. Group commit without a timer: whatever piled up while the last commit ran goes into the
 * next transaction, and its flush resolves all of it.
 */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { openWriter } from './connection.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './protocol.ts';
import { sentError } from './sent-error.ts';
import { Sql } from './sql.ts';
import { CutLog } from './write/cut-log.ts';
import { Durability } from './write/durability.ts';
import { LostDecisions } from './write/lost-decisions.ts';
import { WriteContext } from './write/context.ts';
import { writeOperations } from './write/operations.ts';

interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly bytes: Uint8Array;
}

type Handler = (ctx: WriteContext, ...args: readonly unknown[]) => unknown;

function serve(port: MessagePort, { path }: WorkerStart): void {
  const reply = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  let opened: ReturnType<typeof openWriter>;
  try {
    opened = openWriter(path);
  } catch (error) {
    reply({ kind: 'refused', error: sentError(error, 'open', path) });
    port.close();
    return;
  }
  const { db, settings } = opened;
  const sql = new Sql(db);
  const ctx = new WriteContext(sql);
  const durability = new Durability(sql);
  const cutLog = new CutLog(sql);
  const lost = new LostDecisions();
  const handlers = new Map<string, Handler>(Object.entries(writeOperations) as [string, Handler][]);

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

  const commit = (calls: readonly Call[]): void => {
    const errors: [number, SentError][] = [];
    let results: unknown[];
    try {
      durability.choose(calls);
      sql.run('BEGIN IMMEDIATE');
      ctx.begin();
      try {
        results = together(calls);
      } catch {
        sql.run('ROLLBACK');
        sql.run('BEGIN IMMEDIATE');
        ctx.rolledBack();
        results = apart(calls, errors);
      }
      sql.run('COMMIT');
      durability.committed();
      cutLog.committed(calls, results);
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
    reply({ kind: 'results', results, errors, bytes }, [bytes]);
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
    durability.stop();
    db.close();
    port.close();
  });
  reply({ kind: 'ready', settings });
}

if (parentPort) serve(parentPort, workerData as WorkerStart);
