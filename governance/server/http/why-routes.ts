import { Router } from 'express';
import type { Log } from '../../../engine/index.ts';
import type { AuditDesk } from '../../audit/open-audit.ts';
import type { ReleaseFacts } from '../../audit/why/release-facts.ts';
import { whyTold } from '../../audit/why/why-told.ts';
import { consoleErrors } from '../../errors.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import { actorOf, may, scopeIn, type Needs } from './guards.ts';
import { handled } from './handled.ts';

export interface WhyRouterParts {
  readonly desk: AuditDesk;
  readonly client: RuntimeClient;
  readonly runtimes: RuntimeDirectory;
  readonly releases: ReleaseFacts;
  readonly log: Log;
  readonly needs: Needs;
}

const ID = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;

/** Why somebody was told because of a message: for everybody who may read the message. */
export function whyRouter({ desk, client, runtimes, releases, needs }: WhyRouterParts): Router {
  const router = Router();
  router.get(
    '/audit/why/:id',
    needs('message:read'),
    handled(async (request, response) => {
      const { id } = request.params;
      if (typeof id !== 'string' || !ID.test(id)) throw consoleErrors.create('not-found');
      const scope = scopeIn(response, 'message:read');
      const caller = {
        actor: actorOf(response),
        scope: scope === 'all' ? null : scope,
        mayAudit: may(response, 'audit:read', {}),
      };
      const options = {
        client,
        runtimes: runtimes.names,
        releases,
        entriesOf: (messageId: string) => desk.search.ofMessage(messageId),
        now: () => Date.now(),
      };
      response.json(await whyTold(options, id, caller));
    }),
  );
  return router;
}
