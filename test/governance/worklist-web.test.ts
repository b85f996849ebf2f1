/** The worklist as coordinators and nurses use it: a real browser, a real console, a real engine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import type { WorkflowTask } from '../../engine/index.ts';
import { DISCHARGE, type WorklistBench } from '../kit/worklist-bench.ts';
import { openWorklistPages, type WorklistPages } from '../kit/worklist-pages.ts';

const PICTURES = process.env['WARDFLOW_TEST_PICTURES'];
const MINUTE = 60_000;

describe('the worklist in a browser', function () {
  this.timeout(300_000);
  let pages: WorklistPages;
  let bench: WorklistBench;

  const as: WorklistPages['as'] = (...who) => pages.as(...who);
  const row = (page: Page, { id }: Pick<WorkflowTask, 'id'>) => page.locator(`[data-task="${id}"]`);
  const stateOf = async ({ id }: Pick<WorkflowTask, 'id'>) => (await bench.engine.store.tasks.get(id))?.state;
  const focused = (page: Page, { id }: Pick<WorkflowTask, 'id'>) =>
    page.locator(`[data-task="${id}"] a:focus`).waitFor();

  before(async function () {
    pages = await openWorklistPages(this);
    ({ bench } = pages);
  });
  after(() => pages?.close());

  it('is where a coordinator lands, with what is theirs on its badge', async () => {
    const task = await bench.task({ title: 'The first of the day' });
    const page = await as('cora', '/');
    await page.waitForURL(/\/worklist$/);
    await row(page, task).getByText('Waits for somebody').waitFor();
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Worklist 1 yours/ })
      .waitFor();
    await page.getByText('You are on for coordinator, Ward 4b').waitFor();
    await bench.engine.tasks.take(
      task.id,
      1,
      'cancel',
      { actor: 'user:ben', via: 'console' },
      { code: 'x', text: null },
    );
    await page.getByText('Nothing waits for you').waitFor();
    await page.close();
  });

  it('shows the soonest due first, in words', async () => {
    const late = await bench.task({ title: 'Late', dueAt: Date.now() - 14 * MINUTE - 30_000 });
    const soon = await bench.task({ title: 'Soon', dueAt: Date.now() + 6 * MINUTE + 30_000 });
    const none = await bench.task({ title: 'Some time', dueAt: null });
    const page = await as('cora');
    await row(page, late).getByText('14 min overdue').waitFor();
    await row(page, soon).getByText('due in 6 min').waitFor();
    await row(page, none).getByText('no due time').waitFor();
    assert.deepEqual(await page.locator('[data-index] a').allTextContents(), ['Late', 'Soon', 'Some time']);
    await page.getByRole('button', { name: /^Overdue 1$/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('[data-index]').length === 1);
    await row(page, late).waitFor();
    await page.close();
    for (const { id } of [late, soon, none]) await end(id);
  });

  async function end(id: string): Promise<void> {
    const task = await bench.engine.store.tasks.get(id);
    if (!task) return;
    const by = { actor: 'user:max', via: 'console' } as const;
    await bench.engine.tasks.take(id, task.version, 'cancel', by, { code: 'not-needed', text: null });
  }

  it('lets ten tasks be cleared without the mouse', async () => {
    const tasks = await bench.tasks(10);
    const page = await as('cora');
    await row(page, tasks[9] ?? { id: '' }).waitFor();
    for (const [n, task] of tasks.entries()) {
      await page.keyboard.press('j');
      // After the first, the keyboard stands on the next already, and j would skip it.
      if (n > 0) await page.keyboard.press('k');
      await focused(page, task);
      await page.keyboard.press('a');
      await row(page, task).getByText('Acknowledged').waitFor();
      await row(page, task).getByText('you have it').waitFor();
      await page.keyboard.press('d');
      await page.getByRole('dialog').getByRole('button', { name: 'Done' }).and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Enter');
      await row(page, task).waitFor({ state: 'detached' });
      assert.equal(await stateOf(task), 'completed');
    }
    await page.getByText('Nothing waits for you').waitFor();
    await page.keyboard.press('5');
    await row(page, tasks[0] ?? { id: '' })
      .getByText('Done', { exact: true })
      .waitFor();
    await page.close();
  });

  it('does not move rows under the pointer: what is new waits behind a button, what others do shows where it is', async () => {
    const [first, second] = await bench.tasks(2);
    assert.ok(first && second);
    const page = await as('cora');
    await row(page, second).hover();
    const early = await bench.task({ title: 'More urgent', dueAt: Date.now() - 60 * MINUTE });
    const pill = page.getByRole('button', { name: '1 new' });
    await pill.waitFor();
    assert.equal(await row(page, early).count(), 0);
    await bench.engine.tasks.claim(second.id, second.version, 'ben', { actor: 'user:ben', via: 'console' });
    await row(page, second).getByText('Ben acknowledged it').waitFor();
    await pill.click();
    await row(page, early).waitFor();
    assert.equal(await row(page, second).count(), 0, 'it is Ben’s now');
    await page.close();
    for (const { id } of [first, second, early]) await end(id);
  });

  it('finds by words, and filters by unit with the address', async () => {
    const bed = await bench.task({
      title: 'Find a bed',
      assigned: { role: 'bed-manager', unit: 'Ward 9', person: null },
    });
    const call = await bench.task({
      title: 'Call the family',
      assigned: { role: 'coordinator', unit: 'Ward 4b', person: null },
    });
    const page = await as('cora', '/worklist?tab=all');
    await row(page, bed).getByText('for bed-manager, Ward 9: max').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('family');
    await row(page, bed).waitFor({ state: 'detached' });
    await row(page, call).waitFor();
    assert.ok(!page.url().includes('family'), 'words may name a patient');
    await page.keyboard.press('Escape');
    await row(page, bed).waitFor();
    await page.getByRole('combobox', { name: 'Unit' }).click();
    await page.getByRole('option', { name: 'Ward 9' }).click();
    await row(page, call).waitFor({ state: 'detached' });
    await page.waitForURL(/unit=Ward\+9/);
    await page.reload();
    await row(page, bed).waitFor();
    assert.equal(await row(page, call).count(), 0);
    await page.close();
    for (const { id } of [bed, call]) await end(id);
  });

  it('tells why there is the task, and what the EHR shows, beside what is to be done', async () => {
    const work = await bench.message();
    const decision = await bench.decide(work);
    const task = await bench.task({
      work,
      decisions: [decision],
      title: 'Answer the critical potassium',
      priority: 'stat',
      endpoint: 'ehr',
      parts: [
        { id: 'call', text: 'Call the ward', role: null, dueAt: null, after: [], compensate: null },
        { id: 'note', text: 'Write what was agreed', role: null, dueAt: null, after: ['call'], compensate: null },
      ],
    });
    const page = await as('cora', `/tasks/${task.id}`);
    const why = page.getByRole('region', { name: 'Why?' });
    await why.getByText('Potassium is at or above 6.2').waitFor();
    await why.getByText('Laboratory safety committee').waitFor();
    await why.getByText('2823-3').waitFor();
    await why.getByText('The same values always give the same.').waitFor();
    await page.getByText('EHR behind').waitFor();
    const list = page.getByRole('region', { name: 'Checklist' });
    await list.getByText('waits for “Call the ward”').waitFor();
    assert.ok(await list.getByRole('checkbox', { name: 'Write what was agreed' }).isDisabled());
    await list.getByRole('checkbox', { name: 'Call the ward' }).check();
    await list.getByText('done by cora').waitFor();
    await page.locator('#part-note').getByText('waits for').waitFor({ state: 'detached' });
    await list.getByRole('button', { name: /^Skip/ }).click();
    await page.getByRole('radio', { name: 'Not needed for this patient' }).check();
    await page.getByRole('button', { name: 'Skip it' }).click();
    await list.getByText('skipped by cora').waitFor();
    await page
      .getByRole('region', { name: 'What happened' })
      .getByText('Cora skipped “Write what was agreed”.')
      .waitFor();
    await end(task.id);
    await page.close();
  });

  it('says who was faster, and keeps what one has written', async () => {
    const task = await bench.task({ title: 'Two want it' });
    const page = await as('cora', `/tasks/${task.id}`);
    await page.getByRole('heading', { name: 'Two want it' }).waitFor();
    await page.keyboard.press('h');
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('radio', { name: 'Something else' }).check();
    await sheet.getByRole('textbox', { name: 'What is it?' }).fill('I go home, and Ben knows the patient');
    await bench.engine.tasks.claim(task.id, task.version, 'ben', { actor: 'user:ben', via: 'console' });
    await sheet.getByText('Somebody was faster.').waitFor();
    await sheet.getByText(/Ben acknowledged it/).waitFor();
    assert.ok(await sheet.getByRole('button', { name: 'Hand it over' }).isDisabled());
    assert.equal(
      await sheet.getByRole('textbox', { name: 'What is it?' }).inputValue(),
      'I go home, and Ben knows the patient',
    );
    await sheet.getByRole('button', { name: 'I have seen it, go on' }).click();
    await sheet.getByRole('combobox', { name: 'Person' }).click();
    await page.getByRole('option', { name: 'nora' }).click();
    await sheet.getByRole('button', { name: 'Hand it over' }).click();
    await page.getByText('Handed over to nora').waitFor();
    assert.equal((await bench.engine.store.tasks.get(task.id))?.assigned.person, 'nora');
    await end(task.id);
    await page.close();
  });

  it('records a decision against the rule, with what it said, what is done instead, and why', async () => {
    const task = await bench.task({ title: 'The rule is wrong here' });
    const page = await as('cora', `/tasks/${task.id}`);
    await page.getByRole('heading', { name: 'The rule is wrong here' }).waitFor();
    await page.keyboard.press('o');
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('textbox', { name: 'What is done instead' }).fill('Repeat the sample first');
    await sheet.getByRole('radio', { name: 'The value is wrong' }).check();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Your decision is recorded.').waitFor();
    await page.getByText('instead: “Repeat the sample first”').waitFor();
    const events = await bench.engine.store.tasks.events(task.id);
    assert.deepEqual(events.at(-1)?.reason, { code: 'wrong-value', text: null });
    await end(task.id);
    await page.close();
  });

  it('shows a nurse the part that is hers, on a phone, and nothing that would be refused', async () => {
    const hers = await bench.task({
      work: await bench.message(DISCHARGE),
      title: 'Call the patient who went home with a new anticoagulant and ask how the first days went, please',
      assigned: { role: 'nurse', unit: 'Ward 4b', person: null },
    });
    const others = await bench.task({ assigned: { role: 'nurse', unit: 'Ward 4b', person: null } });
    const page = await as('nora', '/worklist', { width: 390 });
    await row(page, hers).waitFor();
    assert.equal(await row(page, others).count(), 0);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390), 'nothing goes sideways');
    const button = await row(page, hers)
      .getByRole('button', { name: /^Acknowledge/ })
      .boundingBox();
    assert.ok((button?.height ?? 0) >= 44, 'big enough for a thumb');
    await row(page, hers)
      .getByRole('button', { name: /^Acknowledge/ })
      .click();
    await row(page, hers).getByText('you have it').waitFor();
    await row(page, hers)
      .getByRole('button', { name: /^More about/ })
      .click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Done…', exact: true }).waitFor();
    const box = await sheet.boundingBox();
    assert.ok(box && Math.round(box.y + box.height) >= 840 && box.y > 40, 'it comes from below');
    await sheet.getByRole('button', { name: 'Done…', exact: true }).click();
    await page.getByRole('dialog', { name: 'Done' }).getByRole('button', { name: 'Done', exact: true }).click();
    await row(page, hers).waitFor({ state: 'detached' });
    assert.equal(await stateOf(hers), 'completed');
    await end(others.id);
    await page.close();
  });

  it('stays fast with a thousand tasks', async () => {
    await bench.tasks(1000);
    const page = await as('cora', '/account');
    const began = Date.now();
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: /^Worklist/ })
      .click();
    await page.locator('[data-index="5"]').waitFor();
    const first = Date.now() - began;
    await page.getByRole('link', { name: /^Worklist 999\+ yours/ }).waitFor();
    const frames = await page.evaluate(async () => {
      const times: number[] = [];
      let last = performance.now();
      while (Number(document.querySelector('[aria-label=Tasks] li:last-child')?.getAttribute('data-index')) < 999) {
        window.scrollBy(0, 900);
        await new Promise((done) => requestAnimationFrame(done));
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      return times.toSorted((a, b) => a - b);
    });
    assert.ok((await page.locator('[data-index]').count()) < 60, 'only what is seen is drawn');
    await page.getByText('1,000 tasks, no more.').waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    const last = await bench.task({ title: 'A needle, due last of all', dueAt: Date.now() + 5000 * MINUTE });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.keyboard.press('/');
    await page.keyboard.type('needle cora');
    await row(page, last).waitFor();
    await page.getByText('1 task, no more.').waitFor();
    assert.ok(asked.some((url) => url.includes('/tasks/search')) && !asked.some((url) => /needle|cora/.test(url)));
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await row(page, last).getByText('you have it').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type(' zz');
    await page.getByText('No task matches').waitFor();
    await page.getByRole('button', { name: 'Show all of “My tasks”' }).click();
    await page.locator('[data-index="5"]').waitFor();
    assert.equal(await page.getByRole('textbox', { name: /^Search in titles/ }).inputValue(), '');
    const at = (share: number): string => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(0);
    if (PICTURES)
      process.stdout.write(
        `      first rows ${first} ms; frames p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(0.999)} ms of ${frames.length}\n`,
      );
    await page.close();
  });

  it('complained of nothing in the browser', () => assert.deepEqual(pages.complaints, []));
});
