import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { flaws, LOOKS, PAGE_WAIT_MS, startBrowser, type Look } from '../kit/browser.ts';
import { FAKE_TOKEN } from '../kit/fake-runtime.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { startRuleTableRuntime, type RuleTableRuntime } from '../kit/rule-table-runtime.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();
/** Pictures to look at, where somebody wants them. */
const PICTURES = process.env['WARDFLOW_TEST_PICTURES'];
const TABLE = '/definitions/discharge-follow-up/rules/follow-up-queues';

describe('the editor of rule tables in a browser', function () {
  this.timeout(240_000);
  let runtime: RuleTableRuntime;
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function context(scheme: 'light' | 'dark', width: number): Promise<BrowserContext> {
    const made = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    made.setDefaultTimeout(PAGE_WAIT_MS);
    await made.grantPermissions(['clipboard-read', 'clipboard-write']);
    return made;
  }
  async function open(scheme: 'light' | 'dark', width: number, path = TABLE): Promise<Page> {
    const opened = await (await context(scheme, width)).newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(`${kit.console.url}${path}`);
    await opened.getByLabel('User name').fill('admin');
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    return opened;
  }
  const cell = (row: number, column: number): Locator => page.locator(`[data-at="${row},${column}"]`);
  const text = (row: number, column: number): Promise<string> => cell(row, column).innerText();
  const panel = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const shows = async (row: number, column: number, wanted: string): Promise<void> =>
    cell(row, column).filter({ hasText: wanted }).waitFor();

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    runtime = await startRuleTableRuntime();
    await runtime.pin({
      id: 'pinned',
      name: 'a discharge',
      definition: 'discharge-follow-up',
      type: 'ADT^A03',
      body: readFileSync('flows/discharge-follow-up/samples/heart-failure.hl7', 'latin1').replaceAll(/\r?\n/g, '\r'),
    });
    kit = await startTestConsole({
      webFolder: FOLDER,
      watched: false,
      directory: () => ({
        names: ['staging'],
        locate: () => Promise.resolve({ url: runtime.url, token: FAKE_TOKEN }),
      }),
    });
    browser = await startBrowser(executablePath);
    page = await open('light', 1440, '/rules');
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
    await runtime?.stop();
  });

  it('is reached from the list of all tables', async () => {
    await page
      .getByRole('link', { name: /follows up/ })
      .first()
      .click();
    await page.getByRole('grid').waitFor();
    await panel('Tests').getByText('All tests of the table give').waitFor();
    await panel('Sample events').getByText('heart-failure.hl7').waitFor();
  });

  it('moves by the keyboard, and edits with typing, Enter, Tab and Esc', async () => {
    await cell(0, 1).click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-at="1,2"]:focus').waitFor();
    const before = await text(1, 2);
    await page.keyboard.type('XX');
    await page.keyboard.press('Escape');
    assert.equal(await text(1, 2), before);
    await page.keyboard.press('Home');
    await page.keyboard.press('F2');
    await page.keyboard.type('-new');
    await page.keyboard.press('Tab');
    await page.locator('[data-at="1,1"]:focus').waitFor();
    await shows(1, 0, '-new');
    await page.keyboard.press('Control+z');
    await page.locator('[data-at="1,0"]').filter({ hasNotText: '-new' }).waitFor();
    await page.keyboard.press('Control+y');
    await shows(1, 0, '-new');
    await page.keyboard.press('Control+z');
  });

  it('says what is wrong with a cell while it is there, and lets nobody save it', async () => {
    const column = await columnOf('number');
    const before = await text(0, column);
    await cell(0, column).click();
    await page.keyboard.type('[3..');
    await page.keyboard.press('Enter');
    await page.locator(`[data-at="0,${column}"][data-wrong="true"]`).waitFor();
    await panel('Findings').getByText('Wrong', { exact: true }).first().waitFor();
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
    await cell(0, column).click();
    await page.getByRole('status', { name: 'Chosen cell' }).getByText('cannot be read').waitFor();
    await picture(page, 'wrong-cell');
    await page.keyboard.press('Control+z');
    await page.locator(`[data-at="0,${column}"][data-wrong="false"]`).waitFor();
    assert.equal(await text(0, column), before);
  });

  it('takes rows of a spreadsheet, quotes what is text, and takes them back', async () => {
    const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount'));
    await page.getByRole('grid').getByText('otherwise').click();
    await cell(rows - 3, 0).click();
    await page.evaluate(async () => navigator.clipboard.writeText('p-one\tICU\r\np-two\tMED\r\n'));
    await page.keyboard.press('Control+v');
    await shows(rows - 3, 0, 'p-one');
    await shows(rows - 2, 0, 'p-two');
    await shows(rows - 3, 1, '"ICU"');
    await page.keyboard.press('Control+z');
    await page
      .locator(`[data-at="${rows - 3},0"]`)
      .filter({ hasNotText: 'p-one' })
      .waitFor();
    assert.equal(Number(await page.getByRole('grid').getAttribute('aria-rowcount')), rows);
  });

  it('shows a row that never decides, and why', async () => {
    await cell(0, 0).click();
    await page.getByRole('button', { name: 'Add row' }).click();
    await page.getByRole('button', { name: 'Move up' }).click();
    await page.getByRole('button', { name: 'Move up' }).isDisabled();
    await panel('Findings').getByText('Never decides').first().waitFor();
    await panel('Tests').getByText('Fails').first().waitFor();
    await picture(page, 'findings');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await panel('Tests').getByText('All tests of the table give').waitFor();
  });

  it('tries an input and says why other rows did not decide', async () => {
    await panel('Try an input').getByRole('textbox').first().fill('01');
    await page.getByRole('list', { name: 'Why other rows did not decide' }).getByRole('listitem').first().waitFor();
    await panel('Try an input')
      .getByText(/row|otherwise/i)
      .first()
      .waitFor();
  });

  it('adds and removes columns', async () => {
    await page.getByRole('button', { name: 'Add input' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('weekday');
    await page.getByRole('textbox', { name: 'Label' }).fill('Weekday');
    await page.getByRole('button', { name: 'Add column' }).click();
    await page.getByRole('button', { name: 'Change column Weekday' }).click();
    await page.getByRole('button', { name: 'Delete column' }).click();
    await page.getByRole('button', { name: 'Change column Weekday' }).waitFor({ state: 'detached' });
  });

  it('says who answers for a row, why, and when it holds; all of it can be taken back', async () => {
    await cell(0, 1).click();
    const row = page.getByRole('region', { name: /^About row / });
    const fields = [
      [row.getByLabel('Owner'), 'Ward group'],
      [row.getByLabel('Contact'), 'ward@example.org'],
      [row.getByLabel('In force from'), '2026-02-01'],
      [row.getByLabel('In force to'), '2027-02-01'],
      [row.getByLabel('Clinical reference'), 'Policy W-1'],
      [row.getByLabel('Note'), 'seen by  two'],
    ] as const;
    const before = await Promise.all(fields.map(([field]) => field.inputValue()));
    for (const [field, value] of fields) await field.fill(value);
    await row.getByLabel('Reason').pressSequentially('asked for');
    await page.locator('[data-at="0,0"][data-own="true"]').waitFor();
    await panel('About the table').getByLabel('Reason').fill('');
    await panel('About the table').getByText('A table has a reason').waitFor();
    await panel('Findings').getByText('Wrong', { exact: true }).first().waitFor();
    assert.ok(await page.getByRole('button', { name: 'Save' }).isDisabled());
    await picture(page, 'details');
    await page.getByRole('button', { name: 'Undo' }).click();
    await panel('Findings').getByText('No cell is wrong').waitFor();
    // Typing in one field is one step.
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal(await row.getByLabel('Reason').inputValue(), '');
    for (const [i, [field]] of [...fields.entries()].toReversed()) {
      await page.getByRole('button', { name: 'Undo' }).click();
      assert.equal(await field.inputValue(), before[i]);
    }
    await page.locator('[data-at="0,0"][data-own="false"]').waitFor();
  });

  it('keeps a trial as a test, edits it, says when it fails, and takes its deletion back', async () => {
    const tests = panel('Tests');
    const mine = tests.getByRole('listitem').filter({ hasText: 'kept by hand' });
    await panel('Try an input').getByLabel('Keep it as a test named').fill('kept by hand');
    await panel('Try an input').getByRole('button', { name: 'Add as test' }).click();
    await mine.getByText('Pass').waitFor();
    await tests.getByText('All tests of the table give').waitFor();
    await page.getByRole('button', { name: 'Edit test kept by hand' }).click();
    await page.getByRole('textbox', { name: 'Rows' }).fill('heart-failure');
    await picture(page, 'test-form');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await mine.getByText('Fails').waitFor();
    await mine.getByText('expected heart-failure').waitFor();
    await tests.getByText('One test fails.').waitFor();
    await page.getByRole('button', { name: 'Delete test kept by hand' }).click();
    await mine.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await mine.getByText('Fails').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await mine.getByText('Pass').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await mine.waitFor({ state: 'detached' });
  });

  it('fills an input from a pinned message, and records that it was looked at', async () => {
    const from = panel('Try an input').getByLabel('Fill in from a pinned message');
    await from.selectOption({ label: 'a discharge (ADT^A03)' });
    await panel('Try an input').getByLabel('Unit').waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLInputElement>('section[aria-label="Try an input"] input')].some(
        ({ value }) => value === 'CARD',
      ),
    );
    await panel('Try an input')
      .getByText(/^Row|because|matched|holds/)
      .first()
      .waitFor();
    await panel('Try an input').getByText('Values of a pinned message are not kept as a test.').waitFor();
    assert.equal(await panel('Try an input').getByRole('button', { name: 'Add as test' }).count(), 0);
    const records = await runtime.engine.store.audit.list({ type: 'message.body-viewed' });
    assert.deepEqual(
      records.map(({ actor, messageId }) => [actor, messageId]),
      [['user:admin', 'pinned']],
    );
  });

  it('saves for staging, a change of one cell as one line of the file', async () => {
    const before = (await runtime.text('discharge-follow-up', 'follow-up-queues')).split('\n');
    await page.reload();
    await page.getByRole('grid').waitFor();
    await cell(0, await noteColumn(page)).click();
    await page.keyboard.type('looked at');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved: staging decides by it').waitFor();
    const after = (await runtime.text('discharge-follow-up', 'follow-up-queues')).split('\n');
    assert.ok(after.some((line) => line.includes('"note": "looked at"')));
    assert.ok(Math.abs(after.length - before.length) <= 1);
    assert.deepEqual(runtime.saved, [{ table: 'follow-up-queues', actor: 'user:admin' }]);
  });

  it('tells the second of two who saved meanwhile', async () => {
    const other = await open('light', 1440);
    await other.getByRole('grid').waitFor();
    for (const [one, note] of [
      [page, 'mine'],
      [other, 'theirs'],
    ] as const) {
      await one.locator(`[data-at="1,${await noteColumn(one)}"]`).click();
      await one.keyboard.type(note);
      await one.keyboard.press('Enter');
      await one.getByRole('button', { name: 'Save' }).click();
      await one.getByText(note === 'mine' ? 'Saved: staging' : 'somebody has saved the table').waitFor();
    }
    await other.context().close();
  });

  it('has no barriers, light and dark, wide and narrow', async () => {
    const opened = await open('light', 1440);
    const shown =
      (name: string) =>
      ({ scheme, width }: Look): Promise<void> =>
        picture(opened, `${name}-${scheme}-${width}`);
    await opened.getByRole('grid').waitFor();
    await opened.getByText('All tests of the table give').waitFor();
    const found = [...(await flaws(opened, 'editor', LOOKS, shown('editor')))];
    await opened.goto(`${kit.console.url}/rules`);
    await opened
      .getByRole('link', { name: /follows up/ })
      .first()
      .waitFor();
    found.push(...(await flaws(opened, 'list', LOOKS, shown('list'))));
    await opened.context().close();
    assert.deepEqual(found, []);
  });

  it('never broke in between', () => assert.deepEqual(complaints, []));

  /** The first column of a type, by what its head says. */
  async function columnOf(type: string): Promise<number> {
    const heads = await page.getByRole('columnheader').allInnerTexts();
    const found = heads.findIndex((head) => new RegExp(`\\n${type}\\b`).test(head));
    assert.ok(found > 0, heads.join(' | '));
    return found;
  }

  const noteColumn = async (of: Page): Promise<number> =>
    (await of.getByRole('columnheader').allInnerTexts()).findIndex((head) => head.trim() === 'Note');

  async function picture(of: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await of.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  }
});
