/**
 * What the sidebar and the forms of nodes ask, answered for the person whose session asks. The console decides: it gets that
 * session, and nothing of this runtime's own rights is added to it. Programs have no session, and get nothing here.
 */
import express, { type Express, type NextFunction, type Request, type RequestHandler } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DefinitionSet, Log } from '../../engine/index.ts';
import { answering } from '../api/answering.ts';
import { apiErrors, invalid, notFound, problemHandler } from '../api/problems.ts';
import { sessionIn, type Login } from '../login.ts';
import { loginAddress } from '../login-dialog.ts';
import { askConsole } from './ask-console.ts';
import { fhirRoutes, type FhirRouteOptions } from './fhir-routes.ts';
import { previewRoutes, type PreviewRouteOptions } from './preview-routes.ts';
import {
  EDITOR_API,
  type DefinitionInView,
  type Deploy,
  type EditorContext,
  type SubmittedProposal,
} from './contract.ts';

export interface EditorApiOptions {
  readonly environment: string;
  /** `http://127.0.0.1:4000` */
  readonly governance: string;
  readonly consolePort: number;
  readonly readOnly: boolean;
  readonly login: Pick<Login, 'userOf'>;
  readonly log: Log;
  readonly definitions: () => DefinitionSet;
  readonly release: () => EditorContext['release'];
  /** Newest first. */
  readonly deploys: () => Promise<readonly Deploy[]>;
  readonly previews: Pick<PreviewRouteOptions, 'journal' | 'previewOf' | 'valuePreviewOf' | 'util'>;
  readonly fhir: Pick<FhirRouteOptions, 'endpoints' | 'hasCredentials'>;
}

export interface EditorApi {
  /** Connect-style: calls `next` for every other path. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void;
}

const DEFINITION = /^(?:_shared|[a-z][a-z0-9-]{0,62})$/;
const NODE_ID = /^[\w.:-]{1,128}$/;
const BODY_LIMIT = '64kb';
/** Of a table that a form has room for, many times over. */
const TABLE_LIMIT = '1mb';
const TABLE = /^[a-z][a-z0-9-]{0,62}$/;

export function createEditorApi(options: EditorApiOptions): EditorApi {
  const { environment, governance, readOnly, login, definitions, deploys } = options;
  const app: Express = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  const router = express.Router();
  const allow = async (request: Request, next: NextFunction): Promise<void> => {
    try {
      const user = await login.userOf(request.headers.cookie ?? '');
      next(user === null || user.username === 'service' ? apiErrors.create('not-authorised') : undefined);
    } catch (error) {
      next(error);
    }
  };
  router.use((request, _response, next) => void allow(request, next));
  router.use('/rule-tables', express.json({ limit: TABLE_LIMIT }));
  router.use(express.json({ limit: BODY_LIMIT }));

  const consoleOf = (request: Request): string =>
    new URL(loginAddress(request.headers.host, options.consolePort)).origin;

  router.get('/context', (request, response) => {
    const answer: EditorContext = { environment, console: consoleOf(request), readOnly, release: options.release() };
    response.json(answer);
  });

  router.get(
    '/definition',
    answering(async (request, response) => {
      const id = request.query['node'];
      if (typeof id !== 'string' || !NODE_ID.test(id)) throw invalid('node takes the id of a node');
      const definition = definitions().ofNode(id);
      if (!definition) throw notFound('definition');
      const { name, version, intent } = definition;
      const { title, purpose, owner, risk } = intent;
      const last = (await deploys()).find((one) => one.definition === name);
      const asked = await askConsole(governance, session(request), 'GET', `/editor/definitions/${name}`);
      const answer: DefinitionInView<unknown> = {
        name,
        version,
        intent: { title, purpose, owner, risk },
        deployed: last ? { by: last.by, at: last.at } : null,
        known: asked.ok ? asked.body : null,
        problem: asked.ok ? null : asked.problem,
      };
      response.json(answer);
    }),
  );

  router.get(
    '/deploys',
    answering(async (request, response) => {
      const since = Number(request.query['since'] ?? 0);
      response.json({ deploys: (await deploys()).filter(({ at }) => at > since) });
    }),
  );

  const forwarded = (method: 'GET' | 'POST', path: (request: Request) => string): RequestHandler =>
    answering(async (request, response) => {
      const body: unknown = method === 'POST' ? request.body : undefined;
      const asked = await askConsole(governance, session(request), method, path(request), body);
      if (asked.ok) response.json(asked.body);
      else response.status(asked.status).type('application/problem+json').send(JSON.stringify(asked.problem));
    });
  const conflictPath = (request: Request): string => {
    const { definition } = request.params;
    if (typeof definition !== 'string' || !DEFINITION.test(definition)) throw notFound('definition');
    return `/editor/conflicts/${definition}`;
  };
  router.get('/conflicts/:definition', forwarded('GET', conflictPath));
  if (!readOnly) router.post('/conflicts/:definition', forwarded('POST', conflictPath));

  // What the console's sheet asks of this runtime, in the name of the person: their permissions, and their name in the audit.
  const tablePath =
    (rest: string) =>
    (request: Request): string => {
      const { definition, table } = request.params;
      if (typeof definition !== 'string' || !DEFINITION.test(definition)) throw notFound('definition');
      if (typeof table !== 'string' || !TABLE.test(table)) throw notFound('rule table');
      return `/runtimes/${environment}/rule-tables/${definition}/${table}${rest}`;
    };
  router.get('/rule-tables/:definition/:table', forwarded('GET', tablePath('')));
  router.post('/rule-tables/:definition/:table/check', forwarded('POST', tablePath('/check')));
  router.post('/rule-tables/:definition/:table/sample-values', forwarded('POST', tablePath('/sample-values')));
  if (!readOnly) router.post('/rule-tables/:definition/:table', forwarded('POST', tablePath('')));

  if (!readOnly)
    router.post(
      '/proposals',
      answering(async (request, response) => {
        const { definitions: names, title, summary } = request.body as Readonly<Record<string, unknown>>;
        const wish = { environment: 'production', definitions: names, title, summary };
        const asked = await askConsole(governance, session(request), 'POST', '/proposals', wish);
        if (!asked.ok) {
          response.status(asked.status).type('application/problem+json').send(JSON.stringify(asked.problem));
          return;
        }
        const { number } = asked.body as { readonly number: number };
        const answer: SubmittedProposal = { number, page: `${consoleOf(request)}/proposals/${number}` };
        response.status(201).json(answer);
      }),
    );
  previewRoutes(router, { ...options, ...options.previews });
  fhirRoutes(router, { ...options, ...options.fhir });
  app.use(EDITOR_API, router);
  app.use(() => {
    throw notFound('address');
  });
  app.use(problemHandler(options.log));

  return {
    handle(request, response, next) {
      const path = (request.url ?? '').split('?')[0] ?? '';
      if (path === EDITOR_API || path.startsWith(`${EDITOR_API}/`)) app(request, response);
      else next();
    },
  };
}

const session = (request: Request): string => sessionIn(request.headers.cookie ?? '') ?? '';
