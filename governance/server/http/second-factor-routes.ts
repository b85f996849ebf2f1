import { Router } from 'express';
import type { RequestHandler } from 'express';
import type { Enrolment, RecoveryCodes, SecondFactorView } from '../../api/contract.ts';
import { consoleErrors } from '../../errors.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Identity } from '../identity.ts';
import type { Login, LoginPlace, Proof } from '../login.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { Sessions } from '../store/sessions.ts';
import { identityOf, placeOf, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import { refusal } from './refusal.ts';
import { validBody } from './validate.ts';

export interface SecondFactorRouteParts {
  readonly login: Login;
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactors;
  readonly audit: AuditTrail;
  readonly needs: Needs;
  /** Against guessing from one address. */
  readonly rate: RequestHandler;
  onEnded(sessionId: string): void;
}

/**
 * The second step of one's own login. Open to who owes one. Whoever finds a session left open can do nothing here: each
 * change asks for the password, and for a code where there is a second step already.
 */
export function secondFactorRouter(parts: SecondFactorRouteParts): Router {
  const { login, sessions, secondFactors, audit, needs, rate } = parts;
  const router = Router();
  const prove = async (identity: Identity, proof: Proof, place: LoginPlace): Promise<void> => {
    const proven = await login.prove(identity, proof, place);
    if (proven !== 'yes') throw refusal(proven);
  };

  router.get('/session/second-factor', needs('logged-in'), (_request, response) => {
    const { account } = identityOf(response);
    const own = secondFactors.of(account.username);
    const answer: SecondFactorView = {
      since: own?.since ?? null,
      recoveryCodes: own?.recoveryCodes ?? 0,
      demanded: secondFactors.isDemanded(account),
    };
    response.json(answer);
  });
  router.post(
    '/session/second-factor/begin',
    needs('logged-in'),
    rate,
    handled(async (request, response) => {
      const identity = identityOf(response);
      const { username } = identity.account;
      const { password } = validBody('secondFactorBegin', request.body);
      if (secondFactors.of(username)) throw consoleErrors.create('second-factor-there');
      await prove(identity, { password }, placeOf(request));
      const answer: Enrolment = secondFactors.begin(identity.session.id, username);
      response.json(answer);
    }),
  );
  router.post('/session/second-factor/confirm', needs('logged-in'), rate, (request, response) => {
    const { session, account } = identityOf(response);
    const { username } = account;
    const { code } = validBody('secondFactorConfirm', request.body);
    if (secondFactors.of(username)) throw consoleErrors.create('second-factor-there');
    const recoveryCodes = secondFactors.confirm(session.id, username, code);
    if (recoveryCodes === 'wrong') throw consoleErrors.create('code-refused');
    if (recoveryCodes === 'none') throw consoleErrors.create('second-factor-not-begun');
    // Opened with a password alone.
    const ended = sessions.endAll(username, session.id);
    audit.append('account.second-factor-on', `user:${username}`, { endedSessions: ended.length });
    for (const id of ended) parts.onEnded(id);
    response.status(201).json({ recoveryCodes } satisfies RecoveryCodes);
  });
  router.post(
    '/session/second-factor/recovery-codes',
    needs('logged-in'),
    rate,
    handled(async (request, response) => {
      const identity = identityOf(response);
      const { username } = identity.account;
      const proof = validBody('fullProof', request.body);
      if (!secondFactors.of(username)) throw consoleErrors.create('second-factor-missing');
      await prove(identity, proof, placeOf(request));
      const recoveryCodes = secondFactors.renewRecoveryCodes(username);
      audit.append('account.recovery-codes-made', `user:${username}`);
      response.status(201).json({ recoveryCodes } satisfies RecoveryCodes);
    }),
  );
  router.post(
    '/session/second-factor/off',
    needs('logged-in'),
    rate,
    handled(async (request, response) => {
      const identity = identityOf(response);
      const { username } = identity.account;
      const proof = validBody('fullProof', request.body);
      if (!secondFactors.of(username)) throw consoleErrors.create('second-factor-missing');
      await prove(identity, proof, placeOf(request));
      secondFactors.remove(username);
      audit.append('account.second-factor-off', `user:${username}`);
      response.status(204).end();
    }),
  );
  return router;
}
