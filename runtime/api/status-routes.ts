/** How the runtime is, which definitions it runs, and draining it. */
import type { Router } from 'express';
import type { Definition, DefinitionSet, Engine, FlowNode } from '../../engine/index.ts';
import { isConfined } from '../containment.ts';
import type { DefinitionDetail, DefinitionSummary, RuntimeStatus } from './contract.ts';
import { answering } from './answering.ts';
import { actorOf } from './query.ts';
import { notFound } from './problems.ts';

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

  router.get(
    '/status',
    answering(async (_request, response) => {
      const [messages, work, backlog, open] = await Promise.all([
        store.journal.counts(),
        store.work.counts(),
        store.work.backlog(),
        store.escalations.list({ states: ['open', 'exhausted'], limit: 1000 }),
      ]);
      const waiting = backlog.filter((entry) => entry.state === 'waiting').map((entry) => entry.oldest);
      const answer: RuntimeStatus = {
        environment: engine.environment,
        version: options.version,
        startedAt: options.startedAt,
        asOf: clock.now(),
        messages,
        work,
        inFlight: engine.dispatcher.inFlight(),
        oldestWaiting: waiting.length === 0 ? null : Math.min(...waiting),
        feeds: engine.intake.status(),
        endpoints: engine.endpoints.health(),
        openEscalations: open.length,
        stranded: backlog
          .filter(({ subscription, state }) => state === 'waiting' && !engine.dispatcher.serves(subscription))
          .map(({ subscription, count, oldest }) => ({ subscription, count, oldest })),
        switches: engine.controls.list(),
        definitions: definitions().all.map(summaryOf),
        durability: store.durability,
        storeTrouble: engine.storeTrouble(),
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

function summaryOf(definition: Definition): DefinitionSummary {
  const tab: FlowNode | undefined = definition.flow.find((node) => node.type === 'tab');
  return {
    name: definition.name,
    version: definition.version,
    title: definition.intent.title,
    risk: definition.intent.risk,
    tab: tab?.id ?? null,
  };
}
