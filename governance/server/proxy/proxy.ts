import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { Router, type Request, type Response } from 'express';
import type { AuditPage } from '../../api/contract.ts';
import type { AuditList } from '../../api/runtime-shapes.ts';
import type { Scope } from '../../api/permissions.ts';
import { SCOPE_HEADER } from '../../../runtime/api/contract.ts';
import { auditSentence, isGated } from '../../../engine/index.ts';
import { consoleErrors } from '../../errors.ts';
import { actorOf, may, scopeIn, type Needs } from '../http/guards.ts';
import { handled } from '../http/handled.ts';
import { validBody, validQuery } from '../http/validate.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import { PROXY_ROUTES, type ProxyRoute } from './routes.ts';
import type { RuntimeClient, RuntimeRequest } from './runtime-client.ts';

/** An id, never a path: `..`, slashes and escapes do not match. */
const PART = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;
const ANSWER_WITHIN_MS = 30_000;
/** An export of years of records takes its time. */
const EXPORT_WITHIN_MS = 600_000;

/** A rule table of ten thousand rows, as the runtime takes it. */
export const ruleTableBodies = express.json({ limit: '4mb', strict: true });

/** `/runtimes/:runtime/...`: allow-listed calls to a runtime's own API, each behind a permission. */
export function proxyRouter(runtimes: RuntimeDirectory, client: RuntimeClient, needs: Needs): Router {
  const router = Router();

  /** Asks in the name of the person, and gives up when the browser has gone. */
  const ask = async (
    request: Request,
    response: Response,
    scope: Scope,
    call: Pick<RuntimeRequest, 'method' | 'path' | 'query' | 'body'>,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<globalThis.Response> => {
    const runtime = part(request, 'runtime');
    if (!runtimes.names.includes(runtime)) throw consoleErrors.create('runtime-unknown', { runtime });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(withinMs)]);
    const narrowing = scope === 'all' ? {} : { scope };
    const answer = await client({ ...call, ...narrowing, runtime, actor: actorOf(response), signal });
    if (answer.kind === 'unreachable') throw consoleErrors.create('runtime-unreachable', { runtime });
    const { status } = answer.response;
    if (status === 401 || (status >= 300 && status < 400)) {
      await answer.response.body?.cancel();
      throw consoleErrors.create('runtime-refused', { runtime });
    }
    if (scope !== 'all' && answer.response.ok && answer.response.headers.get(SCOPE_HEADER) !== 'applied') {
      await answer.response.body?.cancel();
      throw consoleErrors.create('runtime-not-narrowed', { runtime });
    }
    return answer.response;
  };

  for (const route of PROXY_ROUTES) {
    const { permission, also, gated, narrowed = false } = route;
    const handler = handled(async (request, response) => {
      const besides = gated !== undefined && isGated(part(request, 'runtime')) ? gated : undefined;
      if (besides !== undefined && !may(response, besides))
        throw consoleErrors.create('permission-missing', { permission: besides });
      const scope = [also, besides].reduce<Scope>(
        (narrower, one) => (one === undefined ? narrower : both(narrower, scopeIn(response, one))),
        scopeIn(response, permission),
      );
      if (scope !== 'all' && !narrowed) throw consoleErrors.create('permission-elsewhere', { permission });
      const answer = await ask(
        request,
        response,
        scope,
        {
          method: route.method,
          path: targetPath(route, request),
          query: validQuery(route.query ?? 'nothing', request.query),
          ...(route.method === 'POST' ? { body: validBody(route.body ?? 'nothing', request.body) } : {}),
        },
        route.answer === 'lines' ? EXPORT_WITHIN_MS : ANSWER_WITHIN_MS,
      );
      if (route.answer === 'audit' && answer.ok) response.json(spoken((await answer.json()) as AuditList));
      else await handOn(answer, response, downloadName(route, request));
    });
    const guards = [...(also === undefined ? [] : [needs(also)]), needs(permission)];
    if (route.method === 'GET') router.get(`/runtimes/:runtime${route.path}`, ...guards, handler);
    else router.post(`/runtimes/:runtime${route.path}`, ...guards, handler);
  }

  router.post(
    '/runtimes/:runtime/messages/search',
    needs('message:search-identifier'),
    handled(async (request, response) => {
      const { kind, value, before, limit } = validBody('identifierSearch', request.body);
      const answer = await ask(request, response, scopeIn(response, 'message:search-identifier'), {
        method: 'GET',
        path: '/messages',
        query: {
          [kind]: value,
          ...(before === undefined ? {} : { before }),
          ...(limit === undefined ? {} : { limit }),
        },
      });
      await handOn(answer, response, null);
    }),
  );

  return router;
}

/** Where somebody has both; of two limits, what is said in both. */
function both(a: Scope, b: Scope): Scope {
  if (a === 'all') return b;
  if (b === 'all') return a;
  return {
    definitions: a.definitions.filter((one) => b.definitions.includes(one)),
    serviceLines: a.serviceLines.filter((one) => b.serviceLines.includes(one)),
  };
}

function targetPath(route: ProxyRoute, request: Request): string {
  return route.path.replace(/:(\w+)/g, (_whole, name: string) => part(request, name));
}

function part(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !PART.test(value)) throw consoleErrors.create('not-found');
  return value;
}

function downloadName(route: ProxyRoute, request: Request): string | null {
  if (route.answer === 'bytes') return `${part(request, 'id')}.hl7`;
  return route.answer === 'lines' ? 'wardflow-audit.jsonl' : null;
}

function spoken({ records }: AuditList): AuditPage {
  return {
    records: records.map((record) => ({ ...record, sentence: auditSentence(record) })),
  };
}

/** Streams the answer on, with our own headers only. */
async function handOn(answer: globalThis.Response, response: Response, download: string | null): Promise<void> {
  response.status(answer.status);
  if (download !== null && answer.ok) response.type('application/octet-stream').attachment(download);
  else response.type(answer.ok ? 'application/json' : 'application/problem+json');
  if (!answer.body) {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response);
  } catch {
    // The browser or the runtime went in the middle: the connection is closed, which is all that can be said now.
    response.destroy();
  }
}
