/**
 * Preloaded into a runtime under test (`node --import`), in all its threads: lets it kill itself at a named step
 * (steps.ts). It stands in for a few modules of the engine and listens to sockets, so that the product has no test hooks.
 */
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';
import { around } from './around.ts';
import { commitEnded, commitStarts, transactionStarts } from './commits.ts';
import { reach } from './reach.ts';

const HERE = new URL('.', import.meta.url).href;
/** Modules of the engine, and what is loaded in their place; that loads the real one and hands everything on. */
const STAND_INS: readonly (readonly [string, string])[] = [
  ['/engine/store/open-store.ts', 'open-store.ts'],
  ['/engine/store/sqlite/write/operations.ts', 'sqlite-operations.ts'],
  ['/engine/store/sqlite/arrivals/arrival-log.ts', 'arrival-log.ts'],
  ['/engine/store/mongo/batches.ts', 'mongo-batches.ts'],
  ['/engine/live/live-bus.ts', 'live-bus.ts'],
  ['/runtime/gate/candidate.ts', 'gate-candidate.ts'],
  ['/runtime/gate/node-red-host.ts', 'gate-host.ts'],
];

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const standIn = STAND_INS.find(([path]) => found.url.endsWith(path))?.[1];
    return standIn === undefined || context.parentURL?.startsWith(HERE) === true
      ? found
      : { ...found, url: new URL(standIn, HERE).href };
  },
});

if (isMainThread) {
  watchAcknowledgements(Number(process.env['WARDFLOW_MLLP_PORT']));
  watchFhirWrites();
} else watchCommits();

function watchAcknowledgements(port: number): void {
  around(Socket.prototype, 'write', function (write, chunk, second, ...rest) {
    if (this.localPort !== port || !(chunk instanceof Uint8Array) || chunk[0] !== 0x0b)
      return write(chunk, second, ...rest);
    reach('acknowledgement writing');
    return write(chunk, (error?: Error | null) => {
      reach('acknowledgement written');
      (second as (error?: Error | null) => void)(error);
    });
  });
}

/** Channels of undici, which the FHIR client uses. */
function watchFhirWrites(): void {
  const steps = {
    'undici:request:create': 'write sending',
    'undici:request:bodySent': 'write sent',
    'undici:request:headers': 'write answered',
  };
  for (const [channel, step] of Object.entries(steps))
    subscribe(channel, (event) => {
      if ((event as { request: { method: string } }).request.method === 'POST') reach(step);
    });
}

/** The writer's thread: one transaction at a time. */
function watchCommits(): void {
  around(DatabaseSync.prototype, 'prepare', (prepare, text) => {
    const statement = prepare(text) as StatementSync;
    if (text === 'BEGIN IMMEDIATE')
      around(statement, 'run', (run) => {
        transactionStarts(DatabaseSync);
        return run();
      });
    if (text === 'COMMIT')
      around(statement, 'run', (run) => {
        commitStarts(DatabaseSync);
        const result = run();
        commitEnded(DatabaseSync);
        return result;
      });
    return statement;
  });
}
