import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import Papa from 'papaparse';
import type { Browser, Page } from 'playwright-core';
import type { ShiftReport } from '../../engine/index.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { startShiftStore, type ShiftStore } from '../kit/shift-store.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();

describe('the shift view in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let data: ShiftStore;
  let browser: Browser;
  let page: Page;
  /** Of a coordinator, who hears of changes of tasks at once. */
  let cookie: string;
  let fails = false;
  let nothing = false;
  const complaints: string[] = [];
  const asked: URLSearchParams[] = [];

  async function open(scheme: 'light' | 'dark', width: number): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      timezoneId: 'Europe/Berlin',
      acceptDownloads: true,
    });
    const opened = await context.newPage();
    opened.setDefaultTimeout(PAGE_WAIT_MS);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      // What the shell asks of others is theirs; what this page asks is looked at where it is shown.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: kit.console.url }]);
    await opened.goto(kit.console.url);
    await opened.getByRole('navigation', { name: 'Pages' }).first().waitFor({ state: 'attached' });
    return opened;
  }
  const tile = (name: string) => page.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) });
  const valueOf = async (name: string): Promise<string> => (await tile(name).locator('dd').first().textContent()) ?? '';
  const go = async (address: string): Promise<void> => {
    await page.goto(`${kit.console.url}${address}`);
    await page.getByRole('heading', { name: 'Shift', level: 1 }).waitFor();
  };
  const number = (value: number): string => value.toLocaleString('en-GB');

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    data = await startShiftStore(Date.now(), 240);
    const shiftReport = async (query: URLSearchParams): Promise<unknown> => {
      asked.push(query);
      if (fails) throw new Error('away');
      if (nothing) query.set('serviceLine', 'nobody has this');
      return data.report(query);
    };
    kit = await startTestConsole({ runtime: { messages: 50, shiftReport }, webFolder: FOLDER });
    cookie = await kit.cookieOf('coordinator');
    browser = await startBrowser(executablePath);
    page = await open('light', 1440);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
    await data?.stop();
  });

  it('shows the figures of this shift, compared with the one before in words', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { name: 'Shift', level: 1 }).waitFor();
    await page.getByText(/^(Day|Night) shift$/).waitFor();
    await go('/shift?time=today&back=1&zone=Europe/Berlin');
    await page.getByText('Yesterday', { exact: true }).waitFor();
    await tile('Taken over within')
      .getByText(/^(as fast as|.+ (slower|faster) than) the day before$/)
      .waitFor();
    const own = asked
      .filter(
        (one) => Number(one.get('to')) <= Date.now() && Number(one.get('to')) - Number(one.get('from')) > 80_000_000,
      )
      .toSorted((a, b) => Number(b.get('from')) - Number(a.get('from')))[0];
    assert.ok(own, 'the day is asked for');
    assert.equal(own.get('zone'), 'Europe/Berlin');
    const { all } = (await data.report(own)) as ShiftReport;
    assert.ok(all.created > 10, 'a day in which nothing happened would show nothing');
    assert.equal(await valueOf('New tasks'), number(all.created));
    assert.equal(await valueOf('Open'), number(all.inState.count));
    assert.equal(await valueOf('Alerts told'), number(all.alertsStarted));
    assert.equal(await valueOf('Overdue'), number(all.overdue));
    assert.match(await valueOf('Taken over within'), /^\d+ min$/);
    assert.match(await valueOf('False alarms'), /^\d+ %$/);
  });

  it('draws it by the hour, with the same numbers as a table', async () => {
    await page.locator('.recharts-bar-rectangle').first().waitFor();
    await page.getByText('As a table').first().click();
    const cells = page.getByRole('region', { name: 'Tasks by the hour' }).locator('tbody td:nth-child(2)');
    const sum = (await cells.allTextContents()).reduce((all, one) => all + Number(one), 0);
    assert.equal(number(sum), await valueOf('New tasks'));
    assert.ok([23, 24, 25].includes(await cells.count()), 'the hours of a day');
  });

  it('shows one service line where it is chosen, and goes to other times from the keyboard', async () => {
    const whole = Number((await valueOf('New tasks')).replaceAll(',', ''));
    await go(`/shift?time=today&back=1&line=${encodeURIComponent('Bed management')}`);
    await page.getByRole('rowheader', { name: 'Bed management' }).waitFor();
    const part = Number(await valueOf('New tasks'));
    assert.ok(part > 0 && part < whole, `${part} of ${whole}`);
    assert.equal(await page.getByRole('rowheader', { name: 'Laboratory' }).count(), 0);
    await page.getByRole('button', { name: 'The day after' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Today', { exact: true }).first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'The day after' }).isDisabled(), true);
    await page.getByText('From … to …').click();
    await page.getByLabel('To', { exact: true }).fill('2020-01-01T00:00');
    await page.getByText('It ends before it begins: choose a later end.').waitFor();
  });

  it('changes by itself when a task is made', async () => {
    await go('/shift?time=today');
    await tile('New tasks').waitFor();
    const before = Number(await valueOf('New tasks'));
    await data.addTask();
    // Within 5 seconds everybody gets the report that was made: told again until it is another.
    const told = setInterval(() => kit.runtime.publish({ kind: 'task', id: 't' }), 1000);
    try {
      await tile('New tasks')
        .getByText(String(before + 1), { exact: true })
        .waitFor();
    } finally {
      clearInterval(told);
    }
  });

  it('is saved as CSV, as it is shown', async () => {
    await go('/shift?time=today&back=1');
    await tile('New tasks').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^wardflow-shift-\d{4}-\d\d-\d\d-00-00\.csv$/);
    const { data: rows } = Papa.parse<Record<string, string>>(readFileSync(await file.path(), 'utf8'), {
      header: true,
      skipEmptyLines: true,
    });
    assert.equal(rows[0]?.['of'], 'all');
    assert.equal(rows[0]?.['created'], (await valueOf('New tasks')).replaceAll(',', ''));
    assert.ok(rows.some((row) => row['of'] === 'service line' && row['name'] === 'Laboratory'));
  });

  it('says that nothing was, and that it cannot be read', async () => {
    nothing = true;
    await go('/shift?time=week');
    await page.getByText('Nothing happened, and nothing is open').waitFor();
    assert.deepEqual(await barriers(page), []);
    nothing = false;
    fails = true;
    await go('/shift?time=week&back=3');
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await barriers(page), []);
    fails = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await tile('New tasks').waitFor();
  });

  it('has no barrier, narrow or wide, light or dark', async () => {
    for (const [scheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      const own = await open(scheme, width);
      await own.goto(`${kit.console.url}/shift?time=today&back=1`);
      await own.locator('.recharts-bar-rectangle').first().waitFor();
      assert.deepEqual(await barriers(own), [], `${scheme} ${width}`);
      const wider = await own.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wider <= 0, `${wider} px wider than the screen`);
      await own.context().close();
    }
    assert.deepEqual(complaints, []);
  });
});
