/** How a time went: computed from what is kept, for the part that the caller answers for. */
import type { Router } from 'express';
import { createShiftReports, type DefinitionSet, type Engine } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { partOf } from './part.ts';
import { invalid } from './problems.ts';
import { text, time } from './query.ts';

export function shiftRoutes(router: Router, engine: Engine, definitions: () => DefinitionSet): void {
  const reports = createShiftReports({
    spans: engine.store.spans,
    clock: engine.clock,
    serviceLineOf(definition) {
      const line = definitions().byName(definition)?.intent.serviceLine;
      return typeof line === 'string' ? line : null;
    },
  });

  router.get(
    '/shift-report',
    answering(async (request, response) => {
      const part = partOf(response);
      const [from, to] = [time(request, 'from'), time(request, 'to')];
      if (from === undefined || to === undefined) throw invalid('from and to are missing');
      const zone = text(request, 'zone', 64) ?? 'UTC';
      const serviceLine = text(request, 'serviceLine', 64) ?? null;
      response.json(await reports.read({ from, to, zone, serviceLine }, part === null ? undefined : [...part]));
    }),
  );
}
