import { timingSafeEqual } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { Router, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import {
  SESSION_COOKIE,
  SESSION_HEADER,
  type AuditPage,
  type Introspection,
  type SessionEntry,
} from '../../api/contract.ts';
import { AUDIT_SENTENCES, auditSentence } from '../../../engine/index.ts';
import { consoleErrors } from '../../errors.ts';
import { viewOf, type Login, type LoginOutcome } from '../login.ts';
import type { Sessions } from '../store/sessions.ts';
import { demand, identityOf, sessionToken } from './guards.ts';
import { handled } from './handled.ts';
import { sendProblem } from './problems.ts';
import { validBody } from './validate.ts';
import type { AuditTrail } from '../audit-trail.ts';

export interface SessionRouteParts {
  readonly login: Login;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
  readonly loggedIn: RequestHandler;
  /** Tokens of the runtimes that may ask about sessions. */
  serviceTokens(): Promise<readonly string[]>;
  /** Cuts what is still open for a session that ended. */
  onEnded(sessionId: string): void;
  /** Logins taken a minute from one address. */
  readonly loginsPerMinute: number;
}

/** Login, logout, the caller's sessions, and what runtimes ask about them. */
export function sessionRouter(parts: SessionRouteParts): Router {
  const { login, sessions, loggedIn } = parts;
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
    loginRate,
    handled(async (request, response) => {
      const { username, password } = validBody('login', request.body);
      const outcome = await login.login(username, password);
      if (outcome.kind !== 'in') throw refusal(outcome);
      setCookie(response, outcome.token, outcome.identity.session.expiresAt - outcome.identity.session.createdAt);
      response.json(viewOf(outcome.identity));
    }),
  );
  // Asked by every page before anything else: not being logged in is an answer, not an error.
  router.get('/session', (request, response) => {
    const identity = login.identify(sessionToken(request.headers));
    response.json(identity ? viewOf(identity) : null);
  });
  router.delete('/session', loggedIn, (_request, response) => {
    const identity = identityOf(response);
    login.logout(identity);
    parts.onEnded(identity.session.id);
    setCookie(response, '', 0);
    response.status(204).end();
  });
  router.post(
    '/session/password',
    loggedIn,
    loginRate,
    handled(async (request, response) => {
      const { current, next } = validBody('passwordChange', request.body);
      const outcome = await login.changePassword(identityOf(response), current, next);
      if ('kind' in outcome) throw refusal(outcome);
      for (const id of outcome) parts.onEnded(id);
      response.status(204).end();
    }),
  );

  router.get('/sessions', loggedIn, (_request, response) => {
    const { session } = identityOf(response);
    const own: readonly SessionEntry[] = sessions.ofAccount(session.username).map((one) => ({
      id: one.id,
      createdAt: one.createdAt,
      lastSeenAt: one.lastSeenAt,
      current: one.id === session.id,
    }));
    response.json({ sessions: own });
  });
  router.delete('/sessions/:id', loggedIn, (request, response) => {
    const identity = identityOf(response);
    const target = sessions.ofAccount(identity.session.username).find((one) => one.id === request.params['id']);
    if (!target) throw consoleErrors.create('not-found');
    login.logout({ ...identity, session: target });
    parts.onEnded(target.id);
    response.status(204).end();
  });

  router.get(
    '/sessions/introspect',
    handled(async (request, response) => {
      const given = /^Bearer (\S{1,256})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!(await parts.serviceTokens()).some((token) => same(token, given)))
        throw consoleErrors.create('service-token-refused');
      const token = request.headers[SESSION_HEADER];
      const identity = typeof token === 'string' ? login.identify(token) : undefined;
      const answer: Introspection = identity
        ? {
            active: true,
            username: identity.account.username,
            roles: identity.account.roles,
            expiresAt: identity.session.expiresAt,
          }
        : { active: false };
      response.json(answer);
    }),
  );

  router.get('/audit', loggedIn, (_request, response) => {
    demand(response, 'audit:read');
    const answer: AuditPage = {
      records: parts.audit.list({ limit: 500 }).map((record) => ({ ...record, sentence: auditSentence(record) })),
    };
    response.json(answer);
  });
  router.get('/audit/types', loggedIn, (_request, response) => {
    demand(response, 'audit:read');
    response.json({ types: Object.keys(AUDIT_SENTENCES).toSorted() });
  });
  router.get(
    '/audit/verify',
    loggedIn,
    handled(async (_request, response) => {
      demand(response, 'audit:read');
      response.json(await parts.audit.verify());
    }),
  );
  return router;
}

function refusal(outcome: LoginOutcome): Error {
  return outcome.kind === 'locked'
    ? consoleErrors.create('login-locked', { seconds: outcome.seconds })
    : consoleErrors.create('login-refused');
}

/** No `Secure`: the console speaks plain HTTP on loopback, where some browsers drop such cookies. */
function setCookie(response: Response, value: string, maxAgeMs: number): void {
  response.append(
    'Set-Cookie',
    stringifySetCookie({
      name: SESSION_COOKIE,
      value,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      maxAge: Math.floor(maxAgeMs / 1000),
    }),
  );
}

function same(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
