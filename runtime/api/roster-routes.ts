/** Who is on for what. Of staff, not of patients or definitions: everybody who may read it reads all of it. */
import type { Router } from 'express';
import type { Engine } from '../../engine/index.ts';
import { answering } from './answering.ts';
import { partOf } from './part.ts';
import { notFound } from './problems.ts';
import { text, time } from './query.ts';
import type { RosterView } from './task-contract.ts';

export function rosterRoutes(router: Router, { roster, clock }: Engine): void {
  router.get(
    '/roster',
    answering(async (request, response) => {
      partOf(response);
      const now = clock.now();
      const at = time(request, 'at') ?? now;
      const wanted = { role: text(request, 'role'), unit: text(request, 'unit'), person: text(request, 'person') };
      const current = await roster.current();
      if (current.entries.length === 0) throw notFound('roster');
      const answer: RosterView = {
        asOf: now,
        at,
        // What is over by then is nobody's shift any more.
        entries: current.entries
          .filter(({ to }) => to === null || to > at)
          .filter(({ role }) => wanted.role === undefined || role === wanted.role)
          .filter(({ unit }) => wanted.unit === undefined || unit === null || unit === wanted.unit)
          .filter(({ person }) => wanted.person === undefined || person === wanted.person)
          .map((entry) => ({ ...entry, now: entry.from === null || entry.from <= at })),
        changesAt: current.changesAfter(at),
      };
      response.json(answer);
    }),
  );
}
