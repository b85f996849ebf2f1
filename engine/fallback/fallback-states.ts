/**
 * Which definitions are in fallback, held in memory since each message asks. Other runtimes on the same store enter and leave
 * too: it is asked again now and then.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { AuditEntry, Fallback, Fallbacks, FallbackState } from '../store/contract/index.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import { fallbackErrors } from './errors.ts';

export interface FallbackStatesOptions {
  readonly fallbacks: Pick<Fallbacks, 'states' | 'set'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly onStoreFailure: (error: unknown) => void;
}

export interface Entering {
  readonly declared: DeclaredFallback;
  readonly trigger: Fallback['trigger'];
  readonly about: string | null;
  readonly by: string;
  readonly reason: string;
}

const REFRESH_MS = 15_000;
const LONGEST_REASON = 500;

export class FallbackStates {
  readonly #options: FallbackStatesOptions;
  readonly #listeners = new Set<() => void>();
  readonly #alarm: Alarm;
  #states: ReadonlyMap<string, FallbackState>;
  #running = false;

  private constructor(options: FallbackStatesOptions, states: readonly FallbackState[]) {
    this.#options = options;
    this.#states = byDefinition(states);
    this.#alarm = new Alarm(options.clock, () => void this.#refresh());
  }

  /** Resolves when it is known what is in force: nothing may be taken up before. */
  static async open(options: FallbackStatesOptions): Promise<FallbackStates> {
    return new FallbackStates(options, await options.fallbacks.states());
  }

  start(): void {
    this.#running = true;
    this.#alarm.ring(this.#options.clock.now() + REFRESH_MS);
  }

  stop(): void {
    this.#running = false;
    this.#alarm.off();
  }

  inForce(definition: string): Fallback | undefined {
    const state = this.#states.get(definition);
    return state?.inForce ? { definition, version: state.version, ...state.inForce } : undefined;
  }

  list(): readonly Fallback[] {
    return [...this.#states.keys()].flatMap((definition) => this.inForce(definition) ?? []);
  }

  /** When it came to be as it is now; `null`: it has never been in one. */
  changedAt(definition: string): Millis | null {
    return this.#states.get(definition)?.at ?? null;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws `fallback-stale`, `fallback-reason-missing` */
  async enter(seen: number, { declared, trigger, about, by, reason: given }: Entering): Promise<Fallback> {
    const { definition, mode } = declared;
    const reason = checkedReason(given);
    if (seen !== 0 || this.inForce(definition)) throw this.#stale(definition);
    const at = this.#options.clock.now();
    const inForce = { mode, trigger, about, since: at, by, reason };
    const details = { mode, about };
    await this.#set(definition, inForce, { at, type: 'fallback.entered', actor: by, definition, details, reason });
    this.#options.log.warn('A flow went into fallback.', { definition, state: mode });
    const now = this.inForce(definition);
    if (!now) throw this.#stale(definition);
    return now;
  }

  /** @throws `fallback-stale`, `fallback-not-in-force`, `fallback-reason-missing` */
  async leave(definition: string, seen: number, by: string, given: string): Promise<void> {
    const reason = checkedReason(given);
    const now = this.inForce(definition);
    if (!now) throw fallbackErrors.create('fallback-not-in-force', { definition });
    if (now.version !== seen) throw this.#stale(definition);
    const at = this.#options.clock.now();
    const details = { mode: now.mode, about: now.about };
    await this.#set(definition, null, { at, type: 'fallback.left', actor: by, definition, details, reason });
    this.#options.log.info('A flow left its fallback.', { definition });
  }

  async #set(definition: string, inForce: FallbackState['inForce'], audit: AuditEntry): Promise<void> {
    const version = (this.#states.get(definition)?.version ?? 0) + 1;
    const next: FallbackState = { definition, version, inForce, at: audit.at };
    if ((await this.#options.fallbacks.set(next, audit)) === 'stale') {
      await this.#refresh();
      throw this.#stale(definition);
    }
    this.#take(new Map([...this.#states, [definition, next]]));
  }

  async #refresh(): Promise<void> {
    const { fallbacks, clock, onStoreFailure } = this.#options;
    try {
      const states = byDefinition(await fallbacks.states());
      // What was set here while the store was asked is newer than its answer.
      for (const [name, known] of this.#states)
        if (known.version > (states.get(name)?.version ?? 0)) states.set(name, known);
      this.#take(states);
    } catch (error) {
      onStoreFailure(error);
    }
    if (this.#running) this.#alarm.ring(clock.now() + REFRESH_MS);
  }

  #take(next: ReadonlyMap<string, FallbackState>): void {
    const changed = [...next].filter(([name, { version }]) => this.#states.get(name)?.version !== version);
    this.#states = next;
    if (changed.length === 0) return;
    for (const [name] of changed) this.#options.live.publish({ kind: 'fallback', name });
    for (const listener of this.#listeners) listener();
  }

  #stale(definition: string): Error {
    return fallbackErrors.create('fallback-stale', { definition, state: this.inForce(definition)?.mode ?? 'none' });
  }
}

const byDefinition = (states: readonly FallbackState[]): Map<string, FallbackState> =>
  new Map(states.map((state) => [state.definition, state]));

function checkedReason(text: string): string {
  const reason = text.trim();
  if (reason === '' || reason.length > LONGEST_REASON) throw fallbackErrors.create('fallback-reason-missing');
  return reason;
}
