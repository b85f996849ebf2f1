import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'mocha';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { webFolder } from '../../../governance/server/web-folder.ts';
import { requireChromium } from '../../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../../kit/test-console.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking';

describe('the audit pages in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  let auditReady = Promise.resolve();
  const complaints: string[] = [];

  before(async function () {
    const executablePath = requireChromium(this);
    kit = await startTestConsole({ runtime: { messages: 300, auditReady: () => auditReady }, webFolder: webFolder() });
    kit.console.accounts.change('admin', { roles: ['administrator', 'auditor', 'operator'] });
    browser = await chromium.launch({ executablePath, args: FLAGS.split(' ') });
    ({ page } = await open('light', 1440));
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  async function open(colorScheme: 'light' | 'dark', width: number): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(kit.console.url);
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    return { context, page };
  }

  const entries = () => page.getByRole('list', { name: 'Audit entries' }).getByRole('article');
  const total = async (): Promise<number> => {
    const text = await page.getByText(/^[\d,]+ entr(y|ies), as of/).textContent();
    return Number(/^[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''));
  };

  it('shows console and runtime as one list, with the count of each day', async () => {
    await page.goto(`${kit.console.url}/audit`);
    await page.getByRole('heading', { name: /^Today \d+$/ }).waitFor();
    assert.match((await entries().first().textContent()) ?? '', /admin logged in\..*Console/);
    await page.getByText('Runtime staging').first().waitFor();
    assert.ok((await total()) > 20);
  });

  it('finds by words, keeps the filter in the address, and shows the same after a reload', async () => {
    await page.getByLabel('Search in all entries').fill('needs somebody');
    await page.waitForURL(/q=needs\+somebody/);
    await page.waitForFunction(() => !document.body.textContent?.includes('admin logged in.'));
    const found = await total();
    assert.ok(found > 0);
    await page.reload();
    await entries().first().waitFor();
    assert.equal(await total(), found);
    assert.match((await entries().first().textContent()) ?? '', /The work needs somebody: fhir-rejected/);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByText('admin logged in.').first().waitFor();
    assert.equal(new URL(page.url()).search, '');
  });

  it('says that nothing matches, and what to do', async () => {
    await page.goto(`${kit.console.url}/audit?q=nothing-of-the-kind`);
    await page.getByRole('heading', { name: 'No entry matches' }).waitFor();
  });

  it('searches by a patient without a trace of the identifier in the browser', async () => {
    await page.goto(`${kit.console.url}/audit`);
    await page.getByRole('button', { name: 'By patient…' }).click();
    await page.getByLabel('Patient identifier').fill('SYNTH-1234');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByText(/Only entries about \d+ messages? of one patient identifier/).waitFor();
    assert.ok(kit.runtime.calls.some(({ path }) => path.includes('patient=SYNTH-1234')));
    const kept = await page.evaluate(() =>
      JSON.stringify([location.href, history.state, Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    assert.ok(!kept.includes('SYNTH'));
    await page.getByRole('button', { name: 'All messages' }).click();
  });

  it('verifies with one click', async () => {
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^Intact: all [\d,]+ entries are what was written/).waitFor();
    await page
      .getByText(/signed up to entry \d+/)
      .first()
      .waitFor();
  });

  it('opens from an escalation why somebody was told', async () => {
    await page.goto(`${kit.console.url}/escalations`);
    await page
      .getByRole('link', { name: /^Why\?/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Why was this person told?' }).waitFor();
    await page.getByRole('heading', { name: 'Who was told, and who answered' }).waitFor();
    await page.getByText('Not promoted by a signed bundle: staging.').waitFor();
    assert.match(page.url(), /\/audit\/why\/\w+$/);
  });

  for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const)
    it(`has no critical or serious accessibility violation, and nothing beside the page: ${scheme}, ${width}`, async () => {
      const other = await open(scheme, width);
      const why = `/audit/why/${kit.runtime.escalations[0]?.messageId}`;
      const found: string[] = [];
      for (const [path, ready] of [
        ['/audit', 'text=Today'],
        [why, 'text=Whose rule that was'],
      ] as const) {
        await other.page.goto(`${kit.console.url}${path}`);
        await other.page.locator(ready).first().waitFor();
        if (path === '/audit') {
          await other.page.getByRole('button', { name: 'Verify' }).click();
          await other.page.getByText(/^Intact:/).waitFor();
        }
        const wide = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) found.push(`${path}: ${wide} px beside the page`);
        const cdp = await other.context.newCDPSession(other.page);
        const { result } = await cdp.send('Runtime.evaluate', {
          expression: `${axe};axe.run().then((r) => r.violations.filter((v) => ['critical', 'serious'].includes(v.impact)).map((v) => v.id + ' ' + v.nodes[0].html.slice(0, 120)))`,
          awaitPromise: true,
          returnByValue: true,
        });
        found.push(...(result.value as string[]).map((one) => `${path}: ${one}`));
      }
      await other.context.close();
      assert.deepEqual(found, []);
    });

  it('shows by itself what a runtime was slow to tell, after saying that it is missing', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    auditReady = promise;
    kit.runtime.record('work.slow');
    await page.goto(`${kit.console.url}/audit`);
    await page.getByRole('alert').getByText('is still being read; its newest entries follow.').waitFor();
    assert.equal(await page.getByText('work.slow').count(), 0);
    resolve();
    await page.getByText('work.slow').first().waitFor();
    await page.getByRole('alert').getByText('is still being read').waitFor({ state: 'detached' });
  });

  // Last: the runtime does not come back.
  it('says which part is missing where the runtime does not answer, and shows the rest', async () => {
    await page.goto(`${kit.console.url}/audit`);
    await entries().first().waitFor();
    await kit.runtime.stop();
    await page.reload();
    await page
      .getByRole('alert')
      .getByText(/Its entries after .* are missing here\./)
      .waitFor();
    await page.getByText('Runtime staging').first().waitFor();
    assert.deepEqual(complaints, []);
  });
});
