import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'mocha';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the console in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 5000 }, webFolder: webFolder() });
    browser = await chromium.launch({ executablePath, args: FLAGS.split(' ') });
    ({ page } = await open('light', 1440));
    await page.goto(kit.console.url);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // A refused login is an answer; the browser prints every 4xx.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    return { context, page };
  }

  async function login(page: Page, password: string): Promise<void> {
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  /** By the debugger, past the page's own content security policy. */
  async function violations(context: BrowserContext, page: Page): Promise<readonly string[]> {
    const cdp = await context.newCDPSession(page);
    const { result } = await cdp.send('Runtime.evaluate', {
      expression: `${axe};axe.run().then((r) => r.violations.filter((v) => ['critical', 'serious'].includes(v.impact)).map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 120)))`,
      awaitPromise: true,
      returnByValue: true,
    });
    return result.value as string[];
  }

  const row = (index: number) => page.locator(`[data-index="${index}"] a`);

  it('refuses a wrong password in place, and lets in with the right one', async () => {
    await login(page, 'not-the-password');
    await page.getByRole('alert').getByText('User name or password is not right.').waitFor();
    await login(page, PASSWORD);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('opens from a number of the overview the list that makes it', async () => {
    const tile = page.getByRole('link', { name: /What failed, unresolved/ });
    const number = /(\d+) messages? need/.exec((await tile.textContent()) ?? '')?.[1];
    await tile.click();
    await page.waitForURL(/tab=needs-you/);
    await row(0).waitFor();
    assert.ok(Number(number) > 0);
    assert.match(
      (await page.getByRole('button', { name: /^Needs you/ }).textContent()) ?? '',
      new RegExp(`${number}$`),
    );
    assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), number);
  });

  it('shows a message that arrives, without a reload', async () => {
    await page.getByRole('button', { name: /^All/ }).click();
    await row(0).waitFor();
    await page.mouse.move(2, 400);
    const message = kit.runtime.arrive('done');
    await page.getByText(message.controlId ?? 'none', { exact: true }).waitFor();
  });

  it('does not move the rows under the pointer: what is new waits behind a button', async () => {
    await row(5).hover();
    const under = await row(5).textContent();
    const message = kit.runtime.arrive('done');
    const pill = page.getByRole('button', { name: /^1 new$/ });
    await pill.waitFor();
    assert.equal(await row(5).textContent(), under);
    assert.equal(await page.getByText(message.controlId ?? 'none', { exact: true }).count(), 0);
    await pill.click();
    await page.getByText(message.controlId ?? 'none', { exact: true }).waitFor();
  });

  it('finds a message by its control id, and keeps the search in the address', async () => {
    const wanted = kit.runtime.messages.find((one) => one.seq > 1234 && one.state === 'done')?.controlId ?? '';
    await page.keyboard.press('/');
    await page.keyboard.type(wanted);
    await page.waitForURL((url) => url.searchParams.get('q') === wanted);
    await page.waitForFunction(() => document.querySelectorAll('[data-index]').length === 1);
    assert.match((await row(0).textContent()) ?? '', new RegExp(wanted));
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('[data-index]').length === 1);
    await page.getByRole('button', { name: 'Clear the search' }).click();
  });

  it('scrolls through 5,000 messages and draws only what is seen', async () => {
    await page.waitForFunction(() => document.querySelectorAll('[data-index]').length > 10);
    for (let i = 0; i < 12; i++) {
      await page.mouse.wheel(0, 4000);
      await page.waitForTimeout(60);
    }
    await page.waitForFunction(
      () => Number(document.querySelector('[role=table]')?.getAttribute('aria-rowcount')) >= 700,
    );
    assert.ok((await page.locator('[data-index]').count()) < 80);
    await page.evaluate(() => window.scrollTo(0, 0));
  });

  it('searches by a patient identifier that never stands in the address', async () => {
    await page.goto(`${kit.console.url}/messages`);
    await page.getByRole('combobox', { name: 'Search by' }).click();
    await page.getByRole('option', { name: 'Patient identifier' }).click();
    await page.getByLabel('Patient identifier, then Enter').fill('SYNTH-1234');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => !document.querySelector('[role=table]') || document.querySelectorAll('[data-index]').length < 12,
    );
    assert.ok(kit.runtime.calls.some((call) => call.path.includes('patient=SYNTH-1234')));
    assert.ok(!page.url().includes('SYNTH'));
    assert.equal(
      await page.evaluate(() =>
        JSON.stringify([history.state, Object.entries(localStorage), Object.entries(sessionStorage)]).includes('SYNTH'),
      ),
      false,
    );
    await page.getByRole('button', { name: 'Clear the search' }).click();
  });

  it('opens a failed message by keyboard, says what was not written, and redrives it with a reason', async () => {
    await page.goto(`${kit.console.url}/messages?tab=needs-you`);
    await row(0).waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.closest('[data-index="0"]'));
    await page.keyboard.press('Enter');
    await page.getByText('The FHIR server refused the Task').first().waitFor();
    await page.getByText('ehr: create Task').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.react-flow__node').length > 8);
    await page.getByText('failed', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Redrive…' }).click();
    await page.getByText(/2 newer messages of the same patient have been processed already/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Redrive', exact: true }).isDisabled(), true);
    await page.getByLabel('Reason').fill('the unit was added');
    await page.getByRole('button', { name: 'Redrive', exact: true }).click();
    await page.getByText('The message is on its way again.').waitFor();
    await page.getByText('recovered').first().waitFor();
  });

  it('shows the message only when asked, as the tree of the reader, and asks the runtime for it once', async () => {
    const looks = () => kit.runtime.calls.filter((call) => call.path.endsWith('/raw')).length;
    const before = looks();
    const patient = page.getByRole('treeitem', { name: /^PID Patient Identification/ });
    assert.equal(await patient.count(), 0);
    await page.getByRole('button', { name: 'Show message' }).click();
    await patient.waitFor();
    await page.getByRole('button', { name: 'Hide' }).click();
    assert.equal(looks(), before + 1);
    const link = await page.getByRole('link', { name: 'Open in the reader' }).getAttribute('href');
    assert.match(link ?? '', /reader\?message=/);
  });

  it('acknowledges an escalation from the keyboard', async () => {
    await page.goto(`${kit.console.url}/escalations`);
    await page
      .getByRole('button', { name: /^Acknowledge:/ })
      .first()
      .waitFor();
    const waiting = kit.runtime.escalations.filter((one) => one.state === 'open');
    const open = () => kit.runtime.escalations.filter((one) => one.state === 'open').length;
    const before = open();
    for (const { message } of waiting)
      await page.getByText(`${message.patientHint ?? ''} · ${message.controlId ?? ''}`).waitFor();
    await page.keyboard.press('j');
    // Before the next key can come: it would go to the row, and open its message.
    const taken = await page.evaluate(() => {
      const key = new KeyboardEvent('keydown', { key: 'a', bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(key);
      return document.activeElement?.closest('[role="dialog"] button[type="submit"]') !== null;
    });
    assert.ok(taken, 'the sheet has the focus at once');
    await page.getByRole('dialog').getByText(` · `).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Acknowledged. Nobody else is told.').waitFor();
    assert.equal(open(), before - 1);
  });

  it('shows a notice in a place of its own, over nothing', async () => {
    kit.runtime.notice({
      text: 'Critical result waits for an answer',
      escalationId: kit.runtime.escalations.find((one) => one.state === 'open')?.id ?? null,
    });
    const notice = page.getByRole('navigation', { name: 'Main' }).getByText('Critical result waits for an answer');
    await notice.waitFor();
    const box = await notice.boundingBox();
    assert.ok((box?.x ?? 999) < 224, 'it stands in the side column');
  });

  it('links to the flow in the editor', async () => {
    await page
      .getByRole('link', { name: /Critical/ })
      .last()
      .click();
    const link = page.getByRole('link', { name: 'Open flow in the editor' });
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), `${kit.runtime.url}/#flow/tab-critical-lab`);
  });

  for (const scheme of ['light', 'dark'] as const) {
    it(`has no critical or serious accessibility violation on any page: ${scheme}`, async () => {
      const other = await open(scheme, 1440);
      await other.page.goto(kit.console.url);
      await other.page.getByLabel('User name').waitFor();
      const found: string[] = (await violations(other.context, other.page)).map((one) => `login: ${one}`);
      await login(other.page, PASSWORD);
      await other.page.getByRole('heading', { name: 'Overview' }).waitFor();
      const failed = kit.runtime.messages.findLast((one) => one.state === 'dead')?.id ?? '';
      for (const [path, ready] of [
        ['/', 'text=Flows that run'],
        ['/messages', '[data-index="3"]'],
        [`/messages/${failed}`, '.react-flow__node'],
        ['/escalations', 'text=Acknowledge…'],
        ['/audit', 'text=Today'],
        ['/account', 'text=Where you are logged in'],
      ] as const) {
        await other.page.goto(`${kit.console.url}${path}`);
        await other.page.locator(ready).first().waitFor();
        found.push(...(await violations(other.context, other.page)).map((one) => `${path}: ${one}`));
      }
      await other.context.close();
      assert.deepEqual(found, []);
    });
  }

  it('says plainly when the runtime does not answer', async () => {
    await page.goto(`${kit.console.url}/messages`);
    await row(0).waitFor();
    await kit.runtime.stop();
    await page.getByRole('alert').getByText('The staging runtime does not answer.').first().waitFor();
    await page.getByText('Runtime down').waitFor();
  });

  it('complained of nothing in the browser, and nothing was refused by the content security policy', () => {
    assert.deepEqual(
      complaints.filter((text) => !text.includes('502')),
      [],
    );
  });
});
