/**
 * The part of the editor's API that the forms of the FHIR nodes use: what a server states of itself beside what the standard
 * knows, and whether it answers. Asked with the deployed binding, through the endpoint and its limits.
 */
import type { Request, Router } from 'express';
import {
  type DefinitionSet,
  type Failure,
  type FhirEndpoint,
  type FhirEndpoints,
  type Log,
  WardflowError,
} from '../../engine/index.ts';
import { answering } from '../api/answering.ts';
import { bodyOf, textIn } from '../api/body.ts';
import { invalid, notFound, sendProblem } from '../api/problems.ts';
import { sessionIn } from '../login.ts';
import { createAskAllowance } from '../ask-allowance.ts';
import { askConsole } from './ask-console.ts';
import { previewErrors } from './errors.ts';
import type { FhirProblem, FhirServerView, FhirTest } from './fhir-contract.ts';
import { standardNames, statedBy, typesOf, typeView, type Stated } from './fhir-names.ts';

export interface FhirRouteOptions {
  readonly log: Log;
  readonly endpoints: () => FhirEndpoints | undefined;
  /** Whether the binding of the endpoint has credentials; `undefined`: it is not bound. */
  readonly hasCredentials: (endpoint: string) => boolean | undefined;
  readonly environment: string;
  /** `http://127.0.0.1:4000` */
  readonly governance: string;
  readonly definitions: () => DefinitionSet;
}

const ENDPOINT = /^[a-z][a-z0-9-]{0,62}$/;
const NODE_ID = /^[\w.:-]{1,128}$/;
const LOOK = ['endpoint', 'tab', 'operation', 'type', 'id', 'version', 'since', 'parameters'];
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
/** A form does not wait for a server that is slow: it offers what the standard knows. */
const FORM_WAITS_MS = 4_000;
/** A server that did not answer is not asked again for each field that somebody comes to. */
const SILENT_MS = 30_000;

interface Asked {
  readonly stated: Stated | undefined;
  readonly problem: FhirProblem | null;
}

export function fhirRoutes(router: Router, options: FhirRouteOptions): void {
  const { log, endpoints, hasCredentials } = options;
  const allowance = createAskAllowance();
  const silent = new Map<string, { readonly asked: Asked; readonly until: number }>();

  const endpointOf = (name: string): FhirEndpoint => {
    const all = endpoints();
    if (!all) throw previewErrors.create('fhir-not-ready');
    return all.get(name, 'bulk');
  };
  const statement = async (name: string): Promise<Asked> => {
    try {
      const result = await endpointOf(name).capabilities();
      if (!result.ok) return { stated: undefined, problem: problemOf(result.failure) };
      const stated = statedBy(result.answer.resource);
      return stated
        ? { stated, problem: null }
        : { stated, problem: problemOf(previewErrors.create('fhir-statement-unreadable')) };
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      return { stated: undefined, problem: problemOf(error) };
    }
  };
  const ofForm = async (request: Request): Promise<Asked | null> => {
    const { endpoint } = request.query;
    if (endpoint === undefined) return null;
    if (typeof endpoint !== 'string' || !ENDPOINT.test(endpoint))
      throw invalid('endpoint takes the name of an endpoint');
    const before = silent.get(endpoint);
    if (before && before.until > performance.now()) return before.asked;
    const late: Asked = { stated: undefined, problem: problemOf(previewErrors.create('fhir-server-slow')) };
    const asked = await within(FORM_WAITS_MS, statement(endpoint), late);
    silent.delete(endpoint);
    if (!asked.stated) silent.set(endpoint, { asked, until: performance.now() + SILENT_MS });
    if (silent.size > 100) silent.delete(silent.keys().next().value ?? '');
    return asked;
  };

  router.get(
    '/fhir/server',
    answering(async (request, response) => {
      const asked = await ofForm(request);
      const { stated, problem = null } = asked ?? {};
      const view: FhirServerView = {
        state: asked === null ? 'none' : stated ? 'known' : 'silent',
        software: stated?.software ?? '',
        fhirVersion: stated?.fhirVersion ?? '',
        problem,
        types: typesOf(await standardNames(), stated),
      };
      response.json(view);
    }),
  );

  router.get(
    '/fhir/type',
    answering(async (request, response) => {
      const { type } = request.query;
      if (typeof type !== 'string' || !TYPE.test(type)) throw invalid('type takes a resource type');
      const asked = await ofForm(request);
      const view = typeView(type, await standardNames(), asked?.stated);
      if (!view) throw notFound('resource type');
      response.json(view);
    }),
  );

  router.post(
    '/fhir/test',
    answering(async (request, response) => {
      const endpoint = textIn(bodyOf(request, ['endpoint']), 'endpoint', 63) ?? '';
      if (!ENDPOINT.test(endpoint)) throw invalid('endpoint takes the name of an endpoint');
      if (!allowance.take(sessionIn(request.headers.cookie ?? '') ?? '', performance.now()))
        return sendProblem(response, previewErrors.create('fhir-asked-often'), log, 429);
      silent.delete(endpoint);
      response.json(await tested(endpoint));
    }),
  );

  // By way of the console, which knows what the person may see; it is recorded where it is asked.
  router.post(
    '/fhir/look',
    answering(async (request, response) => {
      const { tab, ...wish } = bodyOf(request, LOOK);
      if (tab !== undefined && (typeof tab !== 'string' || !NODE_ID.test(tab)))
        throw invalid('tab takes the id of a tab');
      const definition = tab === undefined ? undefined : options.definitions().ofNode(tab)?.name;
      const session = sessionIn(request.headers.cookie ?? '') ?? '';
      const path = `/runtimes/${options.environment}/fhir-looks`;
      const body = { ...wish, ...(definition !== undefined && { definition }) };
      const asked = await askConsole(options.governance, session, 'POST', path, body);
      if (asked.ok) response.json(asked.body);
      else response.status(asked.status).type('application/problem+json').send(JSON.stringify(asked.problem));
    }),
  );

  const tested = async (name: string): Promise<FhirTest> => {
    const began = performance.now();
    const { stated, problem } = await statement(name);
    const asked = performance.now();
    const answer = (more: Pick<FhirTest, 'ok' | 'credentials' | 'problem'>): FhirTest => ({
      software: stated?.software ?? '',
      fhirVersion: stated?.fhirVersion ?? '',
      types: stated?.types.size ?? 0,
      ms: Math.round(Math.max(asked - began, performance.now() - asked)),
      ...more,
    });
    const bound = hasCredentials(name);
    if (bound === undefined) return answer({ ok: false, credentials: 'unknown', problem });
    // The statement is kept for an hour, and servers give it to everybody: that one is let in, a read says. Of a
    // resource that nobody has, so that nothing clinical is read.
    const read = await attempt(() => endpointOf(name).read('Basic', 'wardflow-test'));
    const failure = read?.ok === false ? read.failure : undefined;
    if (
      failure?.code === 'endpoint-auth' ||
      failure?.code.startsWith('endpoint-token') ||
      failure?.code.startsWith('endpoint-credential')
    )
      return answer({ ok: false, credentials: 'refused', problem: problemOf(failure) });
    // It was understood and answered: that there is nothing, no place for it, or that this is not for us.
    const heard = failure === undefined || HEARD.has(failure.code);
    const credentials = heard ? (bound ? 'accepted' : 'none') : 'unknown';
    return answer({
      ok: heard && stated !== undefined,
      credentials,
      problem: heard ? problem : problemOf(failure),
    });
  };
}

const HEARD = new Set(['fhir-not-found', 'fhir-gone', 'fhir-forbidden', 'fhir-type-unsupported']);

async function attempt<T extends { readonly ok: boolean }>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WardflowError) return undefined;
    throw error;
  }
}

const problemOf = (trouble: Failure | WardflowError): FhirProblem => ({
  code: trouble.code,
  title: trouble instanceof WardflowError ? trouble.message : trouble.text,
  remedy: trouble.remedy ?? '',
});

async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
