import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { eventually } from '../kit/eventually.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();
const SHOTS = process.env['WARDFLOW_TEST_SHOTS'];

describe('the alerts in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function open(scheme: 'light' | 'dark', width: number, at: TestConsole, path = '/'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const opened = await context.newPage();
    opened.setDefaultTimeout(PAGE_WAIT_MS);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !/40[149]/.test(message.text())) complaints.push(message.text());
    });
    await opened.goto(`${at.console.url}${path}`);
    await opened.getByLabel('User name').fill('admin');
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    await opened.getByRole('heading', { level: 1 }).first().waitFor();
    return opened;
  }
  const shot = async (name: string, of = page): Promise<void> => {
    if (SHOTS !== undefined) await of.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: false });
  };
  const rows = () => page.locator('article[data-state]');
  const stateOf = (id: string) => kit.runtime.alerts.alerts.find((one) => one.id === id)?.state;

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 200 }, webFolder: FOLDER });
    browser = await startBrowser(executablePath);
    page = await open('light', 1440, kit);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  it('list first what nobody has, with who was told and what failed before', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    await rows().first().waitFor();
    const states = await rows().evaluateAll((all) => all.map((one) => one.getAttribute('data-state')));
    assert.deepEqual(states, [...Array<string>(5).fill('open'), ...Array<string>(3).fill('acknowledged')]);
    await page.getByText('ward doctor told by mail, after pager failed, a repeat').first().waitFor();
    await page.getByText('Nobody could be told, after pager failed').first().waitFor();
    await page.getByText('7 times').first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('list-light-1440');
  });

  it('are taken over with one key, and none that nobody pointed at', async () => {
    const open_ = () => kit.runtime.alerts.alerts.filter(({ state }) => state === 'open').length;
    const before = open_();
    await page.keyboard.press('a');
    assert.equal(open_(), before, 'the first key only points');
    const id = await page.evaluate(() => document.activeElement?.getAttribute('data-alert') ?? '');
    assert.equal(stateOf(id), 'open');
    await page.keyboard.press('a');
    await eventually('it is taken over', () => stateOf(id) === 'acknowledged');
    await page.getByText(/^You have it: /).waitFor();
    const next = await page.evaluate(() => document.activeElement?.getAttribute('data-alert') ?? '');
    assert.ok(next !== '' && next !== id, 'the keyboard is at the next one');
    assert.equal(open_(), before - 1);
  });

  it('are closed with why they should not have been told', async () => {
    await page.keyboard.press('c');
    const sheet = page.getByRole('dialog');
    await sheet.waitFor();
    const id = await page.evaluate(
      () => [...document.querySelectorAll('[data-alert]')][0]?.getAttribute('data-alert') ?? '',
    );
    await sheet.getByLabel('Another reason').check();
    const button = sheet.getByRole('button', { name: 'Close it' });
    assert.equal(await button.isDisabled(), true, 'not without saying which');
    assert.deepEqual(await barriers(page), []);
    await shot('close-light-1440');
    await sheet.getByLabel('False positive').check();
    await button.click();
    await sheet.waitFor({ state: 'detached' });
    const closed = kit.runtime.alerts.alerts.filter(({ ended }) => ended?.by === 'user:admin');
    assert.deepEqual(
      closed.map(({ ended }) => ended?.dismissal?.reason),
      ['false-positive'],
    );
    assert.notEqual(id, '');
  });

  it('say when somebody else was first', async () => {
    const link = page.locator('article[data-state="open"] [data-alert]').first();
    const id = (await link.getAttribute('data-alert')) ?? '';
    // Between what is shown and the key.
    await page.route(`**/alerts/${id}/acknowledge`, async (route) => {
      const ended = { by: 'user:nina', at: Date.now(), dismissal: null };
      kit.runtime.alerts.change(id, { state: 'closed', ended, answered: 99 });
      await route.continue();
    });
    await link.focus();
    await page.keyboard.press('a');
    await page.getByText('Somebody has answered the alert since').waitFor();
    await page.locator(`[data-alert="${id}"]`).waitFor({ state: 'detached' });
  });

  it('come and go live', async () => {
    const link = page.locator('article[data-state="open"] [data-alert]').first();
    const id = (await link.getAttribute('data-alert')) ?? '';
    kit.runtime.alerts.change(id, { count: 41 });
    await page.getByText('41 times').waitFor();
  });

  it('show one whole: times, tellings, what it is about, what was held back, and its message', async () => {
    const { id, messageId } = kit.runtime.alerts.alerts.findLast(({ state }) => state === 'open') ?? assert.fail();
    await page.goto(`${kit.console.url}/alerts/${id}`);
    await page.getByRole('heading', { name: 'Who was told' }).waitFor();
    await eventually('the look is kept', () =>
      kit.runtime.alerts.alerts.some((one) => one.id === id && one.openedAt !== null),
    );
    await page.getByText(/^The patient was merged .* now under O\.K\. …0815/).waitFor();
    const others = page.getByRole('region', { name: 'Other open tasks of this patient' });
    await others.getByRole('link', { name: 'Book the follow-up visit' }).waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('one-light-1440');
    await page.getByRole('link', { name: 'Runbook', exact: true }).click();
    await page.getByRole('heading', { name: 'Critical lab result follow-up: Runbook' }).waitFor();
    const runbook = page.getByRole('region', { name: 'Runbook' });
    await runbook.getByText('Nobody answers.').waitFor();
    assert.equal(await runbook.getByText('It decides nothing by itself.').count(), 0, 'of the section alone');
    await page.getByText('Out of hours: integration on call').waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('runbook-light-1440');
    await page.goBack();
    await page.getByRole('button', { name: 'Report a problem…' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('The alert itself stays as it is.').waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('report-light-1440');
    await sheet.getByRole('radio').first().check();
    await sheet.getByRole('textbox').fill('The analyser was being tested');
    await sheet.getByRole('button', { name: 'Report it' }).click();
    await eventually('it is reported', () =>
      kit.runtime.calls.some(
        ({ path, method, body }) => method === 'POST' && path.endsWith('/problems') && body.includes(id),
      ),
    );
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('d');
    await page.getByRole('textbox', { name: 'What was done?' }).fill('Called the ward');
    await page.getByRole('button', { name: 'Note it' }).click();
    await page.getByText('admin has it').first().waitFor();
    const call = kit.runtime.calls.findLast(({ path }) => path.endsWith(`/alerts/${id}/act`));
    assert.equal((JSON.parse(call?.body ?? '{}') as { what?: string }).what, 'Called the ward');
    await page.keyboard.press('o');
    await page.waitForURL(`**/messages/${messageId}`);
    const panel = page.getByRole('region', { name: /^Alerts?$/ });
    await panel.getByRole('link').first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('trace-light-1440');
    await panel.locator(`a[href$="/alerts/${id}"]`).click();
    await page.getByRole('heading', { name: 'Who was told' }).waitFor();
    const done = page.getByRole('region', { name: 'What was done' }).getByRole('listitem');
    await done.waitFor();
    assert.match(await done.innerText(), /^Called the ward\s+admin, /);
    assert.deepEqual(await barriers(page), []);
    await shot('acts-light-1440');
  });

  it('say what was held back, and by which rule', async () => {
    await page.goto(`${kit.console.url}/alerts/held-back`);
    await page.getByText('The analyser on the third floor is being mended').first().waitFor();
    await page.getByText('Cooling down').first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('held-light-1440');
    await page.goto(`${kit.console.url}/alerts/over`);
    await page.getByText('The cause is gone').first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await shot('over-light-1440');
  });

  it('are reached by the link of a page through the login, in the dark and on a phone', async () => {
    const { id } = kit.runtime.alerts.alerts[0] ?? assert.fail();
    const phone = await open('dark', 390, kit, `/alerts/${id}`);
    try {
      await phone.getByRole('heading', { name: 'Who was told' }).waitFor();
      assert.deepEqual(await barriers(phone), []);
      const wide = () => phone.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.equal(await wide(), false, 'nothing stands out at the side');
      await shot('one-dark-390', phone);
      await phone.goto(`${kit.console.url}/alerts`);
      await phone.locator('article[data-state]').first().waitFor();
      assert.deepEqual(await barriers(phone), []);
      assert.equal(await wide(), false);
      await shot('list-dark-390', phone);
      await phone.goto(`${kit.console.url}/alerts/held-back`);
      await phone.getByText('Cooling down').first().waitFor();
      assert.deepEqual(await barriers(phone), []);
      assert.equal(await wide(), false);
      await shot('held-dark-390', phone);
      await phone.goto(`${kit.console.url}/alerts/none`);
      await phone.getByText('There is no such alert.').waitFor();
      await shot('error-dark-390', phone);
    } finally {
      await phone.context().close();
    }
  });

  it('stay fast where a thousand wait, and say so where there are none', async () => {
    const many = await startTestConsole({ runtime: { messages: 50, alerts: 1200 }, webFolder: FOLDER });
    const none = await startTestConsole({ runtime: { messages: 5, empty: true }, webFolder: FOLDER });
    try {
      const full = await open('dark', 1440, many, '/alerts');
      await full.getByText('1,003 of 1,203 are shown').waitFor();
      assert.ok((await full.locator('article[data-state]').count()) < 60, 'only what is seen is drawn');
      const at = async (): Promise<number> =>
        Number(await full.evaluate(() => document.activeElement?.closest('li')?.getAttribute('aria-posinset') ?? 0));
      // Faster than rows are drawn, a key does nothing.
      await eventually('the keyboard goes on past what was drawn first', async () => {
        await full.keyboard.press('j');
        return (await at()) >= 60;
      });
      assert.deepEqual(await barriers(full), []);
      await shot('full-dark-1440', full);
      await full.context().close();
      const empty = await open('light', 390, none, '/alerts');
      await empty.getByText('No alert waits').waitFor();
      await shot('empty-light-390', empty);
      await empty.context().close();
    } finally {
      await Promise.all([many.stop(), none.stop()]);
    }
  });

  it('complained of nothing', () => {
    assert.deepEqual(complaints, []);
  });
});
