/** JSON Patch (RFC 6902) on a resource. Pure; what cannot be done refuses the whole (R4 3.1.0.6: 422). */
import { RequestRefused } from './reply.ts';

type Parent = Record<string, unknown> | unknown[];

export function patched(resource: object, steps: unknown): Record<string, unknown> {
  if (!Array.isArray(steps) || steps.length === 0) throw new RequestRefused(400, 'structure');
  const root = { all: structuredClone(resource) as unknown };
  for (const step of steps) apply(root, (step ?? {}) as Readonly<Record<string, unknown>>);
  const { all } = root;
  if (typeof all !== 'object' || all === null || Array.isArray(all)) throw refused();
  const [before, after] = [resource as Record<string, unknown>, all as Record<string, unknown>];
  if (before['id'] !== after['id'] || before['resourceType'] !== after['resourceType']) throw refused();
  return after;
}

const refused = (): RequestRefused => new RequestRefused(422, 'processing');

function apply(root: Record<string, unknown>, { op, path, from, value }: Readonly<Record<string, unknown>>): void {
  const { parent, key } = placeOf(root, path);
  switch (op) {
    case 'test':
      if (JSON.stringify(sorted(get(parent, key))) !== JSON.stringify(sorted(value))) throw refused();
      return;
    case 'add':
      return add(parent, key, value);
    case 'replace':
      get(parent, key);
      remove(parent, key);
      return add(parent, key, value);
    case 'remove':
      get(parent, key);
      return remove(parent, key);
    case 'move':
    case 'copy': {
      const source = placeOf(root, from);
      const moved: unknown = structuredClone(get(source.parent, source.key));
      if (op === 'move') remove(source.parent, source.key);
      // Taking it out may have moved the place.
      const target = placeOf(root, path);
      return add(target.parent, target.key, moved);
    }
    default:
      throw refused();
  }
}

function placeOf(root: Record<string, unknown>, pointer: unknown): { readonly parent: Parent; readonly key: string } {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) throw refused();
  const keys = ['all', ...pointer.split('/').slice(1)].map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let parent: unknown = root;
  for (const key of keys) parent = get(parent, key);
  if (typeof parent !== 'object' || parent === null || last === '__proto__') throw refused();
  return { parent: parent as Parent, key: last };
}

function get(parent: unknown, key: string): unknown {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) throw refused();
  if (Array.isArray(parent) && !/^\d+$/.test(key)) throw refused();
  return (parent as Readonly<Record<string, unknown>>)[key];
}

function add(parent: Parent, key: string, value: unknown): void {
  if (value === undefined) throw refused();
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const at = key === '-' ? parent.length : /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(at <= parent.length)) throw refused();
  parent.splice(at, 0, value);
}

function remove(parent: Parent, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** Members in one order, so that equal values have one text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
