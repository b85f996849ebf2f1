import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { flaws, LOOKS, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const HEAD = 'MSH|^~\\&|LAB|H|EHR|H|20260301101500||ORU^R01^ORU_R01|SYN-1|P|2.5.1';
const MESSAGE = `${HEAD}\rPID|1||SYN-100^^^H&1.2&ISO^MR~SYN-55||Test^One||19800101|F\rOBX|1|NM|GLU^Glucose^L||5.4|mmol/L||N|||Q\r`;

describe('the message reader', function () {
  this.timeout(240_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];

  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    folder = await mkdtemp(join(tmpdir(), 'reader-'));
    kit = await startTestConsole({ runtime: { messages: 20 }, webFolder: webFolder() });
    browser = await startBrowser(executable);
    page = await open('light', 1440);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const opened = await context.newPage();
    opened.setDefaultTimeout(PAGE_WAIT_MS);
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(kit.console.url);
    await opened.getByLabel('User name').fill('admin');
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    await opened.getByRole('heading', { name: 'Overview' }).waitFor();
    return opened;
  }

  async function paste(text: string, on = page): Promise<void> {
    const again = on.getByRole('button', { name: 'Another message' });
    if (await again.isVisible()) await again.click();
    const field = on.getByLabel('Message', { exact: true });
    await field.focus();
    await field.evaluate((element, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  const part = (name: RegExp, on = page) => on.getByRole('treeitem', { name });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const active = () =>
    page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant');
      return (id && document.getElementById(id)?.querySelector('code')?.textContent) ?? '';
    });

  it('is in the navigation, and says what to do when nothing is open', async () => {
    await page.getByRole('link', { name: 'Message reader' }).click();
    await page.waitForURL(/\/reader$/);
    await page.getByText('Nothing of it is stored or logged', { exact: false }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Read', exact: true }).isDisabled(), true);
  });

  it('shows a pasted message at once, with names, meanings and what departs from the standard', async () => {
    await paste(MESSAGE);
    await part(/^PID-8 Administrative Sex F Female/).waitFor();
    await part(/^PID-3 Patient Identifier List/).waitFor();
    await page.getByText('1 place departs from the standard').waitFor();
    await part(/^OBX-11.*To look at: Observation Result Status has a value that HL7 table 0085/).waitFor();
    await page.getByText('version 2.5.1').waitFor();
  });

  it('goes from what deserves a look to its place in the tree and in the raw message', async () => {
    await page.getByRole('button', { name: /^OBX-11/ }).click();
    await page.locator('[role=treeitem][aria-selected=true]').getByText('OBX-11').waitFor();
    const mark = page.getByRole('region', { name: 'Message as it stands' }).locator('mark');
    assert.equal(await mark.textContent(), 'Q');
    await page.getByRole('heading', { name: /OBX-11/ }).waitFor();
  });

  it('is walked by the keyboard alone, and copies the path and the value with a word', async () => {
    await page.getByRole('tree').focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-activedescendant') === 'part-MSH');
    await page.keyboard.press('ArrowLeft');
    await page.locator('#part-MSH[aria-expanded=false]').waitFor();
    await page.keyboard.press('ArrowDown');
    for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowDown');
    assert.equal(await active(), 'PID-3');
    await page.keyboard.press('ArrowRight');
    await page.locator('[id="part-PID-3"][aria-expanded=true]').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), 'PID-3[1].1');
    await page.keyboard.press('c');
    await page.getByText('PID-3[1].1 is copied.').first().waitFor();
    assert.equal(await clipboard(), 'PID-3[1].1');
    await page.keyboard.press('v');
    await page.getByText('The value of PID-3[1].1 is copied.').first().waitFor();
    assert.equal(await clipboard(), 'SYN-100');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await active(), 'PID-3[1]');
  });

  it('copies a path by a click, and marks the part that is clicked in the raw message', async () => {
    await page.getByTitle('Copy PID-5', { exact: true }).click({ force: true });
    await page.getByText('PID-5 is copied.').first().waitFor();
    assert.equal(await clipboard(), 'PID-5');
    const raw = page.getByRole('region', { name: 'Message as it stands' });
    assert.equal(await raw.locator('mark').textContent(), 'Test^One');
    await raw.getByText('OBX|1|NM').click({ position: { x: 3, y: 8 } });
    await page.locator('[id="part-OBX"][aria-selected=true]').waitFor();
  });

  it('finds by name and meaning, and says when there is nothing', async () => {
    const find = page.getByLabel('Find in the message');
    await find.fill('assigning auth');
    await part(/^OBX/).first().waitFor({ state: 'detached' });
    await part(/^PID-3\[1\]\.4\.2 Universal ID 1\.2/).waitFor();
    await find.fill('female');
    await part(/^PID-8/).waitFor();
    await find.fill('nothing like it');
    await page.getByText('Nothing in the message has this').waitFor();
    await find.fill('');
    await part(/^MSH Message Header/).waitFor();
  });

  it('shows the fields that are empty when asked', async () => {
    await page.getByLabel('Empty fields').check();
    await part(/^PID-6 Mother's Maiden Name empty/).waitFor();
    await page.getByLabel('Empty fields').uncheck();
    await page.waitForFunction(() => !document.getElementById('part-PID-6'));
  });

  it('opens a file, and the messages of a batch one by one', async () => {
    const file = join(folder, 'batch.hl7');
    await writeFile(file, `FHS|^~\\&\rBHS|^~\\&\r${MESSAGE}${MESSAGE.replace('SYN-1|', 'SYN-2|')}BTS|2\rFTS|1\r`);
    await page.getByLabel('File with a message').setInputFiles(file);
    await page.getByText('batch.hl7').waitFor();
    await page.getByText('Message 1 of 2').waitFor();
    await part(/^MSH-10 Message Control ID SYN-1$/).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await part(/^MSH-10 Message Control ID SYN-2$/).waitFor();
  });

  it('says that bytes mean nothing in the stated characters, and reads them in others', async () => {
    const file = join(folder, 'latin.hl7');
    await writeFile(file, Buffer.from(MESSAGE.replace('Test^One', 'T\u00e4st^One'), 'latin1'));
    await page.getByLabel('File with a message').setInputFiles(file);
    await page.getByText(/Some bytes mean nothing in UTF-8/).waitFor();
    await page.getByRole('combobox', { name: 'Characters' }).click();
    await page.getByRole('option', { name: /Western \(8859\/1\)/ }).click();
    await part(/^PID-5 Patient Name T\u00e4st\^One/).waitFor();
  });

  it('says why something cannot be read, and what to do, and lets the text be mended', async () => {
    await page.getByRole('button', { name: 'Another message' }).click();
    await page.getByLabel('Message', { exact: true }).fill('Dear colleague');
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/no HL7 v2 message.*does not begin with an MSH segment/)
      .waitFor();
    await page.getByText(/from MSH on/).waitFor();
    await page.getByRole('button', { name: 'Edit the text' }).click();
    await page.getByLabel('Message', { exact: true }).fill(MESSAGE.replaceAll('\r', '\n'));
    await page.keyboard.press('Control+Enter');
    await part(/^PID-8/).waitFor();
    await page.getByRole('button', { name: 'Another message' }).click();
    await page.getByLabel('Message', { exact: true }).waitFor();
  });

  it('refuses what is too large before it is sent', async () => {
    const file = join(folder, 'large.hl7');
    await writeFile(file, Buffer.alloc(7 * 1024 * 1024, 0x41));
    const before = kit.runtime.calls.length;
    await page.getByLabel('File with a message').setInputFiles(file);
    await page
      .getByRole('alert')
      .getByText(/larger than the 6 MB/)
      .waitFor();
    assert.equal(kit.runtime.calls.slice(before).filter(({ path }) => path.includes('outline')).length, 0);
  });

  it('goes through ten thousand segments, draws what is seen, and leads to the last of them', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `OBX|${i + 1}|NM|GLU^Glucose^L||${i}|mmol/L||N|||F`);
    lines[9_990] = 'QQQ|1';
    await paste(`${HEAD}\r${lines.join('\r')}\r`);
    await page.getByText('10,001 segments').waitFor();
    await part(/^OBX\[3\]/).waitFor();
    assert.ok((await page.getByRole('treeitem').count()) < 120);
    const asked = () => kit.runtime.calls.filter(({ path }) => path.includes('outline')).length;
    const before = asked();
    await page.getByRole('tree').focus();
    await page.keyboard.press('End');
    await part(/^OBX\[201\]/).waitFor();
    assert.ok(asked() > before, 'what comes next is asked for when it is near');
    await page.getByRole('button', { name: /^QQQ/ }).click();
    await page.locator('[id="part-QQQ"][aria-selected=true]').waitFor();
    await page.getByRole('button', { name: 'Show from the first' }).click();
    await part(/^OBX\[3\]/).waitFor();
    await page.getByLabel('Find in the message').fill('OBX[9999]-5');
    await part(/^OBX\[9999\]-5 Observation Value 9999/).waitFor();
    assert.ok((await page.getByRole('treeitem').count()) < 120);
  });

  it('opens a message of the journal after saying that the look is recorded, and asks for it once', async () => {
    const [message] = kit.runtime.messages;
    const looks = () => kit.runtime.calls.filter(({ path }) => path.endsWith(`${message?.id}/raw`)).length;
    await page.goto(`${kit.console.url}/messages/${message?.id}`);
    await page.getByRole('link', { name: 'Open in the reader' }).click();
    await page.waitForURL(/reader\?message=/);
    await page.getByText(/recorded in the audit under your name/).waitFor();
    assert.equal(looks(), 0);
    await page.getByRole('button', { name: 'Show message' }).click();
    await part(/^PID-3 Patient Identifier List SYNTH-4711/).waitFor();
    assert.equal(looks(), 1);
    await page.getByRole('button', { name: 'Another message' }).click();
    await page.waitForURL(/\/reader$/);
  });

  it('keeps nothing of it in the address or in the browser', async () => {
    await paste(MESSAGE);
    await part(/^PID-8/).waitFor();
    await page.getByLabel('Find in the message').fill('SYN-100');
    await part(/^PID-3\[1\]\.1/).waitFor();
    assert.ok(!page.url().includes('SYN'));
    const kept = await page.evaluate(() =>
      JSON.stringify([history.state, Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    assert.ok(!kept.includes('SYN'));
    await page.reload();
    await page.getByLabel('Message', { exact: true }).waitFor();
    assert.equal(await page.getByRole('treeitem').count(), 0);
  });

  it('has no barrier and nothing beside the page, light and dark, wide and narrow', async () => {
    await page.goto(`${kit.console.url}/reader`);
    await page.getByRole('button', { name: 'Try an example' }).waitFor();
    assert.deepEqual(await flaws(page, 'empty', LOOKS), []);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.getByRole('button', { name: /^OBX\[2\]-11/ }).click();
    await page.getByRole('heading', { name: /OBX\[2\]-11/ }).waitFor();
    assert.deepEqual(await flaws(page, 'example', LOOKS), []);
  });

  it('made the browser complain of nothing', () => assert.deepEqual(complaints, []));
});
