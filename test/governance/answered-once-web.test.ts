/** A task, the alert that made people look at it and its ladder are one thing to people: counted once, answered once. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Locator, Page } from 'playwright-core';
import type { AlertRecord, Escalation, WorkflowTask } from '../../engine/index.ts';
import { alertPolicyOf } from '../kit/alert-bench.ts';
import type { WorklistBench } from '../kit/worklist-bench.ts';
import { openWorklistPages, type WorklistPages } from '../kit/worklist-pages.ts';

const POLICY = alertPolicyOf({
  tiers: [{ name: 'page', when: 'true', to: { role: 'coordinator' }, channels: ['console'] }],
  groupBy: ['message'],
});

describe('what people answer once, in a browser', function () {
  this.timeout(300_000);
  let pages: WorklistPages;
  let bench: WorklistBench;

  before(async function () {
    pages = await openWorklistPages(this);
    ({ bench } = pages);
  });
  after(() => pages?.close());

  async function all(n: number): Promise<{ task: WorkflowTask; alert: AlertRecord; escalation: Escalation }> {
    const work = await bench.message();
    const { definition } = work;
    const task = await bench.task({ work, title: `A result to act on ${n}` });
    const { alert } = await bench.engine.alerts.consider({
      work,
      definition,
      name: 'page',
      policy: POLICY,
      input: { message: n },
      title: `Page about the result ${n}`,
      unit: null,
      task: task.id,
    });
    const { escalation } = await bench.engine.escalations.start({
      work,
      definition,
      name: 'call',
      discriminator: '',
      ladder: 'default',
      ladderVersion: 'v1',
      steps: [{ afterMs: 3_600_000, to: 'coordinator', channel: 'console', text: 'Look.' }],
      exhausted: 'keep-last',
      title: `Ladder of the result ${n}`,
      watch: null,
      carry: null,
      task: task.id,
    });
    assert.ok(alert);
    return { task, alert, escalation };
  }
  const link = (page: Page, name: RegExp): Locator =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
  const statesOf = async (one: Awaited<ReturnType<typeof all>>): Promise<unknown[]> => {
    const { tasks, alerts, escalations } = bench.engine.store;
    const found = [
      await tasks.get(one.task.id),
      await alerts.get(one.alert.id),
      await escalations.get(one.escalation.id),
    ];
    return found.map((record) => record?.state);
  };

  it('counts it on the worklist alone for whoever has it there, and where it waits for everybody else', async () => {
    const one = await all(1);
    const page = await pages.as('cora');
    await page.locator(`[data-task="${one.task.id}"]`).waitFor();
    await link(page, /^Worklist 1 yours/).waitFor();
    await link(page, /^Alerts$/).waitFor();
    await link(page, /^Escalations$/).waitFor();
    // Edda is on for nothing: what waits, waits where she can see it.
    const other = await pages.as('edda', '/worklist');
    await link(other, /^Alerts 1 that nobody has yet/).waitFor();
    await link(other, /^Escalations 1 to acknowledge/).waitFor();
    await page
      .locator(`[data-task="${one.task.id}"]`)
      .getByRole('button', { name: /^Acknowledge/ })
      .click();
    await page.locator(`[data-task="${one.task.id}"]`).getByText('you have it').waitFor();
    await link(other, /^Alerts$/).waitFor();
    await link(other, /^Escalations$/).waitFor();
    assert.deepEqual(await statesOf(one), ['accepted', 'acknowledged', 'acknowledged']);
    await page.goto(page.url().replace(/\/worklist.*/, `/alerts/${one.alert.id}`));
    await page.getByText(/^Acknowledged, cora, with its task/).waitFor();
    await page.getByRole('link', { name: 'A result to act on 1' }).waitFor();
    await pages.picture(page, 'alert-with-task');
    await page.close();
    const narrow = await pages.as('cora', `/alerts/${one.alert.id}`, { width: 390, scheme: 'dark' });
    await narrow.getByRole('link', { name: 'A result to act on 1' }).waitFor();
    await pages.picture(narrow, 'alert-with-task-narrow');
    await narrow.close();
    await other.close();
  });

  it('takes the task over for whoever takes its alert, and leaves it where it is not their turn', async () => {
    const [mine, others] = [await all(2), await all(3)];
    const { engine } = bench;
    await engine.tasks.reassign(
      others.task.id,
      others.task.version,
      { role: 'bed-manager', unit: 'Ward 9', person: null },
      { actor: 'user:max', via: 'console' },
      { code: 'wrong-unit', text: null },
    );
    const page = await pages.as('cora', '/alerts');
    for (const n of [2, 3]) {
      const row = page.getByRole('article').filter({ hasText: `Page about the result ${n}` });
      await row.getByRole('button', { name: /^Acknowledge/ }).click();
      await row.getByRole('button', { name: /^Acknowledge/ }).waitFor({ state: 'detached' });
    }
    await page.close();
    assert.deepEqual(await statesOf(mine), ['accepted', 'acknowledged', 'acknowledged']);
    assert.equal((await engine.store.tasks.get(mine.task.id))?.assigned.person, 'cora');
    assert.deepEqual(await statesOf(others), ['requested', 'acknowledged', 'open']);
    assert.deepEqual(pages.complaints, []);
  });
});
