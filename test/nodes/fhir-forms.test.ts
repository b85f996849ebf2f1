/** Forms of FHIR nodes: a real browser, a real staging runtime, and a server that states less than the standard has. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { AuditList } from '../../runtime/api/contract.ts';
import { fhirWrite } from '../../nodes/fhir-write/config.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { requireChromium } from '../kit/requires.ts';

interface Editor {
  nodes: { node(id: string): { _def: { category: string }; type: string; id: string; steps?: unknown } };
  editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void };
}

const FLOW = [
  { id: 'fhir', type: 'tab', label: 'FHIR', disabled: false, info: '' },
  { id: 'fhir-ehr', type: 'wardflow-fhir-endpoint', name: 'ehr' },
  node('read', 'fhir read', {
    operation: 'search',
    resourceType: 'Patient',
    parameters: [
      { name: 'identifier', value: 'identifier.first().value', kind: 'fhirpath' },
      { name: 'birthdate', value: 'payload.birthDate', kind: 'jsonata' },
    ],
  }),
  node('patch', 'fhir write', {
    effect: 'patch',
    operation: 'patch',
    resourceType: 'Task',
    reference: 'fhir.reference',
    steps: [
      { do: 'set', path: 'status', value: 'accepted', kind: 'str' },
      { do: 'append', path: 'note', value: '{ "text": "Seen" }', kind: 'jsonata' },
      { do: 'remove', path: 'description', value: '', kind: 'str' },
    ],
  }),
  node('create', 'fhir write', {
    ...Object.fromEntries(Object.entries(fhirWrite.properties).map(([name, { value }]) => [name, value])),
    endpoint: 'fhir-ehr',
    effect: 'create',
    resource: `{ "status": "requested", "intent": "wish", "description": payload.identifier.value, "note": [[1..20].{ "text": "a" }] }`,
  }),
  node('check', 'fhir validate', {
    resource: '$merge([payload, { "gender": "person" }])',
    resourceKind: 'jsonata',
    onErrors: 'output',
    onWarnings: 'valid',
  }),
];

function node(id: string, type: string, more: object): object {
  return { id: `fhir-${id}`, type, z: 'fhir', x: 100, y: 100, name: '', endpoint: 'fhir-ehr', ...more, wires: [] };
}

function writeDefinition(flows: string): void {
  const folder = join(flows, 'fhir');
  mkdirSync(join(folder, 'samples'), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  write('flow.json', `${JSON.stringify(FLOW, null, 2)}\n`);
  write('README.md', '# FHIR\n\n## Runbook\n\nNothing.\n');
  write(
    'samples/patient.json',
    JSON.stringify({ resourceType: 'Patient', birthDate: '1970-01-01', identifier: [{ value: 'MADE-UP-1' }] }),
  );
  write(
    'intent.json',
    JSON.stringify({
      kind: 'intent',
      format: 1,
      title: 'FHIR',
      purpose: 'Shows forms.',
      owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
      risk: 'low',
      feeds: [],
      endpoints: ['ehr'],
      dataUsed: [],
      runbook: 'Runbook',
      reviewBy: '2027-01-01',
    }),
  );
}

describe('forms about FHIR in the editor', function () {
  this.timeout(120_000);
  let server: FhirSimulator;
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  const edit = async (id: string): Promise<void> => {
    await page.evaluate((one) => {
      const { RED } = globalThis as unknown as { RED: Editor };
      const found = RED.nodes.node(one);
      if (found._def.category === 'config') RED.editor.editConfig('', found.type, found.id);
      else RED.editor.edit(found);
    }, id);
    await page.locator('.red-ui-tray .form-row').first().waitFor({ state: 'visible' });
    await page.waitForFunction(() => document.activeElement?.closest('.red-ui-tray') !== null);
  };
  const close = async (how: 'ok' | 'cancel'): Promise<void> => {
    const button = page.locator(`#node-dialog-${how}, #node-config-dialog-${how}`).last();
    if (!(await button.isVisible())) return;
    await button.click();
    await button.waitFor({ state: 'hidden' });
  };
  const lines = async (): Promise<readonly string[]> => {
    await page.locator('.wardflow-suggestions').waitFor({ state: 'visible' });
    return page.locator('.wardflow-suggestions li').allInnerTexts();
  };
  const folded = (title: string) => page.locator('summary', { hasText: title });
  const shown = async (selector: string, wanted: RegExp): Promise<void> => {
    await page.locator(selector, { hasText: wanted }).first().waitFor({ state: 'visible' });
  };

  before(async function () {
    const executablePath = requireChromium(this);
    server = await FhirSimulator.start({
      others: ({ type }) => Promise.resolve(type === 'metadata' ? { status: 200, headers: {}, body: STATEMENT } : null),
    });
    bench = await startEditorBench({ definitions: ['_shared'], prepareFlows: writeDefinition, fhirBase: server.base });
    browser = await startBrowser(executablePath);
    const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => trouble.push(message));
    const [name = '', value = ''] = (await bench.cookieOf('analyst')).split('=');
    await context.addCookies([{ name, value, url: bench.editorUrl }]);
    await page.goto(bench.editorUrl);
    await page.waitForFunction(() =>
      Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node?.('fhir-check')),
    );
  });
  afterEach(async () => {
    await close('cancel');
    assert.deepEqual(trouble.splice(0), []);
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
    await server?.close();
  });

  it('complete resource types and search parameters, and mark what the server does not state', async () => {
    await edit('fhir-read');
    await shown('[data-widget="fhir-server"]', /Example EHR 7, FHIR 4\.0\.1/);
    const type = page.locator('#node-input-resourceType');
    await type.fill('Obs');
    const [observation = ''] = await lines();
    assert.match(observation, /Observation[\s\S]*not stated by this server/);
    await type.press('ArrowDown');
    await type.press('Enter');
    assert.equal(await type.inputValue(), 'Observation');
    await shown('.wardflow-path-note', /does not state this resource type/);
    await type.fill('Patient');
    await page.locator('ol[data-property="parameters"] input.wardflow-name').nth(1).fill('birth');
    const [birth = ''] = await lines();
    assert.match(birth, /birthdate[\s\S]*not stated by this server/);
    assert.deepEqual(await barriers(page, ['.wardflow-suggestions']), []);
  });

  it('show what FHIRPath comes to on a FHIR sample', async () => {
    await edit('fhir-read');
    await folded('Preview on a message').click();
    await shown('.wardflow-preview-rows', /MADE-UP-1/);
  });

  it('try a search on the server, with the values of the sample and with others', async () => {
    server.put({ resourceType: 'Patient', id: 'one', identifier: [{ value: 'MADE-UP-1' }], birthDate: '1970-01-01' });
    server.put({ resourceType: 'Patient', id: 'two', identifier: [{ value: 'MADE-UP-2' }], birthDate: '1971-02-02' });
    await edit('fhir-read');
    if (await page.locator('.wardflow-preview-rows').isHidden()) await folded('Preview on a message').click();
    await folded('Try it on the server').click();
    const identifier = page.getByRole('textbox', { name: 'identifier' }).last();
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('.wardflow-look-fields input')?.value === 'MADE-UP-1',
    );
    // The simulator knows no search by birthdate.
    await page.locator('.wardflow-look-fields input').nth(1).fill('');
    await page.getByRole('button', { name: 'Ask the server' }).click();
    await shown('.wardflow-facts-ok', /1 found[\s\S]*\d+ ms/);
    await shown('.wardflow-look-found', /Patient\/one[\s\S]*version 1/);
    await identifier.fill('MADE-UP-2');
    await identifier.press('Enter');
    await shown('.wardflow-look-found', /Patient\/two/);
    await folded('What the server answered').click();
    await shown('.wardflow-look-json', /"MADE-UP-2"/);
    assert.deepEqual(await barriers(page, ['.wardflow-preview-section:last-of-type']), []);
    await page.locator('#node-input-operation').selectOption('read');
    await page.getByRole('button', { name: 'Ask the server' }).click();
    await shown('.wardflow-look-answer .wardflow-preview-problem', /Id is empty/);
    const { records } = await bench.runtime.api<AuditList>('/audit?type=ehr.looked-at');
    assert.equal(records.length, 2);
    assert.ok(!JSON.stringify(records).includes('MADE-UP'));
  });

  it('show the request of a write and what is wrong with it, and make none', async () => {
    const before = server.requests.length;
    await edit('fhir-create');
    if (await page.locator('.wardflow-preview-rows').isHidden()) await folded('Preview on a message').click();
    await shown('.wardflow-preview-rows', /POST \[ehr\]\/Task\s+If-None-Exist: identifier=urn%3Awardflow%3Aeffect/);
    await shown('.wardflow-preview-rows', /"description": "MADE-UP-1"/);
    await shown('.wardflow-preview-problem', /^Task\.intent: /);
    assert.deepEqual(await barriers(page, ['.wardflow-preview-section']), []);
    const asked = server.requests.slice(before).filter(({ method }) => method !== 'GET');
    assert.deepEqual(asked, []);
  });

  it('show what is found on a sample, and by which output it leaves', async () => {
    await edit('fhir-check');
    await folded('Preview on a message').click();
    await shown('.wardflow-preview-rows', /Leaves by output\s*2: errors\s*Found\s*Patient\.gender: /);
    assert.deepEqual(await barriers(page, ['.wardflow-preview-section']), []);
  });

  it('complete elements in the steps of a patch, and keep the steps', async () => {
    await edit('fhir-patch');
    assert.ok((await page.getByRole('button', { name: 'Edit the expression in a larger field' }).count()) > 0);
    const path = page.locator('.wardflow-step-path').first();
    await path.fill('businessS');
    assert.match((await lines())[0] ?? '', /businessStatus[\s\S]*CodeableConcept/);
    await path.press('ArrowDown');
    await path.press('Enter');
    await close('ok');
    const steps = await page.evaluate(
      () => (globalThis as unknown as { RED: Editor }).RED.nodes.node('fhir-patch').steps,
    );
    assert.deepEqual(steps, [
      { do: 'set', path: 'businessStatus', value: 'accepted', kind: 'str' },
      { do: 'append', path: 'note', value: '{ "text": "Seen" }', kind: 'jsonata' },
      { do: 'remove', path: 'description', value: '', kind: 'str' },
    ]);
  });

  it('test a connection, and say what is wrong with one', async () => {
    await edit('fhir-ehr');
    const button = page.getByRole('button', { name: 'Test the connection' });
    await button.click();
    await shown('.wardflow-facts-ok', /it answers[\s\S]*Example EHR 7[\s\S]*none are bound/);
    await page.locator('#node-config-input-name').fill('nowhere');
    await button.click();
    await shown('.wardflow-fhir-test .wardflow-preview-problem', /nowhere/);
    assert.deepEqual(await barriers(page, ['.wardflow-fhir-test']), []);
  });
});

const STATEMENT = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  fhirVersion: '4.0.1',
  software: { name: 'Example EHR', version: '7' },
  rest: [
    {
      mode: 'server',
      resource: [
        {
          type: 'Patient',
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          searchParam: [{ name: 'identifier', type: 'token' }],
        },
        { type: 'Task', interaction: [{ code: 'read' }, { code: 'create' }, { code: 'update' }] },
      ],
    },
  ],
};
