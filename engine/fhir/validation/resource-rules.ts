/** Rules of whole resources: what is contained (dom-2 to dom-5), a bundle's entries (bdl-7, full URLs), observations. */
import type { Elements } from './invariants.ts';
import { resourcesOf, type Scope } from './scope.ts';

export interface ResourceFault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** After the path of the resource: `.entry[1].fullUrl`. */
  readonly below: string;
  readonly text: string;
}

const NOTHING: Elements = {};
const REST_URL = /^https?:\/\/.{1,2000}?\/([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})$/;

export function resourceFaults(resource: Elements, { isContained }: Scope): readonly ResourceFault[] {
  const contained = resourcesOf(resource['contained']);
  return [
    ...(isContained ? withinAnother(resource) : []),
    ...(contained.length > 0 && !isContained ? containedFaults(resource, contained) : []),
    ...(resource['resourceType'] === 'Bundle' ? bundleFaults(resource) : []),
    ...(resource['resourceType'] === 'Observation' ? observationFaults(resource) : []),
  ];
}

function withinAnother({ id, contained, meta }: Elements): readonly ResourceFault[] {
  const { versionId, lastUpdated, security } = isObject(meta) ? meta : NOTHING;
  return [
    ...when(contained !== undefined, '.contained', 'What is contained contains nothing itself (dom-2).'),
    ...when(versionId !== undefined, '.meta.versionId', 'What is contained has no version (dom-4).'),
    ...when(lastUpdated !== undefined, '.meta.lastUpdated', 'What is contained has no time of change (dom-4).'),
    ...when(security !== undefined, '.meta.security', 'What is contained has no security labels (dom-5).'),
    ...when(id === undefined, '.id', 'What is contained has an id to refer to it by.'),
  ];
}

function containedFaults(resource: Elements, contained: readonly Elements[]): readonly ResourceFault[] {
  const named = new Set<string>();
  collectFragments(resource, named);
  const seen = new Set<unknown>();
  return contained.flatMap((one, i) => {
    const twice = typeof one['id'] === 'string' && seen.has(one['id']);
    seen.add(one['id']);
    const refersBack = new Set<string>();
    collectFragments(one, refersBack);
    const isUsed = named.has(`#${String(one['id'])}`) || refersBack.has('#');
    return [
      ...when(twice, `.contained[${i}].id`, 'Two contained resources have the same id.'),
      ...when(!isUsed, `.contained[${i}]`, 'Nothing refers to what is contained (dom-3).'),
    ];
  });
}

/** Every text that is a reference to something contained: those of references, canonicals and URIs. */
function collectFragments(value: unknown, into: Set<string>): void {
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && next.startsWith('#')) into.add(next);
    else if (typeof next === 'object' && next !== null) for (const one of Object.values(next)) left.push(one);
  }
}

function bundleFaults({ type, entry }: Elements): readonly ResourceFault[] {
  const entries: readonly unknown[] = Array.isArray(entry) ? entry : [];
  const seen = new Set<string>();
  return entries.flatMap((one, i) => {
    const { fullUrl, resource } = isObject(one) ? one : NOTHING;
    if (typeof fullUrl !== 'string') return [];
    const { id, resourceType, meta } = isObject(resource) ? resource : NOTHING;
    const version = isObject(meta) ? meta['versionId'] : undefined;
    const key = JSON.stringify([fullUrl, version]);
    const twice = type !== 'history' && seen.has(key);
    seen.add(key);
    const url = REST_URL.exec(fullUrl);
    const other = url !== null && typeof id === 'string' && (url[1] !== resourceType || url[2] !== id);
    const at = `.entry[${i}].fullUrl`;
    return [
      ...when(twice, at, 'A full URL is there once in a bundle, or with different versions (bdl-7).'),
      ...when(other, at, 'The full URL is not that of the resource in the entry.', 'value'),
    ];
  });
}

function observationFaults(observation: Elements): readonly ResourceFault[] {
  const hasValue = Object.keys(observation).some((name) => /^_?value[A-Z]/.test(name));
  if (!hasValue) return [];
  const own = new Set(codingKeys(observation['code']));
  const components: readonly unknown[] = Array.isArray(observation['component']) ? observation['component'] : [];
  return [
    ...when(
      observation['dataAbsentReason'] !== undefined,
      '.dataAbsentReason',
      'A reason why there is no value stands only where there is none (obs-6).',
    ),
    ...components.flatMap((component, i) =>
      when(
        isObject(component) && codingKeys(component['code']).some((key) => own.has(key)),
        `.component[${i}].code`,
        'A component has another code than the observation whose value is given (obs-7).',
      ),
    ),
  ];
}

/** Two codings are one where all of it is the same, so in the standard's expression. */
function codingKeys(concept: unknown): readonly string[] {
  const codings: readonly unknown[] = isObject(concept) && Array.isArray(concept['coding']) ? concept['coding'] : [];
  return codings
    .filter(isObject)
    .map((coding) => JSON.stringify(Object.entries(coding).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function when(is: boolean, below: string, text: string, code = 'invariant'): readonly ResourceFault[] {
  return is ? [{ severity: 'error', code, below, text }] : [];
}

function isObject(value: unknown): value is Elements {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
