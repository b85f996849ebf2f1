import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { ROOT } from './markdown-files.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Readonly<
  Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>
>;
const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
/** First cells of the tables. A scope is written once (`@medplum/core, fhir-router`); `@types/*` is all of a scope. */
const told: readonly string[] = [...page.matchAll(/^\| ([^|]+)\|/gm)].flatMap(([, cell = '']) => {
  const names = cell
    .replaceAll(/\([^)]*\)/g, '')
    .split(',')
    .map((name) => name.trim());
  const scope = /^@[^/]+\//.exec(names[0] ?? '')?.[0] ?? '';
  return names.flatMap((name) => [name, `${scope}${name}`]);
});
const isTold = (name: string): boolean => told.includes(name) || told.includes(name.replace(/\/.*$/, '/*'));

describe('docs/dependencies.md', () => {
  it('says of every dependency what it is for', () => {
    const all = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
    const names = all.flatMap((group) => Object.keys(manifest[group]));
    assert.ok(names.length > 30, 'hardly any dependency was found');
    assert.deepEqual(
      names.filter((name) => !isTold(name)),
      [],
    );
  });
});
