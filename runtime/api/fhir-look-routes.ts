/**
 * A read of a FHIR server by hand, for whoever builds a flow that reads it: one page, through the endpoint and its limits, in
 * the lane that waits for all others. Recorded before anything of it is shown: who, where, what kind, how many; never a value.
 */
import type { Request, Router } from 'express';
import {
  bundleCounts,
  bundleEntries,
  failureOf,
  searchParameters,
  versionIn,
  WardflowError,
  type DefinitionSet,
  type Engine,
  type FhirEndpoint,
  type FhirResource,
  type FhirResult,
} from '../../engine/index.ts';
import { createAskAllowance } from '../ask-allowance.ts';
import { answering } from './answering.ts';
import { bodyOf, neededText, objectOf, oneOf, textIn, type Body } from './body.ts';
import type { FhirLook, FhirLookEntry, FhirLookRequest } from './fhir-look-contract.ts';
import { demandOneIn, partOf, type Part } from './part.ts';
import { apiErrors, invalid } from './problems.ts';
import { actorOf } from './query.ts';

const OPERATIONS = ['read', 'vread', 'search', 'history'] as const;
const ENDPOINT = /^[a-z][a-z0-9-]{0,62}$/;
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const PARAMETER = /^[A-Za-z_][\w:.-]{0,99}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** Entries of a page, unless the search says how many it wants; and at most. */
const PAGE = { usual: 10, most: 50 } as const;
const MOST_PARAMETERS = 20;
const MOST_SHOWN = 20;
const LONGEST_JSON = 100_000;
/** Somebody waits at a form, and the console for 30 s. */
const LOOK_WAITS_MS = 15_000;

export function fhirLookRoutes(router: Router, engine: Engine, definitions: () => DefinitionSet): void {
  const { endpoints, store, clock } = engine;
  const allowance = createAskAllowance();

  const asked = async (wish: FhirLookRequest): Promise<FhirResult> => {
    try {
      return await within(LOOK_WAITS_MS, ask(endpoints.get(wish.endpoint, 'bulk'), wish));
    } catch (error) {
      if (error instanceof WardflowError) return { ok: false, failure: failureOf(error) };
      throw error;
    }
  };

  router.post(
    '/fhir-looks',
    answering(async (request, response) => {
      const part = partOf(response);
      const actor = actorOf(request);
      const wish = wishIn(request);
      demandReach(part, wish, definitions());
      if (!allowance.take(actor, performance.now())) throw apiErrors.create('fhir-look-busy');
      const began = performance.now();
      const result = await asked(wish);
      const look = lookOf(wish, result, Math.round(performance.now() - began));
      const { endpoint, operation, type, definition } = wish;
      const details = {
        endpoint,
        operation,
        type,
        ...(look.problem ? { code: look.problem.code } : { found: String(look.found) }),
      };
      const about = definition === undefined ? {} : { definition };
      await store.audit.append([{ at: clock.now(), type: 'ehr.looked-at', actor, ...about, details }]);
      response.json(look);
    }),
  );
}

/** For somebody who answers for a part: a flow of theirs that says that it uses the endpoint. */
function demandReach(part: Part, { definition, endpoint }: FhirLookRequest, all: DefinitionSet): void {
  if (part === null) return;
  demandOneIn(part, definition === undefined ? [] : [definition]);
  const declared: unknown = all.byName(definition ?? '')?.intent['endpoints'];
  if (!Array.isArray(declared) || !declared.includes(endpoint)) throw apiErrors.create('outside-scope');
}

function wishIn(request: Request): FhirLookRequest {
  const body = bodyOf(request, ['endpoint', 'definition', 'operation', 'type', 'id', 'version', 'since', 'parameters']);
  const operation = oneOf(body, 'operation', OPERATIONS);
  const common = {
    endpoint: matching(neededText(body, 'endpoint', 63), ENDPOINT, 'endpoint'),
    ...optional(body, 'definition', 64),
    operation,
    type: matching(neededText(body, 'type', 64), TYPE, 'type'),
  };
  if (operation === 'search') return { ...common, parameters: parametersIn(body['parameters']) };
  const id = neededText(body, 'id', 64);
  if (operation === 'vread') return { ...common, id, version: neededText(body, 'version', 64) };
  if (operation === 'read') return { ...common, id };
  const since = textIn(body, 'since', 40);
  return { ...common, id, ...(since !== undefined && { since: matching(since, INSTANT, 'since') }) };
}

function optional(body: Body, name: 'definition', longest: number): { readonly definition?: string } {
  const value = textIn(body, name, longest);
  return value === undefined ? {} : { [name]: value };
}

function matching(value: string, form: RegExp, name: string): string {
  if (!form.test(value)) throw invalid(`${name} is not in its form`);
  return value;
}

function parametersIn(given: unknown): NonNullable<FhirLookRequest['parameters']> {
  // Without any the server would be asked for everything that it has.
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_PARAMETERS)
    throw invalid(`parameters takes 1 to ${MOST_PARAMETERS} search parameters`);
  return given.map((one: unknown) => {
    const row = objectOf(one, ['name', 'value'], 'a parameter');
    return {
      name: matching(neededText(row, 'name', 100), PARAMETER, 'the name of a parameter'),
      value: neededText(row, 'value', 500),
    };
  });
}

function ask(server: FhirEndpoint, wish: FhirLookRequest): Promise<FhirResult> {
  const { operation, type, id = '', version = '', since, parameters = [] } = wish;
  switch (operation) {
    case 'read':
      return server.read(type, id);
    case 'vread':
      return server.vread(type, id, version);
    case 'history':
      return server.history(type, id, { maxPages: 1, ...(since !== undefined && { since }) });
    case 'search':
      return server.search(type, onePage(parameters), 1);
    default:
      return operation satisfies never;
  }
}

function onePage(
  parameters: NonNullable<FhirLookRequest['parameters']>,
): Readonly<Record<string, string | readonly string[]>> {
  const all = searchParameters(parameters);
  const stated = parameters.findLast(({ name }) => name === '_count');
  const count = stated ? Number(stated.value) : PAGE.usual;
  const wanted = Number.isSafeInteger(count) && count >= 0 ? Math.min(count, PAGE.most) : PAGE.usual;
  return { ...all, _count: String(wanted) };
}

function lookOf(wish: FhirLookRequest, result: FhirResult, ms: number): FhirLook {
  const nothing = { ms, found: 0, total: null, more: false, entries: [], json: '', cut: false } as const;
  if (!result.ok) {
    const { code, text, remedy } = result.failure;
    if (code === 'fhir-not-found') return { ...nothing, outcome: 'nothing', problem: null };
    if (code === 'fhir-gone') return { ...nothing, outcome: 'deleted', problem: null };
    return { ...nothing, outcome: 'failed', problem: { code, title: text, remedy: remedy ?? '' } };
  }
  const { resource } = result.answer;
  const shown = { ms, ...jsonOf(resource), problem: null };
  if (wish.operation === 'read' || wish.operation === 'vread')
    return { ...shown, outcome: 'found', found: 1, total: null, more: false, entries: [entryOf(wish, { resource })] };
  const entries = bundleEntries(resource).filter(
    // As `fhir read` counts: what a search includes besides is not what was asked for.
    (entry) => wish.operation === 'history' || entry.resource?.resourceType === wish.type,
  );
  return {
    ...shown,
    outcome: entries.length === 0 ? 'nothing' : 'found',
    found: entries.length,
    ...bundleCounts(resource),
    entries: entries.slice(0, MOST_SHOWN).map((entry) => entryOf(wish, entry)),
  };
}

function entryOf(
  { type, id: asked }: FhirLookRequest,
  entry: { readonly resource?: FhirResource | null },
): FhirLookEntry {
  const { version, at, deleted, resource } = versionIn({ ...entry, resource: entry.resource ?? undefined });
  const id: unknown = resource?.id ?? asked;
  const name: unknown = resource?.resourceType ?? type;
  return {
    reference: typeof id === 'string' && typeof name === 'string' ? `${name}/${id}`.slice(0, 140) : null,
    version: version?.slice(0, 64) ?? null,
    at: at?.slice(0, 40) ?? null,
    deleted,
  };
}

function jsonOf(resource: FhirResource | null): Pick<FhirLook, 'json' | 'cut'> {
  const text = resource ? JSON.stringify(resource, null, 2) : '';
  const cut = text.length > LONGEST_JSON;
  return { json: cut ? text.slice(0, LONGEST_JSON).toWellFormed() : text, cut };
}

async function within(ms: number, work: Promise<FhirResult>): Promise<FhirResult> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<FhirResult>((_resolve, reject) => {
    timer = setTimeout(() => reject(apiErrors.create('fhir-look-slow')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
