/** A rule table changed in the form of its node: a real browser, a real staging runtime, people of a real console. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers, look, PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { requireChromium } from '../kit/requires.ts';

interface Editor {
  nodes: { filterNodes(filter: object): readonly object[] };
  editor: { edit(node: object): void };
}

/** Who changes tables, who looks at bodies, and who does both. */
const ROLES = { analyst: ['analyst'], operator: ['operator'], both: ['analyst', 'operator'] } as const;
type Person = keyof typeof ROLES;

const PICTURES = process.env['WARDFLOW_TEST_PICTURES'];
const FILE = 'critical-lab-result/rules/critical-results.json';

describe('the form of a rule table node', function () {
  this.timeout(240_000);
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  const become = async (role: Person, of: Page): Promise<void> => {
    const [name = '', value = ''] = (await bench.cookieOf(...ROLES[role])).split('=');
    await of.context().addCookies([{ name, value, url: bench.editorUrl }]);
  };
  const open = async (role: Person): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme: 'light' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const opened = await context.newPage();
    opened.setDefaultTimeout(PAGE_WAIT_MS);
    opened.on('pageerror', ({ message }) => trouble.push(message));
    await become(role, opened);
    await opened.goto(bench.editorUrl);
    await opened.waitForFunction(
      () =>
        ((globalThis as unknown as { RED?: Editor }).RED?.nodes?.filterNodes?.({ type: 'rule table' }) ?? []).length >
        0,
    );
    return opened;
  };
  const openForm = (of: Page): Promise<void> =>
    of.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: Editor };
      RED.editor.edit(RED.nodes.filterNodes({ type: 'rule table' })[0] ?? {});
    });
  const edit = async (of: Page): Promise<void> => {
    await openForm(of);
    await of.getByRole('grid').waitFor();
  };
  const cancel = async (): Promise<void> => {
    await page.locator('#node-dialog-cancel').last().click();
    await page.locator('#node-dialog-cancel').last().waitFor({ state: 'hidden' });
  };
  const cell = (row: number, column: number): Locator => page.locator(`.wardflow-grid [data-at="${row},${column}"]`);
  const count = (): Promise<number> => page.locator('.wardflow-grid [role="rowheader"]').count();
  const file = (): string => readFileSync(join(bench.runtime.flows, FILE), 'utf8');

  before(async function () {
    const executablePath = requireChromium(this);
    bench = await startEditorBench({ definitions: ['_shared', 'critical-lab-result'] });
    const sender = new MllpSender(bench.runtime.mllpPort);
    await sender.send(oru({ controlId: 'PIN1', patient: 'P1', observations: [potassium('7.1', 'HH')] }));
    sender.close();
    const { messages } = await bench.runtime.api<{ messages: { id: string }[] }>('/messages');
    const body = JSON.stringify({ name: 'potassium high' });
    await bench.runtime.api(`/messages/${messages[0]?.id ?? ''}/pin`, { method: 'POST', body });
    browser = await startBrowser(executablePath);
    page = await open('both');
    await edit(page);
    await page.getByText(/No finding; all \d+ tests pass\./).waitFor();
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  it('has all rows as a grid that the keyboard moves in and edits, with undo', async () => {
    await cell(0, 1).click();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.locator('.wardflow-grid [data-at="1,2"]:focus').waitFor();
    const before = await cell(1, 2).innerText();
    await page.keyboard.type('XX');
    await page.keyboard.press('Escape');
    assert.equal(await cell(1, 2).innerText(), before);
    await page.keyboard.press('Home');
    await page.keyboard.press('F2');
    await page.keyboard.type('-new');
    await page.keyboard.press('Enter');
    await cell(1, 0).filter({ hasText: '-new' }).waitFor();
    await page.keyboard.press('Control+z');
    await cell(1, 0).filter({ hasNotText: '-new' }).waitFor();
    await page.keyboard.press('Control+y');
    await cell(1, 0).filter({ hasText: '-new' }).waitFor();
    await page.keyboard.press('Control+z');
    assert.ok(await page.getByRole('grid').isVisible(), 'none of these keys is for the form');
  });

  it('adds and deletes rows, and takes rows of a spreadsheet', async () => {
    const rows = await count();
    await cell(0, 0).click();
    await page.getByRole('button', { name: 'Add row' }).click();
    assert.equal(await count(), rows + 1);
    await page.getByRole('button', { name: 'Delete row' }).click();
    assert.equal(await count(), rows);
    await cell(rows - 2, 0).click();
    await page.evaluate(async () => navigator.clipboard.writeText('p-one\t1111-1\r\np-two\t2222-2\r\n'));
    await page.keyboard.press('Control+v');
    await cell(rows - 1, 0)
      .filter({ hasText: 'p-two' })
      .waitFor();
    assert.equal(await cell(rows - 2, 1).innerText(), '"1111-1"');
    assert.equal(await count(), rows + 1);
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Undo', exact: true }).click();
    assert.equal(await count(), rows);
    await page.getByText(/No finding; all \d+ tests pass\./).waitFor();
  });

  it('names the row and the column of what is wrong, and does not save it', async () => {
    await cell(0, 3).click();
    await page.keyboard.type('[3..');
    await page.keyboard.press('Enter');
    await page.locator('.wardflow-grid [data-at="0,3"][aria-invalid="true"]').waitFor();
    await page.getByRole('list', { name: 'Findings' }).getByText('cannot be read').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Save table' }).isDisabled());
    await picture(page, 'dialog-wrong');
    await cell(0, 3).click();
    await page.keyboard.press('Control+z');
    await page.getByText(/No finding; all \d+ tests pass\./).waitFor();
  });

  it('tries a pinned message, and records that it was looked at', async () => {
    await page.getByText('Try an input').click();
    await page
      .getByLabel('Fill in from a pinned message (that you look is recorded)')
      .selectOption({ label: 'potassium high (ORU^R01)' });
    await page.locator('.wardflow-grid-verdict').getByText('7.1').first().waitFor();
    const { records } = await bench.runtime.api<{ records: readonly { actor: string }[] }>(
      '/audit?type=message.body-viewed',
    );
    assert.equal(records.length, 1);
    await picture(page, 'dialog-trial');
  });

  it('saves in the name of the person, and keeps what is not saved when it is closed', async () => {
    const before = file();
    const column = await page.locator('.wardflow-grid [role="columnheader"]').count();
    await cell(0, column - 1).click();
    await page.keyboard.type('looked at');
    await page.keyboard.press('Enter');
    await cancel();
    await edit(page);
    await page.getByText('What you changed here before is not saved yet.').waitFor();
    await cell(0, column - 1)
      .filter({ hasText: 'looked at' })
      .waitFor();
    assert.equal(file(), before);
    await page.getByRole('button', { name: 'Save table' }).click();
    await page.getByText('Saved: staging decides by it').waitFor();
    assert.ok(file().includes('"note": "looked at"'));
  });

  it('refuses to save over what somebody has saved meanwhile', async () => {
    const other = await open('analyst');
    await edit(other);
    const column = await page.locator('.wardflow-grid [role="columnheader"]').count();
    for (const [one, note] of [
      [page, 'mine'],
      [other, 'theirs'],
    ] as const) {
      await one.locator(`.wardflow-grid [data-at="1,${column - 1}"]`).click();
      await one.keyboard.type(note);
      await one.keyboard.press('Enter');
      await one.getByRole('button', { name: 'Save table' }).click();
      await one.getByText(note === 'mine' ? 'Saved: staging' : 'somebody has saved the table').waitFor();
    }
    assert.ok(file().includes('"mine"') && !file().includes('"theirs"'));
    await other.context().close();
  });

  it('shows the rows to who may not change them', async () => {
    const reader = await open('operator');
    await edit(reader);
    await reader.getByText('Your role reads rule tables').waitFor();
    assert.equal(await reader.getByRole('grid').getAttribute('aria-readonly'), 'true');
    assert.equal(await reader.getByRole('button', { name: 'Save table' }).count(), 0);
    await reader.context().close();
  });

  for (const scheme of ['light', 'dark'] as const)
    it(`has no barriers: ${scheme}, 1440 wide`, async () => {
      await page.getByText(/all \d+ tests pass\./).waitFor();
      await look(page, { scheme, width: 1440 });
      assert.deepEqual(await barriers(page, ['.wardflow-rule-editor']), []);
      await picture(page, `dialog-${scheme}-1440`);
    });

  it('is as wide as a phone, with its rows, over the sidebars', async () => {
    await cancel();
    await look(page, { scheme: 'light', width: 390 });
    await edit(page);
    await page.getByText(/all \d+ tests pass\./).waitFor();
    const link = page.getByRole('link', { name: 'Change it in the console' });
    assert.match(
      String(await link.getAttribute('href')),
      /\/definitions\/critical-lab-result\/rules\/critical-results$/,
    );
    // It slides in.
    await page.waitForFunction(() => {
      const box = document.querySelector('.red-ui-tray')?.getBoundingClientRect();
      return box !== undefined && box.width >= 350 && box.left >= 0 && box.right <= 390;
    });
    const done = page.getByRole('button', { name: 'Done' });
    assert.ok(await done.isVisible());
    await page.locator('.wardflow-grid [data-at="0,1"]').click();
    await page.locator('.wardflow-grid [data-at="0,1"]:focus').waitFor();
    assert.deepEqual(await barriers(page, ['.wardflow-rule-editor']), []);
    await picture(page, 'dialog-light-390');
  });

  it('never broke in between', () => assert.deepEqual(trouble, []));

  async function picture(of: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await of.screenshot({ path: `${PICTURES}/${name}.png` });
  }
});
