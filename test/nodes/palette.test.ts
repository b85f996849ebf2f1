import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { identityFrom } from '../../nodes/kit/checks.ts';
import { problemsOf, withDefaults, type NodeDeclaration } from '../../nodes/kit/properties.ts';
import { formOf, localeOf, nodeFolders } from '../../scripts/build-palette.ts';

const NODES = resolve(import.meta.dirname, '../../nodes');
const folders = nodeFolders(NODES);
const read = (...path: string[]): string => readFileSync(join(NODES, ...path), 'utf8');

function lookUp(locale: object, key: string): unknown {
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], locale);
}

/** The fields that the rows of a node's own preview speak of: the form heads each row with the text of its field. */
function previewFieldsOf(folder: string): readonly string[] {
  if (!existsSync(join(NODES, folder, 'preview.ts'))) return [];
  const rows = read(folder, 'preview.ts').matchAll(/(?:field: |findingRows\()'([\w-]+)'/g);
  return [...rows].map(([, field = '']) => field);
}

async function declarationOf(folder: string): Promise<NodeDeclaration<Record<string, unknown>>> {
  const module = (await import(pathToFileURL(join(NODES, folder, 'config.ts')).href)) as Record<string, unknown>;
  const found = Object.values(module).find(
    (value) => typeof value === 'object' && value !== null && 'properties' in value,
  );
  assert.ok(found, `${folder}/config.ts declares no node`);
  return found as NodeDeclaration<Record<string, unknown>>;
}

describe('the palette', () => {
  it('has all the nodes of the main road', async () => {
    const types = await Promise.all(folders.map(async (folder) => (await declarationOf(folder)).type));
    for (const type of [
      'wardflow-feed',
      'wardflow-fhir-endpoint',
      'wardflow-hl7-endpoint',
      'hl7 in',
      'event',
      'idempotency gate',
      'rule table',
      'fhir read',
      'fhir write',
      'hl7 out',
      'hl7 ack',
      'http call',
      'wardflow-http-endpoint',
      'escalation timer',
      'console notice',
      'audit log',
      'message done',
      'message failed',
      'queue out',
      'queue in',
      'delay until',
      'dead letter in',
      'quarantine in',
      'fhir subscription in',
      'http event in',
      'hl7 edit',
      'hl7 build',
      'hl7 json',
      'hl7 to fhir',
      'hl7 split',
      'task create',
      'task update',
      'task wait',
      'approval',
      'alert',
    ]) {
      assert.ok(types.includes(type), type);
    }
    assert.equal(new Set(types).size, types.length);
  });

  for (const folder of folders) {
    describe(folder, () => {
      it('is named for its type and has every file', async () => {
        assert.equal(identityFrom((await declarationOf(folder)).type), folder);
        for (const file of ['runtime.ts', 'editor.ts', 'editor.html', 'help.md', 'locale.json', 'icon.svg']) {
          assert.ok(existsSync(join(NODES, folder, file)), file);
        }
        assert.ok(read(folder, 'help.md').length > 100, 'help.md says nothing');
      });

      it('has a text for every key that its form and its ports use, and uses every text', () => {
        const locale = localeOf(join(NODES, folder));
        const used = new Set<string>();
        for (const [, keys = ''] of formOf(join(NODES, folder)).matchAll(/data-i18n="([^"]+)"/g)) {
          for (const key of keys.split(';')) used.add(key.replace(/^\[\w+\]/, ''));
        }
        for (const [, key = ''] of read(folder, 'editor.ts').matchAll(/'(port\.[\w-]+)'/g)) used.add(key);
        for (const field of previewFieldsOf(folder)) used.add(`label.${field}`);
        for (const key of used) assert.equal(typeof lookUp(locale, key), 'string', `no text for ${key}`);
        const { kit: _kit, ...own } = locale as Record<string, unknown>;
        const leaves = (at: unknown, path: string): string[] =>
          typeof at === 'string'
            ? [path]
            : Object.entries(at as object).flatMap(([name, value]) =>
                leaves(value, path === '' ? name : `${path}.${name}`),
              );
        for (const key of leaves(own, '')) assert.ok(used.has(key), `nothing uses ${key}`);
      });

      it('has a field in its form for every property, and no other', async () => {
        const { properties, type } = await declarationOf(folder);
        const prefix = type.startsWith('wardflow-') ? 'node-config-input' : 'node-input';
        const html = formOf(join(NODES, folder));
        const fields = [
          ...html.matchAll(new RegExp(`id="${prefix}-([\\w]+)"`, 'g')),
          ...html.matchAll(/data-property="(\w+)"/g),
        ].map(([, name]) => String(name));
        assert.deepEqual(fields.toSorted(), Object.keys(properties).toSorted());
      });

      it('has examples whose nodes are set up rightly', async () => {
        const at = join(NODES, folder, 'examples');
        assert.ok(existsSync(at), 'no example');
        const declarations = await Promise.all(folders.map(declarationOf));
        for (const file of readdirSync(at)) {
          const nodes = JSON.parse(readFileSync(join(at, file), 'utf8')) as {
            id: string;
            type: string;
            wires?: string[][];
          }[];
          const ids = new Set(nodes.map(({ id }) => id));
          for (const node of nodes) {
            const declaration = declarations.find(({ type }) => type === node.type);
            if (declaration)
              assert.deepEqual(problemsOf(declaration, withDefaults(declaration, node)), [], `${file} ${node.id}`);
            for (const target of (node.wires ?? []).flat())
              assert.ok(ids.has(target), `${file} wires ${node.id} to ${target}`);
          }
        }
      });
    });
  }

  it('has a sentence for every problem that a check can find', () => {
    const kit = JSON.parse(read('kit/locale.json')) as object;
    const sources = [
      read('kit/checks.ts'),
      ...folders.map((folder) => read(folder, 'config.ts')),
      read('kit/register.ts'),
    ].join('\n');
    const keys = [...sources.matchAll(/'kit\.(problem\.[\w-]+)'/g)].map(([, key = '']) => key);
    assert.ok(keys.length > 10);
    for (const key of keys) assert.equal(typeof lookUp(kit, key), 'string', key);
  });
});
