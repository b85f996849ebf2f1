/**
 * Enters a fallback when an endpoint that its intent names has been down for so long, and leaves it when the endpoint has been well
 * for as long again (15 minutes at most). What is diverted calls the endpoint no more, so it is asked by a probe. Since when one is
 * down is kept, so that a restart does not begin the time anew.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { EndpointHealth } from '../endpoints/endpoint-health.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { Fallback, Fallbacks } from '../store/contract/index.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import type { FallbackTrigger } from './fallback.ts';
import type { FallbackStates } from './fallback-states.ts';

export interface EndpointWatchOptions {
  readonly states: FallbackStates;
  readonly store: { readonly fallbacks: Pick<Fallbacks, 'downs' | 'noteDown'> };
  readonly declared: () => Iterable<DeclaredFallback>;
  readonly health: () => readonly EndpointHealth[];
  /** Asks whether it is there, without doing anything. Shows in its health. */
  readonly probe: (endpoint: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 5_000;
const PROBE_MS = 10_000;
const LONGEST_WELL_MS = 15 * 60_000;
/** While one is down, this is noted so often. */
const NOTE_MS = 60_000;
/** Where it was not seen to be down for longer, it may have been well between. */
const UNSEEN_MS = 10 * 60_000;
const SYSTEM = 'system';

type Down = FallbackTrigger & { readonly kind: 'endpoint-down' };

export class EndpointWatch {
  readonly #options: EndpointWatchOptions;
  readonly #alarm: Alarm;
  readonly #probed = new Map<string, Millis>();
  /** What the store has; `null`: not asked yet. */
  #downs: Map<string, { readonly since: Millis; readonly seenAt: Millis }> | null = null;
  #running = false;
  #looking: Promise<void> | null = null;

  constructor(options: EndpointWatchOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#look());
  }

  start(): void {
    this.#running = true;
    this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.off();
    await this.#looking;
  }

  #look(): void {
    if (!this.#running || this.#looking) return;
    this.#looking = this.#lookAtAll()
      .catch((error: unknown) => this.#options.log.error('Endpoints could not be looked at for fallbacks.', { error }))
      .finally(() => {
        this.#looking = null;
        if (this.#running) this.#alarm.ring(this.#options.clock.now() + LOOK_MS);
      });
  }

  async #lookAtAll(): Promise<void> {
    const health = new Map(this.#options.health().map((one) => [one.name, one]));
    const declared = new Map([...this.#options.declared()].map((one) => [one.definition, one]));
    const watched = new Set([...declared.values()].flatMap(({ triggers }) => triggers.filter(isDown)));
    for (const name of new Set([...watched].map(({ endpoint }) => endpoint))) await this.#keep(name, health.get(name));
    for (const one of declared.values())
      if (!this.#options.states.inForce(one.definition)) await this.#maybeEnter(one, health);
    for (const fallback of this.#options.states.list())
      if (fallback.trigger === 'endpoint-down') await this.#maybeLeave(fallback, declared, health);
  }

  async #keep(name: string, found: EndpointHealth | undefined): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    this.#downs ??= new Map((await store.fallbacks.downs()).map((one) => [one.endpoint, one]));
    const known = this.#downs.get(name);
    const fresh = known && now - known.seenAt <= UNSEEN_MS ? known : undefined;
    if (found?.state === 'down' && found.since !== null) {
      const since = Math.min(found.since, fresh?.since ?? found.since);
      if (fresh?.since === since && now - fresh.seenAt < NOTE_MS) return;
      this.#downs.set(name, { since, seenAt: now });
      await store.fallbacks.noteDown(name, { since, seenAt: now });
    } else if (known && (found?.state === 'up' || !fresh)) {
      this.#downs.delete(name);
      await store.fallbacks.noteDown(name, null);
      // Of an earlier life, and nobody has called it since.
    } else if (known && found) this.#probe(name, 0);
  }

  #probe(name: string, lastSuccess: Millis): void {
    const now = this.#options.clock.now();
    if (now - Math.max(lastSuccess, this.#probed.get(name) ?? 0) < PROBE_MS) return;
    this.#probed.set(name, now);
    // Not waited for: one that does not answer must not keep the others waiting.
    void this.#options.probe(name);
  }

  async #maybeEnter(declared: DeclaredFallback, health: ReadonlyMap<string, EndpointHealth>): Promise<void> {
    const now = this.#options.clock.now();
    // After somebody has left it by hand it has to be down for the whole time again.
    const changedAt = this.#options.states.changedAt(declared.definition) ?? 0;
    for (const trigger of declared.triggers.filter(isDown)) {
      const found = health.get(trigger.endpoint);
      const since = this.#downs?.get(trigger.endpoint)?.since;
      if (found?.state !== 'down' || since === undefined) continue;
      if (now - Math.max(since, changedAt) < trigger.forMs) continue;
      const reason = `The endpoint ${trigger.endpoint} has been down since ${new Date(since).toISOString()}.`;
      const entering = { declared, trigger: trigger.kind, about: trigger.endpoint, by: SYSTEM, reason };
      return this.#unlessStale(() => this.#options.states.enter(0, entering));
    }
  }

  async #maybeLeave(
    { definition, version, about }: Fallback,
    declared: ReadonlyMap<string, DeclaredFallback>,
    health: ReadonlyMap<string, EndpointHealth>,
  ): Promise<void> {
    const now = this.#options.clock.now();
    const trigger = declared
      .get(definition)
      ?.triggers.filter(isDown)
      .find(({ endpoint }) => endpoint === about);
    const wellFor = Math.min(trigger?.forMs ?? LONGEST_WELL_MS, LONGEST_WELL_MS);
    const found = health.get(about ?? '');
    if (!found) return;
    if (found.state === 'up' && found.since !== null && now - found.since >= wellFor) {
      const reason = `The endpoint ${found.name} has been well since ${new Date(found.since).toISOString()}.`;
      return this.#unlessStale(() => this.#options.states.leave(definition, version, SYSTEM, reason));
    }
    this.#probe(found.name, found.lastSuccess ?? 0);
  }

  /** Somebody was faster: what they did stands. */
  async #unlessStale(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof WardflowError && error.code.startsWith('fallback-'))) throw error;
    }
  }
}

const isDown = (trigger: FallbackTrigger): trigger is Down => trigger.kind === 'endpoint-down';
