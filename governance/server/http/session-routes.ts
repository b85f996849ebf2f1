import { timingSafeEqual } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { Router, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { DEVICE_COOKIE, SESSION_COOKIE, SESSION_HEADER, API_ROOT, type Introspection } from '../../api/contract.ts';
import type { SessionEntry } from '../../api/people-contract.ts';
import { consoleErrors } from '../../errors.ts';
import { isHeldBack, scopeOf, viewOf } from '../identity.ts';
import type { Login } from '../login.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import { DEVICE_KNOWN_MS } from '../store/known-devices.ts';
import type { Session, Sessions } from '../store/sessions.ts';
import { bearerToken, identityOf, placeOf, sessionToken, type Needs } from './guards.ts';
import { handled } from './handled.ts';
import type { Origins } from './origins.ts';
import { sendProblem } from './problems.ts';
import { refusal } from './refusal.ts';
import { secondFactorRouter } from './second-factor-routes.ts';
import { validBody } from './validate.ts';

export interface SessionRouteParts {
  readonly login: Login;
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactors;
  readonly audit: AuditTrail;
  readonly origins: Origins;
  readonly needs: Needs;
  /** Tokens of the runtimes that may ask about sessions. */
  serviceTokens(): Promise<readonly string[]>;
  /** Cuts what is still open for a session that ended. */
  onEnded(sessionId: string): void;
  /** Logins taken a minute from one address. */
  readonly loginsPerMinute: number;
}

/** Login, logout, the caller's sessions, and what runtimes ask about them. */
export function sessionRouter(parts: SessionRouteParts): Router {
  const { login, sessions, needs, origins } = parts;
  /** Under a name of this machine the editors are met without TLS, and are to get the session as well. */
  const isSecure = (request: Request): boolean => origins.isSecure(request) && !origins.isLocal(request);
  const router = Router();
  const loginRate = rateLimit({
    windowMs: 60_000,
    limit: parts.loginsPerMinute,
    standardHeaders: false,
    legacyHeaders: false,
    handler: (_request, response) => sendProblem(response, consoleErrors.create('too-many-requests')),
  });

  router.post(
    '/session',
    needs('anybody'),
    loginRate,
    handled(async (request, response) => {
      const { username, ...proof } = validBody('login', request.body);
      const outcome = await login.login(username, proof, placeOf(request));
      if (outcome.kind !== 'in') throw refusal(outcome);
      const { expiresAt, createdAt } = outcome.identity.session;
      setCookie(response, isSecure(request), {
        name: SESSION_COOKIE,
        value: outcome.token,
        path: '/',
        lifeMs: expiresAt - createdAt,
      });
      const path = `${API_ROOT}/session`;
      setCookie(response, isSecure(request), {
        name: DEVICE_COOKIE,
        value: outcome.device,
        path,
        lifeMs: DEVICE_KNOWN_MS,
      });
      response.json(viewOf(outcome.identity));
    }),
  );
  // Asked by every page before anything else: not being logged in is an answer, not an error.
  router.get('/session', needs('anybody'), (request, response) => {
    const identity = login.identify(sessionToken(request.headers));
    response.json(identity ? viewOf(identity) : null);
  });
  router.delete('/session', needs('logged-in'), (request, response) => {
    const identity = identityOf(response);
    login.logout(identity);
    parts.onEnded(identity.session.id);
    setCookie(response, isSecure(request), { name: SESSION_COOKIE, value: '', path: '/', lifeMs: 0 });
    response.status(204).end();
  });
  router.post(
    '/session/password',
    needs('logged-in'),
    loginRate,
    handled(async (request, response) => {
      const { current, next } = validBody('passwordChange', request.body);
      const outcome = await login.changePassword(identityOf(response), current, next, placeOf(request));
      if ('kind' in outcome) throw refusal(outcome);
      for (const id of outcome) parts.onEnded(id);
      response.status(204).end();
    }),
  );

  router.use(secondFactorRouter({ ...parts, rate: loginRate }));

  router.get('/sessions', needs('person'), (_request, response) => {
    const { session } = identityOf(response);
    const own = sessions.ofAccount(session.username).map((one) => sessionEntry(one, session.id));
    response.json({ sessions: own });
  });
  router.delete('/sessions/:id', needs('person'), (request, response) => {
    const identity = identityOf(response);
    const target = sessions.ofAccount(identity.session.username).find((one) => one.id === request.params['id']);
    if (!target) throw consoleErrors.create('not-found');
    login.logout({ ...identity, session: target });
    parts.onEnded(target.id);
    response.status(204).end();
  });

  router.get(
    '/sessions/introspect',
    needs('runtime'),
    handled(async (request, response) => {
      const given = bearerToken(request.headers) ?? '';
      if (!(await parts.serviceTokens()).some((token) => same(token, given)))
        throw consoleErrors.create('service-token-refused');
      const token = request.headers[SESSION_HEADER];
      const identity = typeof token === 'string' ? login.identify(token) : undefined;
      // Whoever has to choose a password or enrol first has no business in an editor yet.
      const answer: Introspection =
        identity && !isHeldBack(identity)
          ? {
              active: true,
              username: identity.account.username,
              roles: identity.account.roles,
              edits: scopeOf(identity, 'editor:edit'),
              expiresAt: identity.session.expiresAt,
            }
          : { active: false };
      response.json(answer);
    }),
  );
  return router;
}

export function sessionEntry({ origin, ...one }: Session, current?: string): SessionEntry {
  const { id, createdAt, lastSeenAt, expiresAt } = one;
  return { id, createdAt, lastSeenAt, expiresAt, current: id === current, ...origin };
}

interface OwnCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly lifeMs: number;
}

/** `Secure` where people come from other machines, which is over TLS. */
function setCookie(response: Response, secure: boolean, { name, value, path, lifeMs }: OwnCookie): void {
  const maxAge = Math.floor(lifeMs / 1000);
  const cookie = { name, value, path, httpOnly: true, secure, sameSite: 'strict', maxAge } as const;
  response.append('Set-Cookie', stringifySetCookie(cookie));
}

function same(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
