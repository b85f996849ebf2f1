/** What each operation asks of the server, and what `msg.fhir` is made of. */
import { bundleCounts, bundleEntries, plainVersion, searchParameters, versionIn } from '../../engine/index.ts';
import type { FhirEndpoint, FhirResource, FhirResult, FhirVersion } from '../../engine/index.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from '../kit/errors.ts';
import { expression, expressionRows, type Expression } from '../kit/expression.ts';
import { errorOf } from '../kit/failure.ts';
import { outcomeOf, resourceId, type FhirOutcome } from '../kit/fhir.ts';
import { textOf } from '../kit/one-line.ts';
import type { NodeHandle } from '../kit/register.ts';
import type { FhirReadProperties } from './config.ts';

/** `msg.fhir` after a search. */
export interface FhirFound extends FhirOutcome {
  /** All found on the pages that were followed; `resource` is the first. */
  readonly resources: readonly FhirResource[];
  /** What the server says; `null`: nothing. */
  readonly total: number | null;
  /** The server has further pages, which were not followed. */
  readonly more: boolean;
}

/** `msg.fhir` after `history`: `resource` is the newest version, `null` where that is a deletion. */
export interface FhirHistory extends FhirFound {
  readonly versions: readonly FhirVersion[];
}

/** Nothing is there (`gone`: it was, and is deleted), or nothing was found. */
export interface FhirNothing extends FhirOutcome {
  readonly resource: null;
  readonly gone: boolean;
}

export type Ask = (msg: WardflowMessage, server: FhirEndpoint) => Promise<Asked>;
export interface Asked {
  readonly found: FhirOutcome | FhirFound | FhirHistory | FhirNothing;
  readonly isThere: boolean;
  /** Resources that came. */
  readonly count: number;
  /** For the trace: counts, never values. */
  readonly note: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const NOWHERE = { id: null, reference: null, etag: null, resource: null };

type Handle = NodeHandle<FhirReadProperties>;

export function asking(handle: Handle): Ask {
  switch (handle.config.operation) {
    case 'read':
      return reading(handle);
    case 'vread':
      return readingVersion(handle);
    case 'search':
      return searching(handle);
    case 'history':
      return readingHistory(handle);
    default:
      return handle.config.operation satisfies never;
  }
}

function reading(handle: Handle): Ask {
  const type = handle.config.resourceType.trim();
  const reference = written(handle, 'reference');
  return async (msg, server) => {
    const id = resourceId(type, await reference.string(msg), at(handle, 'reference'));
    return one(type, await server.read(type, id));
  };
}

function readingVersion(handle: Handle): Ask {
  const { config } = handle;
  const type = config.resourceType.trim();
  const reference = written(handle, 'reference');
  const version = config.version.trim() === '' ? undefined : written(handle, 'version');
  return async (msg, server) => {
    const given = await reference.string(msg);
    const id = resourceId(type, given, at(handle, 'reference'));
    const wanted = version ? await version.string(msg) : /\/_history\/([A-Za-z0-9.-]{1,64})$/.exec(given.trim())?.[1];
    if (wanted === undefined) throw nodeErrors.create('expression-empty', at(handle, 'version'));
    return one(type, await server.vread(type, id, plainVersion(wanted)));
  };
}

function one(type: string, result: FhirResult): Asked {
  const none = nothing(result);
  if (none) return { found: none, isThere: false, count: 0, note: `${type}: ${none.gone ? 'deleted' : 'not there'}` };
  return { found: outcomeOf(type, answered(result)), isThere: true, count: 1, note: `${type}: read` };
}

function readingHistory(handle: Handle): Ask {
  const { config } = handle;
  const type = config.resourceType.trim();
  const reference = written(handle, 'reference');
  const since = config.since.trim() === '' ? undefined : written(handle, 'since');
  return async (msg, server) => {
    const id = resourceId(type, await reference.string(msg), at(handle, 'reference'));
    const from = await since?.evaluate(msg);
    const began = from === undefined || from === null || from === '' ? undefined : textOf(from);
    if (began !== undefined && !INSTANT.test(began))
      throw nodeErrors.create('time-wrong', { ...at(handle, 'since'), expected: 'time with its zone' });
    const result = await server.history(type, id, {
      ...(began !== undefined && { since: began }),
      maxPages: config.maxPages,
    });
    const none = nothing(result);
    if (none) return { found: none, isThere: false, count: 0, note: `${type}: no history` };
    const answer = answered(result);
    const versions = bundleEntries(answer.resource).map(versionIn);
    const [newest] = versions;
    const resource = newest?.resource ?? null;
    const found: FhirHistory = {
      ...outcomeOf(type, { status: answer.status, resource, etag: null, location: `${type}/${id}` }),
      resources: versions.flatMap((version) => version.resource ?? []),
      versions,
      ...bundleCounts(answer.resource),
    };
    return {
      found,
      isThere: newest !== undefined,
      count: versions.length,
      note: counted(type, versions.length, found, 'version'),
    };
  };
}

function searching(handle: Handle): Ask {
  const { RED, node, config, place } = handle;
  const type = config.resourceType.trim();
  const parameters = expressionRows(RED, node, 'parameters', config.parameters);
  return async (msg, server) => {
    const wanted = (await parameters(msg)).map(([name, value]) => ({ name, value: term(value) }));
    // Without any parameter the server would be asked for everything it has.
    if (wanted.length === 0) throw nodeErrors.create('expression-empty', { field: 'parameters', node: place.name });
    const answer = answered(await server.search(type, searchParameters(wanted), config.maxPages));
    const resources = bundleEntries(answer.resource).flatMap(({ resource }) =>
      resource?.resourceType === type ? [resource] : [],
    );
    const [first] = resources;
    const counts = bundleCounts(answer.resource);
    if (!first)
      return {
        found: { status: 200, ...NOWHERE, resources: [], ...counts, total: counts.total ?? 0 },
        isThere: false,
        count: 0,
        note: `${type}: nothing found`,
      };
    const found: FhirFound = {
      ...outcomeOf(type, { status: answer.status, resource: first, etag: null, location: null }),
      resources,
      ...counts,
    };
    return { found, isThere: true, count: resources.length, note: counted(type, resources.length, found, 'found') };
  };
}

const at = ({ place }: Handle, field: string): { readonly field: string; readonly node: string } => ({
  field,
  node: place.name,
});

const written = ({ RED, node, config }: Handle, field: 'reference' | 'version' | 'since'): Expression =>
  expression(RED, node, field, config[field], config[`${field}Kind`]);

/** Not there (404) and deleted (410) are outcomes; every other failure is one. */
function nothing(result: FhirResult): FhirNothing | undefined {
  const code = result.ok ? '' : result.failure.code;
  if (code === 'fhir-not-found') return { status: 404, ...NOWHERE, gone: false };
  if (code === 'fhir-gone') return { status: 410, ...NOWHERE, gone: true };
  return undefined;
}

function answered(result: FhirResult): Extract<FhirResult, { ok: true }>['answer'] {
  if (!result.ok) throw errorOf(result.failure);
  return result.answer;
}

function counted(
  type: string,
  count: number,
  { total, more }: Pick<FhirFound, 'total' | 'more'>,
  what: string,
): string {
  const left = more ? `, more on the server${total === null ? '' : ` (${total} in all)`}` : '';
  return `${type}: ${count} ${what}${what === 'version' && count !== 1 ? 's' : ''}${left}`;
}

/** Several values are alternatives (FHIR R4 3.1.1.5). */
const term = (value: unknown): string => (Array.isArray(value) ? value.map(textOf).join(',') : textOf(value));
