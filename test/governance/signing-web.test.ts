import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { createKey, readKeyFile, readPublicKey, unwrapKey } from '../../governance/bundle/index.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { startFakeGovernance, type FakeGovernance } from '../kit/fake-governance.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const PASSPHRASE = 'seven brown owls at noon';

describe('signing keys in the console', function () {
  this.timeout(60_000);
  let kit: TestConsole;
  let fake: FakeGovernance;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const sent: string[] = [];

  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 5 }, webFolder: webFolder() });
    fake = await startFakeGovernance(kit.console.url);
    browser = await startBrowser(executable);
    page = await open('light', 1440);
  });
  after(async () => {
    await browser?.close();
    await fake?.stop();
    await kit?.stop();
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('request', (request) => sent.push(request.postData() ?? ''));
    await page.goto(`${fake.url}/account`);
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Signing keys' }).waitFor();
    return page;
  }
  const panel = () => page.getByRole('region', { name: 'Signing keys' });

  async function saved(button: string | RegExp): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    return readFile(await download.path(), 'utf8');
  }

  it('are made under a passphrase that is typed twice, and that nobody but the browser gets', async () => {
    await panel().getByRole('button', { name: 'Make a signing key…' }).click();
    const sheet = page.getByRole('dialog');
    const make = sheet.getByRole('button', { name: 'Make the key' });
    await sheet.getByRole('textbox', { name: 'Passphrase' }).fill('short');
    await sheet.getByText('7 more characters').waitFor();
    assert.equal(await make.isDisabled(), true);
    await sheet.getByRole('textbox', { name: 'Passphrase' }).fill('adminadmin12');
    await sheet.getByText(/^Weak/).waitFor();
    await sheet.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
    await sheet.getByText(/^Fair|^Strong/).waitFor();
    await sheet.getByRole('textbox', { name: 'The same again' }).fill(`${PASSPHRASE}!`);
    await sheet.getByText('The two differ.').waitFor();
    assert.equal(await make.isDisabled(), true);
    assert.deepEqual(await barriers(page), []);
    await sheet.getByRole('textbox', { name: 'The same again' }).fill(PASSPHRASE);
    await make.click();
    await sheet.getByText('Your key', { exact: false }).first().waitFor();
    const told = await readPublicKey(await saved('Download the public file'), 'the file');
    assert.equal(told.person, 'admin');
    assert.equal(told.kind, 'public-key');
    const [kept] = fake.keysOf('admin');
    assert.ok(kept);
    assert.equal(kept.id, told.id);
    assert.equal((await unwrapKey(kept, PASSPHRASE)).id, kept.id);
    await sheet.getByRole('button', { name: 'Done' }).click();
    await panel().getByText('not trusted').waitFor();
    assert.equal(sent.filter((body) => body.includes(PASSPHRASE)).length, 0);
    assert.ok(sent.some((body) => body.includes(kept.wrapped.data)));
  });

  it('say where they are trusted', async () => {
    fake.trust('admin', 'engineer');
    await page.reload();
    await panel().getByText('trusted', { exact: true }).waitFor();
  });

  it('come from the command line as a file, unless they are of somebody else', async () => {
    const files = await Promise.all(['admin', 'ana'].map((name) => createKey(name, PASSPHRASE)));
    const paths = await Promise.all(
      files.map(async (file) => {
        const path = join(kit.folder, `${file.person}.key.json`);
        await writeFile(path, JSON.stringify(file));
        return path;
      }),
    );
    await panel().locator('input[type=file]').setInputFiles(paths[1]!);
    await page.getByText('ana.key.json is the key of ana, and you are admin.').waitFor();
    await panel().locator('input[type=file]').setInputFiles(paths[0]!);
    await page.getByText('Its passphrase stayed with you').waitFor();
    assert.equal(fake.keysOf('admin').length, 2);
  });

  it('can be taken away locked, and forgotten', async () => {
    const [, brought] = fake.keysOf('admin');
    const short = brought!.id.slice(0, 12);
    const locked = await readKeyFile(await saved(`Locked key file of key ${short}, for the command line`), 'the file');
    assert.equal((await unwrapKey(locked, PASSPHRASE)).id, brought!.id);
    await page.getByRole('button', { name: `Forget key ${short}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(
      fake
        .keysOf('admin')
        .map(({ id }) => id)
        .includes(brought!.id),
      false,
    );
  });

  it('have no critical or serious barrier, light and dark, wide and narrow', async () => {
    for (const [scheme, width] of [
      ['dark', 1440],
      ['light', 390],
      ['dark', 390],
    ] as const) {
      const other = await open(scheme, width);
      await other.getByText('trusted', { exact: true }).waitFor();
      assert.deepEqual(await barriers(other), [], `${scheme} ${width}`);
      const wide = await other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${wide} px too wide`);
      const folder = process.env['WARDFLOW_TEST_PICTURES'];
      if (folder !== undefined)
        await other.screenshot({ path: `${folder}/keys-${scheme}-${width}.png`, fullPage: true });
      await other.context().close();
    }
  });

  it('leave no complaint in the browser', () => {
    assert.deepEqual(complaints, []);
  });
});
