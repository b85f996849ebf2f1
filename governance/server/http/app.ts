import { randomBytes } from 'node:crypto';
import express, { Router, type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Log } from '../../../engine/index.ts';
import { API_ROOT, type RuntimeEntry } from '../../api/contract.ts';
import { consoleErrors } from '../../errors.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { mayDo, type Login } from '../login.ts';
import { proxyRouter } from '../proxy/proxy.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import type { Sessions } from '../store/sessions.ts';
import { identityOf, loggedIn, rightHost, writesFromConsole } from './guards.ts';
import { handled } from './handled.ts';
import { problemHandler } from './problems.ts';
import { sessionRouter } from './session-routes.ts';
import { webAppRouter } from './web-app.ts';

export interface AppParts {
  readonly log: Log;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
  readonly client: RuntimeClient;
  readonly runtimes: RuntimeDirectory;
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
  app.use(rightHost);
  app.get('/health', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.json({ status: 'up' });
  });
  app.use(API_ROOT, api(parts));
  app.use(webAppRouter(parts.webFolder, nonceOf));
  app.use(problemHandler(parts.log));
  return app;
}

function api(parts: AppParts): Router {
  const router = Router();
  const session = loggedIn(parts.login, parts.sessions);
  router.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  router.use(writesFromConsole);
  router.use(express.json({ limit: '16kb', strict: true }));
  router.use(
    sessionRouter({
      ...parts,
      loggedIn: session,
      async serviceTokens() {
        const targets = await Promise.all(parts.runtimes.names.map((name) => parts.runtimes.locate(name)));
        return targets.filter((target) => target !== undefined).map((target) => target.token);
      },
    }),
  );
  router.get(
    '/runtimes',
    session,
    handled(async (_request, response) => {
      const opens = mayDo(identityOf(response), 'editor:open');
      const entries = await parts.entries();
      response.json({ runtimes: entries.map((entry) => (opens ? entry : { ...entry, editor: null })) });
    }),
  );
  router.use(session, proxyRouter(parts.runtimes, parts.client));
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
    // Plain HTTP on loopback: told to insist on TLS, a browser would refuse the next visit.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
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
