/**
 * What nodes may ask of the runtime, over the engine and the branch hooks. Feeds and subscriptions are collected while
 * nodes are made and put in force in one step when the flows have started: an unchanged socket survives a deploy, and
 * what is accepted during one waits in the journal.
 */
import {
  errorName,
  type BranchOutcome,
  type ClaimedWork,
  type Definition,
  type DefinitionSet,
  type Engine,
  type EventFeedSettings,
  type FeedSettings,
  type HttpEventFeed,
  type ItemResult,
  type NewWork,
  type WantedSubscription,
  type WorkResult,
} from '../engine/index.ts';
import { boundExpressions } from './bounded-expressions.ts';
import { failureAt, itemRules, sourceFailed } from './branch-hooks/failures.ts';
import { Flight, Flights } from './branch-hooks/flights.ts';
import { BranchHooks } from './branch-hooks/index.ts';
import type { NodeRed } from './branch-hooks/live-node.ts';
import { deadLetters } from './dead-letters.ts';
import { createDeathAlarm } from './death-alarm.ts';
import type { Owed } from './stranded-alarm.ts';
import { runtimeErrors } from './errors.ts';
import { patientMerges } from './patient-merges.ts';
import type { FhirReading } from './reads-of-item.ts';
import type {
  MessageContext,
  NodePreview,
  NodeServices,
  SourceRegistration,
  ValuePreview,
  WardflowMessage,
} from './services.ts';

/** The definitions in force, and versions kept for work that began under them. */
export interface Definitions {
  current(): DefinitionSet;
  /** The version pinned for the item, or the one in force, which is pinned by asking. */
  pinned(work: ClaimedWork): Promise<Definition>;
  /** The one in force, or what the item ran by where that was removed or renamed since. */
  lastOf(work: Owed): Promise<Definition | undefined>;
}

export interface NodeServicesOptions {
  readonly engine: Engine;
  readonly red: NodeRed;
  readonly definitions: Definitions;
  /** Feeds and subscriptions could not be put in force (a taken port shows in the feed's status instead). */
  readonly onFailure?: (error: unknown) => void;
  /** The flows run and their feeds are in force; again after each deploy. */
  readonly onStarted?: () => void;
}

export interface RuntimeServices extends NodeServices {
  /** Registers the hooks and listens for deploys. */
  install(): void;
  uninstall(): void;
  inFlight(): number;
  /** `undefined`: nodes of this type have none. */
  previewOf(type: string): NodePreview | undefined;
  /** `undefined`: nodes of this type have none that a FHIR sample could be shown with. */
  valuePreviewOf(type: string): ValuePreview | undefined;
  /**
   * Takes nothing more up for these definitions, and resolves when nothing of theirs is in flight or the time is over. A
   * deploy that starts them anew ends it; otherwise what it gives does.
   */
  quiet(definitions: ReadonlySet<string>, withinMs: number): Promise<() => void>;
}

/** Longest note on a step. */
const NOTE_LIMIT = 300;
/** Between two looks at whether definitions are quiet. */
const QUIET_LOOK_MS = 20;
/** A redelivery after a deploy waits this long, so that the flows run again. */
const REDELIVER_MS = 200;

export function createNodeServices(options: NodeServicesOptions): RuntimeServices {
  const { engine, red, definitions } = options;
  const { clock, dispatcher, log } = engine;
  const flights = new Flights();
  const hooks = new BranchHooks(red, flights, clock);
  const feeds = new Map<string, FeedSettings>();
  const eventFeeds = new Map<string, EventFeedSettings>();
  const watched = new Map<string, WantedSubscription>();
  const httpFeeds = new Map<string, HttpEventFeed>();
  const sources = new Map<string, SourceRegistration>();
  const running = new Map<string, () => void>();
  const previews = new Map<string, NodePreview>();
  const valuePreviews = new Map<string, ValuePreview>();

  const inForce = (name: string): Definition | undefined => definitions.current().byName(name);
  const toDeadLetterIn = deadLetters(engine, inForce);
  const alarm = createDeathAlarm(engine, (work) => definitions.lastOf(work));

  let unbound: (() => void) | undefined;

  const finish = (work: ClaimedWork, result: WorkResult): void => {
    dispatcher
      .finish(work, result)
      .catch((error: unknown) => log.error('work could not be settled', { workId: work.id, error }));
  };

  const merges = patientMerges(engine, () => definitions.current(), finish);

  const readBy = ({ work, reads }: Flight, version: string | null): Pick<WorkResult, 'audit'> => {
    const entry = reads.entry(work, version, clock.now());
    return entry ? { audit: [entry] } : {};
  };

  const giveBack = (
    work: ClaimedWork,
    code: 'redeployed' | 'no-source',
    read: Pick<WorkResult, 'audit'> = {},
  ): void => {
    const error = runtimeErrors.create(code, {}, { retryAfterMs: REDELIVER_MS });
    const failure = failureAt({ id: work.subscription, type: 'source' }, error);
    finish(work, { outcome: { kind: 'failed', failure }, trace: [], version: null, ...read });
  };

  const deliver = (source: SourceRegistration, work: ClaimedWork): void => {
    const node = red.nodes.getNode(source.nodeId);
    if (!node || sources.get(source.nodeId) !== source) return giveBack(work, 'no-source');
    const version = definitions.current().byName(source.definition)?.version ?? null;
    const ended = (result: ItemResult): void => {
      flights.remove(flight);
      const children = [...flight.children.values()];
      finish(work, { ...result, version, ...(children.length > 0 && { children }), ...readBy(flight, version) });
    };
    const flight = new Flight(work, contextOf(work, source.definition, version), node, clock.now(), itemRules, ended);
    flights.add(flight);
    hooks
      .emit(flight.root, () => source.emit(work, flight.context))
      .catch((error: unknown) => {
        log.warn('a source could not emit', { workId: work.id, subscription: source.id, error });
        flight.settle(flight.root, { kind: 'failed', failure: sourceFailed(node, error) }, clock.now());
      });
  };

  const startSource = (source: SourceRegistration): void => {
    const remove = dispatcher.addSource({
      id: source.id,
      definition: source.definition,
      ...(source.subscription && { feed: source.subscription.feed }),
      capacity: source.capacity,
      leaseMs: source.leaseMs,
      version: () => definitions.current().byName(source.definition)?.version,
      openAt: (work) => flights.openAt(work.id),
      deliver: (work) => deliver(source, work),
    });
    running.set(source.nodeId, remove);
  };

  const startAll = (): void => {
    for (const source of sources.values()) if (!running.has(source.nodeId)) startSource(source);
  };

  /** What a deploy threw away is delivered again. */
  const dropLost = (): void => {
    for (const flight of flights.all()) {
      if (!hooks.isLost(flight)) continue;
      flight.drop();
      flights.remove(flight);
      giveBack(flight.work, 'redeployed', readBy(flight, null));
    }
  };

  const onStopping = (): void => {
    hooks.hold();
    alarm.hold();
  };
  const onStopped = (): void => dropLost();
  /** Node types are missing: what the deploy did not touch runs on, and must be judged. */
  const onRuntimeEvent = (event: { readonly id: string; readonly payload?: { readonly error?: unknown } }): void => {
    if (event.id !== 'runtime-state' || event.payload?.error === undefined) return;
    dropLost();
    hooks.resume();
    alarm.check();
  };
  const onStarted = (): void => {
    // Again: messages may have been sent to nodes that were away between stop and start.
    dropLost();
    hooks.resume();
    const subscriptions = [...sources.values()].flatMap((source) =>
      source.subscription ? [{ id: source.id, definition: source.definition, ...source.subscription }] : [],
    );
    startAll();
    engine.intake
      .configure(
        [...feeds.values()],
        [...subscriptions, ...merges.subscriptions(feeds.values())],
        [...eventFeeds.values()],
      )
      .then(() => engine.subscriptions.configure([...watched.values()]))
      .then(() => engine.httpEvents.configure([...httpFeeds.values()]))
      .then(() => {
        dispatcher.wake();
        alarm.check();
        options.onStarted?.();
      })
      .catch((error: unknown) => {
        log.error('feeds could not be put in force', { code: errorName(error) });
        options.onFailure?.(error);
      });
  };

  return {
    engine,
    install() {
      hooks.install();
      unbound = boundExpressions(red.util);
      dispatcher.tellOfDeaths(async (...death) => [...toDeadLetterIn(...death), ...(await alarm.children(...death))]);
      alarm.start();
      red.events.on('flows:stopping', onStopping);
      red.events.on('flows:stopped', onStopped);
      red.events.on('flows:started', onStarted);
      red.events.on('runtime-event', onRuntimeEvent);
    },
    uninstall() {
      hooks.uninstall();
      unbound?.();
      alarm.stop();
      red.events.removeListener('flows:stopping', onStopping);
      red.events.removeListener('flows:stopped', onStopped);
      red.events.removeListener('flows:started', onStarted);
      red.events.removeListener('runtime-event', onRuntimeEvent);
    },
    inFlight: () => flights.size,
    previewOf: (type) => previews.get(type),
    valuePreviewOf: (type) => valuePreviews.get(type),
    async quiet(names, withinMs) {
      for (const { definition, nodeId } of sources.values()) {
        if (!names.has(definition)) continue;
        running.get(nodeId)?.();
        running.delete(nodeId);
      }
      const busy = (): boolean => flights.all().some(({ work }) => names.has(work.definition));
      for (const until = Date.now() + withinMs; busy() && Date.now() < until;)
        await new Promise((resolve) => setTimeout(resolve, QUIET_LOOK_MS));
      return startAll;
    },
    definitionOf(node) {
      const set = definitions.current();
      return set.ofNode(tabOf(node)) ?? set.ofNode(node.id);
    },
    async pinnedDefinition(context) {
      const flight = flights.of(context);
      if (!flight) throw runtimeErrors.create('definition-unknown', { definition: context.definition });
      return definitions.pinned(flight.work);
    },
    workOf: (context) => flights.of(context)?.work,
    registerPreview(type, preview, ofValues) {
      previews.set(type, preview);
      if (ofValues) valuePreviews.set(type, ofValues);
      else valuePreviews.delete(type);
    },
    registerFeed(nodeId, settings) {
      feeds.set(nodeId, settings);
    },
    registerEventFeed(nodeId, settings) {
      eventFeeds.set(nodeId, settings);
    },
    registerSubscription(nodeId, wanted) {
      watched.set(nodeId, wanted);
    },
    registerHttpFeed(nodeId, feed) {
      httpFeeds.set(nodeId, feed);
    },
    registerSource(registration) {
      for (const other of sources.values())
        if (other.id === registration.id && other.nodeId !== registration.nodeId)
          throw runtimeErrors.create('source-twice', { source: registration.id, node: other.nodeId });
      running.get(registration.nodeId)?.();
      running.delete(registration.nodeId);
      sources.set(registration.nodeId, registration);
    },
    unregister(nodeId) {
      running.get(nodeId)?.();
      running.delete(nodeId);
      feeds.delete(nodeId);
      eventFeeds.delete(nodeId);
      watched.delete(nodeId);
      httpFeeds.delete(nodeId);
      sources.delete(nodeId);
    },
    settle(msg: WardflowMessage, outcome: BranchOutcome) {
      const branch = flights.branch(msg.wardflow);
      branch?.item.settle(branch, outcome, clock.now());
    },
    addChild(msg: WardflowMessage, work: NewWork) {
      const flight = flights.of(msg.wardflow);
      const key = work.child?.key;
      if (!flight || key === undefined) return;
      if (flight.children.has(key)) throw runtimeErrors.create('child-twice', { source: work.subscription });
      flight.children.set(key, work);
    },
    noteRead(msg: WardflowMessage, reading: FhirReading) {
      flights.of(msg.wardflow)?.reads.add(reading);
    },
    note(msg: WardflowMessage, text: string) {
      const branch = flights.branch(msg.wardflow);
      if (branch) branch.note = (branch.note === undefined ? text : `${branch.note}; ${text}`).slice(0, NOTE_LIMIT);
    },
  };
}

/** A node inside a subflow, however deep, belongs to the tab its instance is on: the first part of its flow's path. */
function tabOf(node: { readonly id: string; readonly z?: string }): string {
  const flow: unknown = '_flow' in node ? node._flow : undefined;
  const path: unknown = typeof flow === 'object' && flow !== null && 'path' in flow ? flow.path : undefined;
  return (typeof path === 'string' ? path.split('/')[0] : undefined) ?? node.z ?? node.id;
}

function contextOf(work: ClaimedWork, definition: string, version: string | null): Omit<MessageContext, 'branch'> {
  return {
    messageId: work.messageId,
    workId: work.id,
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    lane: work.lane,
    orderingKey: work.orderingKey,
    attempt: work.attempt,
    definition,
    definitionVersion: version ?? '',
    mode: 'live',
  };
}
