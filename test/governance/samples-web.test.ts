/** Pinning messages as samples in the console: a real browser, the real console over a real staging runtime. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import type { SampleList } from '../../runtime/editor-api/preview-contract.ts';
import { barriers, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { writeFormsDefinition } from '../kit/hl7-forms-definition.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';

describe('samples in the console', function () {
  this.timeout(120_000);
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  let id: string;
  const trouble: string[] = [];

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    bench = await startEditorBench({
      definitions: ['_shared'],
      prepareFlows: writeFormsDefinition,
      webFolder: webFolder(),
    });
    const sender = new MllpSender(bench.runtime.mllpPort);
    await sender.send(oru({ controlId: 'SAMPLE1', patient: 'P1', observations: [potassium('7.1', 'HH')] }));
    sender.close();
    id = (await bench.runtime.api<{ messages: { id: string }[] }>('/messages')).messages[0]?.id ?? '';
    browser = await startBrowser(executablePath);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => trouble.push(message));
    await become('analyst');
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  const go = (path: string) => page.goto(`${bench.console.console.url}${path}`);
  const become = async (role: 'analyst' | 'coordinator'): Promise<void> => {
    const [name = '', value = ''] = (await bench.cookieOf(role)).split('=');
    await page.context().addCookies([{ name, value, url: bench.console.console.url }]);
  };
  const offered = async (): Promise<readonly string[]> => {
    const cookie = await bench.cookieOf('engineer');
    const { samples } = (await bench.ask(cookie, '/samples?feed=hospital')).json<SampleList>();
    return samples.filter(({ kind }) => kind === 'pinned').map(({ name }) => name);
  };

  it('say how to come by one, where there is none', async () => {
    await go('/operations/samples');
    await page.getByText('No message is pinned.').waitFor();
  });

  it('are pinned under a name from the page of a message, and then offered in the editor', async () => {
    await go(`/messages/${id}`);
    await page.getByRole('button', { name: 'Pin as sample for feed hospital…' }).click();
    const name = page.getByRole('textbox', { name: 'Name of the sample for feed hospital' });
    await name.fill('Doe, Jane');
    await page.getByText('Letters, digits, blanks and hyphens.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Pin', exact: true }).isDisabled());
    await name.fill('potassium high');
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByText(/Sample of the feed hospital: potassium high, pinned by/).waitFor();
    assert.deepEqual(await offered(), ['potassium high']);
  });

  it('are listed by feed, each with its message, in light and dark', async () => {
    await page.getByRole('link', { name: 'All samples' }).click();
    await page.getByRole('heading', { name: 'Samples of the feed hospital' }).waitFor();
    await page.getByRole('link', { name: 'ORU^R01 SAMPLE1' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await barriers(page), [], colorScheme);
    }
  });

  it('are unpinned from the list, and are offered no more', async () => {
    await page.getByRole('button', { name: 'Unpin potassium high' }).click();
    await page.getByText('No message is pinned.').waitFor();
    assert.deepEqual(await offered(), []);
  });

  it('are shown without buttons to whoever may not pin', async () => {
    const body = JSON.stringify({ name: 'of somebody else' });
    await bench.runtime.api(`/messages/${id}/pin`, { method: 'POST', body });
    await become('coordinator');
    await go(`/messages/${id}`);
    await page.getByText(/Sample of the feed hospital: of somebody else/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Unpin' }).count(), 0);
    assert.deepEqual(trouble, []);
  });
});
