import { DATA_TYPES } from './data-types/data-types.ts';
import type { Mapping } from './mapping-file.ts';

/** Asked for by whatever names a system, wherever it stands. */
const BY_ANY = ['identifier-systems', 'coding-systems'];

/** Names of the code maps that values of these mappings go through: `with`, and those that ways to read (`as`) ask for. */
export function mapsUsedBy(mappings: Iterable<Pick<Mapping, 'file'>>): ReadonlySet<string> {
  const used = new Set(BY_ANY);
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    if (typeof value !== 'object' || value === null) return;
    const { with: map, as } = value as { readonly with?: unknown; readonly as?: unknown };
    if (typeof map === 'string') used.add(map);
    if (typeof as === 'string') for (const name of DATA_TYPES.get(as)?.maps ?? []) used.add(name);
    Object.values(value).forEach(look);
  };
  for (const { file } of mappings) look(file.resources ?? []);
  return used;
}
