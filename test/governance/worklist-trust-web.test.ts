/** What would make people trust the worklist wrongly: a real browser, a real console, a real engine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import type { WorkflowTask } from '../../engine/index.ts';
import type { WorklistBench } from '../kit/worklist-bench.ts';
import { openWorklistPages, type WorklistPages } from '../kit/worklist-pages.ts';

const MINUTE = 60_000;

describe('what people may rely on in the worklist', function () {
  this.timeout(300_000);
  let pages: WorklistPages;
  let bench: WorklistBench;

  const row = (page: Page, { id }: Pick<WorkflowTask, 'id'>) => page.locator(`[data-task="${id}"]`);
  const nowOf = async ({ id }: Pick<WorkflowTask, 'id'>) => bench.engine.store.tasks.get(id);

  before(async function () {
    pages = await openWorklistPages(this);
    ({ bench } = pages);
  });
  after(() => pages?.close());

  async function end({ id }: Pick<WorkflowTask, 'id'>): Promise<void> {
    const task = await bench.engine.store.tasks.get(id);
    const by = { actor: 'user:max', via: 'console' } as const;
    if (task) await bench.engine.tasks.take(id, task.version, 'cancel', by, { code: 'not-needed', text: null });
  }

  it('says to whoever is on for nothing that their list does not have what waits', async () => {
    const page = await pages.as('edda');
    await page.getByText('Nothing is handed to you by name').waitFor();
    await page.getByText(/The roster has you on for nothing now: what waits/).waitFor();
    await page.getByRole('button', { name: /^My unit/ }).click();
    await page.getByText('No unit is yours now').waitFor();
    assert.equal(await page.getByText('Everything that was to be done there has been done').count(), 0);
    await page.close();
  });

  it('takes a key for the task that the keyboard stands on, and for no other', async () => {
    const tasks = await bench.tasks(3);
    const [first, second, third] = tasks;
    assert.ok(first && second && third);
    const page = await pages.as('cora');
    await row(page, third).waitFor();
    await page.keyboard.press('j');
    await row(page, first).locator('a:focus').waitFor();
    // What the keyboard stood on goes, and another comes into its place.
    await end(first);
    await row(page, first).getByText('Max cancelled it').waitFor();
    await page.getByRole('heading', { name: 'Worklist' }).click();
    await page.mouse.move(0, 0);
    await row(page, first).waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await row(page, second).locator('a:focus').waitFor();
    assert.equal((await nowOf(second))?.state, 'requested', 'nobody has pointed at it');
    await page.keyboard.press('a');
    await row(page, second).getByText('you have it').waitFor();
    assert.equal((await nowOf(third))?.state, 'requested');
    await end(second);
    await end(third);
    await page.close();
  });

  it('counts due times by the clock that made them, however wrong that of the tablet is', async () => {
    const late = await bench.task({ title: 'Late', dueAt: Date.now() - 14 * MINUTE - 30_000 });
    const page = await pages.as('cora');
    await page.clock.setFixedTime(Date.now() - 60 * MINUTE);
    await page.reload();
    await row(page, late).getByText('14 min overdue').waitFor();
    await end(late);
    await page.close();
  });

  it('says that tasks and alerts cannot be read, and never that nothing waits', async () => {
    const page = await pages.as('cora');
    const problem = { type: 'about:blank', title: 'Out of order.', status: 503, code: 'starting', remedy: 'Wait.' };
    await page.route(/\/runtimes\/staging\/(tasks|alerts)\b/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    for (const place of ['/worklist', '/alerts']) {
      await page.goto(new URL(place, page.url()).href);
      await page.getByRole('main').getByText('Out of order.').first().waitFor();
      assert.equal(await page.getByText(/Nothing waits for you|No alert waits/).count(), 0);
    }
    await page.close();
  });

  for (const [state, steps] of [
    ['accepted', ['accept']],
    ['in-progress', ['accept', 'start']],
    ['on-hold', ['accept', 'hold']],
  ] as const)
    it(`lets a coordinator hand on what somebody who went home has ${state}`, async () => {
      const task = await bench.task({ title: `Left ${state}`, assigned: { role: null, unit: null, person: 'max' } });
      const by = { actor: 'user:max', via: 'console' } as const;
      for (const [i, step] of steps.entries())
        await bench.engine.tasks.take(task.id, i + 1, step, by, { code: 'waits', text: null });
      const page = await pages.as('cora', `/tasks/${task.id}`);
      await page.getByRole('heading', { name: `Left ${state}` }).waitFor();
      await page.keyboard.press('h');
      const sheet = page.getByRole('dialog');
      await sheet.getByRole('combobox', { name: 'Person' }).click();
      await page.getByRole('option', { name: 'nora' }).click();
      await sheet.getByRole('radio').first().check();
      await sheet.getByRole('button', { name: 'Hand it over' }).click();
      await page.getByText('Handed over to nora').waitFor();
      const after = await nowOf(task);
      assert.deepEqual([after?.state, after?.assigned.person], ['ready', 'nora']);
      await end(task);
      await page.close();
    });
});
