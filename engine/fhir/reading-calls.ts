import type { FhirEndpoint, FhirResult } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import type { PathParts } from './names.ts';
import { searchPages } from './search-pages.ts';

const DEFAULT_PAGES = 10;

type Reading = 'read' | 'vread' | 'history' | 'search' | 'operation';

export function readingCalls({ binding, call }: Exchange): Pick<FhirEndpoint, Reading> {
  const one = (parts: PathParts, path: string): Promise<FhirResult> =>
    call(parts, (send) => send({ kind: 'read', type: parts.type, method: 'GET', path }));
  const pages = (parts: PathParts, first: string, maxPages = DEFAULT_PAGES): Promise<FhirResult> => {
    const { type } = parts;
    return call(parts, (send) =>
      searchPages(binding, type, first, maxPages, (path) => send({ kind: 'read', type, method: 'GET', path })),
    );
  };
  return {
    read: (type, id) => one({ type, id }, `/${type}/${id}`),
    vread: (type, id, version) => one({ type, id, version }, `/${type}/${id}/_history/${version}`),
    history(type, id, { since, maxPages } = {}) {
      const path = id === null ? `/${type}/_history` : `/${type}/${id}/_history`;
      return pages({ type, id: id ?? undefined }, withQuery(path, since ? { _since: since } : {}), maxPages);
    },
    search: (type, params, maxPages) => pages({ type }, withQuery(`/${type}`, params), maxPages),
    operation(operation, { type, id }, params = {}) {
      const path = id === undefined ? `/${type}/${operation}` : `/${type}/${id}/${operation}`;
      return one({ type, id, operation }, withQuery(path, params));
    },
  };
}

export function askCapabilities({ call }: Exchange): Promise<FhirResult> {
  const type = 'CapabilityStatement';
  return call({ type }, (send) => send({ kind: 'read', type, method: 'GET', path: '/metadata' }));
}

function withQuery(path: string, params: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(params).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const query = new URLSearchParams(pairs).toString();
  return query === '' ? path : `${path}?${query}`;
}
