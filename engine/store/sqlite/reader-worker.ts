/** Reads on a connection of its own: node:sqlite is synchronous, and neither the flow nor the writer waits for a list. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openReader } from './connection.ts';
import type { FromWorker, SentError, ToWorker, WorkerStart } from './protocol.ts';
import { readOperations } from './read/operations.ts';
import { sentError } from './sent-error.ts';
import { Sql } from './sql.ts';

type Handler = (sql: Sql, ...args: readonly unknown[]) => unknown;

function serve(port: MessagePort, { path }: WorkerStart): void {
  const reply = (message: FromWorker): void => port.postMessage(message);
  let sql: Sql;
  try {
    sql = new Sql(openReader(path));
  } catch (error) {
    reply({ kind: 'refused', error: sentError(error, 'open', path) });
    port.close();
    return;
  }
  const handlers = new Map<string, Handler>(Object.entries(readOperations) as [string, Handler][]);
  port.on('message', (message: ToWorker) => {
    if (message === 'close') {
      sql.db.close();
      port.close();
      return;
    }
    const errors: [number, SentError][] = [];
    const results = message.calls.map(([operation, args], index) => {
      try {
        const handler = handlers.get(operation);
        if (!handler) throw new TypeError('unknown operation');
        return handler(sql, ...args);
      } catch (error) {
        errors.push([index, sentError(error, operation, path)]);
        return null;
      }
    });
    reply({ kind: 'results', results, errors, bytes: new ArrayBuffer(0) });
  });
  reply({ kind: 'ready', settings: {} });
}

if (parentPort) serve(parentPort, workerData as WorkerStart);
