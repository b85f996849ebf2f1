/**
 * The runtime's own API as one request handler, to be put before everything of Node-RED: its authentication, its body
 * parser and its caching are not ours. Requests that are not for us go on.
 */
import express, { type Express } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createTableJudge, type Log } from '../../engine/index.ts';
import { alertRoutes } from './alert-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { API_ROOT } from './contract.ts';
import { LiveStream } from './live-stream.ts';
import { discardRoute } from './discard-route.ts';
import { messageRoutes } from './message-routes.ts';
import { outlineBodies, outlineRoutes } from './outline-routes.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { definitionVersionRoutes } from './definition-version-routes.ts';
import { differenceRoutes } from './difference-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { effectRoutes } from './effect-routes.ts';
import { fhirLookRoutes } from './fhir-look-routes.ts';
import { fallbackRoutes } from './fallback-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { readPart } from './part.ts';
import { peopleRoutes } from './people-routes.ts';
import { apiErrors, notFound, problemHandler } from './problems.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { sampleRoutes } from './sample-routes.ts';
import type { PinnedSamples } from '../samples/pinned-samples.ts';
import { releaseRoutes, type GateOfApi } from './release-routes.ts';
import { requireServiceToken } from './service-token.ts';
import { problemRoutes } from './problem-routes.ts';
import { rosterRoutes } from './roster-routes.ts';
import { shiftRoutes } from './shift-routes.ts';
import { switchRoutes } from './switch-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { ruleSampleRoutes } from './rule-sample-routes.ts';
import { createSampleLooks } from './sample-looks.ts';
import { ruleTableBodies, ruleTableRoutes, type RuleTableSaver } from './rule-table-routes.ts';
import { statusRoutes, type StatusOptions } from './status-routes.ts';

export interface RuntimeApi {
  /** Connect-style: calls `next` for every other path. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void;
  /** The engine runs: until then everything but `/health` answers 503. */
  open(options: ApiOptions): void;
  /** What needs a thread of its own gets it now: none may be started once the runtime is confined. */
  beforeConfinement(): void;
  close(): void;
}

export interface ApiOptions extends StatusOptions {
  /** Absent where definitions are made. */
  readonly gate?: GateOfApi | undefined;
  /** Absent behind the gate. */
  readonly ruleTables?: RuleTableSaver | undefined;
  readonly samples: PinnedSamples;
}

const BODY_LIMIT = '64kb';

export function createRuntimeApi(isToken: (given: string) => boolean, environment: string, log: Log): RuntimeApi {
  const app: Express = express();
  app.disable('x-powered-by');
  app.disable('etag');
  let live: LiveStream | null = null;
  const judge = createTableJudge();
  const router = express.Router();
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  app.get(`${API_ROOT}/health`, (_request, response) => {
    response.json({ status: live ? 'ok' : 'starting', environment });
  });
  app.use(API_ROOT, requireServiceToken(isToken));
  app.use(API_ROOT, (_request, _response, next) => {
    if (!live) throw apiErrors.create('starting');
    next();
  });
  app.use(`${API_ROOT}/rule-tables`, ruleTableBodies);
  app.use(`${API_ROOT}/hl7/outline`, outlineBodies);
  app.use(API_ROOT, express.json({ limit: BODY_LIMIT }), router);
  app.use(() => {
    throw notFound('address');
  });
  app.use(problemHandler(log));

  return {
    handle(request, response, next) {
      const path = request.url ?? '';
      if (path === API_ROOT || path.startsWith(`${API_ROOT}/`) || path.startsWith(`${API_ROOT}?`))
        app(request, response);
      else next();
    },
    open(options) {
      if (live) return;
      const stream = new LiveStream(options.engine.live);
      live = stream;
      router.use(readPart(options.definitions));
      statusRoutes(router, options);
      messageRoutes(router, options.engine);
      outlineRoutes(router);
      const looks = createSampleLooks(options.engine, options.samples);
      sampleRoutes(router, options.engine, options.samples, looks);
      fhirLookRoutes(router, options.engine, options.definitions);
      discardRoute(router, options.engine);
      peopleRoutes(router, options.engine);
      alertRoutes(router, options.engine, options.definitions);
      taskRoutes(router, options.engine, options.definitions);
      problemRoutes(router, options.engine);
      rosterRoutes(router, options.engine);
      shiftRoutes(router, options.engine, options.definitions);
      auditRoutes(router, options.engine);
      metricsRoutes(router, options.engine);
      switchRoutes(router, options.engine, (name) => options.definitions().byName(name) !== undefined);
      fallbackRoutes(router, options.engine, (name) => options.definitions().byName(name) !== undefined);
      deadLetterRoutes(router, options.engine);
      quarantineRoutes(router, options.engine);
      effectRoutes(router, options.engine);
      differenceRoutes(router, options.engine);
      identityRoutes(router, options.engine);
      definitionVersionRoutes(router, options.engine);
      ruleTableRoutes(router, options.engine, options.definitions, options.ruleTables, judge);
      ruleSampleRoutes(router, { ...options, looks, writable: options.ruleTables !== undefined });
      releaseRoutes(router, options.gate, log);
      router.get('/live', (request, response) => stream.serve(request, response));
    },
    beforeConfinement: () => judge.keep(),
    close() {
      judge.close();
      live?.close();
    },
  };
}
