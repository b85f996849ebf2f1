import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createKey, type KeyFile } from '../../governance/bundle/index.ts';
import type { Role } from '../../governance/api/permissions.ts';
import { hashPassword } from '../../governance/server/passwords.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { startFakeGovernance, type FakeGovernance } from '../kit/fake-governance.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { syntheticProposal } from '../kit/synthetic-proposal.ts';
import { CHEAP, PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';
import { critical } from './diff/describe.ts';
import { editedFlow, editedTable, type Edited } from './diff/shipped.ts';

const PASSPHRASE = 'seven brown owls at noon';
const PEOPLE: Readonly<Record<string, readonly Role[]>> = {
  ana: ['analyst'],
  greta: ['clinical-governance'],
  emil: ['engineer', 'clinical-governance'],
};

/** A lower limit, a new row, one less, and a flow with a node changed, one new, one gone, one moved. */
function changed(): Readonly<Record<string, string>> {
  const tables = editedTable(critical, 'rules/critical-results.json', (table) => {
    const row = table.rows.find(({ when }) => when.some((cell) => /6\.\d/.test(cell)))!;
    row.when = row.when.map((cell) => cell.replace(/>=? ?6\.\d/, '>= 5.5'));
    table.rows.splice(2, 0, { ...structuredClone(table.rows[1]!), id: 'brand-new', note: 'A new one' });
    table.rows.splice(6, 1);
    table.reason = `${table.reason} Changed for the new analyser.`;
  });
  const flow = editedFlow(tables, (nodes) => {
    const at = (id: string): Edited => nodes.find((node) => node['id'] === id)!;
    at('crit-failed')['reason'] = 'Something went wrong: look at the runbook';
    at('crit-compare')['x'] = 700;
    at('crit-compare')['y'] = 480;
    nodes.splice(nodes.indexOf(at('crit-told-done')), 1);
    at('crit-told')['wires'] = [['crit-new']];
    at('crit-told')['finish'] = true;
    nodes.push({
      id: 'crit-new',
      type: 'function',
      z: 'critical',
      name: 'Count',
      func: 'let n = 1;\nreturn msg;\n',
      x: 860,
      y: 830,
      wires: [[]],
    });
  });
  return { ...flow, 'README.md': `${flow['README.md'] ?? ''}\nMore to read.\n` };
}

describe('proposals in the console', function () {
  this.timeout(60_000);
  let kit: TestConsole;
  let fake: FakeGovernance;
  let browser: Browser;
  const complaints: string[] = [];
  const keys = new Map<string, KeyFile>();

  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 5 }, webFolder: webFolder() });
    fake = await startFakeGovernance(kit.console.url);
    const password = await hashPassword(PASSWORD, CHEAP);
    for (const [username, roles] of Object.entries(PEOPLE)) {
      kit.console.accounts.create({
        username,
        displayName: username,
        roles: [...roles],
        password,
        initialPassword: false,
      });
      const file = await createKey(username, PASSPHRASE);
      keys.set(username, file);
      fake.keep(username, file);
      fake.trust(username, ...roles);
    }
    browser = await startBrowser(executable);
  });
  after(async () => {
    await browser?.close();
    await fake?.stop();
    await kit?.stop();
  });

  async function open(
    person: string,
    path: string,
    colorScheme: 'light' | 'dark' = 'light',
    width = 1440,
  ): Promise<Page> {
    const context: BrowserContext = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'console',
      (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`),
    );
    await page.goto(`${fake.url}${path}`);
    await page.getByLabel('User name').fill(person);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  it('say how one comes about while there is none', async () => {
    const page = await open('greta', '/proposals');
    await page.getByText('No change has been proposed yet').waitFor();
    await page.context().close();
  });

  it('look', async () => {
    fake.proposals.set(
      7,
      syntheticProposal({
        number: 7,
        definition: 'critical-lab-result',
        before: critical,
        after: changed(),
        policy: fake.policyHash,
      }),
    );
    const page = await open('greta', '/proposals/7');
    const folder = process.env['WARDFLOW_TEST_PICTURES'] ?? '/tmp';
    const shot = (name: string) => page.screenshot({ path: `${folder}/p-${name}.png`, fullPage: true });
    await shot('words');
    for (const view of ['flow', 'rules', 'files', 'checks', 'scenarios', 'discussion', 'history']) {
      await page.goto(`${fake.url}/proposals/7/${view}`);
      await page.waitForTimeout(view === 'flow' ? 2500 : 300);
      await shot(view);
    }
    await page.goto(`${fake.url}/proposals`);
    await page.waitForTimeout(500);
    await shot('list');
    await page.goto(`${fake.url}/proposals/7/flow`);
    await page.getByText('Before | after').click();
    await page.waitForTimeout(500);
    await shot('flow-slider');
    await page.getByText('Side by side').click();
    await page.waitForTimeout(500);
    await shot('flow-side');
    assert.deepEqual(await barriers(page), []);
    await page.context().close();
  });

  it('leave no complaint in the browser', () => {
    assert.deepEqual(complaints, []);
  });
});
