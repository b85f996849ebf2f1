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
import { createFallbackService, type RunningFallbacks } from './fallback/create-fallback-service.ts';
import { isTelling } from './fallback/telling-work.ts';
import { createFhirEndpoints, type ClosableFhirEndpoints } from './endpoints/create-fhir-endpoints.ts';
import { createHl7Endpoints, type ClosableHl7Endpoints } from './endpoints/create-hl7-endpoints.ts';
import { createHttpEndpoints, type ClosableHttpEndpoints } from './endpoints/create-http-endpoints.ts';
import type { Engine } from './engine.ts';
import { createValidator } from './fhir/validation/create-validator.ts';
import { createHttpEvents } from './http/events/create-http-events.ts';
import { createSubscriptions } from './fhir/subscriptions/create-subscriptions.ts';
import { createOwnWrites } from './fhir/subscriptions/own-writes.ts';
import type { FhirEndpoints } from './fhir/endpoint.ts';
import { createIdentityService } from './identity/create-identity-service.ts';
import { createIntake } from './intake/create-intake.ts';
import { createLiveBus } from './live/live-bus.ts';
import type { EndpointHealth } from './endpoints/endpoint-health.ts';
import { leftOutView } from './endpoints/left-out-view.ts';
import { wakeWaiting } from './endpoints/wake-waiting.ts';
import { openEngineStore, type StoreChoice } from './open-engine-store.ts';
import { createOperatorControls, type RunningControls } from './operations/create-controls.ts';
import type { MllpLimits } from './mllp/server.ts';
import { tlsFolderOf } from './mllp/tls-files.ts';
import { rosterReader } from './people/read-roster.ts';
import { rosterRecord } from './people/roster-record.ts';
import { createProblemDesk } from './problems/problem-desk.ts';
import { createDispatcher } from './queue/dispatcher.ts';
import { createReconciler } from './reconcile/create-reconciler.ts';
import { createSchedules } from './schedule/agenda/create-schedules.ts';
import { engineJobs } from './schedule/agenda/engine-jobs.ts';
import type { RetentionSettings } from './schedule/agenda/retention-job.ts';
import { createEscalationRunner } from './schedule/escalation-runner.ts';
import { createEscalationService } from './schedule/create-escalation-service.ts';
import { createTaskWatcher } from './schedule/task-watcher.ts';
import type { Store, Switch } from './store/contract/index.ts';
import { storeFailures } from './store-failures.ts';
import { createTaskService } from './tasks/create-task-service.ts';
import { createEhrCopies } from './tasks/create-ehr-copies.ts';
import { createTaskAlerts } from './tasks/task-alerts.ts';
import { createTaskLadders } from './tasks/task-ladders.ts';
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
  readonly bindings: Pick<Bindings, 'feeds' | 'endpoints'> &
    Partial<Pick<Bindings, 'channels' | 'subscriptions' | 'events' | 'leftOut'>>;
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
  /** How old a write on a FHIR server may be that is compared with what is there; default 24, 0: none is. */
  readonly reconcileHours?: number;
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

  const leftOut = (bindings.leftOut ?? []).map(leftOutView);
  for (const { name: endpoint, places } of bindings.leftOut ?? [])
    for (const path of places)
      log.error(
        'an endpoint is left out and gets nothing: correct its entry in bindings.json, then start Wardflow again',
        { endpoint, path, code: 'endpoint-left-out' },
      );

  const choice = options.store ?? { adapter: 'sqlite' };
  const opened = await openEngineStore({
    choice,
    environment,
    folder: dataFolder,
    log,
    onFailure: onStoreFailure,
    onOwed: failures.note,
  });
  const watched = watchStore(opened.store, failures);
  const store = options.aroundStore?.(watched) ?? watched;
  let endpoints: ClosableFhirEndpoints;
  let hl7Endpoints: ClosableHl7Endpoints;
  let httpEndpoints: ClosableHttpEndpoints;
  let controls: RunningControls;
  let identifierMark: IdentifierMark;
  let fallbacks: RunningFallbacks;
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
      leftOut: new Map((bindings.leftOut ?? []).map(({ name, problems }) => [name, problems])),
      onReady: (name: string, places: number) => waking.ready(name, places),
    };
    endpoints = createFhirEndpoints({ ...parts, bindings: ofKind(bindings, 'fhir') });
    hl7Endpoints = createHl7Endpoints({ ...parts, bindings: ofKind(bindings, 'mllp') });
    httpEndpoints = createHttpEndpoints({ ...parts, bindings: ofKind(bindings, 'http') });
    fallbacks = await createFallbackService({
      store,
      clock,
      ids,
      log,
      live,
      onStoreFailure,
      onWork() {
        dispatcher.wake();
        // What was decided may release a copy.
        copies.wake();
      },
      health: () => healthOfAll(),
      probe: async (name) =>
        void (await Promise.all([endpoints, hl7Endpoints, httpEndpoints].map((set) => set.probe(name)))),
    });
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
    holding: fallbacks.items,
    held: {
      source: (source) => {
        const { id, definition, feed } = source;
        // That a message waits for a person is told while its flow is paused, too.
        if (isTelling({ subscription: id, definition })) return false;
        return (
          controls.inForce('definition', definition) !== undefined ||
          fallbacks.stops(source) ||
          (feed !== undefined && controls.inForce('feed', feed)?.mode === 'hold')
        );
      },
      lane: (lane) => controls.inForce('lane', lane) !== undefined,
    },
  });
  const ownWrites = createOwnWrites({ store, clock, log, isWatched: (name) => subscriptions.watches(name) });
  const written: FhirEndpoints = {
    get: (name, lane, how) => ownWrites.watching(endpoints.get(name, lane, how)),
    health: () => endpoints.health(),
  };
  const healthOfAll = (): readonly EndpointHealth[] =>
    [...endpoints.health(), ...hl7Endpoints.health(), ...httpEndpoints.health()].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  const onWork = (): void => dispatcher.wake();
  const owner = `${environment}/${ids.next()}`;
  const recommends = fallbacks.items.recommends.bind(fallbacks.items);
  const effects = createEffectRunner({ ...parts, effects: store.effects, dispatcher, owner, recommends });
  const runner = createEscalationRunner({ ...parts, serves: (id) => dispatcher.serves(id), onWork });
  const service = createEscalationService({ ...parts, onDue: (at) => runner.expect(at), onWork });
  const problems = createProblemDesk({ ...parts, store });
  const channels =
    options.alertChannels ??
    createChannels({ bindings: bindings.channels ?? {}, folder: dataFolder, clock, endpoints: written, hl7Endpoints });
  const roster = rosterReader(dataFolder, log, clock, (change) => {
    const record = { at: clock.now(), actor: 'system', ...rosterRecord(change, environment) };
    store.audit.append([record]).catch(failures.note);
  });
  const consoleUrl = options.consoleUrl ?? 'http://localhost:4000';
  const alerts = createAlertService({
    ...parts,
    store,
    effects,
    channels,
    roster,
    consoleUrl,
    onWork,
  });
  fallbacks.tellBy({
    ...parts,
    store,
    effects,
    dispatcher,
    channels,
    bindings: options.alertChannels ? {} : (bindings.channels ?? {}),
    roster,
    consoleUrl,
  });
  const waits = createTaskWaits({ ...parts, work: store.work, tasks: store.tasks, onWork });
  const tasks = createTaskService({
    ...parts,
    tasks: store.tasks,
    onWork,
    review: (...step) => fallbacks.decisions.step(...step),
    holdsCopies: (definition, at) => fallbacks.recommendsSince(definition, at),
    onChange: ({ id, ehr }) => void (ehr && copies.wake(id)),
    onState: async (task) =>
      void (await Promise.all([waits.changed(task), ladders.changed(task), taskAlerts.changed(task)])),
  });
  const identities = createIdentityService({ ...parts, store, tasks, mark: identifierMark });
  const ladders = createTaskLadders({ ...parts, tasks: store.tasks, service, people: tasks });
  const { escalations } = ladders;
  const taskAlerts = createTaskAlerts({ ...parts, store, answers: alerts, people: tasks });
  const copies = createEhrCopies({
    ...parts,
    tasks: store.tasks,
    service: tasks,
    endpoints: written,
    waits: (task) => fallbacks.recommendsSince(task.definition, task.createdAt),
    released: (task) => fallbacks.processedBy(task),
  });
  fallbacks.onChange(() => copies.wake());
  const poll = taskPollMs === undefined ? {} : { pollMs: taskPollMs };
  const watcher = createTaskWatcher({ ...parts, ...poll, service: escalations, endpoints });
  const keep = options.retention ?? { bodiesDays: null, messagesDays: null };
  const onDue = (): void => runner.expect(clock.now());
  const { reconcileHours = 24 } = options;
  const windowMs = reconcileHours === 0 ? null : reconcileHours * 3_600_000;
  const reconciler = createReconciler({ ...parts, store, endpoints, windowMs });
  const schedules = createSchedules({
    backend: opened.schedules,
    jobs: engineJobs({ work: store.work, retention: store.retention, keep, clock, log, onWork, onDue, reconciler }),
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
    mergeIn: (message, context) => identities.mergeIn(message, context),
    stopped: (feed) => controls.inForce('feed', feed),
    ...(backlogLimit !== undefined && { backlogLimit }),
    ...(mllp && { mllp }),
  });
  controls.onChange(() => {
    dispatcher.wake();
    endpoints.reconsider();
    hl7Endpoints.reconsider();
    httpEndpoints.reconsider();
    void intake.reconsider();
  });
  const subscriptions = createSubscriptions({
    ...parts,
    environment,
    folder: dataFolder,
    tlsFolder: tlsFolderOf(dataFolder),
    store,
    intake,
    endpoints,
    bases: Object.fromEntries(Object.entries(ofKind(bindings, 'fhir')).map(([name, { base }]) => [name, base])),
    bindings: bindings.subscriptions ?? {},
    ownWrites,
  });

  const httpEvents = createHttpEvents({
    ...parts,
    folder: dataFolder,
    tlsFolder: tlsFolderOf(dataFolder),
    bindings: bindings.events ?? {},
    intake,
  });

  const validator = createValidator({ clock, log });
  let stopping: Promise<void> | null = null;
  async function stop(withinMs: number): Promise<void> {
    controls.stop();
    waking.stop();
    await intake.close();
    await Promise.all([subscriptions.stop(), httpEvents.stop()]);
    await Promise.all([
      dispatcher.drain(withinMs),
      runner.stop(),
      watcher.stop(),
      waits.stop(),
      fallbacks.stop(),
      ladders.stop(),
      taskAlerts.stop(),
      copies.stop(),
      schedules.stop(withinMs),
    ]);
    await acknowledgements.stop();
    failures.expected();
    await Promise.all([endpoints.close(), hl7Endpoints.close(), httpEndpoints.close(), validator.close()]);
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
    subscriptions,
    acknowledgements,
    dispatcher,
    effects,
    escalations,
    tasks,
    ehrCopies: copies,
    alerts,
    taskAlerts,
    identities,
    problems,
    roster,
    fallbacks,
    reconciler,
    endpoints: written,
    validator,
    hl7Endpoints,
    httpEndpoints,
    httpEvents,
    controls,
    live,
    identifierMark,
    endpointHealth: healthOfAll,
    leftOut,
    storeTrouble: failures.trouble,
    start() {
      void roster.current();
      dispatcher.start();
      runner.start();
      watcher.start();
      waits.start();
      fallbacks.start();
      ladders.start();
      taskAlerts.start();
      copies.start();
      void identities.start();
      acknowledgements.start();
      subscriptions.start();
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
