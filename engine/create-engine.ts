/** Composes the engine: the store, what comes in, what is dispatched, what goes out, and what waits for people. */
import type { Clock, Millis } from './base/clock.ts';
import { systemClock } from './base/clock.ts';
import { timeSortedIds } from './base/ids.ts';
import { createLog, type Log } from './base/log.ts';
import type { Bindings } from './config/bindings.ts';
import { createEffectRunner } from './effects/effect-runner.ts';
import { createFhirEndpoints, type ClosableFhirEndpoints } from './endpoints/create-fhir-endpoints.ts';
import type { Engine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';
import { createIntake } from './intake/create-intake.ts';
import { createLiveBus } from './live/live-bus.ts';
import { createDispatcher } from './queue/dispatcher.ts';
import { createEscalationRunner } from './schedule/escalation-runner.ts';
import { createEscalationService } from './schedule/create-escalation-service.ts';
import { createTaskWatcher } from './schedule/task-watcher.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { storeFailures } from './store-failures.ts';

export interface EngineOptions {
  /** `staging`, `production`; claims are made in this name, so that a restart finds those of its earlier life. */
  readonly environment: string;
  /** Folder of this environment: its database lies here. */
  readonly dataFolder: string;
  readonly bindings: Pick<Bindings, 'feeds' | 'endpoints'>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Numbers in [0, 1), for jitter; default `Math.random`. */
  readonly random?: () => number;
  readonly log?: Log;
  /** Between two rounds of looking for answered FHIR Tasks; default 15 s. */
  readonly taskPollMs?: Millis;
  /** The store is lost: the process should end and be started again. Called once. */
  readonly onFatal?: (error: unknown) => void;
}

/**
 * Opens the store, gives back what an earlier life had claimed, and composes the parts; nothing runs before `start()`.
 * Rejects with a catalogued error for an unwritable folder, one in use, a broken database or a bad binding.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { environment, dataFolder, bindings, taskPollMs } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const log = (options.log ?? createLog()).with({ part: 'engine' });
  const ids = timeSortedIds(clock);
  const live = createLiveBus(log);
  const failures = storeFailures(clock, log, options.onFatal);
  const onStoreFailure = failures.note;

  const store = await openSqliteStore({ folder: dataFolder, log, onFailure: onStoreFailure });
  let unlock: (() => void) | undefined;
  let endpoints: ClosableFhirEndpoints;
  try {
    unlock = lockFolder(dataFolder);
    endpoints = createFhirEndpoints({ bindings: fhirBindings(bindings), folder: dataFolder, clock, log, live });
    const released = await store.work.release(environment, clock.now());
    if (released > 0) log.info('Work of an earlier life is delivered again.', { count: released });
  } catch (error) {
    failures.expected();
    await store.close();
    unlock?.();
    throw error;
  }

  const parts = { clock, ids, random, log, live, onStoreFailure, audit: store.audit, escalations: store.escalations };
  const dispatcher = createDispatcher({ ...parts, work: store.work, owner: environment });
  const onWork = (): void => dispatcher.wake();
  const owner = `${environment}/${ids.next()}`;
  const effects = createEffectRunner({ ...parts, effects: store.effects, dispatcher, owner });
  const runner = createEscalationRunner({ ...parts, onWork });
  const escalations = createEscalationService({ ...parts, onDue: (at) => runner.expect(at), onWork });
  const poll = taskPollMs === undefined ? {} : { pollMs: taskPollMs };
  const watcher = createTaskWatcher({ ...parts, ...poll, service: escalations, endpoints });
  const intake = createIntake({ ...parts, store, bindings: bindings.feeds, wake: onWork });

  let stopping: Promise<void> | null = null;
  async function stop(withinMs: number): Promise<void> {
    await intake.close();
    await Promise.all([dispatcher.drain(withinMs), runner.stop(), watcher.stop()]);
    failures.expected();
    await endpoints.close();
    await store.close();
    unlock?.();
  }

  return {
    environment,
    clock,
    ids,
    log,
    store,
    intake,
    dispatcher,
    effects,
    escalations,
    endpoints,
    live,
    start() {
      dispatcher.start();
      runner.start();
      watcher.start();
    },
    stop: (withinMs) => (stopping ??= stop(withinMs)),
  };
}

function fhirBindings({
  endpoints,
}: Pick<Bindings, 'endpoints'>): Parameters<typeof createFhirEndpoints>[0]['bindings'] {
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, { base, auth, timeoutMs, concurrency }]) => [
      name,
      { base, auth, timeoutMs, concurrency },
    ]),
  );
}
