/** The sidebar in a real editor: of a real staging, with a real console. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { ProposalList } from '../../../governance/api/proposal-contract.ts';
import { definitionFromFiles } from '../../../engine/index.ts';
import { createBundle, readBundle } from '../../../governance/bundle/index.ts';
import { barriers, startBrowser } from '../../kit/browser.ts';
import { ReleaseKit } from '../../kit/release-kit.ts';
import { requireChromium } from '../../kit/requires.ts';
import { freePort, RuntimeProcess } from '../../kit/runtime-process.ts';
import { startTestConsole } from '../../kit/test-console.ts';
import { smallDefinitions } from '../../gate/small-definitions.ts';
import { approved, signed } from '../bundle/ceremony.ts';
import { ProposalBench } from './bench.ts';

interface Editor {
  readonly nodes: {
    node(id: string): (Record<string, unknown> & { changed?: boolean }) | null;
    dirty(state?: boolean): boolean;
  };
  readonly view: { redraw(all?: boolean): void };
  readonly sidebar: { show(id: string): void };
  readonly actions: { invoke(name: string): void };
}
interface Flows {
  readonly flows: readonly { readonly id: string; readonly [property: string]: unknown }[];
  readonly rev: string;
}

/** For who wants to look at it. */
const shoot = async (of: Page, name: string): Promise<void> => {
  const folder = process.env['WARDFLOW_TEST_SHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await of.screenshot({ path: join(folder, `${name}.png`) });
};

describe('the sidebar of the editor', function () {
  this.timeout(120_000);
  let staging: RuntimeProcess;
  let bench: ProposalBench;
  let browser: Browser;
  /** Each opening of the editor takes seconds. */
  let page: Page;
  const trouble: string[] = [];

  before(async function () {
    const executable = requireChromium(this);
    const consolePort = await freePort();
    staging = await RuntimeProcess.start({
      definitions: ['_shared', 'critical-lab-result'],
      env: { WARDFLOW_GOVERNANCE_PORT: String(consolePort) },
    });
    bench = await ProposalBench.start({ staging, consolePort });
    await bench.release((await bench.approved({ title: 'The first' })).number);
    browser = await startBrowser(executable);
    page = await open('ana');
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
    await staging?.dispose();
  });

  const ready = async (of: Page): Promise<Page> => {
    await of.waitForFunction(() => (globalThis as unknown as { RED?: Editor }).RED?.nodes?.node('crit-started'));
    await of.evaluate(() => (globalThis as unknown as { RED: Editor }).RED.sidebar.show('wardflow-definition'));
    return of;
  };
  const open = async (username: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const [name = '', value = ''] = (await bench.cookie(username)).split('=');
    await context.addCookies([{ name, value, url: `http://127.0.0.1:${staging.port}` }]);
    const opened = await context.newPage();
    opened.on('pageerror', (error) => trouble.push(error.message));
    await opened.goto(`http://127.0.0.1:${staging.port}/`);
    return ready(opened);
  };
  /** As if it had been typed into the node's form. */
  const change = (of: Page, id: string, property: string, value: string): Promise<void> =>
    of.evaluate(
      ([node, key, next]) => {
        const { RED } = globalThis as unknown as { RED: Editor };
        const found = RED.nodes.node(node);
        if (!found) throw new Error('there is no such node');
        found[key] = next;
        found.changed = true;
        RED.nodes.dirty(true);
        RED.view.redraw(true);
      },
      [id, property, value] as const,
    );
  const deploy = (of: Page): Promise<void> =>
    of.evaluate(() => (globalThis as unknown as { RED: Editor }).RED.actions.invoke('core:deploy-flows'));
  const running = (): Promise<Flows> =>
    fetch(`http://127.0.0.1:${staging.port}/flows`, {
      headers: { authorization: `Bearer ${staging.token}`, 'node-red-api-version': 'v2' },
    }).then((answer) => answer.json() as Promise<Flows>);
  const textOf = async (id: string): Promise<unknown> => (await running()).flows.find((one) => one.id === id)?.['text'];
  it('shows why the definition is there, and what production runs', async () => {
    const sidebar = page.locator('.wf-sidebar');
    await sidebar.getByRole('heading', { name: 'Critical lab result follow-up' }).waitFor();
    const text = await sidebar.innerText();
    assert.match(text, /critical risk/);
    assert.match(text, /Laboratory safety committee/);
    assert.match(text, /production runs the same/i);
    assert.match(text, /1\. The first\s*released/);
    assert.equal(await sidebar.getByRole('button', { name: 'Submit for review…' }).isDisabled(), true);
    await shoot(page, 'sidebar-same');
  });

  it('submits what is deployed, after it was deployed, as a draft', async () => {
    const sidebar = page.locator('.wf-sidebar');
    await sidebar.getByText('production runs the same').waitFor();
    await change(page, 'crit-started', 'text', 'Escalation began');
    await deploy(page);
    await sidebar.getByText('Changed from production (1)').waitFor();
    await change(page, 'crit-told', 'text', 'Somebody was told');
    await sidebar.getByRole('button', { name: 'Submit for review…' }).click();
    await sidebar.getByText('There are changes that are not deployed').waitFor();
    await shoot(page, 'sidebar-deploy-first');
    await sidebar.getByRole('button', { name: 'Deploy', exact: true }).click();
    const title = sidebar.getByLabel('Title');
    await title.waitFor();
    await title.fill('Say it in other words');
    await sidebar.getByLabel(/What it changes/).fill('The records are easier to read.');
    await sidebar.getByText('Changed from production (2)').waitFor();
    assert.equal(
      await title.inputValue(),
      'Say it in other words',
      'what is written stays while the rest is refreshed',
    );
    await shoot(page, 'sidebar-form');
    assert.deepEqual(
      (await barriers(page)).filter((one) => one.includes('wf-')),
      [],
    );
    await sidebar.getByRole('button', { name: 'Submit', exact: true }).click();
    const link = sidebar.getByRole('link', { name: 'proposal 2' });
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), `${bench.kit.console.url}/proposals/2`);
    await sidebar.getByText('2. Say it in other words').waitFor();
    await shoot(page, 'sidebar-submitted');
    const { proposals } = (await bench.as('ana', '/proposals?state=draft')).json<ProposalList>();
    assert.deepEqual(
      proposals.map(({ author, definitions, title: name }) => [author, definitions, name]),
      [['ana', ['critical-lab-result'], 'Say it in other words']],
    );
  });

  it('shows both changes when somebody else was faster, and overwrites nothing', async () => {
    const anas = page;
    const emils = await open('emil');
    await change(anas, 'crit-started', 'text', 'Words of Ana');
    await change(anas, 'crit-told', 'text', 'Told, says Ana');
    await change(emils, 'crit-started', 'text', 'Words of Emil');
    await change(emils, 'crit-answered', 'text', 'Ended, says Emil');
    await deploy(anas);
    await emils
      .getByRole('heading', { name: 'Somebody else has deployed meanwhile' })
      .or(emils.locator('.red-ui-notification'))
      .first()
      .waitFor();
    await deploy(emils);
    const dialog = emils.getByRole('dialog', { name: 'Somebody else has deployed meanwhile' });
    await dialog.getByText('Both changed these: choose').waitFor();
    assert.equal(await emils.getByText('Ignore & deploy').count(), 0);
    const text = await dialog.innerText();
    assert.match(text, /ana deployed at/);
    for (const words of ['Words of Ana', 'Told, says Ana', 'Words of Emil', 'Ended, says Emil'])
      assert.ok(text.includes(words), words);
    const go = dialog.getByRole('button', { name: 'Put both together and deploy' });
    assert.equal(await go.isDisabled(), true, 'a choice is missing');
    await shoot(emils, 'conflict');
    assert.deepEqual(
      (await barriers(emils)).filter((one) => one.includes('wf-')),
      [],
    );
    await dialog.getByRole('radio', { name: /yours/ }).check();
    await Promise.all([emils.waitForEvent('load'), go.click()]);
    assert.equal(await textOf('crit-started'), 'Words of Emil');
    assert.equal(await textOf('crit-told'), 'Told, says Ana');
    assert.equal(await textOf('crit-answered'), 'Ended, says Emil');
    await emils.context().close();
  });

  it('shows what production changed past staging, and puts both together there', async () => {
    const [first] = (await bench.as('ana', '/proposals?state=released')).json<ProposalList>().proposals;
    const { file } = await bench.fileOf(first?.number ?? 0);
    const { manifest, definitions, hash } = await readBundle(file);
    const elsewhere = definitions.map(({ name, files }) => {
      const flow = (files['flow.json'] ?? '').replace('Step of the escalation told', 'Told, says another site');
      return definitionFromFiles(name, { ...files, 'flow.json': flow });
    });
    const next = await createBundle({ ...manifest, base: hash, definitions: elsewhere });
    const byAna = await signed(next, bench.people.ana);
    const { greta, emil, store } = bench.people;
    const byGreta = await approved(byAna, store, greta, 'clinical-governance');
    await bench.releaseBundle(await approved(byGreta, store, emil, 'engineer'));
    await page.reload();
    const sidebar = (await ready(page)).locator('.wf-sidebar');
    await sidebar.getByRole('button', { name: 'Look at both changes…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Production was changed past staging' });
    await dialog.getByText('Both changed these: choose').waitFor();
    assert.match(await dialog.innerText(), /otto had production run another version/);
    assert.deepEqual(
      (await barriers(page)).filter((one) => one.includes('wf-')),
      [],
    );
    await dialog.getByRole('radio', { name: /production/ }).check();
    await shoot(page, 'conflict-production');
    await Promise.all([
      page.waitForEvent('load'),
      dialog.getByRole('button', { name: 'Put both together on staging' }).click(),
    ]);
    assert.equal(await textOf('crit-told'), 'Told, says another site');
    assert.equal(await textOf('crit-answered'), 'Ended, says Emil');
    const made = await bench.create({ definitions: ['critical-lab-result'] });
    assert.ok(
      made.words[0]?.lines.every(({ text }) => !text.includes('another site')),
      'it stays as it is in production',
    );
  });

  const at = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${staging.port}${path}`, init);

  it('lets no person deploy without saying what the deploy was made from', async () => {
    const { flows, rev } = await running();
    const cookie = await bench.cookie('ana');
    const headers = { cookie, 'content-type': 'application/json', 'node-red-api-version': 'v2' };
    const forced = await at('/flows', { method: 'POST', headers, body: JSON.stringify({ flows }) });
    assert.equal(forced.status, 409);
    const old = await at('/flows', { method: 'POST', headers, body: JSON.stringify({ flows, rev: 'x' }) });
    assert.equal(old.status, 409);
    const list = { cookie, 'content-type': 'application/json' };
    assert.equal((await at('/flows', { method: 'POST', headers: list, body: JSON.stringify(flows) })).status, 409);
    for (const path of ['/flows/', '/FLOWS', '/flows?x=1'])
      assert.equal((await at(path, { method: 'POST', headers, body: JSON.stringify({ flows }) })).status, 409, path);
    const single = await at('/flow/critical', { method: 'PUT', headers, body: JSON.stringify({ nodes: [] }) });
    assert.equal(single.status, 409);
    const right = await at('/flows', { method: 'POST', headers, body: JSON.stringify({ flows, rev }) });
    assert.equal(right.status, 200);
  });

  it('answers nobody without a session, no program, and no page from elsewhere', async () => {
    assert.equal((await at('/wardflow/editor/context')).status, 401);
    const bearer = { authorization: `Bearer ${staging.token}` };
    assert.equal((await at('/wardflow/editor/context', { headers: bearer })).status, 401);
    const service = { cookie: `wardflow_service=${staging.token}` };
    assert.equal((await at('/wardflow/editor/definition?node=critical', { headers: service })).status, 401);
    const cookie = await bench.cookie('ana');
    const body = JSON.stringify({ definitions: [], title: 'T', summary: 'S' });
    const headers = { cookie, 'content-type': 'application/json', origin: 'http://example.org' };
    assert.equal((await at('/wardflow/editor/proposals', { method: 'POST', headers, body })).status, 403);
    // Whoever may look may not propose: the console says so.
    const greta = { cookie: await bench.cookie('greta'), 'content-type': 'application/json' };
    assert.equal((await at('/wardflow/editor/proposals', { method: 'POST', headers: greta, body })).status, 403);
  });

  it('throws no errors in the page', () => {
    assert.deepEqual(trouble, []);
  });
});

describe('the sidebar of production', function () {
  this.timeout(120_000);

  it('says what runs there since when, and offers nothing to change', async function () {
    const executable = requireChromium(this);
    const consolePort = await freePort();
    let kit: ReleaseKit | undefined;
    const runtime = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      env: { WARDFLOW_GOVERNANCE_PORT: String(consolePort) },
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
        await kit.promote(await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }) }));
      },
    });
    const directory = { names: ['production'], locate: () => Promise.resolve({ url, token: runtime.token }) };
    const url = `http://127.0.0.1:${runtime.port}`;
    const console_ = await startTestConsole({
      directory: () => directory,
      watched: false,
      runtime: { empty: true },
      more: { port: consolePort },
    });
    const browser = await startBrowser(executable);
    try {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
      const [name = '', value = ''] = (await console_.cookieOf('analyst')).split('=');
      await context.addCookies([{ name, value, url }]);
      const page = await context.newPage();
      await page.goto(url);
      await page.waitForFunction(() => (globalThis as unknown as { RED?: Editor }).RED?.nodes?.node('alpha-work'));
      await page.evaluate(() => (globalThis as unknown as { RED: Editor }).RED.sidebar.show('wardflow-definition'));
      const sidebar = page.locator('.wf-sidebar');
      await sidebar.getByRole('heading', { name: 'production is for reading' }).waitFor();
      assert.match(await sidebar.innerText(), /Release 1, bundle [0-9a-f]{12}, since/);
      assert.equal(await sidebar.getByRole('button').count(), 0);
      await shoot(page, 'sidebar-production');
    } finally {
      await browser.close();
      await console_.stop();
      await runtime.dispose();
    }
  });
});
