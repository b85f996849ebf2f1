import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import { webFolder } from '../../governance/server/web-folder.ts';
import { flaws, LOOKS, startBrowser } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();
const PICTURES = process.env['WARDFLOW_TEST_PICTURES'];

describe('the pages of patient identity in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  const enter = async (cookie: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: kit.console.url }]);
    const opened = await context.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    return opened;
  };
  const identities = () => kit.runtime.operations.identities;
  const sheet = () => page.getByRole('dialog');

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 50 }, webFolder: FOLDER });
    browser = await startBrowser(executablePath);
    page = await enter(await kit.cookieOf('coordinator'));
    await page.goto(kit.console.url);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  it('fit the screen and have no critical or serious barrier', async () => {
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      found.push(
        ...(await flaws(page, name, LOOKS, async ({ scheme, width }) => {
          if (PICTURES) await page.screenshot({ path: `${PICTURES}/${name}-${scheme}-${width}.png` });
        })),
      );
    };
    for (const [path, button, name] of [
      ['/identities', /^Answer/, 'questions'],
      ['/identities/merges', /^Take back/, 'merges'],
    ] as const) {
      await page.goto(`${kit.console.url}${path}`);
      await page.getByRole('button', { name: button }).first().waitFor();
      await look(name);
      await page.getByRole('button', { name: button }).first().click();
      await sheet().waitFor();
      if (name === 'questions') await sheet().getByLabel('The same patient').check();
      await look(`${name}-sheet`);
      await page.keyboard.press('Escape');
      await sheet().waitFor({ state: 'detached' });
    }
    assert.deepEqual(found, []);
  });

  it('count the questions in the navigation, and take an answer from the keyboard', async () => {
    const entry = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: /^Patient IDs/ });
    await entry.getByTitle('3 questions to answer').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByText('Nobody knows the number, and the details are those of a patient with another one.').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await sheet().waitFor();
    const button = sheet().getByRole('button', { name: 'Answer', exact: true });
    await sheet().getByLabel('How do you know?').fill('checked at the desk');
    assert.equal(await button.isDisabled(), true, 'nothing is answered by a reason alone');
    await sheet().getByLabel('The same patient').check();
    await sheet()
      .getByRole('radio', { name: /^The other: .*b81e44d09c3f$/ })
      .check();
    await sheet().getByRole('button', { name: 'They are the same' }).click();
    await sheet().waitFor({ state: 'detached' });
    const call = kit.runtime.calls.findLast(({ path }) => path.endsWith('/question-0/answer'));
    assert.deepEqual(JSON.parse(call?.body ?? ''), {
      seen: 1,
      answer: 'same',
      survivor: 'b81e44d09c3f7a52',
      reason: 'checked at the desk',
    });
    await page.getByText('Answered', { exact: true }).click();
    await page.getByText(/The same patient, says .* checked at the desk/).waitFor();
  });

  it('leave a question open with what is missing, for whoever looks next', async () => {
    await page.goto(`${kit.console.url}/identities`);
    await page
      .getByRole('button', { name: /^Answer/ })
      .first()
      .click();
    await sheet().getByLabel('Nobody can say yet').check();
    await sheet().getByLabel('What is missing?').fill('the desk is asked');
    await sheet().getByRole('button', { name: 'Leave it open' }).click();
    await sheet().waitFor({ state: 'detached' });
    await page.getByText(/left it open .* the desk is asked/).waitFor();
    assert.deepEqual(
      identities()
        .questions.filter(({ left }) => left !== undefined)
        .map(({ state }) => state),
      ['open'],
    );
  });

  it('say who was faster, and keep what was written', async () => {
    await page.goto(`${kit.console.url}/identities`);
    await page
      .getByRole('button', { name: /^Answer/ })
      .first()
      .click();
    const at = identities().questions.findIndex(({ state }) => state === 'open');
    identities().touch(at);
    await sheet().getByLabel('Different patients').check();
    await sheet().getByLabel('How do you know?').fill('twins');
    await sheet().getByRole('button', { name: 'They are different' }).click();
    await sheet().getByText('Somebody was faster.').waitFor();
    assert.equal(await sheet().getByLabel('How do you know?').inputValue(), 'twins');
    assert.equal(identities().questions[at]?.state, 'open');
  });

  it('take a merge back with a reason', async () => {
    await page.goto(`${kit.console.url}/identities/merges`);
    await page.getByText('Merged by a message').waitFor();
    await page.getByRole('button', { name: 'Take back: a05d7c31e9f2 is now c918e6f0b72d' }).click();
    assert.equal(await sheet().getByRole('button', { name: 'Take it back' }).isDisabled(), true);
    await sheet().getByLabel('Why was it wrong?').fill('another ward');
    await sheet().getByRole('button', { name: 'Take it back' }).click();
    await page
      .getByText(/^Taken back/)
      .first()
      .waitFor();
    assert.equal(identities().links[0]?.undone?.reason, 'another ward');
    assert.equal(identities().links[1]?.undone, null);
  });

  it('show who may look and not decide no button', async () => {
    const other = await enter(await kit.cookieOf('auditor'));
    await other.goto(`${kit.console.url}/identities`);
    await other
      .getByRole('link', { name: /^ADT|^ORU|message/ })
      .first()
      .waitFor();
    assert.equal(await other.getByRole('button', { name: /^Answer/ }).count(), 0);
    await other.goto(`${kit.console.url}/identities/merges`);
    await other
      .getByText(/^Taken back/)
      .first()
      .waitFor();
    assert.equal(await other.getByRole('button', { name: /^Take back/ }).count(), 0);
    await other.context().close();
  });

  it('ask for the part of somebody whose role is limited', async () => {
    const cookie = await kit.cookieOf('operator');
    const { username } = (await kit.call('/api/v1/session', { cookie })).json<{ username: string }>();
    const limit = { definitions: ['admissions'], serviceLines: [] };
    kit.console.accounts.change(username, { limits: { operator: limit } });
    const other = await enter(cookie);
    await other.goto(`${kit.console.url}/identities`);
    await other
      .getByRole('button', { name: /^Answer/ })
      .first()
      .waitFor();
    await other.context().close();
    const call = kit.runtime.calls.findLast(({ path }) => path.includes('/identities?'));
    assert.deepEqual(call?.scope, limit);
    const person = await kit.call('/api/v1/runtimes/staging/identities/people/a', { cookie });
    assert.equal(person.status, 403, 'of the whole house');
  });

  it('complained of nothing in the browser', () => {
    assert.deepEqual(complaints, []);
  });
});
