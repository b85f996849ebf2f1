import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();

describe('fallbacks in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  const complaints: string[] = [];

  async function open(scheme: 'light' | 'dark', width: number, at = kit): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const opened = await context.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    await opened.goto(at.console.url);
    await opened.getByLabel('User name').fill('admin');
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    await opened.getByRole('heading', { name: 'Overview' }).waitFor();
    await opened.goto(`${at.console.url}/operations/fallbacks`);
    await opened.getByRole('heading', { name: /^Held for a person/ }).waitFor();
    return opened;
  }

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 200, fallbacks: true }, webFolder: FOLDER });
    browser = await startBrowser(executablePath);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  it('are entered with a reason, said on every page, and ended', async () => {
    const page = await open('light', 1440);
    await page.getByRole('button', { name: 'Put into fallback: Critical laboratory results' }).click();
    await page.getByText('people are told at once').first().waitFor();
    const enter = page.getByRole('button', { name: 'Put into fallback', exact: true });
    assert.equal(await enter.isDisabled(), true, 'not without a reason');
    await page.getByRole('textbox', { name: 'Reason' }).fill('the EHR is upgraded');
    assert.deepEqual(await barriers(page), []);
    await enter.click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const banner = page.getByRole('region', { name: 'Fallback', exact: true });
    await banner.getByText('Critical laboratory results is in fallback: alert and task').waitFor();
    await page.goto(`${kit.console.url}/`);
    await banner.getByText('the EHR is upgraded').waitFor();
    await banner.getByRole('link', { name: 'Show fallbacks' }).click();
    await page.getByText('In fallback: alert and task').waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'End the fallback: Critical laboratory results' }).click();
    await page.getByText('What was held stays held').waitFor();
    await page.getByRole('textbox', { name: 'Reason' }).fill('it is back');
    await page.getByRole('button', { name: 'End the fallback', exact: true }).click();
    await banner.waitFor({ state: 'detached' });
    const calls = kit.runtime.calls.filter(({ path }) => /fallbacks\/.+\/(enter|leave)$/.test(path));
    assert.deepEqual(
      calls.map(({ body, actor }) => [body, actor]),
      [
        [JSON.stringify({ seen: 0, reason: 'the EHR is upgraded' }), 'user:admin'],
        [JSON.stringify({ seen: 1, reason: 'it is back' }), 'user:admin'],
      ],
    );
    await page.context().close();
  });

  it('offer what is held, say what overtook it, and take decisions about one and about many', async () => {
    const page = await open('dark', 390);
    await page.getByText('2 newer messages of the same patient were done since.').waitFor();
    await page.getByText('carries out: ehr: create Task (follow-up); alert: pager (page)').waitFor();
    assert.deepEqual(await barriers(page), []);
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      true,
      'nothing is wider than the screen',
    );
    await page.getByRole('checkbox', { name: 'All', exact: true }).check();
    await page.getByRole('button', { name: 'Decide about 3…' }).click();
    const process = page.getByRole('button', { name: 'Process', exact: true });
    await page.getByRole('textbox', { name: 'Reason' }).fill('looked at');
    assert.equal(await process.isDisabled(), true, 'not without a decision');
    await page.getByRole('radio', { name: /Process now/ }).check();
    assert.deepEqual(await barriers(page), []);
    await process.click();
    await page.getByText('1 left: newer messages of the same patient were done since').waitFor();
    assert.equal(kit.runtime.fallbacks.held.length, 1);
    await page.getByRole('checkbox', { name: /I know what newer messages/ }).check();
    await process.click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('Nothing is held.').waitFor();
    assert.equal(kit.runtime.fallbacks.held.length, 0);
    await page.context().close();
  });

  it('say so where no flow declares one', async () => {
    const empty = await startTestConsole({ runtime: { messages: 20 }, webFolder: FOLDER });
    try {
      const page = await open('light', 390, empty);
      await page.getByText('No flow declares a fallback.').waitFor();
      await page.getByText('Nothing is held.').waitFor();
      assert.deepEqual(await barriers(page), []);
      await page.context().close();
    } finally {
      await empty.stop();
    }
  });

  it('complain about nothing on the way', () => assert.deepEqual(complaints, []));
});
