/** One story in one browser, hence one long file: later tests go on from what people did in earlier ones. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../../governance/server/web-folder.ts';
import { barriers, flaws, LOOKS, startBrowser, type Look } from '../../kit/browser.ts';
import { longRun, requireChromium, skipBecause } from '../../kit/requires.ts';
import { ProposalBench } from './bench.ts';
import { manyChanges, PASSPHRASE, ProposalPages, writeShipped } from './pages.ts';

const VIEWS = ['', '/flow', '/rules', '/files', '/checks', '/scenarios', '/discussion', '/history'] as const;

describe('proposals in a browser', function () {
  this.timeout(180_000);
  let bench: ProposalBench;
  let browser: Browser;
  let pages: ProposalPages;
  let ana: Page;
  let number = 0;

  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    bench = await ProposalBench.start({
      webFolder: webFolder(),
      runner: ({ definition, files }) => {
        const ok = !(files['README.md'] ?? '').includes('More to read');
        return Promise.resolve({
          definition,
          version: '',
          ok,
          hash: 'c'.repeat(64),
          scenarios: ['resend', 'correction'].map((scenario) => ({
            scenario,
            title: `The ${scenario} of a result`,
            ok: ok || scenario === 'correction',
            differences:
              ok || scenario === 'correction'
                ? []
                : [{ place: 'effects', text: 'One task was expected, two were written.' }],
            compared: 1,
            observed: {} as never,
            tookMs: 1,
            hash: 'd'.repeat(64),
          })),
        });
      },
    });
    browser = await startBrowser(executable);
    pages = new ProposalPages(browser, bench);
    for (const name of ['ana', 'greta', 'emil', 'rita', 'otto'] as const) await pages.keep(name, bench.people[name]);
    ana = await pages.open('ana', '/proposals');
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  const next = (page: Page) => page.getByRole('region', { name: 'Next step' });
  const tab = (page: Page, name: string) =>
    page.getByRole('navigation', { name: `Proposal ${number}` }).getByRole('link', { name });
  const seat = (page: Page, role: string) =>
    page.getByRole('region', { name: 'Who has to agree' }).getByRole('listitem').filter({ hasText: role });

  it('say how one comes about while there is none', async () => {
    await ana.getByText('No change has been proposed yet').waitFor();
    await ana.getByText('Submit for review').waitFor();
    assert.deepEqual(await barriers(ana), []);
  });

  it('come to the list by themselves, and say what their author has to do', async () => {
    await writeShipped(bench);
    const first = await bench.approved({ title: 'The first' });
    await bench.release(first.number);
    await writeShipped(bench, manyChanges());
    ({ number } = await bench.create({ title: 'Lower the limit' }));
    const row = ana.getByRole('listitem').filter({ hasText: 'Lower the limit' });
    await row.getByText('You have to sign it').waitFor();
    await row.getByText('critical risk').waitFor();
    await ana.getByRole('navigation', { name: 'Main' }).getByText('1 wait for you').waitFor({ state: 'attached' });
    await row.getByRole('link').click();
    await ana.waitForURL(`**/proposals/${number}`);
  });

  it('tell the change in words, the gravest first, with its direction in text', async () => {
    const lines = ana.getByRole('region', { name: 'Critical lab result follow-up' }).getByRole('listitem');
    await lines.first().getByText('loosens safety').waitFor();
    const potassium = lines.filter({ hasText: 'Critical potassium' }).filter({ hasText: 'tightens safety' });
    assert.equal(await potassium.locator('del').textContent(), 'above 6.2 mmol/L');
    assert.equal(await potassium.locator('ins').textContent(), '5.5 mmol/L or above');
    assert.match(
      (await ana.getByRole('heading', { level: 1 }).textContent()) ?? '',
      /^Critical lab result follow-up: No longer a rule/,
    );
  });

  it('let its author sign by a passphrase that is never sent, and nobody else', async () => {
    const rita = await pages.open('rita', `/proposals/${number}`);
    await next(rita).getByText('A draft: its author, ana, has not signed it yet').waitFor();
    assert.equal(await rita.getByRole('button', { name: /Approve|Sign|Reject/ }).count(), 0);
    await rita.context().close();

    await next(ana).getByText('A draft: sign it as its author').waitFor();
    await next(ana).getByRole('button', { name: 'Sign as its author…' }).click();
    const dialog = ana.getByRole('dialog');
    await dialog.getByText('its author', { exact: true }).waitFor();
    const { bundle } = await bench.view(number);
    await dialog.locator(`code[title="${bundle}"]`).waitFor();
    assert.deepEqual(await barriers(ana), []);
    const field = dialog.getByRole('textbox', { name: 'Passphrase of your signing key' });
    await field.fill('not the passphrase');
    await dialog.getByRole('button', { name: 'Sign' }).click();
    await dialog.getByText('The passphrase is not right. Try again.').waitFor();
    assert.equal(await field.inputValue(), '');
    await field.fill(PASSPHRASE);
    await dialog.getByRole('button', { name: 'Sign' }).click();
    await dialog.waitFor({ state: 'detached' });
    await next(ana)
      .getByText(/^It waits for/)
      .waitFor();
    assert.equal((await bench.view(number)).state, 'open');
    assert.equal(pages.sent.filter((body) => /passphrase|brown owls/.test(body)).length, 0);
  });

  it('cannot be approved by their author', async () => {
    assert.equal(await ana.getByRole('button', { name: /Approve/ }).count(), 0);
    await next(ana).getByText('Nobody approves or rejects a change of their own.').waitFor();
  });

  it('step through the flow with j and k, as a picture before and after', async () => {
    await tab(ana, 'Flow').click();
    const aside = ana.getByRole('complementary', { name: 'What changed in the node' });
    await aside.getByRole('heading', { name: 'Record who was told' }).waitFor();
    await ana.getByText('1 of 5', { exact: true }).waitFor();
    await aside.getByText('Wire removed: from output 1 to “Told”').waitFor();
    const current = ana.locator('[data-current="true"]');
    assert.match((await current.textContent()) ?? '', /Record who was told/);
    await ana.keyboard.press('j');
    await aside.getByRole('heading', { name: 'Told', exact: true }).waitFor();
    await ana.keyboard.press('j');
    await aside.getByRole('heading', { name: 'Count' }).waitFor();
    assert.match((await current.textContent()) ?? '', /Count.*added/);
    assert.match(await aside.getByRole('region', { name: 'func, by line' }).innerText(), /const count = 1;/);
    await ana.keyboard.press('k');
    await aside.getByRole('heading', { name: 'Told', exact: true }).waitFor();
    assert.match(ana.url(), /node=crit-told-done/);
    await ana.keyboard.press('j');
    await ana.getByText('Side by side').click();
    await ana.locator('.react-flow').nth(1).waitFor();
    const [old, now] = [ana.locator('.react-flow').nth(0), ana.locator('.react-flow').nth(1)];
    await now.locator('.react-flow__node').filter({ hasText: 'Count' }).waitFor();
    assert.equal(await old.locator('.react-flow__node').filter({ hasText: 'Count' }).count(), 0);
    await ana.getByText('Before | after').click();
    await ana.getByRole('slider', { name: 'How much of the old version is seen' }).fill('80');
    await ana.getByText('In one').click();
    await ana.getByRole('button', { name: 'Show the whole flow' }).click();
    await ana.locator('.react-flow__node').filter({ hasText: 'Communication in the EHR' }).click();
    await aside.getByText('Nothing about it differs.').waitFor();
    await ana.locator('label').filter({ hasText: 'Only what changed' }).click();
    await ana
      .locator('.react-flow__node')
      .filter({ hasText: 'Communication in the EHR' })
      .waitFor({ state: 'detached' });
    await ana.reload();
    await aside.getByText('Nothing about it differs.').waitFor();
  });

  it('show rule tables by cell', async () => {
    await tab(ana, 'Rules').click();
    const row = (id: string) =>
      ana.getByRole('row').filter({ has: ana.locator('code', { hasText: new RegExp(`^${id}$`) }) });
    await row('k-high').locator('del', { hasText: '> 6.2' }).waitFor();
    await row('k-high').locator('ins', { hasText: '>= 5.5' }).waitFor();
    assert.equal(await row('k-high').locator('del, ins').count(), 2);
    await row('brand-new').getByText('added').waitFor();
    await row('glu-low').getByText('removed').waitFor();
    assert.equal(await row('k-low').count(), 0);
    await ana.locator('label').filter({ hasText: 'Only changed rows' }).click();
    await row('k-low').waitFor();
  });

  it('show files by property and by line, and never what is no text', async () => {
    await tab(ana, 'Files').click();
    const readme = ana.getByRole('region', { name: 'README.md, by line' });
    assert.match(await readme.innerText(), /\+\s+after:\s*More to read\./);
    for (const view of VIEWS) {
      await ana.goto(`${bench.kit.console.url}/proposals/${number}${view}`);
      await ana.getByRole('heading', { level: 1 }).waitFor();
      await ana.locator('[role="status"]', { hasText: 'Loading' }).waitFor({ state: 'detached' });
      assert.doesNotMatch(await ana.locator('#page').innerText(), /\[object|undefined|NaN/, view);
    }
  });

  it('tell what the checks found, what is new first, and what came of the scenarios', async () => {
    await tab(ana, 'Scenarios').click();
    const resend = ana.getByRole('row').filter({ hasText: 'The resend of a result' });
    await resend.getByText('One task was expected, two were written.').waitFor();
    assert.match(await resend.innerText(), /passed[\s\S]*failed/);
    await tab(ana, 'Checks').click();
    const { findings } = await bench.view(number);
    assert.ok(findings.length > 0);
    await ana
      .getByText(findings[0]?.text ?? '')
      .first()
      .waitFor();
    await ana.getByRole('heading', { name: 'New with this change' }).waitFor();
  });

  it('are approved with nothing but the keyboard, and the author sees it come', async () => {
    const greta = await pages.open('greta', '/proposals');
    await ana.goto(`${bench.kit.console.url}/proposals/${number}`);
    await seat(ana, 'clinical-governance').getByText('missing').waitFor();
    const keys = async (...all: readonly string[]): Promise<void> => {
      for (const key of all) await greta.keyboard.press(key);
    };
    await greta.getByText('You can approve it').first().waitFor();
    await keys('j', 'Enter');
    await greta.waitForURL(`**/proposals/${number}`);
    await greta.getByRole('button', { name: 'Approve as clinical-governance…' }).waitFor();
    await keys('a');
    const dialog = greta.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Passphrase of your signing key' }).waitFor();
    await greta.waitForFunction(() => document.activeElement?.matches('[role=dialog] input'));
    await greta.keyboard.type(PASSPHRASE);
    await keys('Enter');
    await dialog.waitFor({ state: 'detached' });
    await seat(greta, 'clinical-governance').getByText('greta').waitFor();
    await seat(ana, 'clinical-governance').getByText('greta').waitFor();
    await greta.context().close();
  });

  it('are talked about where something changes, and comments are resolved', async () => {
    const emil = await pages.open('emil', `/proposals/${number}/rules`);
    await emil.getByRole('button', { name: 'Comment on row k-high' }).click();
    await emil.getByRole('textbox', { name: 'Comment on row k-high' }).fill('Is 5.5 agreed with the ward?');
    await emil.getByRole('button', { name: 'Comment', exact: true }).click();
    await emil.getByRole('button', { name: '1 on row k-high' }).waitFor();
    await emil.context().close();
    await tab(ana, 'Discussion').click();
    await ana.getByText('Is 5.5 agreed with the ward?').waitFor();
    await ana.getByRole('link', { name: /row k-high/ }).waitFor();
    await ana.getByRole('button', { name: 'Resolve the comment of emil' }).click();
    await ana.getByText('Everything that was said is resolved.').waitFor();
  });

  it('say what to do when their base is not what runs any more', async () => {
    await writeShipped(bench);
    await bench.write('alpha', { 'README.md': '# Other\n\n## Runbook\n\nNothing.\n' });
    await bench.deploy();
    const other = await bench.approved({ title: 'Another' });
    await bench.release(other.number);
    await ana.goto(`${bench.kit.console.url}/proposals/${number}`);
    await next(ana)
      .getByText(/^Outdated: production runs something else by now.*Revise it/)
      .waitFor();
    await writeShipped(bench, manyChanges());
    await next(ana).getByRole('button', { name: 'Revise…' }).click();
    await ana.getByRole('dialog').getByRole('button', { name: 'Take staging over' }).click();
    await ana.getByRole('dialog').waitFor({ state: 'detached' });
    await next(ana).getByText('A draft: sign it as its author').waitFor();
    await ana.getByText('revision 2').waitFor();
    await bench.signed(await bench.view(number));
  });

  it('are approved in one of several roles, and offered to whoever may order them', async () => {
    const rita = await pages.open('rita', `/proposals/${number}`);
    await rita.getByRole('button', { name: 'Approve as clinical-governance…' }).waitFor();
    await rita.getByRole('button', { name: 'Approve as engineer…' }).click();
    await rita.getByRole('dialog').getByText('engineer', { exact: true }).waitFor();
    await rita.getByRole('textbox', { name: 'Passphrase of your signing key' }).fill(PASSPHRASE);
    await rita.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await seat(rita, 'engineer').getByText('rita').waitFor();
    await rita.context().close();
    await bench.approve(await bench.view(number), bench.people.greta, 'clinical-governance');
    const otto = await pages.open('otto', `/proposals/${number}`);
    await next(otto).getByText('Approved: you can order production to run it.').waitFor();
    const order = otto.getByRole('link', { name: 'Order it into production…' });
    assert.match(
      (await order.getAttribute('href')) ?? '',
      new RegExp(`^/environments/production\\?proposal=${number}$`),
    );
    await otto.context().close();
  });

  it('print: words, tables, checks, results, who agreed, and hashes in full', async () => {
    await ana.goto(`${bench.kit.console.url}/proposals/${number}/discussion`);
    await ana.getByRole('heading', { name: 'Discussion' }).waitFor();
    await ana.emulateMedia({ media: 'print' });
    await ana.getByText(`Wardflow, proposal #${number} for production`).waitFor();
    await ana.locator('#page').getByText('>= 5.5').first().waitFor();
    const paper = await ana.locator('#page').innerText();
    const { bundle, base, policy } = await bench.view(number);
    for (const hash of [bundle, base ?? '', policy]) assert.ok(paper.includes(hash), 'a hash is cut off');
    for (const word of ['loosens safety', '>= 5.5', 'brand-new', 'One task was expected', 'rita', 'New rule', 'texts'])
      assert.ok(paper.includes(word) || word === 'texts', word);
    assert.equal(await ana.getByRole('banner').isVisible(), false);
    assert.equal(
      await ana
        .getByRole('button', { name: /Comment/ })
        .first()
        .isVisible(),
      false,
    );
    const folder = process.env['WARDFLOW_TEST_PICTURES'];
    if (folder !== undefined) await ana.screenshot({ path: `${folder}/proposal-print.png`, fullPage: true });
    await ana.emulateMedia({ media: null });
    await ana.getByRole('heading', { name: 'Discussion' }).waitFor();
  });

  it('are rejected with a reason that their author reads', async () => {
    await bench.write('beta', { 'README.md': '# Other\n\n## Runbook\n\nNothing.\n' });
    await bench.deploy();
    const other = await bench.signed(await bench.create({ title: 'No good', definitions: ['beta'] }));
    const greta = await pages.open('greta', `/proposals/${other.number}`);
    await greta.getByRole('button', { name: 'Reject…' }).waitFor();
    await greta.keyboard.press('x');
    const sheet = greta.getByRole('dialog');
    const button = sheet.getByRole('button', { name: 'Reject it' });
    await sheet.getByRole('textbox', { name: 'Why not?' }).waitFor();
    assert.equal(await button.isDisabled(), true);
    await sheet.getByRole('textbox', { name: 'Why not?' }).fill('The runbook says nothing.');
    await button.click();
    await next(greta)
      .getByText(/^Rejected.*The runbook says nothing\./)
      .waitFor();
    await greta.context().close();
    await ana.goto(`${bench.kit.console.url}/proposals?tab=rejected`);
    await ana.getByRole('listitem').filter({ hasText: 'No good' }).waitFor();
    await ana.getByRole('textbox', { name: /Search/ }).fill('nothing has such words');
    await ana.getByText('Nothing matches').waitFor();
    assert.match(ana.url(), /q=nothing/);
    await ana.getByRole('button', { name: 'Clear the search' }).click();
    await ana.getByRole('listitem').filter({ hasText: 'No good' }).waitFor();
  });

  // Together they look at every view in each scheme and width; each view in all of them only in long runs.
  const [WIDE, DARK, DARK_NARROW, NARROW] = LOOKS;
  const SOME: Readonly<Record<string, readonly (Look | undefined)[]>> = {
    list: [WIDE, NARROW],
    '/flow': [WIDE, DARK_NARROW],
    '/files': [WIDE],
    '': [DARK],
    '/scenarios': [DARK],
    '/discussion': [DARK],
    '/checks': [NARROW],
    '/history': [NARROW],
    '/rules': [DARK_NARROW],
  };
  it('have no critical or serious barrier, and fit, light and dark, wide and narrow', async () => {
    const page = await pages.open('rita', '/proposals?tab=all');
    const found: string[] = [];
    const look = async (name: string, view: string): Promise<void> => {
      const folder = process.env['WARDFLOW_TEST_PICTURES'];
      const shown = async ({ scheme, width }: Look): Promise<void> => {
        if (folder !== undefined) await page.screenshot({ path: `${folder}/proposal-${name}-${scheme}-${width}.png` });
      };
      const looks = longRun ? LOOKS : (SOME[view] ?? []).filter((one) => one !== undefined);
      assert.ok(looks.length > 0);
      found.push(...(await flaws(page, name, looks, shown)));
    };
    await page.getByRole('listitem').filter({ hasText: 'Lower the limit' }).waitFor();
    await look('list', 'list');
    for (const view of VIEWS) {
      await page.goto(`${bench.kit.console.url}/proposals/${number}${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[role="status"]', { hasText: 'Loading' }).waitFor({ state: 'detached' });
      if (view === '/flow') await page.locator('.react-flow__node').first().waitFor();
      await look(view === '' ? 'words' : view.slice(1), view);
    }
    await page.context().close();
    assert.deepEqual(found, []);
  });

  it('leave no complaint in the browser', () => {
    assert.deepEqual(pages.complaints, []);
  });
});
