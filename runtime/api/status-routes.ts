/** How the runtime is, which definitions it runs, and draining it. */
import type { Router } from 'express';
import type {
  Definition,
  DefinitionSet,
  Engine,
  FlowNode,
  MessageCounts,
  WorkCounts,
  WorkState,
} from '../../engine/index.ts';
import { isConfined } from '../containment.ts';
import type { DefinitionDetail, DefinitionSummary, RuntimeStatus } from './contract.ts';
import { answering } from './answering.ts';
import { actorOf } from './query.ts';
import { definitionOf, isIn, partOf, within } from './part.ts';
import { notFound } from './problems.ts';
import { fallbacksIn } from './fallback-routes.ts';
import { switchesIn } from './switch-routes.ts';

const COUNTED_FOR_MS = 15_000;
const MOST_PARTS = 100;

export interface StatusOptions {
  readonly engine: Engine;
  readonly version: string;
  readonly startedAt: number;
  readonly definitions: () => DefinitionSet;
  /** Stops taking work up and waits for what is in flight; the process goes on answering. */
  readonly drain: () => Promise<void>;
}

export function statusRoutes(router: Router, options: StatusOptions): void {
  const { engine, definitions } = options;
  const { store, clock } = engine;
  /** Those with a tab: what only others use is shown as part of them. */
  const summaries = (): readonly DefinitionSummary[] =>
    definitions()
      .all.map(summaryOf)
      .filter(({ tab }) => tab !== null);

  /** Counted over all messages of the part, so not with every look of every browser. */
  const counted = new Map<string, { readonly until: number; readonly counts: Promise<MessageCounts> }>();
  const countsOf = (part: ReadonlySet<string>): Promise<MessageCounts> => {
    const key = [...part].toSorted().join(' ');
    const known = counted.get(key);
    if (known && known.until > clock.now()) return known.counts;
    const counts = store.journal.counts(within(part));
    counted.delete(key);
    counted.set(key, { until: clock.now() + COUNTED_FOR_MS, counts });
    if (counted.size > MOST_PARTS) counted.delete(counted.keys().next().value ?? '');
    counts.catch(() => counted.delete(key));
    return counts;
  };

  router.get(
    '/status',
    answering(async (_request, response) => {
      const part = partOf(response);
      await engine.roster.current();
      const [messages, work, backlog, open, acknowledgements, differences, identities] = await Promise.all([
        part === null ? store.journal.counts() : countsOf(part),
        part === null ? store.work.counts() : null,
        store.work.backlog().then((all) => all.filter((one) => isIn(part, definitionOf(one.subscription)))),
        store.escalations.list({ states: ['open', 'exhausted'], limit: 1000, ...within(part) }),
        store.acknowledgements.counts(clock.now()),
        store.differences.counts(within(part)),
        store.identities.counts(within(part)),
      ]);
      const waiting = backlog.filter((entry) => entry.state === 'waiting').map((entry) => entry.oldest);
      const answer: RuntimeStatus = {
        environment: engine.environment,
        version: options.version,
        startedAt: options.startedAt,
        asOf: clock.now(),
        messages,
        work: work ?? openWork(backlog),
        inFlight: engine.dispatcher.inFlight(),
        oldestWaiting: waiting.length === 0 ? null : Math.min(...waiting),
        feeds: engine.intake.status(),
        subscriptions: engine.subscriptions.status().filter(({ definition }) => isIn(part, definition)),
        endpoints: engine.endpointHealth(),
        leftOut: engine.leftOut,
        openEscalations: open.length,
        stranded: backlog
          .filter(({ subscription, state }) => state === 'waiting' && !engine.dispatcher.serves(subscription))
          .map(({ subscription, count, oldest }) => ({ subscription, count, oldest })),
        switches: switchesIn(part, engine.controls.list()),
        fallbacks: fallbacksIn(part, engine.fallbacks.list()),
        definitions: definitions()
          .all.filter(({ name }) => isIn(part, name))
          .map(summaryOf),
        durability: store.durability,
        acknowledgements,
        storeTrouble: engine.storeTrouble(),
        rosterTrouble: engine.roster.trouble(),
        openDifferences: differences.open,
        openIdentityQuestions: identities.open,
        rssBytes: process.memoryUsage.rss(),
        confined: isConfined(),
      };
      response.json(answer);
    }),
  );

  router.get('/definitions', (_request, response) => {
    response.json({ definitions: summaries() });
  });

  router.get('/definitions/:name', (request, response) => {
    const definition = definitions().byName(request.params.name);
    if (!definition) throw notFound('definition');
    const answer: DefinitionDetail = {
      ...summaryOf(definition),
      intent: definition.intent,
      readme: definition.files['README.md'] ?? '',
      flow: definition.flow,
      rules: [...definition.rules.values()].map(({ name, title, version, rowCount }) => ({
        name,
        title,
        version,
        rows: rowCount,
      })),
    };
    response.json(answer);
  });

  router.post(
    '/drain',
    answering(async (request, response) => {
      const actor = actorOf(request);
      await store.audit.append([{ at: clock.now(), type: 'runtime.drained', actor, details: {} }]);
      await options.drain();
      response.json({ inFlight: engine.dispatcher.inFlight() });
    }),
  );
}

/** What is open; what is done or discarded is not counted by definition. */
function openWork(backlog: readonly { readonly state: WorkState; readonly count: number }[]): WorkCounts {
  const counts = { waiting: 0, claimed: 0, parked: 0, done: 0, dead: 0, discarded: 0 };
  for (const { state, count } of backlog) counts[state] += count;
  return counts;
}

function summaryOf(definition: Definition): DefinitionSummary {
  const { serviceLine } = definition.intent;
  const tab: FlowNode | undefined = definition.flow.find((node) => node.type === 'tab');
  return {
    name: definition.name,
    version: definition.version,
    title: definition.intent.title,
    risk: definition.intent.risk,
    serviceLine: typeof serviceLine === 'string' ? serviceLine : null,
    tab: tab?.id ?? null,
  };
}
