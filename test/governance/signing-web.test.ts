import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { OwnKeys } from '../../governance/api/release-contract.ts';
import { createKey, readKeyFile, readPublicKey, unwrapKey, type KeyFile } from '../../governance/bundle/index.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { ProposalBench } from './proposals/bench.ts';
import { PASSPHRASE, ProposalPages } from './proposals/pages.ts';

describe('signing keys in the console', function () {
  this.timeout(180_000);
  let bench: ProposalBench;
  let pages: ProposalPages;
  let browser: Browser;
  let page: Page;

  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    bench = await ProposalBench.start({ webFolder: webFolder() });
    browser = await startBrowser(executable);
    pages = new ProposalPages(browser, bench);
    page = await pages.open('greta', '/account');
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  const keysOf = async (name: string): Promise<readonly KeyFile[]> =>
    (await bench.as(name, '/keys/mine')).json<OwnKeys>().keys.map(({ file }) => file);
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
    await sheet.getByRole('textbox', { name: 'Passphrase' }).fill('gretagreta12');
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
    assert.equal(told.person, 'greta');
    assert.equal(told.kind, 'public-key');
    const [kept] = await keysOf('greta');
    assert.ok(kept);
    assert.equal(kept.id, told.id);
    assert.equal((await unwrapKey(kept, PASSPHRASE)).id, kept.id);
    await sheet.getByRole('button', { name: 'Done' }).click();
    await panel().getByText('not trusted').waitFor();
    assert.equal(pages.sent.filter((body) => body.includes(PASSPHRASE)).length, 0);
    assert.ok(pages.sent.some((body) => body.includes(kept.wrapped.data)));
  });

  it('say where they are trusted', async () => {
    await pages.keep('greta', bench.people.greta);
    await page.reload();
    await panel().getByText('not trusted').waitFor();
    await panel().getByText('trusted', { exact: true }).waitFor();
  });

  let broughtId = '';
  it('come from the command line as a file, unless they are of somebody else', async () => {
    const files = await Promise.all(['greta', 'ana'].map((name) => createKey(name, PASSPHRASE)));
    const paths = await Promise.all(
      files.map(async (file) => {
        const path = join(bench.kit.folder, `${file.person}.key.json`);
        await writeFile(path, JSON.stringify(file));
        return path;
      }),
    );
    await panel().locator('input[type=file]').setInputFiles(paths[1]!);
    await page.getByText('ana.key.json is the key of ana, and you are greta.').waitFor();
    await panel().locator('input[type=file]').setInputFiles(paths[0]!);
    await page.getByText('Its passphrase stayed with you').waitFor();
    broughtId = files[0]!.id;
    assert.equal((await keysOf('greta')).length, 3);
  });

  it('can be taken away locked, and forgotten', async () => {
    const brought = (await keysOf('greta')).find(({ id }) => id === broughtId);
    const short = brought!.id.slice(0, 12);
    const locked = await readKeyFile(await saved(`Locked key file of key ${short}, for the command line`), 'the file');
    assert.equal((await unwrapKey(locked, PASSPHRASE)).id, brought!.id);
    await page.getByRole('button', { name: `Forget key ${short}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(
      (await keysOf('greta')).some(({ id }) => id === brought!.id),
      false,
    );
  });

  it('have no critical or serious barrier, light and dark, wide and narrow', async () => {
    for (const [scheme, width] of [
      ['dark', 1440],
      ['light', 390],
      ['dark', 390],
    ] as const) {
      const other = await pages.open('greta', '/account', { colours: scheme, width });
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
    assert.deepEqual(pages.complaints, []);
  });
});
