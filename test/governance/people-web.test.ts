import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, flaws, LOOKS, PAGE_WAIT_MS, startBrowser, type Look } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const OWN = 'four-words-of-her-own';

describe('the pages of people and accounts', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 20 }, webFolder: webFolder() });
    browser = await startBrowser(executable);
    page = await open('light', 1440);
    await login(page, 'admin', PASSWORD);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    await page.goto(`${kit.console.url}/people`);
    return page;
  }
  async function login(page: Page, username: string, password: string): Promise<void> {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  let oneTime = '';
  it('add a person with roles, and show the one-time password once', async () => {
    await page.getByRole('button', { name: 'Add a person' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Name', { exact: false }).first().fill('Ana Lind');
    await sheet.getByLabel('User name').fill('ana');
    await sheet.getByRole('checkbox', { name: 'analyst' }).check();
    await sheet.getByRole('button', { name: 'Add', exact: true }).click();
    oneTime = (await sheet.locator('code').textContent()) ?? '';
    assert.match(oneTime, /^[a-z2-9-]{23}$/);
    await sheet.getByRole('button', { name: 'I have noted it' }).click();
    await page.getByRole('row', { name: /Ana Lind.*analyst.*One-time password/ }).waitFor();
    assert.equal(await page.getByText(oneTime).count(), 0);
  });

  it('ask her to choose a password before anything else, and let her in then', async () => {
    const hers = await open('light', 1440);
    await login(hers, 'ana', oneTime);
    await hers.getByRole('heading', { name: 'Choose a password' }).waitFor();
    assert.deepEqual(await barriers(hers), []);
    await hers.getByRole('textbox', { name: 'One-time password' }).fill(oneTime);
    await hers.getByRole('textbox', { name: 'New password' }).fill(OWN);
    await hers.getByRole('button', { name: 'Change password' }).click();
    await hers.getByRole('navigation', { name: 'Main' }).getByText('Messages').waitFor();
    assert.equal(
      await hers.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'People' }).count(),
      0,
      'she manages nobody',
    );
    await hers.context().close();
  });

  it('reset a password and keep showing the new one while the list behind it changes', async () => {
    await page.reload();
    await page.getByRole('button', { name: 'Change ana' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Chrome on Linux').waitFor();
    await sheet.getByRole('button', { name: 'Reset password' }).click();
    const next = (await sheet.locator('code').textContent()) ?? '';
    assert.match(next, /^[a-z2-9-]{23}$/);
    await page
      .getByRole('row', { name: /Ana Lind.*One-time password/, includeHidden: true })
      .waitFor({ state: 'attached' });
    assert.equal(await sheet.locator('code').textContent(), next);
    await sheet.getByRole('button', { name: 'I have noted it' }).click();
  });

  it('offer nobody a role for themselves', async () => {
    await page.getByRole('button', { name: 'Change admin' }).click();
    const sheet = page.getByRole('dialog');
    assert.equal(await sheet.getByRole('checkbox', { name: 'reviewer' }).isDisabled(), true);
    assert.equal(await sheet.getByRole('checkbox', { name: 'operator', exact: true }).isDisabled(), false);
    assert.equal(await sheet.getByRole('button', { name: /Reset|Disable/ }).count(), 0);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('limit a role to a service line, and show it', async () => {
    await page.getByRole('button', { name: 'Change ana' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('checkbox', { name: 'analyst: only for some' }).check();
    const save = sheet.getByRole('button', { name: 'Save' });
    assert.equal(await save.isDisabled(), true, 'a role that counts nowhere is nobody’s wish');
    const lines = sheet.getByLabel('Service lines of the analyst').first();
    await lines.fill('Labor');
    await page.getByRole('option', { name: 'Laboratory' }).click();
    assert.deepEqual(await barriers(page), []);
    await save.click();
    await page.getByRole('row', { name: /Ana Lind.*analyst \(Laboratory\)/ }).waitFor();
  });

  it('make a service account and revoke it', async () => {
    await page.getByRole('link', { name: 'Service accounts' }).click();
    await page.getByText('No program has an account').waitFor();
    await page.getByRole('button', { name: 'Add a service account' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Name').fill('monitoring');
    await sheet.getByRole('button', { name: 'Add', exact: true }).click();
    assert.match((await sheet.locator('code').textContent()) ?? '', /^wardflow_sa_/);
    await sheet.getByRole('button', { name: 'I have noted it' }).click();
    await page.getByRole('button', { name: 'Revoke monitoring' }).click();
    await page.getByRole('cell', { name: 'revoked' }).waitFor();
  });

  it('have no critical or serious barrier, and fit, light and dark, wide and narrow', async () => {
    const other = await open('light', 1440);
    await login(other, 'admin', PASSWORD);
    const found: string[] = [];
    const look = async (path: string, sheet: string | null): Promise<void> => {
      const folder = process.env['WARDFLOW_TEST_PICTURES'];
      const name = `${path.slice(1).replace('/', '-')}-${sheet ?? 'page'}`;
      const shown = async ({ scheme, width }: Look): Promise<void> => {
        if (folder !== undefined) await other.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png` });
      };
      found.push(...(await flaws(other, `${path} ${sheet ?? ''}`, LOOKS, shown)));
    };
    for (const [path, ready, sheet] of [
      ['/people', 'text=Ana Lind', 'Change ana'],
      ['/people', 'text=Ana Lind', 'Add a person'],
      ['/people/programs', 'text=monitoring', 'Add a service account'],
      ['/account', 'text=Where you are logged in', null],
    ] as const) {
      await other.goto(`${kit.console.url}${path}`);
      await other.locator(ready).first().waitFor();
      await look(path, null);
      if (sheet === null) continue;
      await other.getByRole('button', { name: sheet }).click();
      await other.getByRole('dialog').waitFor();
      await look(path, sheet);
    }
    await other.context().close();
    assert.deepEqual(found, []);
  });
});
