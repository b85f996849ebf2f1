import { doubtDeclared } from './doubt-declared.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import { EndpointWatch, type EndpointWatchOptions } from './endpoint-watch.ts';
import { fallbackErrors } from './errors.ts';
import type { FallbackService } from './fallback.ts';
import { FallbackStates, type FallbackStatesOptions } from './fallback-states.ts';
import { HeldItems } from './held-items.ts';
import { ReviewReminders } from './review-reminders.ts';
import { StopReminders } from './stop-reminders.ts';
import { ReviewDecisions, type ReviewDecisionsOptions } from './review-decisions.ts';
import { Telling, type TellingOptions } from './telling.ts';
import type { WorkSource } from '../queue/source.ts';
import type { Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import type { WorkflowTask } from '../store/contract/index.ts';

export interface FallbackServiceOptions
  extends
    Omit<FallbackStatesOptions, 'fallbacks'>,
    Omit<ReviewDecisionsOptions, 'inForce'>,
    Pick<EndpointWatchOptions, 'health' | 'probe'> {
  readonly store: TellingOptions['store'];
  readonly ids: Ids;
}

export interface RunningFallbacks extends FallbackService {
  readonly items: HeldItems;
  readonly decisions: ReviewDecisions;
  /** Mode `stop`: new messages wait as behind a switch. */
  stops(source: WorkSource): boolean;
  /** It only recommends, and did so when this was made. */
  recommendsSince(definition: string, madeAt: Millis): boolean;
  /** Who decided that an item which only recommended is processed, after this task of it was made; `null`: nobody. */
  processedBy(task: Pick<WorkflowTask, 'workId' | 'createdAt'>): Promise<string | null>;
  /** Once the dispatcher and the effects are there. */
  tellBy(options: Omit<TellingOptions, 'declared'>): void;
}

/** Resolves when it is known what is in force: nothing may be taken up before. */
export async function createFallbackService(options: FallbackServiceOptions): Promise<RunningFallbacks> {
  const { store, onWork } = options;
  const states = await FallbackStates.open({ ...options, fallbacks: store.fallbacks });
  let declared: ReadonlyMap<string, DeclaredFallback> = new Map();
  let telling: Telling | null = null;
  const inForce = states.inForce.bind(states);
  const declaredOf = (definition: string): DeclaredFallback | undefined => declared.get(definition);
  const pages = (definition: string): boolean =>
    inForce(definition)?.mode === 'alert-and-task' || declared.get(definition)?.mode === 'alert-and-task';
  const serve = (definition: string): void => telling?.serve(definition);
  const items = new HeldItems({
    ...options,
    inForce,
    declared: declaredOf,
    tells({ definition, lane }) {
      const told = lane === 'stat' || pages(definition);
      if (told) serve(definition);
      return told;
    },
  });
  const reminders = new ReviewReminders({ ...options, pages, serve });
  const stopped = new StopReminders({ ...options, inForce: () => states.list(), serve });
  const decisions = new ReviewDecisions({ ...options, inForce });
  const watch = new EndpointWatch({ ...options, states, declared: () => declared.values() });
  states.onChange(onWork);

  /** Also of what was told in an earlier life, whatever is declared by now. */
  function serveTold(): void {
    for (const { definition } of [...declared.values(), ...states.list()]) serve(definition);
    store.fallbacks.heldCounts().then((counts) => Object.keys(counts).forEach(serve), options.onStoreFailure);
  }

  return {
    items,
    decisions,
    stops: ({ definition, feed }) => feed !== undefined && inForce(definition)?.mode === 'stop',
    recommendsSince(definition, madeAt) {
      const fallback = inForce(definition);
      return fallback?.mode === 'recommend-only' && madeAt >= fallback.since;
    },
    async processedBy({ workId, createdAt }) {
      const reviews = await store.fallbacks.reviewsOf(workId);
      const found = reviews.find(
        ({ because, decided }) =>
          because === 'recommend-only' && decided?.decision === 'process' && decided.at >= createdAt,
      );
      return found?.decided?.by ?? null;
    },
    tellBy(parts) {
      telling = new Telling({ ...parts, declared: declaredOf });
      serveTold();
    },
    declare(all) {
      declared = new Map(all.map((one) => [one.definition, one]));
      serveTold();
    },
    declared: () => [...declared.values()],
    declaredOf,
    inForce,
    list: () => states.list(),
    async enter({ definition, seen, actor, reason }) {
      const found = declared.get(definition);
      if (!found) throw fallbackErrors.create('fallback-undeclared', { definition });
      return states.enter(seen, { declared: found, trigger: 'operator', about: null, by: actor, reason });
    },
    leave: ({ definition, seen, actor, reason }) => states.leave(definition, seen, actor, reason),
    doubt(work, doubt) {
      const asks = doubtDeclared(declared.get(work.definition), doubt);
      return asks ? items.doubt(work, doubt) : Promise.resolve('not-declared');
    },
    held: (query) => decisions.held(query),
    heldCounts: () => store.fallbacks.heldCounts(),
    async decide(workIds, decision, { actor, reason, newerKnown = false }) {
      const via = actor.startsWith('cli:') ? 'cli' : 'console';
      const outcomes: { readonly workId: string; readonly outcome: Awaited<ReturnType<typeof decisions.decide>> }[] =
        [];
      for (const workId of await inOrder(workIds))
        outcomes.push({
          workId,
          outcome: await decisions.decide(workId, decision, { actor, via, reason, newerKnown }),
        });
      return outcomes;
    },
    onChange: (listener) => states.onChange(listener),
    start() {
      states.start();
      watch.start();
      reminders.start();
      stopped.start();
    },
    async stop() {
      states.stop();
      await Promise.all([watch.stop(), reminders.stop(), stopped.stop()]);
    },
  };

  /** As they arrived, so that those of one key are processed in their order. */
  async function inOrder(workIds: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(
      [...new Set(workIds)].map(async (id) => ({ id, seq: (await store.work.get(id))?.seq ?? Infinity })),
    );
    return found.toSorted((a, b) => a.seq - b.seq).map(({ id }) => id);
  }
}
