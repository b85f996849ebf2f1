/** Composes the engine: the store, what comes in, what is dispatched, what goes out, and what waits for people. */
import { openIdentifierMarks, type IdentifierMark } from './audit/identifier-marks.ts';
import type { AlertChannel } from './alerts/channel.ts';
import { createAlertService } from './alerts/create-alert-service.ts';
import { createChannels } from './alerts/create-channels.ts';
import { createAcknowledgements } from './acknowledgements/create-acknowledgements.ts';
import type { Clock, Millis } from './base/clock.ts';
import { systemClock } from './base/clock.ts';
import { timeSortedIds } from './base/ids.ts';
import { createLog, type Log } from './base/log.ts';
import type { Bindings, EndpointBinding } from './config/bindings.ts';
import { createEffectRunner } from './effects/effect-runner.ts';
import { createFhirEndpoints, type ClosableFhirEndpoints } from './endpoints/create-fhir-endpoints.ts';
import { createHl7Endpoints, type ClosableHl7Endpoints } from './endpoints/create-hl7-endpoints.ts';
import type { Engine } from './engine.ts';
import { createIntake } from './intake/create-intake.ts';
import { createLiveBus } from './live/live-bus.ts';
import { wakeWaiting } from './endpoints/wake-waiting.ts';
import { openEngineStore, type StoreChoice } from './open-engine-store.ts';
import { createOperatorControls, type RunningControls } from './operations/create-controls.ts';
import type { MllpLimits } from './mllp/server.ts';
import { tlsFolderOf } from './mllp/tls-files.ts';
import { rosterReader } from './people/read-roster.ts';
import { createDispatcher } from './queue/dispatcher.ts';
import { createSchedules } from './schedule/agenda/create-schedules.ts';
import { engineJobs } from './schedule/agenda/engine-jobs.ts';
import type { RetentionSettings } from './schedule/agenda/retention-job.ts';
import { createEscalationRunner } from './schedule/escalation-runner.ts';
import { createEscalationService } from './schedule/create-escalation-service.ts';
import { createTaskWatcher } from './schedule/task-watcher.ts';
import type { Store, Switch } from './store/contract/index.ts';
import { storeFailures } from './store-failures.ts';
import { createTaskService } from './tasks/create-task-service.ts';
import { createTaskWaits } from './tasks/task-waits.ts';
import { watchStore } from './watch-store.ts';

export interface EngineOptions {
  /** `staging`, `production`; claims are made in this name, so that a restart finds those of its earlier life. */
  readonly environment: string;
  /** Folder of this environment: its database lies here. */
  readonly dataFolder: string;
  /** Default: embedded in the data folder. */
  readonly store?: StoreChoice;
  /** Default: everything is kept. */
  readonly retention?: RetentionSettings;
  readonly bindings: Pick<Bindings, 'feeds' | 'endpoints'> & Partial<Pick<Bindings, 'channels'>>;
  /** Where people open the console: alerts lead there; default: this machine. */
  readonly consoleUrl?: string;
  /** Instead of the channels that are bound: for simulators. */
  readonly alertChannels?: ReadonlyMap<string, AlertChannel>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Numbers in [0, 1), for jitter; default `Math.random`. */
  readonly random?: () => number;
  readonly log?: Log;
  /** Open messages of one feed before its acknowledgements are withheld; default 100,000. */
  readonly backlogLimit?: number;
  /** What MLLP listeners take of one sender and of all; defaults: `MLLP_DEFAULTS`. */
  readonly mllp?: Partial<MllpLimits>;
  /** Between two rounds of looking for answered FHIR Tasks; default 15 s. */
  readonly taskPollMs?: Millis;
  /** Wraps the store that all parts use, such as to count its calls; default: as it is. */
  readonly aroundStore?: (store: Store) => Store;
  /** The store is lost: the process should end and be started again. Called once. */
  readonly onFatal?: (error: unknown) => void;
}

/**
 * Opens the store, gives back what an earlier life had claimed, and composes the parts; nothing runs before `start()`.
 * Rejects with a catalogued error for an unwritable folder, one in use, a broken database or a bad binding.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { environment, dataFolder, bindings, taskPollMs, backlogLimit, mllp } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const log = (options.log ?? createLog()).with({ part: 'engine' });
  const ids = timeSortedIds(clock);
  const live = createLiveBus(log);
  const failures = storeFailures(clock, log, options.onFatal);
  const onStoreFailure = failures.note;

  const choice = options.store ?? { adapter: 'sqlite' };
  const opened = await openEngineStore({ choice, environment, folder: dataFolder, log, onFailure: onStoreFailure });
  const watched = watchStore(opened.store, failures);
  const store = options.aroundStore?.(watched) ?? watched;
  let endpoints: ClosableFhirEndpoints;
  let hl7Endpoints: ClosableHl7Endpoints;
  let controls: RunningControls;
  let identifierMark: IdentifierMark;
  const waking = wakeWaiting({ work: store.work, clock, onStoreFailure, wake: () => dispatcher.wake() });
  try {
    identifierMark = await openIdentifierMarks(dataFolder);
    controls = await createOperatorControls({ switches: store.switches, clock, ids, log, live, onStoreFailure });
    const held = (name: string): Switch | undefined => controls.inForce('endpoint', name);
    const parts = {
      folder: dataFolder,
      clock,
      log,
      live,
      random,
      held,
      onReady: (name: string, places: number) => waking.ready(name, places),
    };
    endpoints = createFhirEndpoints({ ...parts, bindings: ofKind(bindings, 'fhir') });
    hl7Endpoints = createHl7Endpoints({ ...parts, bindings: ofKind(bindings, 'mllp') });
    const released = await store.work.release(opened.owner, clock.now());
    if (released > 0) log.info('Work of an earlier life is delivered again.', { count: released });
  } catch (error) {
    failures.expected();
    await store.close();
    opened.unlock();
    throw error;
  }

  const parts = { clock, ids, random, log, live, onStoreFailure, audit: store.audit, escalations: store.escalations };
  const dispatcher = createDispatcher({
    ...parts,
    work: store.work,
    ordered: store.ordered,
    owner: opened.owner,
    held: {
      source: ({ definition, feed }) =>
        controls.inForce('definition', definition) !== undefined ||
        (feed !== undefined && controls.inForce('feed', feed)?.mode === 'hold'),
      lane: (lane) => controls.inForce('lane', lane) !== undefined,
    },
  });
  const onWork = (): void => dispatcher.wake();
  const owner = `${environment}/${ids.next()}`;
  const effects = createEffectRunner({ ...parts, effects: store.effects, dispatcher, owner });
  const runner = createEscalationRunner({ ...parts, serves: (id) => dispatcher.serves(id), onWork });
  const escalations = createEscalationService({ ...parts, onDue: (at) => runner.expect(at), onWork });
  const channels =
    options.alertChannels ??
    createChannels({ bindings: bindings.channels ?? {}, folder: dataFolder, clock, endpoints, hl7Endpoints });
  const alerts = createAlertService({
    ...parts,
    store,
    effects,
    channels,
    roster: rosterReader(dataFolder, log),
    consoleUrl: options.consoleUrl ?? 'http://localhost:4000',
    onWork,
  });
  const waits = createTaskWaits({ ...parts, work: store.work, tasks: store.tasks, onWork });
  const tasks = createTaskService({ ...parts, tasks: store.tasks, onWork, onState: (task) => waits.changed(task) });
  const poll = taskPollMs === undefined ? {} : { pollMs: taskPollMs };
  const watcher = createTaskWatcher({ ...parts, ...poll, service: escalations, endpoints });
  const keep = options.retention ?? { bodiesDays: null, messagesDays: null };
  const onDue = (): void => runner.expect(clock.now());
  const schedules = createSchedules({
    backend: opened.schedules,
    jobs: engineJobs({ work: store.work, retention: store.retention, keep, clock, log, onWork, onDue }),
    log,
  });
  const acknowledgements = createAcknowledgements({
    ...parts,
    store,
    send: (name, message) => hl7Endpoints.get(name).send(message),
    fallbackCharset: (feed) => intake.settings(feed)?.fallbackCharset,
  });
  const intake = createIntake({
    ...parts,
    owed: acknowledgements,
    store,
    bindings: bindings.feeds,
    tlsFolder: tlsFolderOf(dataFolder),
    wake: onWork,
    stopped: (feed) => controls.inForce('feed', feed),
    ...(backlogLimit !== undefined && { backlogLimit }),
    ...(mllp && { mllp }),
  });
  controls.onChange(() => {
    dispatcher.wake();
    endpoints.reconsider();
    hl7Endpoints.reconsider();
    void intake.reconsider();
  });

  let stopping: Promise<void> | null = null;
  async function stop(withinMs: number): Promise<void> {
    controls.stop();
    waking.stop();
    await intake.close();
    await Promise.all([
      dispatcher.drain(withinMs),
      runner.stop(),
      watcher.stop(),
      waits.stop(),
      schedules.stop(withinMs),
    ]);
    await acknowledgements.stop();
    failures.expected();
    await Promise.all([endpoints.close(), hl7Endpoints.close()]);
    await store.close();
    opened.unlock();
  }

  return {
    environment,
    clock,
    ids,
    log,
    store,
    intake,
    acknowledgements,
    dispatcher,
    effects,
    escalations,
    tasks,
    alerts,
    endpoints,
    hl7Endpoints,
    controls,
    live,
    identifierMark,
    endpointHealth: () =>
      [...endpoints.health(), ...hl7Endpoints.health()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    storeTrouble: failures.trouble,
    start() {
      dispatcher.start();
      runner.start();
      watcher.start();
      waits.start();
      acknowledgements.start();
      void schedules.start();
    },
    stop: (withinMs) => (stopping ??= stop(withinMs)),
  };
}

function ofKind<K extends EndpointBinding['kind']>(
  { endpoints }: Pick<Bindings, 'endpoints'>,
  kind: K,
): Record<string, Extract<EndpointBinding, { kind: K }>> {
  const is = (binding: EndpointBinding): binding is Extract<EndpointBinding, { kind: K }> => binding.kind === kind;
  return Object.fromEntries(
    Object.entries(endpoints).flatMap(([name, binding]) => (is(binding) ? [[name, binding]] : [])),
  );
}
