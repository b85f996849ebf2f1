/** What the form of the alert node shows of its policy on a sample: a real browser, a real staging runtime. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { readAlertPolicy } from '../../engine/alerts/alert-policy.ts';
import { Problems } from '../../engine/definitions/problem.ts';
import { tableBefore } from '../../nodes/alert/decision-before.ts';
import { previewOfAlert } from '../../nodes/alert/preview.ts';
import { alert } from '../../nodes/alert/config.ts';
import { withDefaults } from '../../nodes/kit/properties.ts';
import { barriers, look, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { alertPolicy } from '../kit/checked-definition.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { writeFormsDefinition } from '../kit/hl7-forms-definition.ts';
import { requireChromium } from '../kit/requires.ts';

const SHOTS = process.env['WARDFLOW_TEST_SHOTS'];
const POLICY = alertPolicy({
  tiers: [
    {
      name: 'page',
      when: 'event.data.value >= 6.5',
      to: { role: 'ward doctor' },
      channels: ['pager', 'console'],
      content: 'reference',
    },
    { name: 'note', when: 'true', to: { role: 'nurse' }, channels: ['mail'], content: 'minimum' },
  ],
  groupBy: ['event.subject', 'event.data.code'],
  suppress: [{ when: 'event.data.unit = "mg/dL"', reason: 'The analyser is being mended', until: '2099-01-01' }],
  resolveOn: 'event.data.value < 4',
});

describe('the preview of an alert', function () {
  this.timeout(120_000);

  describe('of a policy', () => {
    const rowsOf = async (
      data: { readonly subject?: string; readonly [field: string]: unknown },
      config: object = {},
    ): Promise<string[]> => {
      const policy = readAlertPolicy(POLICY, 'pages', new Problems('test'));
      assert.ok(policy);
      const definition = { name: 'forms', flow: [], rules: new Map(), alerts: new Map([['pages', policy]]) };
      const { subject, ...more } = data;
      const event = { name: 'lab.result.final', subject, data: more };
      const given = {
        config: withDefaults(alert, { alert: 'pages', policy: 'pages', title: 'A potassium', ...config }),
        msg: { payload: {}, event },
        definition,
        now: new Date('2026-06-01T12:00:00Z'),
        value: (source: string) => Promise.resolve(source),
      };
      const { rows } = await previewOfAlert(given as unknown as Parameters<typeof previewOfAlert>[0]);
      return rows
        .filter(({ field }) => field === 'policy')
        .map(({ label, value, problem }) => `${label}: ${problem?.title ?? String(value)}`);
    };
    const HIGH = { value: 7, code: '2823-3', subject: '900100011' };

    it('says the tier, the group without whose it is, and what each channel would say', async () => {
      assert.deepEqual(await rowsOf(HIGH), [
        'what happens: Tier page: ward doctor is told, unless one of this group is open or cooling down.',
        'grouped by: ••••11 + ••••-3, told once in 30 min',
        'says by pager: Wardflow: alert … (pages, page) /alerts/…',
        'or, where that fails, by console: A potassium',
      ]);
      assert.equal((await rowsOf({ ...HIGH, value: 5 }))[2], 'says by mail: Wardflow: A potassium /alerts/…');
    });

    it('says what holds it back, what ends it, and where nobody is meant', async () => {
      assert.deepEqual((await rowsOf({ ...HIGH, unit: 'mg/dL' }))[0]?.split(': ').slice(1), [
        'Tier page, but nobody is told until 2099-01-01',
        'The analyser is being mended',
      ]);
      assert.match((await rowsOf({ ...HIGH, value: 3 })).join(), /is over \(resolveOn\)/);
      assert.match((await rowsOf({ value: 7 }))[1] ?? '', /a group of its own/);
    });

    it('sees the decision of the nearest rule table before the node', () => {
      const wired = (id: string, type: string, more: object, ...to: string[]) => ({ id, type, wires: [to], ...more });
      const flow = [
        wired('in', 'hl7 in', {}, 'far'),
        wired('far', 'rule table', { table: 'far' }, 'near'),
        wired('near', 'rule table', { table: 'near' }, 'note'),
        // Back to itself: a loop ends the search, not the runtime.
        wired('note', 'audit log', {}, 'tell', 'note'),
        wired('tell', 'alert', { alert: 'pages' }, 'note'),
      ];
      assert.equal(tableBefore({ flow }, 'pages'), 'near');
      assert.equal(tableBefore({ flow: flow.slice(3) }, 'pages'), null);
      assert.equal(tableBefore({ flow }, 'other'), null);
    });

    it('names what cannot be asked, and a policy that is not there', async () => {
      assert.match(
        (await rowsOf({ ...HIGH, value: 'high' })).at(-1) ?? '',
        /cannot be asked of this message: resolveOn, tiers\[0\]\.when/,
      );
      assert.match((await rowsOf(HIGH, { policy: 'other' })).join(), /other/);
      assert.deepEqual(await rowsOf(HIGH, { policy: '' }), []);
    });
  });

  describe('in the editor', () => {
    let bench: EditorBench;
    let browser: Browser;
    let page: Page;
    before(async function () {
      const executablePath = requireChromium(this);
      bench = await startEditorBench({ definitions: ['_shared'], prepareFlows: writeAlertDefinition });
      browser = await startBrowser(executablePath);
      const context = await browser.newContext({ viewport: { width: 1300, height: 1100 } });
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

    for (const scheme of ['light', 'dark'] as const)
      it(`is open from the start, and readable (${scheme})`, async () => {
        await look(page, { scheme, width: 1300 });
        const panel = page.locator('.wardflow-preview');
        await panel.getByText('Tier page: ward doctor is told').waitFor();
        await panel.getByText('Wardflow: alert … (pages, page) /alerts/…').waitFor();
        await panel.scrollIntoViewIfNeeded();
        if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/form-${scheme}.png` });
        assert.deepEqual(await barriers(page, ['.wardflow-preview']), []);
      });
  });
});

interface Editor {
  nodes: { node(id: string): object };
  editor: { edit(node: object): void };
}

async function openForm(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() =>
    Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node?.('forms-alert')),
  );
  await page.evaluate(() => {
    const { RED } = globalThis as unknown as { RED: Editor };
    RED.editor.edit(RED.nodes.node('forms-alert'));
  });
  await page.locator('.red-ui-tray .form-row').first().waitFor({ state: 'visible' });
}

function writeAlertDefinition(flows: string): void {
  writeFormsDefinition(flows);
  const folder = join(flows, 'forms');
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts/pages.json'), JSON.stringify(POLICY));
  const file = join(folder, 'flow.json');
  const flow = JSON.parse(readFileSync(file, 'utf8')) as { id: string; wires?: string[][] }[];
  const node = {
    id: 'forms-alert',
    type: 'alert',
    z: 'forms',
    x: 300,
    y: 300,
    name: '',
    alert: 'pages',
    policy: 'pages',
    title: 'A critical potassium needs an answer',
    titleKind: 'str',
    unit: '',
    unitKind: 'msg',
    capacity: 8,
    finish: true,
    wires: [],
  };
  flow.find(({ id }) => id === 'forms-in')?.wires?.[0]?.push(node.id);
  writeFileSync(file, JSON.stringify([...flow, node]));
}
