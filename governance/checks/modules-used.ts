/** What a bundle says of the software that it was made for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, type Definition } from '../../engine/index.ts';
import type { NodeCatalogue } from './node-catalogue.ts';

/** The modules that bring the node types in use; a type that nothing brings is a finding of `wardflow check`. */
export function modulesUsed(
  definitions: readonly Definition[],
  catalogue: NodeCatalogue,
): Readonly<Record<string, string>> {
  const used = new Set(definitions.flatMap(({ flow }) => flow.map(({ type }) => type)));
  const sets = [...used].flatMap((type) => catalogue.setOf(type) ?? []);
  return Object.fromEntries(sets.map(({ module, version }) => [module, version]));
}

export function wardflowVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
