import type { OwedAnswers } from '../acknowledgements/create-acknowledgements.ts';
import type { Clock } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { ListenTls } from '../config/bindings.ts';
import type { LiveFeed } from '../engine.ts';
import { tryPath } from '../hl7/path.ts';
import { DEFAULT_FRAMER_LIMITS } from '../mllp/framer.ts';
import { MLLP_DEFAULTS, type MllpLimits } from '../mllp/server.ts';
import type { FrameOutcome, FrameHandler } from '../mllp/connection.ts';
import type { Store, Switch } from '../store/contract/index.ts';
import { acceptEvent, type EventFeedInForce } from './accept-event.ts';
import { acceptBatch } from './accept-batch.ts';
import { headerOfBatch } from './batch-header.ts';
import { acceptFrame, CONTROL_ID_LENGTH, type AcceptorOptions, type FeedInForce } from './acceptor.ts';
import { Backlog } from './backlog.ts';
import { intakeErrors } from './errors.ts';
import type { EventFeedSettings, FeedSettings, FeedStatus, Intake, NewEvent, Subscription } from './feed.ts';
import { Listener } from './listener.ts';
import { Refusals } from './refusals.ts';
import { refuseFrame } from './refuse-frame.ts';
import { reread } from './reread.ts';
import { operationErrors } from '../operations/errors.ts';

/** Where a feed listens, of `bindings.json` (config/bindings.ts). */
export interface ListenBinding {
  readonly listen: {
    readonly host: string;
    readonly port: number;
    /** Absent or `null`: in clear. */
    readonly tls?: ListenTls | null;
    readonly allow?: readonly string[];
  };
}

export interface IntakeOptions {
  readonly store: Pick<Store, 'journal' | 'ordered'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Feed name to place; a feed that is not here is `unbound`. */
  readonly bindings: Readonly<Record<string, ListenBinding>>;
  /** Where the files of `listen.tls` lie; only a binding with TLS needs it. */
  readonly tlsFolder?: string;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly wake: () => void;
  /** Told of messages whose sender is owed an answer; absent: nobody answers (feeds are in original mode). */
  readonly owed?: OwedAnswers;
  /** As in {@link AcceptorOptions}. */
  readonly mergeIn?: AcceptorOptions['mergeIn'];
  /** Largest message, bytes; default 32 MiB. */
  readonly maxFrameBytes?: number;
  /** An operator's stop of the feed that is in force. */
  readonly stopped?: (feed: string) => Pick<Switch, 'mode' | 'reason'> | undefined;
  /** Open messages of one feed before acknowledgements are withheld; default 100,000. */
  readonly backlogLimit?: number;
  /** How long a connection stays open once an answer had to be withheld. */
  readonly withholdMs?: number;
  readonly mllp?: Partial<MllpLimits>;
}

interface Bound {
  readonly at: ListenBinding['listen'];
  readonly listener: Listener;
  /** The feed that the place belongs to now: frames that arrive after a change are read by the new settings. */
  feed: FeedInForce;
}

const BACKLOG_LIMIT = 100_000;

export function createIntake(options: IntakeOptions): Intake {
  const log = options.log.with({ part: 'intake' });
  const maxFrameBytes = options.maxFrameBytes ?? DEFAULT_FRAMER_LIMITS.maxFrameBytes;
  const lastMessageAt = new Map<string, number>();
  /** By place: a feed that is renamed, or changes what it means, keeps its connections. */
  let bound = new Map<string, Bound>();
  let inForce: readonly [readonly FeedSettings[], readonly Subscription[], readonly EventFeedSettings[]] = [[], [], []];
  const backlog = new Backlog({
    journal: options.store.journal,
    clock: options.clock,
    log,
    limit: options.backlogLimit ?? BACKLOG_LIMIT,
    changed: (name) => options.live.publish({ kind: 'feed', name }),
  });
  const refusals = new Refusals(options.clock, log);
  let statuses: (() => FeedStatus)[] = [];
  let queue: Promise<void> = loadLast();
  let closed = false;

  async function loadLast(): Promise<void> {
    try {
      for (const { feed, receivedAt } of await options.store.journal.lastPerFeed()) lastMessageAt.set(feed, receivedAt);
    } catch (error) {
      log.warn('when the feeds last had a message is not known', { error });
    }
  }

  const handlerOf = (place: string): FrameHandler =>
    async function handle(framed, connection): Promise<FrameOutcome> {
      const name = bound.get(place)?.feed.settings.name ?? '';
      if (backlog.isFull(name) && !(await backlog.room(name))) {
        refusals.count(name, 'backlogFull');
        return { kind: 'withhold' };
      }
      const feed = bound.get(place)?.feed;
      if (!feed) return { kind: 'withhold' };
      const stop = options.stopped?.(feed.settings.name);
      if (stop && stop.mode !== 'hold') refusals.count(feed.settings.name, 'stopped');
      if (stop?.mode === 'close') return { kind: 'withhold' };
      if (stop?.mode === 'refuse') {
        const error = operationErrors.create('feed-stopped', { feed: feed.settings.name, reason: stop.reason });
        const controlId = options.ids.next().slice(-CONTROL_ID_LENGTH);
        return refuseFrame(framed, feed.settings, error, { controlId, now: options.clock.now() });
      }
      backlog.taken(feed.settings.name);
      lastMessageAt.set(feed.settings.name, options.clock.now());
      const notKept = (of: string, error: unknown): void => refusals.notKept(of, error);
      const accept = feed.settings.batches === 'split' && headerOfBatch(framed.bytes) ? acceptBatch : acceptFrame;
      return accept({ ...options, log, maxFrameBytes, notKept }, feed, framed, connection);
    };

  const openAt = (place: string, feed: FeedInForce, { listen }: ListenBinding): Bound => ({
    at: listen,
    feed,
    listener: new Listener({
      ...options.mllp,
      host: listen.host,
      port: listen.port,
      allow: listen.allow ?? [],
      tls: listen.tls ? { folder: options.tlsFolder ?? '', names: listen.tls } : null,
      maxFrameBytes,
      withholdMs: options.withholdMs ?? MLLP_DEFAULTS.withholdMs,
      clock: options.clock,
      ids: options.ids,
      log: log.with({ feed: feed.settings.name }),
      handler: handlerOf(place),
      refused: (refusal) => refusals.ofListener(bound.get(place)?.feed.settings.name ?? feed.settings.name, refusal),
      changed: () => options.live.publish({ kind: 'feed', name: feed.settings.name }),
    }),
  });

  async function apply(
    feeds: readonly FeedSettings[],
    subscriptions: readonly Subscription[],
    given: readonly EventFeedSettings[],
  ): Promise<void> {
    const taken = new Set(feeds.map(({ name }) => name));
    const events = given.filter(({ name }) => !taken.has(name) && taken.add(name));
    inForce = [feeds, subscriptions, events];
    const next = new Map<string, Bound>();
    const fresh: Listener[] = [];
    const says: (() => FeedStatus)[] = [];
    for (const settings of feeds) {
      const feed = { settings, subscriptions: subscriptions.filter((one) => one.feed === settings.name) };
      const binding = options.bindings[settings.name];
      const place = binding && placeOf(settings.name, binding);
      const refusal = binding && place ? refused(settings, binding, holderOf(binding, next.values())) : undefined;
      if (binding && options.stopped?.(settings.name)?.mode === 'close') {
        says.push(() => ({ ...resting(settings.name, binding), state: 'stopped' }));
        continue;
      }
      if (!binding || !place || refusal) {
        says.push(() => resting(settings.name, binding, refusal));
        continue;
      }
      const kept = bound.get(place);
      const entry = kept ? { ...kept, feed } : openAt(place, feed, binding);
      if (!kept) fresh.push(entry.listener);
      next.set(place, entry);
      says.push(() => ({ ...common(settings.name), ...entry.listener.status }));
    }
    for (const feed of given) says.push(() => statusOfEvents(feed, events.includes(feed)));
    const dropped = [...bound].filter(([place]) => !next.has(place)).map(([, entry]) => entry.listener);
    [bound, statuses] = [next, says];
    await Promise.all(dropped.map((listener) => listener.close()));
    await Promise.all(fresh.map((listener) => listener.start()));
    for (const { name } of [...feeds, ...given]) options.live.publish({ kind: 'feed', name });
  }

  const lastOf = (feed: string): number | null => lastMessageAt.get(feed) ?? null;

  const statusOfEvents = ({ name, format, place }: EventFeedSettings, hasName: boolean): FeedStatus => {
    const nowhere = { host: null, port: null, tls: null, connections: 0 };
    if (!hasName) {
      const { code, message, remedy } = intakeErrors.create('intake-feed-twice', { feed: name });
      return { ...common(name), format, state: 'failed', ...nowhere, error: { code, text: `${message} ${remedy}` } };
    }
    const stopped = options.stopped?.(name)?.mode === 'close';
    const at = place?.() ?? { state: 'listening', ...nowhere, error: null };
    return { ...common(name), format, ...at, ...(stopped && { state: 'stopped' as const }) };
  };

  async function take(event: NewEvent): ReturnType<Intake['acceptEvent']> {
    const settings = inForce[2].find(({ name }) => name === event.feed);
    if (closed || !settings) return { kind: 'withheld', why: 'no-feed' };
    const { name } = settings;
    const stop = options.stopped?.(name);
    if (stop && stop.mode !== 'hold') {
      refusals.count(name, 'stopped');
      return stop.mode === 'close' ? { kind: 'withheld', why: 'stopped' } : { kind: 'refused', reason: stop.reason };
    }
    if (backlog.isFull(name)) {
      refusals.count(name, 'backlogFull');
      return { kind: 'withheld', why: 'backlog' };
    }
    backlog.taken(name);
    lastMessageAt.set(name, options.clock.now());
    const notKept = (of: string, error: unknown): void => refusals.notKept(of, error);
    const subscriptions = inForce[1].filter(({ feed }) => feed === name);
    return acceptEvent({ ...options, log, notKept }, { settings, subscriptions }, event);
  }

  const common = (name: string): Pick<FeedStatus, 'name' | 'format' | 'lastMessageAt' | 'withholding' | 'refused'> => ({
    name,
    format: 'hl7v2',
    lastMessageAt: lastOf(name),
    withholding: backlog.isFull(name),
    refused: refusals.of(name),
  });

  const resting = (name: string, binding?: ListenBinding, error: FeedStatus['error'] = null): FeedStatus => ({
    ...common(name),
    state: binding ? 'failed' : 'unbound',
    host: binding?.listen.host ?? null,
    port: binding?.listen.port ?? null,
    tls: binding?.listen.tls ? { mutual: Boolean(binding.listen.tls.clientCa), validUntil: null, problem: null } : null,
    connections: 0,
    error,
  });

  /** Changes follow one another: two deploys in a row must not fight over a port. */
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const done = queue.then(task);
    queue = done.catch(() => undefined);
    return done;
  };

  return {
    configure: (feeds, subscriptions, events = []) =>
      inTurn(async () => (closed ? undefined : apply(feeds, subscriptions, events))),
    acceptEvent: take,
    reconsider: () => inTurn(async () => (closed ? undefined : apply(...inForce))),
    status: () => statuses.map((say) => say()),
    settings: (name) => inForce[0].find((feed) => feed.name === name),
    reread: (id, request) => {
      const feedOf = (name: string): FeedInForce | undefined => {
        const settings = inForce[0].find((feed) => feed.name === name);
        return settings && { settings, subscriptions: inForce[1].filter(({ feed }) => feed === name) };
      };
      const eventFeedOf = (name: string): EventFeedInForce | undefined => {
        const settings = inForce[2].find((feed) => feed.name === name);
        return settings && { settings, subscriptions: inForce[1].filter(({ feed }) => feed === name) };
      };
      return reread({ ...options, maxFrameBytes }, { feedOf, eventFeedOf }, id, request);
    },
    close: () =>
      inTurn(async () => {
        closed = true;
        backlog.stop();
        const listeners = [...bound.values()].map(({ listener }) => listener);
        await Promise.all(listeners.map((listener) => listener.close()));
        statuses = [];
      }),
  };
}

/** Who may come in and how belongs to it. Port 0 is another port each time, so that there the feed is the place. */
function placeOf(feed: string, { listen }: ListenBinding): string {
  const { host, port, tls, allow } = listen;
  return JSON.stringify([port === 0 ? feed : '', host, port, tls ?? null, allow ?? []]);
}

function holderOf({ listen }: ListenBinding, taken: Iterable<Bound>): Bound | undefined {
  const { host, port } = listen;
  return port === 0 ? undefined : [...taken].find(({ at }) => at.host === host && at.port === port);
}

/** A feed that would lose its order, or a port that is spoken for: better closed and said than open and wrong. */
function refused(settings: FeedSettings, { listen }: ListenBinding, holder: Bound | undefined): FeedStatus['error'] {
  const feed = settings.name;
  const path = settings.orderingPath.find((one) => tryPath(one) === undefined);
  const error =
    path !== undefined
      ? intakeErrors.create('intake-bad-ordering-path', { feed, path: path.slice(0, 40) })
      : holder
        ? intakeErrors.create('intake-port-shared', { feed, ...listenPlace(listen), other: holder.feed.settings.name })
        : undefined;
  return error ? { code: error.code, text: `${error.message} ${error.remedy}` } : null;
}

const listenPlace = ({ host, port }: ListenBinding['listen']): { host: string; port: number } => ({ host, port });
