import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { packageRoot } from '../../engine/base/package-root.ts';
import { definitionFromFiles, loadDefinitions, readDefinitions } from '../../engine/definitions/load.ts';
import type { Definition } from '../../engine/definitions/definition.ts';

type Json = Record<string, unknown>;

describe('definitions', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'wardflow-flows-')), 'flows');
    await cp(join(packageRoot(), 'flows'), folder, { recursive: true });
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  const CRITICAL = 'critical-lab-result';
  const at = (path: string): string => join(folder, path);
  async function edit(path: string, change: (json: Json) => unknown): Promise<void> {
    const json = JSON.parse(await readFile(at(path), 'utf8')) as Json;
    await writeFile(at(path), JSON.stringify(change(json) ?? json));
  }
  const problems = async (): Promise<readonly string[]> =>
    (await readDefinitions(folder)).problems.map(({ file, text }) => `${file} ${text}`);
  const load = async (name: string): Promise<Definition> => {
    const definition = (await loadDefinitions(folder)).byName(name);
    assert.ok(definition);
    return definition;
  };

  it('are found by name, by tab and by node', async () => {
    const set = await loadDefinitions(folder);
    assert.deepEqual(
      set.all.map(({ name }) => name),
      ['_shared', 'adt-coordination', CRITICAL, 'discharge-follow-up', 'referral-routing'],
    );
    assert.equal(set.ofNode('critical')?.name, CRITICAL);
    assert.equal(set.ofNode('dis-gate')?.name, 'discharge-follow-up');
    assert.equal(set.ofNode('feed-hospital')?.name, '_shared');
    assert.equal(set.ofNode('nobody'), undefined);
    const ladder = set.byName(CRITICAL)?.ladders.get('critical-result');
    assert.deepEqual(
      ladder?.steps.map(({ afterMs, to }) => [afterMs, to]),
      [
        [0, 'charge nurse'],
        [600_000, 'ward doctor'],
        [1_200_000, 'doctor on call'],
        [1_800_000, 'clinical site manager'],
      ],
    );
  });

  it('have a version that follows their meaning', async () => {
    const before = await load(CRITICAL);
    assert.match(before.version, /^[0-9a-f]{64}$/);
    await edit(`${CRITICAL}/rules/critical-results.json`, (json) =>
      Object.fromEntries(Object.entries(json).toReversed()),
    );
    assert.equal((await load(CRITICAL)).version, before.version, 'order and spaces are no change');
    await edit(`${CRITICAL}/ladders/critical-result.json`, (json) => ({ ...json, exhausted: 'fallback' }));
    const after = await load(CRITICAL);
    assert.notEqual(after.version, before.version);
    await writeFile(at('_shared/README.md'), `${await readFile(at('_shared/README.md'), 'utf8')}\nOne more word.\n`);
    assert.notEqual((await load(CRITICAL)).version, after.version, 'what it uses has changed');
  });

  it('can be built again from the files that were kept', async () => {
    const { name, version, files, rules } = await load(CRITICAL);
    const again = definitionFromFiles(name, JSON.parse(JSON.stringify(files)) as Record<string, string>);
    assert.equal(again.version, version);
    assert.equal(again.rules.get('critical-results')?.version, rules.get('critical-results')?.version);
    assert.deepEqual(again.files, files);
    assert.throws(() => definitionFromFiles(name, { 'flow.json': '[]' }), { code: 'definitions-invalid' });
  });

  it('are told all that is wrong at once, each with its file', async () => {
    await edit(`${CRITICAL}/rules/critical-results.json`, (json) => {
      (json['rows'] as { id: string; when: string[] }[]).find((row) => row.id === 'k-high')!.when[2] = '> six';
    });
    await edit(`${CRITICAL}/ladders/result-review.json`, (json) => ({ ...json, clock: { zone: 'UTC' } }));
    await edit('discharge-follow-up/intent.json', (json) => ({ ...json, risc: 'low', runbook: 'Elsewhere' }));
    await writeFile(at('discharge-follow-up/rules/extra.json'), '{"kind": "rule-table", "kind": "x"}');
    await writeFile(at('discharge-follow-up/rules/broken.json'), '{\n  "kind": }');
    await writeFile(at('discharge-follow-up/samples/half.json'), '{"kind": "\\ud800"}');
    const told = await problems();
    for (const part of [
      `${CRITICAL}/rules/critical-results.json The rule table critical-results cannot be used: row k-high, column value cannot be read at character 3`,
      `${CRITICAL}/ladders/result-review.json clock lacks "hours"`,
      'discharge-follow-up/intent.json the file has an unknown key "risc" (did you mean "risk"?)',
      'discharge-follow-up/rules/extra.json has the key "kind" twice in one object',
      'discharge-follow-up/rules/broken.json is not JSON (line 2)',
      'discharge-follow-up/samples/half.json holds text that has no canonical form',
    ])
      assert.ok(
        told.some((one) => one.startsWith(part)),
        `${part} in\n${told.join('\n')}`,
      );
    await assert.rejects(loadDefinitions(folder), (error: Error & { code?: string; remedy?: string }) => {
      assert.equal(error.code, 'definitions-invalid');
      assert.ok(error.message.includes('k-high') && error.message.includes('risc'));
      return true;
    });
  });

  it('refuse links, and foreign files and folders', async () => {
    await symlink('/etc/hostname', at(`${CRITICAL}/rules/link.json`));
    await symlink(folder, at('linked'));
    await writeFile(at(`${CRITICAL}/notes.txt`), 'x');
    await writeFile(at(`${CRITICAL}/rules/Upper.json`), '{}');
    await mkdir(at(`${CRITICAL}/rule`));
    await mkdir(at('Bad Name'));
    await writeFile(at(`${CRITICAL}/samples/latin1.hl7`), Buffer.from([0x4d, 0xfc]));
    const told = await problems();
    for (const part of [
      `${CRITICAL}/rules/link.json is no regular file`,
      'linked is no folder',
      `${CRITICAL}/notes.txt has no place in a definition`,
      `${CRITICAL}/rules/Upper.json has no place`,
      `${CRITICAL}/rule is a folder that a definition does not have`,
      'Bad Name is no name for a definition',
      `${CRITICAL}/samples/latin1.hl7 is not UTF-8 text`,
    ])
      assert.ok(
        told.some((one) => one.startsWith(part)),
        `${part} in\n${told.join('\n')}`,
      );
  });

  it('refuse a flow that names what is not there', async () => {
    await edit(`${CRITICAL}/flow.json`, (json) => {
      const nodes = json as unknown as Json[];
      const find = (id: string): Json => nodes.find((node) => node['id'] === id)!;
      find('crit-rule')['table'] = 'critical-result';
      return nodes;
    });
    assert.deepEqual(await problems(), [
      `${CRITICAL}/flow.json the node "Critical results" names the rule table "critical-result", which is not in rules/`,
    ]);
    await edit('discharge-follow-up/flow.json', (json) => {
      const nodes = json as unknown as Json[];
      nodes.push({ id: 'feed-hospital', type: 'debug', z: 'discharge', wires: [['nowhere']], credentials: {} });
      return nodes;
    });
    const told = (await problems()).join('\n');
    assert.match(told, /discharge-follow-up\/flow\.json has credentials in the node feed-hospital/);
    assert.match(told, /discharge-follow-up\/flow\.json wires the node feed-hospital to nowhere/);
  });

  it('refuse nodes that would start and do nothing, naming each', async () => {
    await edit(`${CRITICAL}/flow.json`, (json) => {
      const nodes = json as unknown as Json[];
      const hl7In = nodes.find((node) => node['type'] === 'hl7 in')!;
      const write = nodes.find((node) => node['type'] === 'fhir write')!;
      const more = (id: string, changes: Json): Json => ({ ...hl7In, id, name: '', wires: [], ...changes });
      nodes.push(
        more('twice', {}),
        more('no-feed', { subscription: 'b', feed: '' }),
        more('lost-feed', { subscription: 'c', feed: 'gone' }),
        more('nameless', { subscription: ' ' }),
        more('resting', { subscription: '', feed: '', d: true }),
        { ...write, id: 'no-effect', name: '', effect: '', wires: [] },
      );
      return nodes;
    });
    await edit('_shared/flow.json', (json) => {
      const nodes = json as unknown as Json[];
      const feed = nodes.find((node) => node['type'] === 'wardflow-feed')!;
      nodes.push({ ...feed, id: 'second-feed' });
      return nodes;
    });
    const told = await problems();
    for (const part of [
      /^critical-lab-result\/flow\.json the nodes ".+" and twice have one subscription name, "lab-results"$/,
      /the node no-feed has no feed$/,
      /the node lost-feed has a feed that is not there \(gone\)$/,
      /the node nameless \(hl7 in\) has no usable subscription/,
      /the node no-effect \(fhir write\) has no usable effect/,
      /^_shared\/flow\.json the feed nodes .+ and second-feed have one name, "hospital"$/,
    ])
      assert.equal(told.filter((one) => part.test(one)).length, 1, `${String(part)} in\n${told.join('\n')}`);
    assert.equal(told.length, 6, told.join('\n'));
  });

  it('refuse a node id that two definitions have', async () => {
    await edit('discharge-follow-up/flow.json', (json) => {
      const nodes = json as unknown as Json[];
      nodes.push({ id: 'crit-in', type: 'debug', z: 'discharge', wires: [] });
      return nodes;
    });
    assert.deepEqual(await problems(), [
      'discharge-follow-up/flow.json has the node id crit-in, which critical-lab-result has, too',
    ]);
  });

  it('do not judge the others while _shared is broken', async () => {
    await rm(at('_shared/intent.json'));
    assert.deepEqual(await problems(), ['_shared/intent.json is missing']);
  });

  it('never make the folder that is missing', async () => {
    await assert.rejects(loadDefinitions(at('nowhere')), { code: 'definitions-folder-missing' });
    await assert.rejects(readFile(at('nowhere')), { code: 'ENOENT' });
  });
});
