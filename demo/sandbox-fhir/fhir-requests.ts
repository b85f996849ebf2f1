import { badRequest, getStatus, gone, isOk, notFound, OperationOutcomeError, validateResource } from '@medplum/core';
import { FhirRouter, makeSimpleRequest, type HttpMethod } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { closedRecord } from './closed-records.ts';
import type { Definitions } from './definitions.ts';
import type { SandboxRepository } from './repository.ts';
import { searchProblem } from './search-check.ts';

/** One FHIR request, read from HTTP; `path` begins behind the base, with its query. */
export interface SandboxRequest {
  readonly method: HttpMethod;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Resource | null;
}

/** Answers FHIR requests over the repository; makes up for what Medplum's router leaves to its surroundings. */
export function fhirRequests(
  repository: SandboxRepository,
  definitions: Definitions,
  base: () => string,
): (request: SandboxRequest) => Promise<SandboxAnswer> {
  const router = new FhirRouter();
  return async (request) => {
    const problem = refusal(request, definitions);
    if (problem) return outcomeAnswer(problem);
    if (request.method === 'POST' || request.method === 'PUT') {
      const closed = resourcesIn(request.body)
        .map((one) => closedRecord(one, repository))
        .find((one) => one !== null);
      if (closed) return { status: 422, headers: {}, body: closed };
    }
    const { pathname, searchParams } = new URL(request.path, 'http://sandbox');
    const [type = '', id] = pathname.slice(1).split('/');
    if (pathname === '/metadata') return { status: 200, headers: {}, body: capabilities(base()) };
    if (request.method === 'GET' && id !== undefined && repository.wasDeleted(type, id)) return outcomeAnswer(gone);
    const existed = request.method === 'PUT' && repository.has(type, id ?? '');
    const routed = makeSimpleRequest(request.method, request.path.slice(1), request.body);
    routed.headers = { ...request.headers };
    routed.config = { transactions: true };
    const [outcome, resource] = await router.handleRequest(routed, repository);
    if (!isOk(outcome) || !resource) return outcomeAnswer(outcome);
    const created = getStatus(outcome) === 201 || (request.method === 'PUT' && !existed);
    if (resource.resourceType === 'Bundle' && resource.type === 'searchset') {
      return { status: 200, headers: {}, body: withLinks(resource, base(), pathname, searchParams) };
    }
    if (resource.resourceType === 'Bundle' && resource.type?.endsWith('-response')) {
      return { status: 200, headers: {}, body: resource };
    }
    return resourceAnswer(created ? 201 : 200, resource, request, base());
  };
}

function resourcesIn(body: unknown): readonly unknown[] {
  const bundle = body as Partial<Bundle> | null | undefined;
  return bundle?.resourceType === 'Bundle' ? (bundle.entry ?? []).map((entry) => entry.resource) : [body];
}

function refusal({ method, path, body }: SandboxRequest, definitions: Definitions): OperationOutcome | null {
  if (!URL.canParse(path, 'http://sandbox')) return badRequest('the address cannot be read');
  const { pathname, searchParams } = new URL(path, 'http://sandbox');
  const [type = '', second] = pathname.slice(1).split('/');
  if (type === 'metadata') return null;
  if (type === '') return method === 'POST' ? bundleProblem(body, definitions) : notFound;
  if (!definitions.ensure(type)) return notFound;
  if (method === 'GET' && second === undefined) {
    const problem = searchProblem(type, searchParams.keys());
    return problem === null ? null : badRequest(problem);
  }
  if (method === 'POST' && second === '_search') {
    const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    const problem = searchProblem(type, [...names, ...searchParams.keys()]);
    return problem === null ? null : badRequest(problem);
  }
  return method === 'POST' || method === 'PUT' ? invalid(body, type) : null;
}

function bundleProblem(body: unknown, definitions: Definitions): OperationOutcome | null {
  const bundle = body as Bundle | null;
  if (bundle?.resourceType !== 'Bundle') return badRequest('only a Bundle may be posted to the base');
  for (const entry of bundle.entry ?? []) {
    const type = /^[A-Za-z]+/.exec(entry.request?.url ?? '')?.[0] ?? '';
    if (!definitions.ensure(type)) return badRequest('an entry names no R4 resource type');
    if (entry.resource && bundle.type === 'transaction') {
      const problem = invalid(entry.resource, entry.resource.resourceType);
      if (problem) return problem;
    }
  }
  return null;
}

/** Against the base definitions of R4: cardinality, types, unknown elements. */
function invalid(body: unknown, type: string): OperationOutcome | null {
  if (typeof body !== 'object' || body === null || !('resourceType' in body))
    return badRequest('the body is no resource');
  if (body.resourceType !== type) return badRequest('the resource is of another type than the address');
  try {
    validateResource(body as Resource);
    return null;
  } catch (error) {
    return error instanceof OperationOutcomeError ? error.outcome : badRequest('the resource cannot be validated');
  }
}

function resourceAnswer(status: number, resource: Resource, request: SandboxRequest, base: string): SandboxAnswer {
  const version = resource.meta?.versionId ?? '';
  const etag = `W/"${version}"`;
  const modified = new Date(resource.meta?.lastUpdated ?? 0).toUTCString();
  const headers: Record<string, string> = { etag, 'last-modified': modified };
  if (request.method === 'POST' || status === 201) {
    headers['location'] = `${base}/${resource.resourceType}/${resource.id ?? ''}/_history/${version}`;
  }
  if (request.method === 'GET' && request.headers['if-none-match'] === etag)
    return { status: 304, headers, body: null };
  const minimal = request.method !== 'GET' && /return=minimal/.test(request.headers['prefer'] ?? '');
  return { status, headers, body: minimal ? null : resource };
}

export function outcomeAnswer(outcome: OperationOutcome): SandboxAnswer {
  return { status: getStatus(outcome), headers: {}, body: outcome };
}

function withLinks(bundle: Bundle, base: string, pathname: string, query: URLSearchParams): Bundle {
  const at = (offset: number): string => {
    const changed = new URLSearchParams(query);
    if (offset > 0) changed.set('_offset', String(offset));
    return `${base}${pathname}?${changed.toString()}`;
  };
  const offset = Number(query.get('_offset') ?? 0);
  const matches = (bundle.entry ?? []).filter((entry) => entry.search?.mode !== 'include').length;
  const link = [{ relation: 'self' as const, url: at(offset) }];
  const more = matches > 0 && offset + matches < (bundle.total ?? 0);
  return {
    ...bundle,
    link: more ? [...link, { relation: 'next' as const, url: at(offset + matches) }] : link,
    entry: bundle.entry?.map((entry) => ({
      fullUrl: `${base}/${entry.resource?.resourceType ?? ''}/${entry.resource?.id ?? ''}`,
      ...entry,
    })),
  };
}

function capabilities(base: string): Resource {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    software: { name: 'Wardflow sandbox FHIR server' },
    implementation: { description: 'For demonstrations and tests: synthetic data only', url: base },
    rest: [{ mode: 'server', interaction: [{ code: 'transaction' }, { code: 'batch' }] }],
  };
}
