/** The form of the event node: a real browser, a real staging runtime. Node-RED's editor is not made for narrower windows. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { barriers, look, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { writeFormsDefinition } from '../kit/hl7-forms-definition.ts';
import { requireChromium } from '../kit/requires.ts';

const SHOTS = process.env['WARDFLOW_TEST_SHOTS'];

describe('the form of event in the editor', function () {
  this.timeout(180_000);
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  before(async function () {
    const executablePath = requireChromium(this);
    bench = await startEditorBench({ definitions: ['_shared'], prepareFlows: writeEventDefinition });
    browser = await startBrowser(executablePath);
    const context = await browser.newContext({ viewport: { width: 1440, height: 1100 } });
    const [name = '', value = ''] = (await bench.cookieOf('analyst')).split('=');
    await context.addCookies([{ name, value, url: bench.editorUrl }]);
    page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    await openForm(page, bench.editorUrl);
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 1024],
  ] as const)
    it(`offers the catalogue, and shows where the sample goes (${scheme}, ${width} wide)`, async () => {
      await look(page, { scheme, width });
      const panel = page.locator('.wardflow-preview');
      await panel.getByText('2: lab.result.*').waitFor();
      const field = page.locator('[data-property="routes"] input').first();
      assert.equal(await field.inputValue(), 'patient.discharged');
      const offered = page.locator(`datalist#${await field.getAttribute('list')} option`);
      assert.ok((await offered.count()) > 40);
      assert.match((await offered.first().textContent()) ?? '', /\w+ .*\./);
      if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/event-${scheme}-${width}.png` });
      assert.deepEqual(await barriers(page, ['.wardflow-preview']), []);
    });
});

interface Editor {
  nodes: { node(id: string): object };
  editor: { edit(node: object): void };
}

async function openForm(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() =>
    Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node?.('forms-event')),
  );
  await page.evaluate(() => {
    const { RED } = globalThis as unknown as { RED: Editor };
    RED.editor.edit(RED.nodes.node('forms-event'));
  });
}

function writeEventDefinition(flows: string): void {
  writeFormsDefinition(flows);
  const path = join(flows, 'forms/flow.json');
  const flow = JSON.parse(readFileSync(path, 'utf8')) as {
    id: string;
    wires?: string[][];
    [setting: string]: unknown;
  }[];
  for (const one of flow) if (one.id === 'forms-in') one.wires?.[0]?.push('forms-event');
  flow.push({
    id: 'forms-event',
    type: 'event',
    z: 'forms',
    x: 300,
    y: 240,
    name: '',
    routes: ['patient.discharged', 'lab.result.*'],
    classes: [],
    units: [],
    mode: 'any',
    late: 'any',
    wires: [['forms-done'], ['forms-done'], ['forms-done']],
  });
  writeFileSync(path, JSON.stringify(flow));
}
