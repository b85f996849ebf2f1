/** The whole product as somebody sees it who has just started the demo: one journey through a real browser. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { barriers, flaws, PAGE_WAIT_MS, startBrowser, type Look } from '../kit/browser.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { requireChromium } from '../kit/requires.ts';
import { startWardflow, temporaryFolder, until, type WardflowProcess } from '../kit/wardflow-process.ts';

const CONTROL_ID = 'BROWSER1';

interface TaskResource {
  readonly status: string;
  readonly identifier?: readonly { readonly value: string }[];
}

describe('somebody at the console of the demo', function () {
  this.timeout(180_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let wardflow: WardflowProcess;
  let browser: Browser;
  let page: Page;
  let consoleUrl: string;
  let editorUrl: string;
  let fhir: string;
  const problems: string[] = [];

  before(async function () {
    const chromium = requireChromium(this);
    folder = await temporaryFolder();
    // The first messages go out at once; the rest of the day takes longer than this test.
    wardflow = startWardflow({ demo: true, dataFolder: folder.path, env: { WARDFLOW_DEMO_SPEED: '0.1' } });
    [browser] = await Promise.all([startBrowser(chromium), wardflow.line(/Ctrl-C stops it/)]);
    const info = await wardflow.runInfo();
    consoleUrl = info.governance?.url ?? '';
    editorUrl = info.runtimes['staging']?.url ?? '';
    fhir = `${info.sandbox?.url ?? ''}/fhir`;
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (said) => {
      if (said.type() === 'error') problems.push(said.text());
    });
  });
  after(async () => {
    await browser?.close();
    wardflow?.signal('SIGINT');
    await wardflow?.exit;
    await folder?.remove();
  });

  const tasks = async (): Promise<readonly TaskResource[]> => {
    const answer = await fetch(`${fhir}/Task?_count=200`, { signal: AbortSignal.timeout(20_000) });
    const { entry = [] } = (await answer.json()) as { entry?: readonly { readonly resource: TaskResource }[] };
    return entry.map(({ resource }) => resource);
  };
  const tasksOf = async (controlId: string): Promise<readonly TaskResource[]> => {
    const { messages } = await wardflow.api<MessageList>(`/messages?q=${controlId}`);
    const ours = await wardflow.api<TaskList>(`/tasks?view=all&message=${messages[0]?.id ?? 'none'}`);
    const ids = new Set(ours.tasks.map(({ id }) => id));
    return (await tasks()).filter(({ identifier = [] }) => identifier.some(({ value }) => ids.has(value ?? '')));
  };
  const go = (path: string) => page.goto(`${consoleUrl}${path}`);

  it('logs in with the password that was printed', async () => {
    await go('/messages');
    problems.length = 0; // Being told that nobody is logged in is no fault.
    const password = /log in as admin with (\S+)/.exec(wardflow.lines.join('\n'))?.[1] ?? '';
    await page.getByLabel('User name').fill('admin');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Messages' }).waitFor();
  });

  it('sees a message arrive by itself, without loading the page again', async () => {
    await page
      .getByRole('row', { name: /ADT\^A03/ })
      .first()
      .waitFor();
    await page.evaluate(() => {
      document.documentElement.dataset['loadedOnce'] = 'yes';
    });
    assert.equal(await page.getByText(CONTROL_ID).count(), 0);
    const sender = new MllpSender((await wardflow.runInfo()).runtimes['staging']?.feeds['hospital']?.port ?? 0);
    const message = oru({ controlId: CONTROL_ID, patient: 'B1', observations: [potassium('7.1', 'HH')] });
    assert.equal(answerField(await sender.send(message), 'MSA', 1), 'AA');
    sender.close();
    await page.getByRole('row', { name: new RegExp(`${CONTROL_ID}.*critical-lab-result`) }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset['loadedOnce']), 'yes');
  });

  it('opens its trace: the flow with the way it took, the decision in words, what was written', async () => {
    await page.getByRole('link', { name: new RegExp(CONTROL_ID) }).click();
    await page.getByRole('heading', { level: 1, name: new RegExp(CONTROL_ID) }).waitFor();
    const step = (name: string) => page.locator(`.react-flow__node [title$=": ${name}"]`);
    await step('Task for whoever must act').waitFor();
    for (const taken of ['Lab results', 'Critical results', 'Task for whoever must act'])
      assert.notEqual(await step(taken).getAttribute('data-state'), 'untouched', taken);
    assert.equal(await step('Not critical').getAttribute('data-state'), 'untouched');
    await page
      .getByText(/Value 7\.1 is > 6\.2/)
      .first()
      .waitFor();
    await page
      .getByText(/Communication\/\S+ created, 201/)
      .first()
      .waitFor();
  });

  it('acknowledges the escalation, which accepts the task on the FHIR server', async () => {
    await until(async () => (await tasksOf(CONTROL_ID))[0]?.status === 'requested');
    await page.getByRole('button', { name: 'Acknowledge…' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Acknowledge', exact: true }).click();
    await sheet.waitFor({ state: 'hidden' });
    await page
      .getByText(/acknowledged by admin/i)
      .first()
      .waitFor();
    await until(async () => (await tasksOf(CONTROL_ID))[0]?.status === 'accepted');
  });

  it('opens the flow in the editor with the same login', async () => {
    const [editor] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Open flow in the editor' }).click(),
    ]);
    assert.ok(editor.url().startsWith(editorUrl), editor.url());
    await editor.locator('#red-ui-workspace-chart .red-ui-flow-node-group').first().waitFor();
    const names = await editor.locator('.red-ui-flow-node-label').allTextContents();
    for (const name of ['Lab results', 'Critical results', 'Task for whoever must act', 'Until somebody answers'])
      assert.ok(names.includes(name), `${name} among ${names.join(', ')}`);
    assert.equal(await editor.locator('.red-ui-tab.active').first().getAttribute('id').then(Boolean), true);
    await editor.locator('.red-ui-sidebar-info').first().waitFor({ state: 'attached' });
    assert.equal(await editor.locator('.red-ui-sidebar-info.show-tips').count(), 0, 'no tip covers the description');
    await editor.close();
  });

  it('mends what the demo has broken, redrives the message, and sees it recovered', async () => {
    const { messages } = await wardflow.api<MessageList>('/messages?state=dead');
    const [dead] = messages;
    assert.equal(messages.length, 1);
    assert.ok(dead?.controlId);
    await go('/messages?tab=needs-you');
    await page.getByRole('link', { name: new RegExp(dead.controlId) }).click();
    const failure = page.getByRole('region', { name: /refused|closed|rule/i });
    await failure.getByText('What to do').waitFor();
    assert.equal((await tasksOf(dead.controlId)).length, 0);

    const sandbox = await page.context().newPage();
    await sandbox.goto(fhir.replace(/\/fhir$/, '/'));
    const open = sandbox.getByRole('button', { name: 'Open the record' });
    await open.click();
    await open.waitFor({ state: 'detached' }); // A page closed under its own request may take that request with it.
    await sandbox.close();

    await failure.getByRole('button', { name: 'Redrive…' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('What will happen').waitFor();
    await sheet.getByLabel(/Reason/).fill('the record was opened again');
    await sheet.getByRole('button', { name: 'Redrive' }).click();
    await page
      .getByText(/recovered/)
      .first()
      .waitFor();
    await until(async () => (await tasksOf(dead.controlId ?? '')).length === 1);
    await until(async () => (await wardflow.api<MessageList>('/messages?state=dead')).messages.length === 0);
  });

  it('says on the overview that nothing can be kept, why, and what was turned away', async () => {
    const anyStatus = /\/status(\?|$)/;
    const text = 'The disk that holds the database is full. Free space on it.';
    await page.route(anyStatus, async (route) => {
      const response = await route.fetch();
      const now = (await response.json()) as RuntimeStatus;
      const storeTrouble = { code: 'store-disk-full', text, since: now.asOf - 60_000, lastAt: now.asOf, count: 7 };
      const feeds = now.feeds.map((feed) => ({ ...feed, refused: { ...feed.refused, notKept: 7 } }));
      await route.fulfill({ response, json: { ...now, storeTrouble, feeds } });
    });
    await go('/');
    await page.getByRole('alert').getByText(text).waitFor();
    await page.getByText(/7 messages could not be kept/).waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.unroute(anyStatus);
    await go('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    assert.equal(await page.getByText(/could not be kept/).count(), 0);
  });

  it('meets no serious barrier on any page, in light and in dark', async () => {
    const looks: readonly Look[] = [
      { scheme: 'light', width: 1440 },
      { scheme: 'dark', width: 1440 },
    ];
    const { messages } = await wardflow.api<MessageList>(`/messages?q=${CONTROL_ID}`);
    for (const [path, heading] of [
      ['/', 'Overview'],
      ['/messages', 'Messages'],
      ['/escalations', 'Escalations'],
      ['/audit', 'Audit'],
      ['/account', /./],
      [`/messages/${messages[0]?.id ?? ''}`, new RegExp(CONTROL_ID)],
    ] as const) {
      await go(path);
      await page.getByRole('heading', { level: 1, name: heading }).first().waitFor();
      await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'hidden' });
      assert.deepEqual(await flaws(page, path, looks), []);
    }
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(consoleUrl);
    await stranger.getByRole('button', { name: 'Log in' }).waitFor();
    assert.deepEqual(await flaws(stranger, 'login', looks), []);
    await stranger.context().close();
  });

  it('was shown no error by the browser', () => {
    assert.deepEqual(problems, []);
  });
});
