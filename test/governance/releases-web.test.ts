import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { Definition } from '../../engine/index.ts';
import type { Role } from '../../governance/api/permissions.ts';
import { publicPart } from '../../governance/bundle/key-file.ts';
import type { Bundle } from '../../governance/bundle/index.ts';
import { logFolder, writeBundleFile } from '../../governance/release/index.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { readTrustFolder, trustFolderOf } from '../../governance/trust/trust-folder.ts';
import { barriers, flaws, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { syntheticProposal } from '../kit/synthetic-proposal.ts';
import { PASSWORD } from '../kit/test-console.ts';
import { NOW, person, type Person } from './bundle/ceremony.ts';
import { consoleWithProduction, type ConsoleWithProduction } from './release/console-with-production.ts';
import { HOUR } from './release/environment.ts';
import { bundleOf, edited, keyFileOf, PASSPHRASE, shippedDefinitions } from './release/stage.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();
const ROLES: Readonly<Record<string, readonly Role[]>> = {
  otto: ['operator'],
  greta: ['clinical-governance'],
  emil: ['engineer'],
  cora: ['coordinator'],
};

describe('the pages of production in a browser', function () {
  this.timeout(180_000);
  let all: ConsoleWithProduction;
  let browser: Browser;
  let page: Page;
  let shipped: readonly Definition[];
  let first: Bundle;
  let lower: Bundle;
  const complaints: string[] = [];

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    all = await consoleWithProduction(FOLDER);
    const { env } = all;
    shipped = await shippedDefinitions();
    first = await bundleOf(env.all, shipped, null, 'What staging has run for four weeks.');
    const changed = edited(shipped, 'critical-lab-result', 'rules/critical-results.json', (text) =>
      text.replace('> 6.2', '> 5.5'),
    );
    lower = await bundleOf(env.all, changed, first.hash, 'The new analyser measures higher: 5.5 instead of 6.2.');
    for (const [name, roles] of Object.entries(ROLES)) await all.sessionOf(name, ...roles);
    for (const who of [env.all.otto, env.all.greta, env.all.emil]) await giveKey(who);
    browser = await startBrowser(executablePath);
    page = await open('otto', '/environments/production');
  });
  after(async () => {
    await browser?.close();
    await all?.stop();
  });

  async function giveKey(who: Person): Promise<void> {
    const cookie = await all.sessionOf(who.told.person);
    const body = await keyFileOf(who);
    const answer = await all.kit.call('/api/v1/keys/mine', { method: 'POST', cookie, body });
    assert.ok(answer.status < 300, answer.text);
  }
  /** The pages' clock is that of the console. */
  async function open(who: string, path: string, colorScheme: 'light' | 'dark' = 'light', width = 1440): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const opened = await context.newPage();
    opened.setDefaultTimeout(PAGE_WAIT_MS);
    await opened.clock.install({ time: NOW });
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !/40[14]|422/.test(message.text())) complaints.push(message.text());
    });
    await opened.goto(`${all.kit.console.url}${path}`);
    await opened.getByLabel('User name').fill(who);
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    await opened.getByRole('heading', { level: 1 }).waitFor();
    return opened;
  }
  /** As the console would tell an approved proposal with this bundle. */
  async function propose(on: Page, number: number, bundle: Bundle, state: 'approved' | 'open', title: string) {
    await writeBundleFile(all.env.folder, 'production', bundle);
    const { view } = syntheticProposal({
      number,
      definition: 'critical-lab-result',
      before: {},
      after: {},
      state,
      title,
      bundle: bundle.hash,
      headline: 'Potassium: critical from 6.0 to 5.5 mmol/L',
    });
    await on.route(/\/api\/v1\/proposals(\?.*)?$/, (route) => {
      const wanted = new URL(route.request().url()).searchParams.get('state') ?? state;
      const proposals = wanted.split(',').includes(state) ? [view] : [];
      return route.fulfill({ json: { proposals, counts: {}, asking: 0, before: null } });
    });
    await on.route(new RegExp(`/api/v1/proposals/${number}$`), (route) => route.fulfill({ json: view }));
  }
  const sign = async (on: Page, button: string): Promise<void> => {
    await on.getByLabel('Passphrase of your signing key').fill(PASSPHRASE);
    await on.getByRole('button', { name: button, exact: true }).click();
  };
  const says = (text: string | RegExp, on = page): Promise<void> => on.getByText(text).first().waitFor();
  const picture = async (name: string, on = page): Promise<void> => {
    const folder = process.env['WARDFLOW_TEST_PICTURES'];
    if (folder !== undefined) await on.screenshot({ path: `${folder}/releases-${name}.png`, fullPage: true });
  };

  it('say that nothing runs yet, and what to do', async () => {
    await says('Production runs nothing yet.');
    await says('Nothing was ever ordered.');
    assert.deepEqual(await barriers(page), []);
    await picture('empty');
  });

  it('promote what is approved: the plan first, then the signature', async () => {
    await propose(page, 7, first, 'approved', 'The first release');
    await page.goto(`${all.kit.console.url}/environments/production?proposal=7`);
    const sheet = page.getByRole('dialog', { name: 'Promote The first release' });
    await sheet.getByText('restarts').waitFor();
    await sheet.getByText('keeps its connections').waitFor();
    await picture('plan');
    assert.deepEqual(await barriers(page), []);
    await sheet.getByRole('checkbox').check();
    await sheet.getByRole('button', { name: 'Sign and promote…' }).click();
    await page.getByLabel('Passphrase of your signing key').fill('not the passphrase');
    await page.getByRole('button', { name: 'Promote', exact: true }).click();
    await says('The passphrase is not right. Try again.');
    assert.deepEqual(await all.env.log(), []);
    await sign(page, 'Promote');
    await says('Production runs it now.');
    const [release] = await all.env.log();
    assert.deepEqual([release?.bundle, release?.person], [first.hash, 'otto']);
    assert.deepEqual(all.runtime.asked.at(-1)?.what, 'GET /release');
    assert.ok(
      all.runtime.asked.some(({ body }) => body['drain'] === true),
      'drained first',
    );
    await page
      .getByText(/^Production runs/)
      .filter({ hasText: 'ordered by otto' })
      .waitFor();
    await says(/approved by greta \(clinical-governance\), emil \(engineer\)/);
    assert.equal(new URL(page.url()).search, '', 'a reload does not ask again');
    await picture('runs');
  });

  it('stop where the runtime cannot, and say why', async () => {
    await propose(page, 8, lower, 'approved', 'Lower the potassium limit');
    await page.reload();
    await says('Lower the potassium limit');
    all.runtime.plan = {
      unbound: [{ kind: 'endpoint', name: 'ehr' }],
      refusals: [{ code: 'unbound', title: 'The endpoint "ehr" is not bound.', remedy: 'Bind it in bindings.json.' }],
    };
    await page.getByRole('button', { name: 'Promote: Lower the potassium limit' }).click();
    await says('It cannot be carried out.');
    assert.equal(await page.getByRole('button', { name: 'Sign and promote…' }).isDisabled(), true);
    await picture('refused');
    await page.keyboard.press('Escape');
    all.runtime.plan = {};
  });

  it('promote again, and go back in one step, by the keyboard', async () => {
    await page.getByRole('button', { name: 'Promote: Lower the potassium limit' }).click();
    await page.getByRole('button', { name: 'Sign and promote…' }).click();
    await sign(page, 'Promote');
    await page
      .getByRole('list', { name: /Releases/ })
      .getByText('Release 2')
      .waitFor();
    const back = page.getByRole('button', { name: /^Take back: release 1/ });
    await back.focus();
    await page.keyboard.press('Enter');
    await page.getByText('going back needs no new approval').waitFor();
    // Not before the plan is there.
    const go = page.getByRole('button', { name: 'Sign and take it back…', disabled: false });
    await go.waitFor();
    await go.focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Passphrase of your signing key').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page
      .getByRole('list', { name: /Releases/ })
      .getByText('Taken back to')
      .waitFor();
    assert.equal((await all.env.log()).at(-1)?.bundle, first.hash);
    assert.deepEqual(await barriers(page), []);
    await picture('history');
  });

  it('show what differs from what was approved, and a runtime that is silent', async () => {
    all.runtime.release = {
      drift: [
        {
          code: 'modules-differ',
          subject: 'node-red',
          text: 'The module node-red is 5.0.6, and 5.0.7 was approved.',
          remedy: 'Install what was approved: "npm ci".',
          since: NOW - HOUR,
        },
      ],
    };
    await page.getByRole('button', { name: 'Look again' }).click();
    await says('The module node-red is 5.0.6');
    assert.ok(all.runtime.asked.some(({ what }) => what === 'POST /release/check'));
    assert.deepEqual(await barriers(page), []);
    await picture('drift');
    all.runtime.release = {
      problem: { code: 'deploy-failed', title: 'The flows did not start.', remedy: 'Take production back.' },
    };
    await page.getByRole('button', { name: 'Look again' }).click();
    await says('The flows did not start.');
    all.runtime.release = {};
    await page.getByRole('button', { name: 'Look again' }).click();
    await says('None: what runs');
  });

  it('break glass with a reason and an end, and say so on every page until it is over', async () => {
    const hurried = await bundleOf(
      all.env.all,
      edited(shipped, 'critical-lab-result', 'rules/critical-results.json', (text) => text.replace('> 6.2', '> 5.0')),
      first.hash,
      'Codes changed overnight.',
      false,
    );
    await propose(page, 9, hurried, 'open', 'Codes of the new analyser');
    const cora = await open('cora', '/environments/production');
    assert.equal(await cora.getByRole('button', { name: 'Break glass…' }).count(), 0, 'not for everybody');
    await page.reload();
    await page.getByRole('button', { name: 'Break glass…' }).click();
    await page.getByRole('combobox', { name: 'What it is to run' }).click();
    await page.getByRole('option', { name: /Codes of the new analyser/ }).click();
    await page.getByRole('textbox', { name: 'Why it cannot wait' }).fill('Results are not read since midnight.');
    await page.getByRole('dialog').getByText('restarts').waitFor();
    assert.deepEqual(await barriers(page), []);
    await picture('glass');
    await page.getByRole('button', { name: 'Sign and break glass…' }).click();
    await sign(page, 'Break glass');
    const alarm = (on: Page) => on.getByRole('alert', { name: 'Glass broken in production' });
    await alarm(page).waitFor();
    await alarm(cora).getByText('Results are not read since midnight.').waitFor();
    await cora.goto(`${all.kit.console.url}/messages`);
    await alarm(cora).getByRole('link', { name: 'Show production' }).waitFor();
    assert.deepEqual(await barriers(cora), []);
    await picture('alarm', cora);
    await page.getByRole('button', { name: 'End the emergency now…' }).waitFor();
    await picture('alarm-environment');
    // An hour from the moment at which it was broken: the pages' clocks go on while a busy machine takes its time.
    all.clock.set(NOW + 120 * 60_000);
    await cora.clock.setFixedTime(NOW + 120 * 60_000);
    await alarm(cora).waitFor({ state: 'detached' });
    await cora.context().close();
    await page.context().close();
  });

  it('tell clinicians what changed in plain words, to find and to print', async () => {
    const cora = await open('cora', '/changes');
    await says(/Back by itself after the emergency/, cora);
    await says(/5\.5/, cora);
    assert.deepEqual(await barriers(cora), []);
    await picture('changes', cora);
    const articles = cora.getByRole('article');
    assert.equal(await articles.count(), 5);
    await cora.getByLabel('Find in the changes').fill('analyser measures');
    await cora.getByText('The new analyser measures higher').waitFor();
    assert.equal(await articles.count(), 1);
    await cora.getByLabel('Find in the changes').fill('nothing like it');
    await says('No change says that', cora);
    await cora.getByLabel('Find in the changes').fill('');
    await cora.emulateMedia({ media: 'print' });
    assert.equal(await cora.getByRole('button', { name: 'Print' }).isVisible(), false);
    assert.equal(await cora.getByRole('search').isVisible(), false);
    await picture('changes-print', cora);
    await cora.context().close();
  });

  it('change whom to trust: proposed by one, signed by two, then in force', async () => {
    all.clock.set(NOW + 2 * HOUR);
    const nils = await person('nils');
    const otto = await open('otto', '/trust/production');
    await otto.clock.setSystemTime(NOW + 2 * HOUR);
    await says('A change of high risk needs an approval as clinical-governance and an approval as engineer.', otto);
    assert.deepEqual(await barriers(otto), []);
    await picture('trust', otto);
    await otto.getByRole('button', { name: 'Propose a change…' }).click();
    const chooser = otto.waitForEvent('filechooser');
    await otto.getByRole('button', { name: 'Their public key…' }).click();
    const told = publicPart(await keyFileOf(nils));
    await (
      await chooser
    ).setFiles({ name: 'nils.public.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(told)) });
    await otto.getByRole('checkbox', { name: 'engineer' }).check();
    await says(/adds the key [0-9a-f]{12} of nils as engineer/, otto);
    await otto.getByRole('textbox', { name: /^Reason/ }).fill('Nils joins the team.');
    assert.deepEqual(await barriers(otto), []);
    await picture('trust-propose', otto);
    await otto.getByRole('button', { name: 'Sign and propose…' }).click();
    await sign(otto, 'Propose');
    await otto.getByText('otto proposes').waitFor();
    await picture('trust-waits', otto);
    assert.equal(await otto.getByRole('button', { name: 'Sign it…' }).count(), 0, 'not the one who proposes');
    for (const name of ['greta', 'emil']) {
      const signer = await open(name, '/trust/production');
      await signer.getByRole('button', { name: 'Sign it…' }).click();
      await signer
        .getByRole('dialog')
        .getByText(/of nils as engineer/)
        .first()
        .waitFor();
      await sign(signer, 'Approve');
      await signer.getByRole('dialog').waitFor({ state: 'detached' });
      await signer.context().close();
    }
    const store = await readTrustFolder(trustFolderOf(all.kit.folder, 'production'), 'production');
    assert.equal(store.version, 2);
    assert.ok(store.keys.some((key) => key.person === 'nils' && key.roles.includes('engineer')));
    await otto.getByText('Version 2').waitFor();
    await otto.getByRole('cell', { name: 'nils', exact: true }).waitFor();
    await otto.context().close();
  });

  it('can be used in the dark and on a narrow screen', async () => {
    const opened = await open('otto', '/environments/production');
    for (const path of ['/environments/production', '/trust/production', '/changes']) {
      await opened.goto(`${all.kit.console.url}${path}`);
      await opened.getByRole('main').getByRole('heading', { level: 2 }).first().waitFor();
      const found = await flaws(
        opened,
        path,
        [
          { scheme: 'dark', width: 1440 },
          { scheme: 'light', width: 390 },
        ],
        ({ scheme, width }) => picture(`${path.slice(1).replaceAll('/', '-')}-${scheme}-${width}`, opened),
      );
      assert.deepEqual(found, []);
    }
    await opened.context().close();
  });

  it('say what is wrong with releases that were tampered with', async () => {
    await rm(join(logFolder(all.env.folder), '0000000002.json'));
    const opened = await open('otto', '/messages');
    await opened.goto(`${all.kit.console.url}/environments/production`);
    await opened.getByText(/Release 3 of production is not valid/).waitFor();
    await says('Restore the folder of releases from a backup', opened);
    await picture('tampered', opened);
    await opened.context().close();
  });

  it('complained about nothing', () => {
    assert.deepEqual(complaints, []);
  });
});
