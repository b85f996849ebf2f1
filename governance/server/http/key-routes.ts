import { Router } from 'express';
import { readKeyFile } from '../../bundle/index.ts';
import { consoleErrors } from '../../errors.ts';
import type { OwnSigningKeys } from '../own-keys.ts';
import { identityOf, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { validBody } from './validate.ts';

/** The caller's own signing keys: wrapped in the browser, kept here, unwrapped there. */
export function keyRouter(keys: OwnSigningKeys, needs: Needs): Router {
  const router = Router();
  router.get(
    '/keys/mine',
    needs('person'),
    handled(async (_request, response) => {
      response.json({ keys: await keys.list(identityOf(response).account.username) });
    }),
  );
  router.post(
    '/keys/mine',
    needs('person'),
    handled(async (request, response) => {
      // Strict as everywhere: the file is what it says, or it is refused before it is kept.
      const file = await readKeyFile(JSON.stringify(validBody('keyFile', request.body)), 'The key');
      response.status(201).json(await keys.add(identityOf(response).account.username, file));
    }),
  );
  router.post('/keys/mine/:id/forget', needs('person'), (request, response) => {
    validBody('nothing', request.body);
    const id = request.params['id'];
    if (typeof id !== 'string' || !/^[0-9a-f]{64}$/.test(id)) throw consoleErrors.create('not-found');
    keys.forget(identityOf(response).account.username, id);
    response.status(204).end();
  });
  return router;
}
