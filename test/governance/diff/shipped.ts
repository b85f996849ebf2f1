/** The definitions that are shipped, and edits of them as an analyst would make them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DefinitionFiles } from '../../../governance/diff/index.ts';

const FLOWS = resolve(import.meta.dirname, '../../../flows');

export type EditedJson = null | boolean | number | string | EditedJson[] | Edited;
export interface Edited {
  [key: string]: EditedJson;
}

export function shipped(name: string): DefinitionFiles {
  const folder = join(FLOWS, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

/** A definition with what it uses, as `Definition.files` has them. */
export const withShared = (files: DefinitionFiles, shared: DefinitionFiles = shipped('_shared')): DefinitionFiles => ({
  ...files,
  ...Object.fromEntries(Object.entries(shared).map(([path, text]) => [`_shared/${path}`, text])),
});

/** The files with one JSON file changed in place. */
export const editedFlow = (files: DefinitionFiles, change: (nodes: Edited[]) => void): DefinitionFiles =>
  edited(files, 'flow.json', change as (json: unknown) => void);

export const editedTable = (
  files: DefinitionFiles,
  path: string,
  change: (table: EditedTable) => void,
): DefinitionFiles => edited(files, path, change as (json: unknown) => void);

export const editedJson = (files: DefinitionFiles, path: string, change: (json: Edited) => void): DefinitionFiles =>
  edited(files, path, change as (json: unknown) => void);

function edited(files: DefinitionFiles, path: string, change: (json: unknown) => void): DefinitionFiles {
  const json: unknown = JSON.parse(files[path] ?? '');
  change(json);
  return { ...files, [path]: JSON.stringify(json, null, 2) };
}

export interface EditedRow {
  id: string;
  when: string[];
  then: EditedJson[];
  note?: string;
  reason?: string;
}

export interface EditedTable {
  hitPolicy: string;
  title: string;
  reason: string;
  owner: Edited;
  inputs: Edited[];
  outputs: Edited[];
  rows: EditedRow[];
  otherwise: EditedJson[] | null;
  tests: Edited[];
}

/** The id of a node. */
export const idIn = (node: Edited): string => (typeof node['id'] === 'string' ? node['id'] : '');

export const inNode =
  (id: string, change: Edited) =>
  (nodes: Edited[]): void => {
    const node = nodes.find((one) => one['id'] === id);
    if (!node) throw new Error(`there is no node ${id}`);
    Object.assign(node, change);
  };

export const inRow =
  (id: string, change: (row: EditedRow) => void) =>
  (table: EditedTable): void => {
    const row = table.rows.find((one) => one.id === id);
    if (!row) throw new Error(`there is no row ${id}`);
    change(row);
  };
