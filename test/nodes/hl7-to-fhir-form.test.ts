/** The preview of `hl7 to fhir`, a message beside its resources: a real browser, a real staging runtime. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers, look, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { requireChromium } from '../kit/requires.ts';

const SAMPLE = [
  'MSH|^~\\&|ADT|NORTH|WARDFLOW|HOSPITAL|20260105083000||ADT^A01^ADT_A01|MADE-UP-1|P|2.5.1|||||||UNICODE UTF-8',
  'EVN||20260105083000',
  'PID|1||0004711^^^WARD&1.2.3&ISO^MR~99^^^OLD^PI||TESTFALL^ANNA^^^^^L||19700101|F|||1 MAIN ST^^TOWN^^12345^^H||555-0100^PRN^PH',
  'PV1|1|I|4W^12^A^NORTH||||0012^DOCTOR^WARD^^^Dr||||||||||||V100^^^NORTH^VN|||||||||||||||||||||||||20260105080000',
  'AL1|1|DA|1191^ASPIRIN^RXNORM|SV|HIVES',
  'ZBE|1|20260105',
].join('\r');

const node = (id: string, type: string, more: object, ...to: readonly string[]): object => ({
  id: `conv-${id}`,
  type,
  z: 'conv',
  x: 100,
  y: 100,
  name: '',
  ...more,
  wires: [to.map((one) => `conv-${one}`)],
});

const FLOW = [
  { id: 'conv', type: 'tab', label: 'Conversions', disabled: false, info: '' },
  node('in', 'hl7 in', { subscription: 'conv', feed: 'feed-hospital', types: ['ADT'], senders: [] }, 'convert'),
  node('convert', 'hl7 to fhir', {}, 'done'),
  node('done', 'message done', {}),
];

function writeDefinition(flows: string): void {
  const folder = join(flows, 'conversions');
  mkdirSync(join(folder, 'samples'), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  write('flow.json', `${JSON.stringify(FLOW, null, 2)}\n`);
  write('samples/admission.hl7', `${SAMPLE}\r`);
  write('README.md', '# Conversions\n\n## Runbook\n\nNothing.\n');
  const owner = { name: 'Test', role: 'tester', contact: 'test@example.org' };
  write(
    'intent.json',
    JSON.stringify({
      kind: 'intent',
      format: 1,
      title: 'Conversions',
      purpose: 'Shows what a message becomes.',
      owner,
      risk: 'low',
      feeds: ['hospital'],
      endpoints: [],
      dataUsed: [],
      runbook: 'Runbook',
      reviewBy: '2027-01-01',
    }),
  );
}

interface Editor {
  nodes: { node(id: string): object };
  editor: { edit(node: object): void };
}

describe('the form of hl7 to fhir', function () {
  this.timeout(120_000);
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  async function open(): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    page.on('pageerror', ({ message }) => trouble.push(message));
    const [name = '', value = ''] = (await bench.cookieOf('analyst')).split('=');
    await context.addCookies([{ name, value, url: bench.editorUrl }]);
    await page.goto(bench.editorUrl);
    await page.waitForFunction(() =>
      Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node?.('conv-convert')),
    );
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: Editor };
      RED.editor.edit(RED.nodes.node('conv-convert'));
    });
    // In a narrow window the side bars of the editor lie over its forms.
    await page.locator('.wardflow-conversion section').first().waitFor({ state: 'attached' });
  }
  const spot = (text: string | RegExp): Locator => page.locator('.wardflow-spot').filter({ hasText: text });
  const line = (): Locator => page.locator('.wardflow-lineage');

  before(async function () {
    const executablePath = requireChromium(this);
    bench = await startEditorBench({ definitions: ['_shared'], prepareFlows: writeDefinition });
    browser = await startBrowser(executablePath);
    await open();
  });
  afterEach(() => assert.deepEqual(trouble.splice(0), []));
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  it('follows a value to the field that it came from, and a field to its values', async () => {
    await spot(/name\[0\]\.family/)
      .first()
      .click();
    await line().getByText('name[0].family is from PID-5[1].1').waitFor();
    const field = spot('TESTFALL^ANNA');
    assert.match((await field.getAttribute('class')) ?? '', /wardflow-meets/);
    await spot(/^gender/).hover();
    await line().getByText('gender is from PID-8[1].1, by the code map administrative-sex').waitFor();
    await page.locator('.wardflow-lineage').hover();
    await line().getByText('name[0].family is from PID-5[1].1').waitFor();
    await field.click();
    await line()
      .getByText(/^PID-5 \(.+\) gives 3 values$/)
      .waitFor();
  });

  it('lists what is not told, with the reason in words', async () => {
    const row = page.locator('.wardflow-unmapped > li').filter({ hasText: 'ZBE[1]' });
    assert.match((await row.textContent()) ?? '', /nothing took it/);
    const time = page.locator('.wardflow-unmapped > li').filter({ hasText: 'PV1-44[1].1' });
    assert.match((await time.textContent()) ?? '', /no zone/);
  });

  for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 1440],
    ['light', 390],
    ['dark', 390],
  ] as const)
    it(`can be read and used by everybody, ${scheme} and ${width} pixels wide`, async () => {
      await look(page, { scheme, width });
      await spot(/name\[0\]\.family/)
        .first()
        .click();
      assert.deepEqual(await barriers(page, ['.wardflow-preview-section']), []);
      const folder = process.env['WARDFLOW_SCREENSHOTS'];
      if (folder) {
        await page.screenshot({ path: join(folder, `convert-${scheme}-${width}.png`) });
        await page.locator('.wardflow-unmapped').scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(folder, `convert-${scheme}-${width}-b.png`) });
      }
    });
});
