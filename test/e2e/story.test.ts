/**
 * How a change reaches production, as the people of the demo do it in their browsers: an analyst changes a threshold and
 * submits it, cannot approve it, two others do, an operator promotes it, the next message is decided by it, it is taken
 * back, and the audit page tells all of it.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { PAGE_WAIT_MS, startBrowser } from '../kit/browser.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { requireChromium } from '../kit/requires.ts';
import { startWardflow, temporaryFolder, until, type WardflowProcess } from '../kit/wardflow-process.ts';

const TABLE = 'critical-lab-result/rules/critical-results.json';
const TITLE = 'Page for potassium above 5.8';

describe('a change on its way into production', function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let wardflow: WardflowProcess;
  let browser: Browser;
  let consoleUrl: string;
  let editorUrl: string;
  let people: ReadonlyMap<string, { readonly password: string; readonly passphrase: string }>;
  const pages = new Map<string, Page>();

  before(async function () {
    const chromium = requireChromium(this);
    folder = await temporaryFolder();
    // The first messages go out at once; the rest of the day takes longer than this test.
    wardflow = startWardflow({ demo: true, dataFolder: folder.path, env: { WARDFLOW_DEMO_SPEED: '0.1' } });
    [browser] = await Promise.all([startBrowser(chromium), wardflow.line(/Ctrl-C stops it/)]);
    const info = await wardflow.runInfo();
    consoleUrl = info.governance?.url ?? '';
    editorUrl = info.runtimes['staging']?.url ?? '';
    const lines = (await readFile(join(folder.path, 'demo-logins.txt'), 'utf8')).split('\n');
    people = new Map(
      lines.map((line) => {
        const [name = '', password = '', passphrase = ''] = line.split(/ +/);
        return [name, { password, passphrase }];
      }),
    );
  });
  after(async () => {
    await browser?.close();
    wardflow?.signal('SIGINT');
    await wardflow?.exit;
    await folder?.remove();
  });

  const as = async (who: string, path: string): Promise<Page> => {
    const known = pages.get(who);
    if (known) {
      await known.goto(`${consoleUrl}${path}`);
      return known;
    }
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    await page.goto(`${consoleUrl}${path}`);
    await page.getByLabel('User name').fill(who);
    await page.getByRole('textbox', { name: 'Password' }).fill(people.get(who)?.password ?? '');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    pages.set(who, page);
    return page;
  };
  const sign = async (page: Page, who: string, button: string): Promise<void> => {
    const dialog = page.getByRole('dialog').last();
    await dialog.getByLabel('Passphrase of your signing key').fill(people.get(who)?.passphrase ?? '');
    await dialog.getByRole('button', { name: button, exact: true }).click();
  };
  const release = (): Promise<RuntimeRelease> => wardflow.api<RuntimeRelease>('/release', 'production');
  /** Sends a potassium of 5.9 to production; what its rule table decided, and by which version. */
  const decided = async (
    controlId: string,
  ): Promise<{ readonly row: string | undefined; readonly version: string }> => {
    const { feeds } = await wardflow.api<RuntimeStatus>('/status', 'production');
    const sender = new MllpSender(feeds.find(({ name }) => name === 'hospital')?.port ?? 0);
    const message = oru({ controlId, patient: controlId, observations: [potassium('5.9')] });
    assert.equal(answerField(await sender.send(message), 'MSA', 1), 'AA');
    sender.close();
    const found = async (): Promise<MessageDetail | undefined> => {
      const { messages } = await wardflow.api<MessageList>(`/messages?q=${controlId}`, 'production');
      const id = messages.find((one) => one.controlId === controlId)?.id;
      return id === undefined ? undefined : wardflow.api<MessageDetail>(`/messages/${id}`, 'production');
    };
    let detail: MessageDetail | undefined;
    await until(async () => {
      detail = await found();
      return detail?.message.state === 'done' && detail.decisions.length === 1;
    });
    const [decision] = detail?.decisions ?? [];
    return { row: decision?.matched[0], version: detail?.work[0]?.pinnedVersion ?? '' };
  };

  it('begins where production runs what the demo has signed, and says so', async () => {
    await until(async () => (await release()).running?.sequence === 1);
    const page = await as('operator', '/environments/production');
    await page
      .getByText(/^Production runs/)
      .filter({ hasText: 'ordered by operator' })
      .waitFor();
    assert.equal((await decided('STORY1')).row, undefined, '5.9 is below the threshold of 6.2');
  });

  it('is made on staging and submitted in the editor, with what it changes', async () => {
    await (await as('analyst', '/proposals')).getByText('Page for potassium above 6.0').first().waitFor();
    const file = join(folder.path, 'flows', TABLE);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"> 6.0"', '"> 5.8"').replace('"value": 6.0,', '"value": 5.8,'));
    const page = await (await as('analyst', '/')).context().newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    await page.goto(`${editorUrl}/`);
    await page.waitForFunction(() => {
      const { RED } = globalThis as unknown as { RED?: { nodes?: { node(id: string): unknown } } };
      return RED?.nodes?.node('crit-started');
    });
    // Rule files are read with a deploy.
    await page.evaluate(() => {
      const { RED } = globalThis as unknown as {
        RED: {
          nodes: { node(id: string): { x: number; moved: boolean }; dirty(is: boolean): void };
          actions: { invoke(action: string): void };
          sidebar: { show(name: string): void };
          workspaces: { show(id: string): void };
        };
      };
      // The sidebar is about the tab that is open.
      RED.workspaces.show('critical');
      const node = RED.nodes.node('crit-started');
      node.x += 20;
      node.moved = true;
      RED.nodes.dirty(true);
      RED.actions.invoke('core:deploy-flows');
      RED.sidebar.show('wardflow-definition');
    });
    const sidebar = page.locator('.wf-sidebar');
    await sidebar.getByText(/5\.8/).first().waitFor();
    await sidebar.getByRole('button', { name: 'Submit for review…' }).click();
    await sidebar.getByLabel('Title').fill(TITLE);
    await sidebar.getByLabel(/What it changes/).fill('Our analyser measures lower than the old one.');
    await sidebar.getByRole('button', { name: 'Submit', exact: true }).click();
    await sidebar.getByRole('link', { name: 'proposal 2' }).waitFor();
    await page.close();
  });

  it('is signed by its author, who cannot approve it', async () => {
    const page = await as('analyst', '/proposals/2');
    await page.getByRole('button', { name: 'Sign as its author…' }).click();
    await sign(page, 'analyst', 'Sign');
    await page.getByText('It waits for 1 approval as clinical-governance and 1 approval as engineer').waitFor();
    await page.getByText('Nobody approves or rejects a change of their own.').waitFor();
    assert.equal(await page.getByRole('button', { name: /Approve/ }).count(), 0);
  });

  it('is approved by two others, each with a key of their own', async () => {
    for (const who of ['engineer', 'clinical-governance']) {
      const page = await as(who, '/proposals/2');
      await page.getByRole('heading', { name: /5\.8/ }).first().waitFor();
      await page.getByRole('button', { name: `Approve as ${who}…` }).click();
      await sign(page, who, 'Approve');
      await page
        .getByRole('region', { name: 'Who has to agree' })
        .getByRole('listitem')
        .filter({ hasText: who })
        .filter({ hasNotText: 'missing' })
        .waitFor();
    }
  });

  it('is promoted by an operator who has seen what restarts, and decides the next message', async () => {
    const before = (await release()).running?.bundle;
    const page = await as('operator', '/environments/production');
    await page.getByRole('button', { name: `Promote: ${TITLE}` }).click();
    await page.getByRole('dialog').getByText('restarts').first().waitFor();
    await page.getByRole('button', { name: 'Sign and promote…' }).click();
    await sign(page, 'operator', 'Promote');
    await page.getByText('Production runs it now.').waitFor();
    const { running } = await release();
    assert.equal(running?.sequence, 2);
    assert.notEqual(running?.bundle, before);
    const { row, version } = await decided('STORY2');
    assert.equal(row, 'k-high', '5.9 is above the threshold of 5.8');
    assert.equal(version, running?.definitions.find(({ name }) => name === 'critical-lab-result')?.version);
  });

  it('leaves the other proposal without a base: it has to be made again', async () => {
    const page = await as('analyst', '/proposals/1');
    await page
      .getByRole('button', { name: /Make it again|revis/i })
      .first()
      .waitFor();
  });

  it('is taken back in one step, and the next message is decided as before', async () => {
    const page = await as('operator', '/environments/production');
    await page.getByRole('button', { name: /^Take back: release 1/ }).click();
    await page.getByRole('button', { name: 'Sign and take it back…' }).click();
    await sign(page, 'operator', 'Take it back');
    await until(async () => (await release()).running?.sequence === 3);
    assert.equal((await decided('STORY3')).row, undefined);
  });

  it('is told by the audit page from its beginning to its end', async () => {
    const page = await as('clinical-governance', '/audit');
    for (const said of [/approved proposal 2/i, /proposal 2/i, /release 2/i, /release 3/i])
      await page.getByText(said).first().waitFor();
  });
});
