/** How the pages of tasks and problems look, to people who see them and to people who hear them; reports from end to end. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Page } from 'playwright-core';
import type { WorkflowTask } from '../../engine/index.ts';
import { flaws, type Look } from '../kit/browser.ts';
import { DISCHARGE, type WorklistBench } from '../kit/worklist-bench.ts';
import { openWorklistPages, type WorklistPages } from '../kit/worklist-pages.ts';

const ALL = process.env['WARDFLOW_TEST_PICTURES'] !== undefined;
const MINUTE = 60_000;
const LONG =
  'Arrange the transport to the rehabilitation clinic together with the family, the insurer and Elektroenzephalographieuntersuchungsterminverwaltung';
const BEN = { actor: 'user:ben', via: 'console' } as const;

describe('the pages of tasks and problems', function () {
  this.timeout(600_000);
  let pages: WorklistPages;
  let bench: WorklistBench;
  let task: WorkflowTask;

  before(async function () {
    pages = await openWorklistPages(this);
    ({ bench } = pages);
    await shown();
  });
  after(() => pages?.close());

  /** One of everything that a row or a page can show. */
  async function shown(): Promise<void> {
    const { tasks } = bench.engine;
    const work = await bench.message();
    const decision = await bench.decide(work);
    const part = { role: null, dueAt: null, after: [], compensate: null };
    task = await bench.task({
      work,
      patient: 'stated',
      decisions: [decision],
      title: 'Answer the critical potassium with the ward',
      priority: 'stat',
      dueAt: Date.now() - 14 * MINUTE,
      endpoint: 'ehr',
      parts: [
        { ...part, id: 'call', text: 'Call the ward and read the value back', dueAt: Date.now() + 4 * MINUTE },
        { ...part, id: 'note', text: 'Write what was agreed into the record', after: ['call'] },
        { ...part, id: 'repeat', text: 'See that the sample is repeated', role: 'nurse', after: ['call', 'note'] },
      ],
    });
    const { escalation } = await bench.engine.escalations.start({
      work,
      definition: work.definition,
      name: 'page',
      discriminator: '1',
      ladder: 'critical-result',
      ladderVersion: 'v1',
      steps: [
        { afterMs: 0, to: 'coordinator, Ward 4b', channel: 'console', text: 'Answer the result' },
        { afterMs: 15 * MINUTE, to: 'physician on call', channel: 'pager', text: 'Nobody answered' },
      ],
      exhausted: 'keep-last',
      title: 'A critical result waits',
      watch: null,
      task: task.id,
      carry: null,
    });
    assert.equal(escalation.messageId, work.messageId);
    const commented = await tasks.comment(
      task.id,
      'The ward does not pick up; I try the mobile phone of the shift.',
      BEN,
    );
    const told = await tasks.setPart(task.id, commented.version, 'call', 'done', BEN);
    await tasks.noteEhr(task.id, told.version, {
      endpoint: 'ehr',
      reference: 'Task/1204',
      status: 'completed',
      versionId: '3',
      syncedAt: Date.now() - 2 * MINUTE,
      syncedVersion: told.version,
      trouble: 'ehr-differs',
    });
    const { messageId } = await bench.message();
    await bench.engine.store.identities.take(
      messageId,
      { people: [], links: [{ prior: 'stated', survivor: 'used', kind: 'merged', at: Date.now() }] },
      Date.now(),
    );
    const held = await bench.task({
      patient: 'used',
      title: 'Book the follow-up visit',
      work: await bench.message(DISCHARGE),
      dueAt: Date.now() + 6 * MINUTE,
    });
    const mine = await tasks.claim(held.id, held.version, 'cora', { actor: 'user:cora', via: 'console' });
    const begun = await tasks.take(held.id, mine.version, 'start', { actor: 'user:cora', via: 'console' });
    await tasks.take(held.id, begun.version, 'hold', BEN, { code: 'waits-for-patient', text: 'She calls back at ten' });
    await bench.task({ title: LONG, priority: 'urgent', dueAt: Date.now() + 50 * MINUTE });
    await bench.task({
      title: 'Find a bed on the monitored ward',
      dueAt: null,
      assigned: { role: 'bed-manager', unit: 'Ward 9', person: null },
    });
    const turned = await bench.task({ title: 'Order the transport', dueAt: Date.now() + 3 * 60 * MINUTE });
    await tasks.take(
      turned.id,
      turned.version,
      'reject',
      { actor: 'user:cora', via: 'console' },
      { code: 'no-capacity', text: null },
    );
    const done = await bench.task({ title: 'Tell the pharmacy', dueAt: Date.now() - 30 * MINUTE });
    const taken = await tasks.claim(done.id, done.version, 'ben', BEN);
    const started = await tasks.take(done.id, taken.version, 'start', BEN);
    await tasks.take(done.id, started.version, 'complete', BEN);
    await bench.tasks(30, (n) => ({ title: `Review result ${n + 1}`, dueAt: Date.now() + (20 + 17 * n) * MINUTE }));
  }

  it('take a report of a problem to the engineers, and the answer back', async () => {
    const cora = await pages.as('cora', `/tasks/${task.id}`);
    await cora.getByRole('heading', { name: task.title }).waitFor();
    await cora.keyboard.press('p');
    const sheet = cora.getByRole('dialog');
    await sheet.getByText(/the version of critical-lab-result that made it/).waitFor();
    await sheet.getByRole('radio', { name: /^False alarm/ }).check();
    await sheet
      .getByRole('textbox', { name: 'What should have happened?' })
      .fill('The sample was haemolysed; the laboratory had said so.');
    await pages.picture(cora, 'sheet-report-light-1440');
    await cora.keyboard.press('Control+Enter');
    await cora.getByRole('region', { name: 'Reported problem' }).getByText('Open').waitFor();

    const edda = await pages.as('edda', '/problems');
    const report = edda.getByRole('article', { name: /^False alarm.*reported by cora/ });
    await report.getByText('The sample was haemolysed').waitFor();
    assert.equal(await report.getByRole('link', { name: 'The task' }).getAttribute('href'), `/tasks/${task.id}`);
    assert.equal(
      await report.getByRole('link', { name: /^Message/ }).getAttribute('href'),
      `/messages/${task.messageId}`,
    );
    await edda.keyboard.press('j');
    await edda.keyboard.press('a');
    await report.getByText('you look at it').waitFor();
    await edda.keyboard.press('w');
    const answer = edda.getByRole('dialog');
    await answer.getByRole('radio', { name: /^Mended/ }).check();
    await answer.getByRole('textbox', { name: /^Answer/ }).fill('The flow reads the remark of the laboratory now.');
    await answer.getByRole('textbox', { name: /^Proposal/ }).fill('12');
    await edda.keyboard.press('Control+Enter');
    await edda.getByText('Nobody waits for an answer').waitFor();
    await edda.getByRole('button', { name: /^Answered/ }).click();
    await report.getByRole('link', { name: 'Proposal 12 changes it' }).waitFor();

    await cora.getByText('The flow reads the remark of the laboratory now.').waitFor();
    await cora.goto(`${new URL(cora.url()).origin}/problems?tab=mine`);
    await cora.getByText('The flow reads the remark of the laboratory now.').waitFor();
    assert.equal(
      await cora.getByRole('button', { name: /^Answer/ }).count(),
      1,
      'only the tab: answering is for others',
    );
    await Promise.all([cora.close(), edda.close()]);
  });

  it('say what cannot be read, and go on when it can', async () => {
    const page = await pages.as('ben', '/account');
    let broken = true;
    await page.route('**/api/v1/runtimes/staging/tasks?view=all*', (route) =>
      broken
        ? route.fulfill({
            status: 400,
            contentType: 'application/problem+json',
            body: JSON.stringify({ title: 'That was too much.', code: 'x', remedy: 'Ask for less.' }),
          })
        : route.continue(),
    );
    await page.goto(`${new URL(page.url()).origin}/worklist?tab=all`);
    await page.getByRole('alert').getByText('That was too much.').waitFor();
    await pages.picture(page, 'worklist-error');
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('[data-index="3"]').waitFor();
    await page.unrouteAll();
    await page.close();
  });

  const looks: readonly Look[] = ALL
    ? (['light', 'dark'] as const).flatMap((scheme) => [1440, 900, 390].map((width) => ({ scheme, width })))
    : [
        { scheme: 'light', width: 1440 },
        { scheme: 'dark', width: 390 },
      ];

  it('have no critical or serious barrier and fit the screen: light and wide, dark and narrow', async () => {
    const found: string[] = [];
    const check = async (page: Page, name: string): Promise<void> => {
      const shown = ({ scheme, width }: Look): Promise<void> => pages.picture(page, `${name}-${scheme}-${width}`);
      found.push(...(await flaws(page, name, looks, shown)));
    };
    const page = await pages.as('cora', '/worklist');
    await page.locator(`[data-task="${task.id}"]`).waitFor();
    await check(page, 'worklist');
    for (const tab of ['unit', 'all', 'done']) {
      await page.goto(`${new URL(page.url()).origin}/worklist?tab=${tab}`);
      await page.locator('[data-index="0"]').waitFor();
      await check(page, `worklist-${tab}`);
    }
    await page
      .locator('[data-index="0"]')
      .getByRole('button', { name: /^More about/ })
      .click();
    await page.getByRole('dialog').getByText('Open it').waitFor();
    await check(page, 'sheet-more');
    await page.goto(`${new URL(page.url()).origin}/tasks/${task.id}`);
    await page.getByRole('region', { name: 'Why?' }).getByText('Potassium is').waitFor();
    await page.getByText(/^The patient was merged .* now under /).waitFor();
    const others = page.getByRole('region', { name: 'Other open tasks of this patient' });
    await others.getByRole('link', { name: 'Book the follow-up visit' }).waitFor();
    await check(page, 'task');
    for (const [key, title] of [
      ['d', 'Done'],
      ['c', 'Comment'],
      ['h', 'Hand over'],
      ['o', 'Override'],
      ['p', 'Report a problem'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name: title }).waitFor();
      await check(page, `sheet-${title.toLowerCase().replaceAll(' ', '-')}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Cancel it…' }).click();
    await page.getByRole('dialog', { name: 'Cancel it' }).waitFor();
    await check(page, 'sheet-cancel');
    await page.close();
    const edda = await pages.as('edda', '/problems?tab=answered');
    await edda.getByRole('article').first().waitFor();
    await check(edda, 'problems');
    await edda
      .getByRole('button', { name: /^Change the answer/ })
      .first()
      .click();
    await edda.getByRole('dialog').waitFor();
    await check(edda, 'sheet-answer');
    await edda.goto(`${new URL(edda.url()).origin}/problems`);
    await edda.getByText('Nobody waits for an answer').waitFor();
    await check(edda, 'problems-empty');
    await edda.close();
    assert.deepEqual(found, []);
  });

  it('complained of nothing in the browser', () => assert.deepEqual(pages.complaints, []));
});
