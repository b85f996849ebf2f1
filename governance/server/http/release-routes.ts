import express, { Router, type Request } from 'express';
import { consoleErrors } from '../../errors.ts';
import type { createClinicalChanges } from '../releases/clinical-changes.ts';
import type { Environments } from '../releases/environments.ts';
import { feedOf } from '../releases/feed.ts';
import type { Releases } from '../releases/releases.ts';
import type { TrustChanges } from '../releases/trust-changes.ts';
import { actorOf, identityOf, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { validBody, validQuery } from './validate.ts';

export interface ReleaseRouteParts {
  readonly environments: Environments;
  readonly releases: Releases;
  readonly trust: TrustChanges;
  readonly changes: ReturnType<typeof createClinicalChanges>;
  /** What people type, where something else answers for the console. */
  readonly publicOrigin?: string;
}

const HASH = /^[0-9a-f]{64}$/;
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/** What is signed is larger than what else is sent: a trust store names every key there ever was. */
export const signedBodies = Router()
  .use('/trust', express.json({ limit: '2mb', strict: true }))
  .use('/environments', express.json({ limit: '128kb', strict: true }));

/** Environments behind the gate: what they run, whom they trust, what has changed. */
export function releaseRouter(
  { environments, releases, trust, changes, publicOrigin }: ReleaseRouteParts,
  needs: Needs,
): Router {
  const router = Router();
  const environmentIn = async (request: Request): Promise<string> => {
    const name = String(request.params['environment']);
    await environments.check(name);
    return name;
  };

  router.get(
    '/environments',
    needs('release:read'),
    handled(async (_request, response) => {
      const names = await environments.names();
      response.json({ environments: await Promise.all(names.map((name) => releases.view(name, actorOf(response)))) });
    }),
  );
  router.get(
    '/environments/:environment',
    needs('release:read'),
    handled(async (request, response) => {
      response.json(await releases.view(await environmentIn(request), actorOf(response)));
    }),
  );
  router.post(
    '/environments/:environment/check',
    needs('release:read'),
    handled(async (request, response) => {
      validBody('nothing', request.body);
      response.json(await releases.check(await environmentIn(request), actorOf(response)));
    }),
  );
  router.post(
    '/environments/:environment/plan',
    needs('release:read'),
    handled(async (request, response) => {
      const wish = validBody('releasePlan', request.body);
      response.json(await releases.plan(await environmentIn(request), wish, actorOf(response)));
    }),
  );
  router.post(
    '/environments/:environment/releases',
    needs('release:order'),
    handled(async (request, response) => {
      const wish = validBody('release', request.body);
      response.json(await releases.release(await environmentIn(request), wish, actorOf(response)));
    }),
  );
  router.get(
    '/environments/:environment/bundles/:hash',
    needs('release:read'),
    handled(async (request, response) => {
      const hash = String(request.params['hash']);
      const environment = await environmentIn(request);
      if (!HASH.test(hash)) throw consoleErrors.create('not-found');
      const file = await environments.bundleFile(environment, hash);
      response.type('application/octet-stream').attachment(`${environment}-${hash.slice(0, 12)}.wfb`);
      response.send(Buffer.from(file));
    }),
  );
  router.get(
    '/environments/:environment/pull',
    needs('release:read'),
    handled(async (request, response) => {
      const { after = 0 } = validQuery('pull', request.query);
      response.json(await environments.pull(await environmentIn(request), Number(after)));
    }),
  );

  router.get(
    '/trust/:environment',
    needs('trust:read'),
    handled(async (request, response) => {
      const view = await trust.view(await environmentIn(request));
      if (!view) throw consoleErrors.create('not-found');
      response.json(view);
    }),
  );
  router.post(
    '/trust/:environment/changes',
    needs('trust:propose'),
    handled(async (request, response) => {
      const { envelope } = validBody('signed', request.body);
      const { username } = identityOf(response).account;
      response.status(201).json(await trust.propose(await environmentIn(request), envelope, username));
    }),
  );
  router.post(
    '/trust/:environment/changes/:id/signatures',
    needs('person'),
    handled(async (request, response) => {
      const { envelope } = validBody('signed', request.body);
      const { username } = identityOf(response).account;
      response.json(await trust.sign(await environmentIn(request), idIn(request), envelope, username));
    }),
  );
  router.post(
    '/trust/:environment/changes/:id/withdraw',
    needs('person'),
    handled(async (request, response) => {
      validBody('nothing', request.body);
      trust.withdraw(await environmentIn(request), idIn(request), identityOf(response).account.username);
      response.status(204).end();
    }),
  );

  router.get(
    '/changes',
    needs('release:read'),
    handled(async (_request, response) => {
      response.json(await changes.list());
    }),
  );
  router.get(
    '/changes/feed.json',
    needs('release:read'),
    handled(async (request, response) => {
      const origin = publicOrigin ?? `${request.protocol}://${request.headers.host ?? 'localhost'}`;
      const feed = feedOf(await changes.list(), origin);
      response.type('application/feed+json').send(JSON.stringify(feed));
    }),
  );
  return router;
}

function idIn(request: Request): string {
  const id = request.params['id'];
  if (typeof id !== 'string' || !ID.test(id)) throw consoleErrors.create('not-found');
  return id;
}
