/** To which roles definitions give tasks, as far as their files say it. */
import type { Definition, FlowNode } from '../../engine/index.ts';

type Wanting = Pick<Definition, 'name' | 'flow' | 'files' | 'checklists'>;

/** What an expression may come to: its whole, or what stands behind `?` and `:`. */
const VALUE = /(?:^|[?:(])\s*(?:"([^"\\]{1,100})"|decision\.outputs\.(\w+))\s*(?=$|[):])/g;

/** Role -> names of definitions. What else an expression may make is known when a message comes. */
export function rolesWanted(definitions: readonly Wanting[]): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, Set<string>>();
  for (const definition of definitions)
    for (const role of rolesOf(definition)) wanted.set(role, (wanted.get(role) ?? new Set()).add(definition.name));
  return new Map([...wanted].map(([role, names]) => [role, [...names].toSorted()]));
}

function rolesOf({ flow, files, checklists }: Wanting): readonly string[] {
  const nodes = flow.filter(({ type, d }) => (type === 'task create' || type === 'approval') && d !== true);
  const parts = [...checklists.values()].flatMap(({ items }) => items.map(({ role }) => role));
  return [...nodes.flatMap((node) => rolesAt(node, files)), ...parts].flatMap((role) =>
    typeof role === 'string' && role.trim() !== '' ? [role.trim()] : [],
  );
}

function rolesAt({ role, roleKind }: FlowNode, files: Definition['files']): readonly unknown[] {
  if (roleKind === 'str') return [role];
  if (roleKind !== 'jsonata' || typeof role !== 'string') return [];
  return [...role.trim().matchAll(VALUE)].flatMap(([, text, output]) =>
    output === undefined ? [text] : valuesOf(output, files),
  );
}

interface RawTable {
  readonly outputs?: readonly { readonly name?: unknown }[];
  readonly rows?: readonly { readonly then?: readonly unknown[] }[];
  readonly otherwise?: readonly unknown[] | null;
}

/** All that the definition's tables give by that name. */
function valuesOf(output: string, files: Definition['files']): readonly unknown[] {
  return Object.entries(files).flatMap(([path, text]) => {
    if (!/(?:^|\/)rules\/[^/]+\.json$/.test(path)) return [];
    const table = tableIn(text);
    const at = table?.outputs?.findIndex(({ name }) => name === output) ?? -1;
    if (at < 0) return [];
    return [...(table?.rows ?? []).map(({ then }) => then?.[at]), table?.otherwise?.[at]];
  });
}

function tableIn(text: string): RawTable | undefined {
  try {
    return JSON.parse(text) as RawTable;
  } catch {
    // Told where definitions are checked.
    return undefined;
  }
}
