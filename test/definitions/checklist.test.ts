import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { packageRoot } from '../../engine/base/package-root.ts';
import { loadDefinitions, readDefinitions } from '../../engine/definitions/load.ts';

const CRITICAL = 'critical-lab-result';
const list = (...items: readonly object[]): object => ({
  kind: 'checklist',
  format: 1,
  name: 'bed',
  owner: { name: 'Bed management', contact: 'beds@example.org' },
  items,
});
const clean = { id: 'clean', text: 'Bed cleaned', role: 'cleaner', due: 'PT1H', compensate: 'Call the cleaner off' };

describe('a checklist', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'wardflow-flows-')), 'flows');
    await cp(join(packageRoot(), 'flows'), folder, { recursive: true });
    for (const one of ['_shared', CRITICAL]) await mkdir(join(folder, one, 'checklists'), { recursive: true });
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));
  const put = (json: object, path = `${CRITICAL}/checklists/bed.json`): Promise<void> =>
    writeFile(join(folder, path), JSON.stringify(json));
  const problems = async (): Promise<readonly string[]> =>
    (await readDefinitions(folder)).problems.map(({ file, text }) => `${file} ${text}`);

  it('is loaded with its definition, and changes its version', async () => {
    const before = (await loadDefinitions(folder)).byName(CRITICAL);
    await put(list(clean, { id: 'ready', text: 'Bed ready', after: ['clean'] }));
    const after = (await loadDefinitions(folder)).byName(CRITICAL);
    assert.notEqual(after?.version, before?.version);
    const { items, version } = after?.checklists.get('bed') ?? assert.fail('it is not there');
    assert.match(version, /^[0-9a-f]{64}$/);
    assert.deepEqual(items, [
      {
        id: 'clean',
        text: 'Bed cleaned',
        role: 'cleaner',
        dueMs: 3_600_000,
        after: [],
        compensate: 'Call the cleaner off',
      },
      { id: 'ready', text: 'Bed ready', role: null, dueMs: null, after: ['clean'], compensate: null },
    ]);
  });

  it('of _shared is everybody’s, and no other has its name', async () => {
    await put(list(clean), '_shared/checklists/bed.json');
    const set = await loadDefinitions(folder);
    assert.deepEqual(
      set.all.filter(({ checklists }) => !checklists.has('bed')),
      [],
    );
    await put(list(clean));
    assert.deepEqual(await problems(), [`${CRITICAL}/checklists/bed.json has a name that _shared has, too`]);
  });

  it('is refused with parts that could never be done', async () => {
    const part = (id: string, ...after: readonly string[]): object => ({ id, text: id, after });
    await put(list(part('a', 'c'), part('b', 'a'), part('c', 'b'), part('d', 'a'), part('e')));
    assert.deepEqual(await problems(), [`${CRITICAL}/checklists/bed.json the parts a, b, c, d wait for each other`]);
    await put(list(part('a', 'a')));
    assert.deepEqual(await problems(), [`${CRITICAL}/checklists/bed.json the parts a wait for each other`]);
  });

  it('is refused with parts that it does not have, twice has, or that take no time that can be told', async () => {
    const twice = { id: 'clean', text: 'Again', after: ['polish'], due: 'P1M' };
    await put({ ...list(clean, twice), name: 'beds' });
    assert.deepEqual(await problems(), [
      `${CRITICAL}/checklists/bed.json has the name "beds"`,
      `${CRITICAL}/checklists/bed.json has the part "clean" twice`,
      `${CRITICAL}/checklists/bed.json items[1].due is not a duration like PT2H`,
      `${CRITICAL}/checklists/bed.json the part "clean" comes after "polish", which is not in the list`,
    ]);
    await put(list({ ...clean, patient: 'x' }));
    assert.match((await problems()).join('\n'), /checklists\/bed\.json items\[0\] .*patient/);
    await put(list());
    assert.match((await problems()).join('\n'), /checklists\/bed\.json items /);
  });
});
