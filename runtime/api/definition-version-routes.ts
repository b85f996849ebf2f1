/** Every version that this runtime ever ran: whoever changes one further can be asked whether it was here. */
import type { Router } from 'express';
import type { Engine } from '../../engine/index.ts';
import { answering } from './answering.ts';
import type { DefinitionVersion } from './contract.ts';
import { notFound } from './problems.ts';

const VERSION = /^[0-9a-f]{64}$/;

export function definitionVersionRoutes(router: Router, { store }: Engine): void {
  router.get(
    '/definition-versions/:version',
    answering(async (request, response) => {
      const version = String(request.params['version']);
      const kept = VERSION.test(version) ? await store.definitions.get(version) : undefined;
      if (!kept) throw notFound('definition');
      const answer: DefinitionVersion = { name: kept.name, version, files: kept.files };
      response.json(answer);
    }),
  );
}
