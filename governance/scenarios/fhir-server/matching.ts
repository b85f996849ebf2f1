/** The searches that a scenario's FHIR server knows: by id, by identifier, and by plain elements. Pure. */
import { isRecord } from '../../checks/subject.ts';
import type { Resource } from './records.ts';

/** `undefined`: a parameter that is not simulated; a wrong answer would be worse than none. */
export function matching(all: readonly Resource[], query: URLSearchParams): readonly Resource[] | undefined {
  let found = all;
  for (const [name, value] of query) {
    if (/^_(?:count|sort|format|summary|elements)$/.test(name)) continue;
    if (name === '_id') found = found.filter(({ id }) => value.split(',').includes(id));
    else if (name === 'identifier') found = found.filter((one) => hasIdentifier(one, value));
    else if (name === '_tag') found = found.filter((one) => hasTag(one, value));
    else if (/^[a-z][A-Za-z]*$/.test(name)) found = found.filter((one) => hasValue(one[name], value.split(',')));
    else return undefined;
  }
  return found;
}

function hasIdentifier(resource: Resource, token: string): boolean {
  const [system, value] = tokenOf(token);
  const list: unknown = resource['identifier'];
  return (Array.isArray(list) ? list : []).some(
    (one: unknown) =>
      isRecord(one) &&
      (value === '' || one['value'] === value) &&
      (system === undefined || (one['system'] ?? '') === system),
  );
}

function hasTag({ meta }: Resource, token: string): boolean {
  const [system, code] = tokenOf(token);
  const list: unknown = isRecord(meta) ? meta['tag'] : undefined;
  return (Array.isArray(list) ? list : []).some(
    (one: unknown) =>
      isRecord(one) && one['code'] === code && (system === undefined || (one['system'] ?? '') === system),
  );
}

function tokenOf(token: string): readonly [system: string | undefined, value: string] {
  const cut = token.indexOf('|');
  return cut < 0 ? [undefined, token] : [token.slice(0, cut), token.slice(cut + 1)];
}

/** A code, a text or a reference. */
function hasValue(value: unknown, wanted: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => hasValue(one, wanted));
  if (isRecord(value))
    return hasValue(value['reference'], wanted) || hasValue(value['code'], wanted) || hasValue(value['coding'], wanted);
  return typeof value === 'string' && wanted.includes(value);
}
