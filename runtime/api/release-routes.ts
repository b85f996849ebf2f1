/** What a runtime behind the gate runs, and making it run what the log says. Elsewhere each answers `no-gate`. */
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Log } from '../../engine/index.ts';
import { gateErrors } from '../gate/errors.ts';
import type { Gate } from '../gate/gate.ts';
import { answering } from './answering.ts';
import { bodyOf } from './body.ts';
import { invalid, sendProblem } from './problems.ts';
import { actorOf } from './query.ts';
import type { ApplyRequest, PlanRequest } from './release-contract.ts';

export type GateOfApi = Pick<Gate, 'state' | 'plan' | 'apply' | 'check'>;

export function releaseRoutes(router: Router, behind: GateOfApi | undefined, log: Log): void {
  const gate = (): GateOfApi => {
    if (!behind) throw gateErrors.create('no-gate');
    return behind;
  };

  /** Why it is not done is an answer, not a fault: 409. */
  const orWhyNot = (job: (request: Request) => Promise<object>): RequestHandler =>
    answering(async (request, response: Response) => {
      try {
        response.json(await job(request));
      } catch (error) {
        sendProblem(response, error, log, 409);
      }
    });

  router.get('/release', (_request, response) => {
    response.json(gate().state());
  });

  router.post(
    '/release/plan',
    orWhyNot(async (request) => {
      const body = bodyOf(request, ['bundle', 'kind']);
      const { bundle, kind } = body;
      if (typeof bundle !== 'string' || !/^[0-9a-f]{64}$/.test(bundle)) throw invalid('bundle takes a hash');
      if (kind !== 'order' && kind !== 'break-glass') throw invalid('kind takes order or break-glass');
      const wish: PlanRequest = { bundle, kind };
      return gate().plan(wish);
    }),
  );

  router.post(
    '/release/apply',
    orWhyNot(async (request) => {
      const { sequence, drain } = bodyOf(request, ['sequence', 'drain']);
      if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1)
        throw invalid('sequence takes the number of a release');
      if (typeof drain !== 'boolean') throw invalid('drain takes true or false');
      const wish: ApplyRequest = { sequence, drain };
      return gate().apply(wish, actorOf(request));
    }),
  );

  router.post(
    '/release/check',
    orWhyNot(() => gate().check()),
  );
}
