/** Subscriptions of an environment: which are in force, who looks after them and when, and where they listen. */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import { WardflowError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LiveFeed } from '../../engine.ts';
import type { Intake } from '../../intake/feed.ts';
import type { Lane, Store } from '../../store/contract/index.ts';
import { VERSIONS_KEPT_MS } from '../../store/lifetimes.ts';
import type { FhirEndpoints } from '../endpoint.ts';
import { Addresses } from './addresses.ts';
import { changeEvents } from './change-events.ts';
import { subscriptionErrors } from './errors.ts';
import type { OwnWrites } from './own-writes.ts';
import { readChange } from './read-change.ts';
import { KeptRecord } from './record.ts';
import { stopOnServer } from './server-side.ts';
import type { SubscriptionBinding } from './settings.ts';
import { nextState } from './states.ts';
import { criteriaOf } from './subscription-resource.ts';
import type { SubscriptionService, SubscriptionView, WantedSubscription } from './subscription-service.ts';
import { TroubleAlarm } from './trouble-alarm.ts';
import { Turns, type Tended } from './turns.ts';
import { Watch } from './watch.ts';

export interface SubscriptionsOptions {
  readonly environment: string;
  /** Of the environment: credentials lie below it. */
  readonly folder: string;
  readonly tlsFolder: string;
  readonly store: Pick<Store, 'subscriptions' | 'journal' | 'audit'>;
  readonly intake: Pick<Intake, 'acceptEvent'>;
  readonly endpoints: FhirEndpoints;
  /** Of the bound endpoints, by name: references are taken below them only. */
  readonly bases: Readonly<Record<string, string>>;
  readonly bindings: Readonly<Record<string, SubscriptionBinding>>;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly onStoreFailure: (error: unknown) => void;
}

export interface RunningSubscriptions extends SubscriptionService {
  /** Whether somebody watches the endpoint. */
  watches(endpoint: string): boolean;
  start(): void;
  stop(): Promise<void>;
}

const FORGET_EVERY_MS: Millis = 3_600_000;
/** What was taken away longer ago begins anew instead of bringing all that has changed since. */
const RETURNS_WITHIN_MS: Millis = 24 * 3_600_000;
const LANE: Lane = 'routine';
/** Of an endpoint that is not bound: below it nothing lies. */
const NOWHERE = 'http://unbound.invalid';

export function createSubscriptions(options: SubscriptionsOptions): RunningSubscriptions {
  const { store, clock, live, endpoints, ownWrites } = options;
  const log = options.log.with({ part: 'subscriptions' });
  let wanted: readonly WantedSubscription[] = [];
  let watches = new Map<string, Watch>();
  let forgetAt = clock.now();
  let queue: Promise<void> = Promise.resolve();

  const addresses = new Addresses({
    ...options,
    log,
    addressee(name) {
      const watch = watches.get(name);
      return (
        watch && {
          refused: () => watch.refused(),
          async receive(notification) {
            const receipt = await watch.receive(notification);
            turns.wake();
            return receipt;
          },
        }
      );
    },
    changed: () => {
      for (const watch of watches.values()) watch.readdressed();
      for (const { name } of wanted) live.publish({ kind: 'feed', name });
      turns.wake();
    },
  });

  const housekeeping: Tended = {
    get dueAt() {
      return forgetAt;
    },
    async tend() {
      forgetAt = clock.now() + FORGET_EVERY_MS;
      // What was processed or written so long ago does not come again by any overlap.
      await store.subscriptions.forget(clock.now() - VERSIONS_KEPT_MS);
      await stopUnwanted();
    },
  };

  /** The same object for each watch at each look, since a turn that is under way is known by it. */
  const tendedOf = new WeakMap<Watch, Tended>();
  function tended(watch: Watch): Tended {
    const known = tendedOf.get(watch);
    if (known) return known;
    const made: Tended = {
      get dueAt() {
        return watch.dueAt;
      },
      async tend() {
        try {
          await watch.tend();
        } catch (error) {
          // An endpoint that is not bound is the endpoint's trouble: it is said there, and looked at again.
          if (error instanceof WardflowError) await watch.failed(error);
          else if (!isMistake(error)) throw error;
          else {
            log.error('a subscription could not be tended', { subscription: watch.settings.name, error });
            await watch.failed(subscriptionErrors.create('subscription-broken', { cause: error.name }));
          }
        }
      },
    };
    tendedOf.set(watch, made);
    return made;
  }

  const alarm = new TroubleAlarm({ store, clock, live, watches: () => watches.values() });
  const turns = new Turns({
    clock,
    all: () => [housekeeping, alarm, ...[...watches.values()].map(tended)],
    onStoreFailure: options.onStoreFailure,
  });

  async function watchOf(one: WantedSubscription): Promise<Watch> {
    const { takesOwn, ...settings } = one;
    const record = await KeptRecord.open({ store, clock, live }, settings);
    const { state, since } = record.now;
    if (state === 'off') {
      const late = clock.now() - since > RETURNS_WITHIN_MS;
      await record.change(() => ({
        state: nextState('off', 'cannot'),
        ...(late && { watermark: null }),
        trouble: null,
      }));
    }
    return new Watch({
      ...options,
      log,
      settings,
      record,
      takesOwn,
      base: options.bases[one.endpoint] ?? NOWHERE,
      endpoint: () => endpoints.get(one.endpoint, LANE),
      address: () => addresses.of(one.name),
    });
  }

  async function apply(given: readonly WantedSubscription[]): Promise<void> {
    const next = new Map<string, Watch>();
    for (const one of given) {
      // Settings that did not change keep their watch, with what it is doing.
      const kept = watches.get(one.name);
      const isSame = JSON.stringify(wanted.find(({ name }) => name === one.name)) === JSON.stringify(one);
      next.set(one.name, kept && isSame ? kept : await watchOf(one));
    }
    wanted = given;
    watches = next;
    await addresses.use(given.map(({ name }) => name));
    forgetAt = clock.now();
    turns.wake();
  }

  /** On servers: subscriptions of before that no flow has any more. */
  async function stopUnwanted(): Promise<void> {
    for (const record of await store.subscriptions.list()) {
      const { name, state, serverId, endpoint, version } = record;
      if (state === 'off' || watches.has(name)) continue;
      try {
        const failure = serverId === null ? null : await stopOnServer(endpoints.get(endpoint, LANE), serverId);
        if (failure) continue;
      } catch {
        // Its endpoint is not bound any more: nobody can be told.
      }
      const at = clock.now();
      const details = { subscription: name, endpoint, from: state, to: 'off' };
      await store.subscriptions.change(
        version,
        { ...record, version: version + 1, state: nextState(state, 'unwanted'), since: at, trouble: null },
        { at, type: 'subscription.changed', actor: 'engine', definition: record.definition, details },
      );
    }
  }

  function known(name: string): { readonly watch: Watch; readonly settings: WantedSubscription } {
    const watch = watches.get(name);
    const settings = wanted.find((one) => one.name === name);
    if (!watch || !settings) throw subscriptionErrors.create('subscription-unbound', { name });
    return { watch, settings };
  }

  return {
    configure(given) {
      const done = queue.then(() => apply(given));
      queue = done.catch(() => undefined);
      return done;
    },
    status: () => [...watches.values()].map((watch) => viewOf(watch, addresses.has(watch.settings.name))),
    place: (name) => addresses.place(name),
    async read(name, work, failed) {
      const { watch, settings } = known(name);
      const endpoint = endpoints.get(settings.endpoint, work.lane);
      return readChange(
        {
          store,
          clock,
          ownWrites,
          endpoint,
          settings,
          takesOwn: settings.takesOwn,
          since: watch.polledBefore,
          poll: () => watch.poll(),
        },
        work,
        failed,
      );
    },
    async events(name, change, work, how) {
      const { watch, settings } = known(name);
      const begunAt = watch.now.begunAt ?? null;
      return changeEvents(
        {
          ...how,
          endpoint: endpoints.get(settings.endpoint, work.lane),
          base: options.bases[settings.endpoint] ?? NOWHERE,
          // What was processed longer ago is not known any more, and is no news.
          since: begunAt === null ? null : Math.max(begunAt, clock.now() - VERSIONS_KEPT_MS),
          isTheirs: async (reference, versionId) =>
            settings.takesOwn || !(await ownWrites.version(settings.endpoint, reference, versionId)),
        },
        change,
        work,
      );
    },
    watches: (endpoint) => wanted.some((one) => one.endpoint === endpoint),
    start: () => turns.start(),
    async stop() {
      const stopped = turns.stop();
      await queue;
      await addresses.close();
      await stopped;
    },
  };
}

/** Of ours, and brought about by what one server says: it must not end everything, as a store that is lost does. */
const isMistake = (error: unknown): error is Error =>
  error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError;

function viewOf({ settings, now, counts }: Watch, isBound: boolean): SubscriptionView {
  const { name, definition, endpoint, topic } = settings;
  const { state, since, heardAt, polledAt, watermark, endsAt, eventNumber, gapSince, gaps, missed, trouble } = now;
  return {
    name,
    definition,
    endpoint,
    watches: topic ?? criteriaOf(settings),
    state,
    since,
    isBound,
    heardAt,
    polledAt,
    watermark,
    endsAt,
    eventNumber,
    gapSince,
    gaps,
    missed,
    trouble,
    counts: { ...counts },
  };
}
