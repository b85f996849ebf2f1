import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { checkErrors } from '../../governance/checks/errors.ts';
import { checkFolder } from '../../governance/checks/check-folder.ts';
import { loadCatalogue } from '../../governance/checks/load-catalogue.ts';
import { nodeCatalogue, type NodeCatalogue } from '../../governance/checks/node-catalogue.ts';
import { filesOf, findingsOf } from '../kit/checked-definition.ts';
import { CASES as OTHERS, through } from './checks-cases.ts';
import { IDENTITY_CASES } from './checks-cases-identity.ts';
import { TABLE_CASES } from './checks-cases-tables.ts';
import { TASK_CASES } from './checks-cases-tasks.ts';

const CASES = [...OTHERS, ...TABLE_CASES, ...TASK_CASES, ...IDENTITY_CASES];

describe('the checks of a definition', function () {
  this.timeout(180_000);
  let catalogue: NodeCatalogue;
  before(async () => {
    catalogue = await loadCatalogue();
  });

  it('find nothing in a sound definition', async () => {
    assert.deepEqual(await findingsOf(catalogue, {}), []);
  });

  for (const [code, what, wrong, right] of CASES) {
    it(`${code}: find ${what}, and not what is next to it`, async () => {
      const found = (await findingsOf(catalogue, wrong)).filter((one) => one.code === code);
      assert.notEqual(found.length, 0, JSON.stringify(await findingsOf(catalogue, wrong)));
      for (const { text, remedy } of found) assert.doesNotMatch(`${text} ${remedy}`, /\{\w+\}|undefined/);
      const none = (await findingsOf(catalogue, right)).filter((one) => one.code === code);
      assert.deepEqual(none, []);
    });
  }

  it('find a module that is not ours, and a node set that does not load', async () => {
    const foreign = nodeCatalogue(
      [
        ...catalogue.sets,
        { id: 'x/pigeon', module: 'x', version: '1.2.3', types: ['pigeon'], error: null },
        { id: 'y/owl', module: 'y', version: '0.1.0', types: ['owl'], error: 'SyntaxError' },
      ],
      [],
      {},
    );
    const codes = async (type: string): Promise<readonly string[]> =>
      (await findingsOf(foreign, through(type))).map(({ code }) => code);
    assert.ok((await codes('pigeon')).includes('foreign-node'));
    assert.ok((await codes('owl')).includes('node-broken'));
    assert.ok(!(await codes('change')).includes('foreign-node'));
  });

  it('ask for scenarios', async () => {
    const { 'scenarios/plain.json': plain, ...files } = filesOf({});
    assert.ok(plain);
    const found = await findingsOf(catalogue, { request: { files } });
    assert.deepEqual(
      found.map(({ code }) => code),
      ['scenarios-missing'],
    );
  });

  it('have a test for every code', () => {
    const elsewhere = [
      'definition-not-found',
      'catalogue-unreadable',
      'foreign-node',
      'node-broken',
      'scenarios-missing',
    ];
    const tested = new Set<string>([...CASES.map(([code]) => code), ...elsewhere]);
    assert.deepEqual(
      Object.keys(checkErrors.entries).filter((code) => !tested.has(code)),
      [],
    );
  });

  it('name the node and the file', async () => {
    const [found] = await findingsOf(catalogue, through('exec', { name: 'Run it' }));
    assert.equal(found?.code, 'node-forbidden');
    assert.deepEqual(found.node, { id: 'n', type: 'exec', name: 'Run it' });
    assert.equal(found.file, 'flow.json');
    assert.equal(found.severity, 'error');
  });

  it('find neither error nor warning in the shipped definitions', async () => {
    const checked = await checkFolder({ folder: 'flows', catalogue, now: new Date('2026-06-01T00:00:00Z') });
    assert.ok(checked.length >= 3);
    const grave = checked.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'notice'));
    assert.deepEqual(grave, []);
  });

  it('refuse a definition that is not there', async () => {
    await assert.rejects(checkFolder({ folder: 'flows', names: ['nothing'], catalogue, now: new Date() }), {
      code: 'definition-not-found',
    });
  });
});

describe('the catalogue of node types', function () {
  this.timeout(180_000);

  it("lists Node-RED's own nodes and ours with their modules, and not those that a runtime leaves out", async () => {
    const catalogue = await loadCatalogue();
    assert.equal(catalogue.setOf('switch')?.module, 'node-red');
    assert.equal(catalogue.modules['node-red'], '5.0.7');
    assert.equal(catalogue.setOf('hl7 in')?.module, 'wardflow-nodes');
    assert.equal(catalogue.setOf('exec'), undefined);
    assert.equal(catalogue.ownNode('rule table')?.outputs({ noMatch: 'output' }), 2);
  });

  it('is refused where the palette is not there: every node of ours would look unknown', async () => {
    await assert.rejects(loadCatalogue('/nonexistent'), { code: 'catalogue-unreadable' });
  });
});
