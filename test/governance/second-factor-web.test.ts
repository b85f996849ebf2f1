import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { generateSync } from 'otplib';
import { decodeQR } from 'qr/decode.js';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../engine/index.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { flaws, LOOKS, PAGE_WAIT_MS, startBrowser, type Look } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

/** The clock of the console runs ahead by steps of the app, so that no test waits for the next code. */
const STEP_MS = 30_000;

describe('the pages of the second step at login', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let ahead = 0;
  before(async function () {
    const executable = requireChromium(this);
    if (!existsSync(`${webFolder()}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({
      runtime: { messages: 20 },
      webFolder: webFolder(),
      secondFactorOf: ['coordinator'],
      clock: { now: () => systemClock.now() + ahead, at: (time, run) => systemClock.at(time - ahead, run) },
    });
    browser = await startBrowser(executable);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  const codeOf = (secret: string): string => {
    ahead += STEP_MS;
    return generateSync({ secret, epoch: Math.floor((systemClock.now() + ahead) / 1000) });
  };
  async function open(): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    await page.goto(`${kit.console.url}/account`);
    return page;
  }
  async function login(page: Page, username: string): Promise<void> {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
  }
  /** What a camera would read of the picture. */
  async function scanned(page: Page): Promise<string> {
    const picture = page.getByRole('img', { name: /QR code/ });
    const { width, height, data } = await picture.evaluate(async (svg) => {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
      await image.decode();
      const canvas = new OffscreenCanvas(400, 400);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0, 400, 400);
      return { width: 400, height: 400, data: [...(context?.getImageData(0, 0, 400, 400).data ?? [])] };
    });
    return decodeQR({ width, height, data: Uint8Array.from(data) });
  }
  const enrol = async (page: Page): Promise<string> => {
    await page.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Set it up' }).click();
    const uri = new URL(await scanned(page));
    const secret = uri.searchParams.get('secret') ?? '';
    const shown = await page.locator('code').first().textContent();
    assert.equal(shown?.replaceAll(' ', ''), secret, 'the picture and the text say the same');
    return secret;
  };
  const found: string[] = [];
  const look = async (page: Page, what: string): Promise<void> => {
    const folder = process.env['WARDFLOW_TEST_PICTURES'];
    const shown = async ({ scheme, width }: Look): Promise<void> => {
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/${what.replaceAll(/[ ,]+/g, '-')}-${scheme}-${width}.png` });
    };
    found.push(...(await flaws(page, what, LOOKS, shown)));
  };

  it('set it up, ask for it, make new codes and turn it off', async () => {
    const page = await open();
    const at = (what: string): Promise<void> => look(page, what);
    await login(page, 'admin');
    const panel = page.getByRole('region', { name: 'Second step at login' });
    await panel.getByText('Off', { exact: true }).waitFor();
    await at('off');
    await panel.getByRole('button', { name: 'Set up…' }).click();
    const secret = await enrol(page);
    await panel.getByRole('textbox', { name: 'Code' }).fill('000000');
    await panel.getByRole('button', { name: 'Turn it on' }).click();
    await panel.getByText('The code is not right').waitFor();
    await at('scan');
    await panel.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
    await panel.getByRole('button', { name: 'Turn it on' }).click();
    const list = panel.getByRole('list', { name: 'Recovery codes' });
    await list.waitFor();
    const recovery = await list.getByRole('listitem').allTextContents();
    assert.equal(recovery.length, 10);
    await at('recovery codes');
    assert.equal(await panel.getByRole('button', { name: 'Done' }).isDisabled(), true);
    await panel.getByRole('checkbox', { name: 'I have kept them' }).check();
    await panel.getByRole('button', { name: 'Done' }).click();
    await panel.getByText('10 recovery codes are left').waitFor();
    await at('on');

    const again = await open();
    await login(again, 'admin');
    const code = again.getByRole('textbox', { name: 'Code' });
    await code.waitFor();
    await look(again, 'login');
    await code.fill('000000');
    await again.getByRole('button', { name: 'Go on' }).click();
    await again.getByRole('alert').getByText('The code is not right').waitFor();
    await code.fill(recovery[0] ?? '');
    await again.getByRole('button', { name: 'Go on' }).click();
    await again.getByText('9 recovery codes are left').waitFor();
    await again.context().close();

    await panel.getByRole('button', { name: 'Turn off…' }).click();
    await panel.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await panel.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
    await at('turn off');
    await panel.getByRole('button', { name: 'Turn off', exact: true }).click();
    await panel.getByText('Off', { exact: true }).waitFor();
    await page.context().close();
  });

  it('let nobody past it whose role demands it', async () => {
    await kit.cookieOf('coordinator');
    const username = 'person-1';
    const page = await open();
    await login(page, username);
    await page.getByRole('heading', { name: 'Set up the second step' }).waitFor();
    assert.equal(await page.getByRole('navigation').count(), 0);
    await look(page, 'demanded');
    const secret = await enrol(page);
    await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('checkbox', { name: 'I have kept them' }).check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: username }).waitFor();
    await page.getByText('Your role demands it').waitFor();
    await page.context().close();
  });

  it('have no critical or serious barrier, and fit', () => assert.deepEqual(found, []));
});
