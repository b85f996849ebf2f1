/** Stopping and starting by operators. Who answers for a part stops flows of it; feeds, endpoints and lanes are everybody's. */
import type { Router } from 'express';
import { SWITCH_KINDS, SWITCH_MODES, type Engine, type SwitchKind, type SwitchView } from '../../engine/index.ts';
import type { ClearedSwitch, SwitchList } from './contract.ts';
import { answering } from './answering.ts';
import { bodyOf, numberIn, textIn } from './body.ts';
import { demandOneIn, isIn, partOf, type Part } from './part.ts';
import { invalid, notFound } from './problems.ts';
import { actorOf, idOf, reasonOf } from './query.ts';

export function switchRoutes(router: Router, engine: Engine, isDefinition: (name: string) => boolean): void {
  const { controls, clock } = engine;

  /** A name that nothing has would stop nothing, and nobody would notice. */
  const exists: Readonly<Record<SwitchKind, (name: string) => boolean>> = {
    feed: (name) => engine.intake.status().some((feed) => feed.name === name),
    endpoint: (name) => engine.endpointHealth().some((endpoint) => endpoint.name === name),
    definition: isDefinition,
    // Named with all there are where it is none.
    lane: () => true,
  };

  router.get('/switches', (_request, response) => {
    const answer: SwitchList = { asOf: clock.now(), switches: switchesIn(partOf(response), controls.list()) };
    response.json(answer);
  });

  router.post(
    '/switches',
    answering(async (request, response) => {
      const body = bodyOf(request, ['kind', 'name', 'mode', 'reason', 'from', 'until']);
      const kind = SWITCH_KINDS.find((one) => one === body['kind']);
      const mode = SWITCH_MODES.find((one) => one === body['mode']);
      if (!kind) throw invalid(`kind takes ${SWITCH_KINDS.join(', ')}`);
      if (!mode) throw invalid(`mode takes ${SWITCH_MODES.join(', ')}`);
      const name = textIn(body, 'name') ?? '';
      demandOneIn(partOf(response), kind === 'definition' ? [name] : []);
      if (!exists[kind](name)) throw notFound(kind);
      const from = numberIn(body, 'from');
      const until = numberIn(body, 'until');
      const one = await controls.set({
        kind,
        mode,
        name,
        reason: reasonOf(request, true) ?? '',
        actor: actorOf(request),
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
      });
      response.status(201).json(one);
    }),
  );

  router.post(
    '/switches/:id/clear',
    answering(async (request, response) => {
      const reason = reasonOf(request, true) ?? '';
      const id = idOf(request);
      const part = partOf(response);
      const meant = controls.list().find((one) => one.id === id);
      if (meant) demandOneIn(part, meant.kind === 'definition' ? [meant.name] : []);
      const outcome = await controls.clear(id, { actor: actorOf(request), reason });
      if (outcome === 'unknown') throw notFound('switch');
      const answer: ClearedSwitch = { outcome };
      response.json(answer);
    }),
  );
}

/** What stops feeds, endpoints or lanes stops everybody, so everybody sees it. */
export function switchesIn(part: Part, switches: readonly SwitchView[]): readonly SwitchView[] {
  return switches.filter(({ kind, name }) => kind !== 'definition' || isIn(part, name));
}
