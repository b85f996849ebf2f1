import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import type { Permission } from '../../api/permissions.ts';
import type { AuditList } from '../../api/runtime-shapes.ts';
import { consoleErrors } from '../../errors.ts';
import { demand } from '../http/guards.ts';
import { handled } from '../http/handled.ts';
import { validBody, validQuery } from '../http/validate.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import { PROXY_ROUTES, type ProxyRoute } from './routes.ts';
import type { RuntimeClient, RuntimeRequest } from './runtime-client.ts';

/** An id, never a path: `..`, slashes and escapes do not match. */
const PART = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;
const ANSWER_WITHIN_MS = 30_000;
const EXPORT_PAGE = 1000;

/** `/runtimes/:runtime/...`: allow-listed calls to a runtime's own API, each behind a permission. */
export function proxyRouter(runtimes: RuntimeDirectory, client: RuntimeClient): Router {
  const router = Router();

  /** Asks in the name of the person, and gives up when the browser has gone. */
  const ask = async (
    request: Request,
    response: Response,
    permission: Permission,
    call: Pick<RuntimeRequest, 'method' | 'path' | 'query' | 'body'>,
  ): Promise<globalThis.Response> => {
    const { account } = demand(response, permission);
    const runtime = part(request, 'runtime');
    if (!runtimes.names.includes(runtime)) throw consoleErrors.create('runtime-unknown', { runtime });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const answer = await client({ ...call, runtime, actor: `user:${account.username}`, signal });
    if (answer.kind === 'unreachable') throw consoleErrors.create('runtime-unreachable', { runtime });
    const { status } = answer.response;
    if (status === 401 || (status >= 300 && status < 400)) {
      await answer.response.body?.cancel();
      throw consoleErrors.create('runtime-refused', { runtime });
    }
    return answer.response;
  };

  for (const route of PROXY_ROUTES) {
    const handler = handled(async (request, response) => {
      demand(response, route.permission);
      const answer = await ask(request, response, route.permission, {
        method: route.method,
        path: targetPath(route, request),
        query: validQuery(route.query ?? 'nothing', request.query),
        ...(route.method === 'POST' ? { body: validBody(route.body ?? 'nothing', request.body) } : {}),
      });
      await handOn(answer, response, route.answer === 'bytes' ? `${part(request, 'id')}.hl7` : null);
    });
    if (route.method === 'GET') router.get(`/runtimes/:runtime${route.path}`, handler);
    else router.post(`/runtimes/:runtime${route.path}`, handler);
  }

  router.post(
    '/runtimes/:runtime/messages/search',
    handled(async (request, response) => {
      demand(response, 'message:search-identifier');
      const { kind, value, before, limit } = validBody('identifierSearch', request.body);
      const answer = await ask(request, response, 'message:search-identifier', {
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

  /** All records of a filter as JSON lines, newest first. */
  router.get(
    '/runtimes/:runtime/audit/export',
    handled(async (request, response) => {
      const query = validQuery('auditList', request.query);
      let before = query['before'];
      for (;;) {
        const page = { ...query, limit: EXPORT_PAGE, ...(before === undefined ? {} : { before }) };
        const answer = await ask(request, response, 'audit:export', { method: 'GET', path: '/audit', query: page });
        if (!answer.ok) {
          if (response.headersSent) response.destroy();
          else await handOn(answer, response, null);
          return;
        }
        const { records } = (await answer.json()) as AuditList;
        if (!response.headersSent) {
          response.type('application/x-ndjson').attachment('wardflow-audit.jsonl');
          response.flushHeaders();
        }
        for (const record of records) response.write(`${JSON.stringify(record)}\n`);
        const last = records.at(-1);
        if (!last || records.length < EXPORT_PAGE) break;
        before = last.seq;
      }
      response.end();
    }),
  );

  return router;
}

function targetPath(route: ProxyRoute, request: Request): string {
  return route.path.replace(/:(\w+)/g, (_whole, name: string) => part(request, name));
}

function part(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string' || !PART.test(value)) throw consoleErrors.create('not-found');
  return value;
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
