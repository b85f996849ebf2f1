import { randomBytes } from 'node:crypto';
import express, { Router, type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Log } from '../../../engine/index.ts';
import { API_ROOT, type RuntimeEntry } from '../../api/contract.ts';
import type { AuditDesk } from '../../audit/open-audit.ts';
import type { ReleaseFacts } from '../../audit/why/release-facts.ts';
import { LARGEST_OUTLINED } from '../../api/runtime-shapes.ts';
import { consoleErrors } from '../../errors.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Login } from '../login.ts';
import type { People } from '../people.ts';
import type { Programs } from '../programs.ts';
import { proxyRouter, ruleTableBodies } from '../proxy/proxy.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import type { OwnSigningKeys } from '../own-keys.ts';
import type { Proposals } from '../proposals/proposals.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { ServiceAccounts } from '../store/service-accounts.ts';
import type { Sessions } from '../store/sessions.ts';
import { auditRouter } from './audit-routes.ts';
import { createNeeds, fromSomebody, may, rightHost, writesFromConsole } from './guards.ts';
import { handled } from './handled.ts';
import type { Origins } from './origins.ts';
import { keyRouter } from './key-routes.ts';
import { peopleRouter } from './people-routes.ts';
import { problemHandler } from './problems.ts';
import { proposalBodies, proposalRouter } from './proposal-routes.ts';
import { releaseRouter, signedBodies, type ReleaseRouteParts } from './release-routes.ts';
import { sessionRouter } from './session-routes.ts';
import { webAppRouter } from './web-app.ts';
import { whyRouter } from './why-routes.ts';

export interface AppParts {
  readonly log: Log;
  readonly origins: Origins;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly services: ServiceAccounts;
  readonly people: People;
  readonly secondFactors: SecondFactors;
  readonly programs: Programs;
  readonly audit: AuditTrail;
  readonly desk: AuditDesk;
  readonly releases: ReleaseFacts;
  readonly client: RuntimeClient;
  readonly proposals: Proposals;
  readonly ownKeys: OwnSigningKeys;
  readonly runtimes: RuntimeDirectory;
  readonly release: ReleaseRouteParts;
  readonly webFolder: string;
  readonly loginsPerMinute: number;
  entries(): Promise<readonly RuntimeEntry[]>;
  onEnded(sessionId: string): void;
}

const nonceOf = (response: Response): string => response.locals['nonce'] as string;

/** Middleware in the order in which a request meets it. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);

  app.use((_request, response, next) => {
    response.locals['nonce'] = randomBytes(16).toString('base64');
    next();
  });
  app.use(securityHeaders());
  app.use(logRequests(parts.log));
  app.use(rightHost(parts.origins));
  app.use(insistOnTls(parts.origins));
  app.get('/health', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.json({ status: 'up' });
  });
  app.use(API_ROOT, api(parts));
  app.use(webAppRouter(parts.webFolder, nonceOf));
  app.use(problemHandler(parts.log));
  return app;
}

/** Everything below `/api/v1`. Each route begins with its guard (`needs`): the test of all routes refuses one without. */
function api(parts: AppParts): Router {
  const router = Router();
  const needs = createNeeds(parts);
  router.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.use(writesFromConsole(parts.origins));
  router.use(['/proposals', '/keys'], fromSomebody(parts, proposalBodies()));
  router.use(fromSomebody(parts, signedBodies));
  router.use('/runtimes/:runtime/rule-tables', fromSomebody(parts, ruleTableBodies));
  router.use('/runtimes/:runtime/hl7/outline', fromSomebody(parts, express.json({ limit: LARGEST_OUTLINED * 2 })));
  router.use(express.json({ limit: '16kb', strict: true }));
  router.use(
    sessionRouter({
      ...parts,
      needs,
      async serviceTokens() {
        const targets = await Promise.all(parts.runtimes.names.map((name) => parts.runtimes.locate(name)));
        return targets.filter((target) => target !== undefined).map((target) => target.token);
      },
    }),
  );
  router.use(peopleRouter({ ...parts, needs }));
  router.use(auditRouter({ ...parts, trail: parts.audit, needs }));
  router.use(whyRouter({ ...parts, needs }));
  router.use(proposalRouter(parts.proposals, needs));
  router.use(keyRouter(parts.ownKeys, needs));
  router.use(releaseRouter(parts.release, needs));
  router.get(
    '/runtimes',
    needs('status:read'),
    handled(async (request, response) => {
      // The editors listen on loopback: from elsewhere their address leads nowhere.
      const opens = may(response, 'editor:view') && parts.origins.isLocal(request);
      const entries = await parts.entries();
      response.json({ runtimes: entries.map((entry) => (opens ? entry : { ...entry, editor: null })) });
    }),
  );
  router.use(proxyRouter(parts.runtimes, parts.client, needs));
  router.use(() => {
    throw consoleErrors.create('not-found');
  });
  return router;
}

/** Nothing inline, nothing from elsewhere. Style elements of the component library carry the page's nonce. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", (_request, response) => `'nonce-${nonceOf(response as Response)}'`],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'manifest-src': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
      },
    },
    // Said below, where it was TLS.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/**
 * HSTS (RFC 6797), a year. Not under names of this machine: the editors are there, on other ports and without TLS, and a
 * browser that was told to insist would reach them no more.
 */
function insistOnTls(origins: Origins): RequestHandler {
  return (request, response, next) => {
    if (origins.isSecure(request) && !origins.isLocal(request))
      response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    next();
  };
}

/** One line per call of the API: the route's pattern, never the address, which may hold what was searched for. */
function logRequests(log: Log): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    response.once('finish', () => {
      const pattern: unknown = (request.route as { path?: unknown } | undefined)?.path;
      if (!request.baseUrl.startsWith(API_ROOT) && response.statusCode < 400) return;
      log.debug('request', {
        path: typeof pattern === 'string' ? `${request.method} ${pattern}` : request.method,
        status: response.statusCode,
        ms: Math.round(performance.now() - began),
      });
    });
    next();
  };
}
