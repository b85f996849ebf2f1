import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Browser, Page } from 'playwright-core';
import type { MessageDetail, MessageList } from '../../governance/api/runtime-shapes.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { barriers, flaws, startBrowser, type Look } from '../kit/browser.ts';
import { requireChromium, skipBecause } from '../kit/requires.ts';
import { PASSWORD, startTestConsole, type TestConsole } from '../kit/test-console.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();

describe('the operations pages in a browser', function () {
  this.timeout(180_000);
  let kit: TestConsole;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function open(scheme: 'light' | 'dark', width: number, at: TestConsole): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const opened = await context.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });
    await opened.goto(at.console.url);
    await opened.getByLabel('User name').fill('admin');
    await opened.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await opened.getByRole('button', { name: 'Log in' }).click();
    await opened.getByRole('heading', { name: 'Overview' }).waitFor();
    return opened;
  }
  const dead = (): number => kit.runtime.messages.filter((one) => one.state === 'dead').length;
  const said = (text: string): Promise<void> => page.getByText(text).first().waitFor();
  const banner = () => page.getByRole('region', { name: 'Paused', exact: true });
  const reason = (text: string): Promise<void> =>
    page.getByRole('textbox', { name: /^(Reason|How do you know)/ }).fill(text);

  before(async function () {
    const executablePath = requireChromium(this);
    if (!existsSync(`${FOLDER}/index.html`)) skipBecause(this, 'the web app', 'run `npm run build`');
    kit = await startTestConsole({ runtime: { messages: 2000 }, webFolder: FOLDER });
    browser = await startBrowser(executablePath);
    page = await open('light', 1440, kit);
  });
  after(async () => {
    await browser?.close();
    await kit?.stop();
  });

  it('show what came and went to look at and to read', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
    await page.locator('.recharts-area').first().waitFor();
    await page.getByText('As a table').first().click();
    const rows = page.getByRole('region', { name: 'Throughput by the minute' }).locator('tbody tr');
    const whole = await rows.count();
    assert.ok(whole === 59 || whole === 60, 'whole minutes of an hour');
    const numbers = await rows.locator('td:nth-child(2)').allTextContents();
    const legend = await page.getByText('messages received').first().textContent();
    const sum = numbers.reduce((all, one) => all + Number(one), 0);
    assert.ok(legend?.startsWith(sum.toLocaleString('en-GB')), `${legend} is the sum ${sum} of the table`);
  });

  it('read unreadable messages again by reason, and discard the rest, with what will happen said first', async () => {
    await page.goto(`${kit.console.url}/operations/triage`);
    const state = (one: string): number => kit.runtime.messages.filter((message) => message.state === one).length;
    const before = state('quarantined');
    assert.ok(before > 3, 'there is something to read again');
    await page.getByText(`Unreadable (${before})`).click();
    await said('Quarantined: these could not be read');
    await page.getByRole('button', { name: /^Read again those with/ }).click();
    await said('can be read by the code and the settings of now');
    const read = page.getByRole('button', { name: /^Read \d+ messages again$/ });
    assert.equal(await read.isDisabled(), true, 'not without a reason');
    await reason('the new version reads more');
    assert.deepEqual(await barriers(page), []);
    await read.click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const left = state('quarantined');
    assert.ok(left > 0 && left < before);
    await page.getByRole('button', { name: /^Discard those with/ }).click();
    await said('Their senders were told');
    await reason('sent again by their senders');
    await page.getByRole('button', { name: `Discard ${left} messages` }).click();
    await said('Nothing is in quarantine');
    const bodies = kit.runtime.calls.filter(({ path }) => /quarantine\/\w+$/.test(path)).map(({ body }) => body);
    assert.equal(bodies.length, 2);
    assert.match(bodies[0] ?? '', /the new version reads more/);
  });

  it('say of a message that is held for review what it is and where that is decided, and fold its many tries', async () => {
    const parked = kit.runtime.messages.find(({ state }) => state === 'parked');
    const held = { because: 'incomplete-data', sentence: 'The rule table misses a value.' } as const;
    const detail = new RegExp(`/api/.*/messages/${parked?.id}$`);
    await page.route(detail, async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as MessageDetail;
      const attempts = Array.from({ length: 30 }, (_, i) => ({
        attempt: i + 1,
        startedAt: Date.now() + i * 60_000,
        endedAt: Date.now() + i * 60_000 + 40,
        outcome: i === 29 ? 'held' : 'retry',
        failure: { code: 'endpoint-down', class: 'transient', text: 'The endpoint did not answer.' },
        steps: [],
      }));
      const work = json.work.map((one) => (one.state === 'parked' ? { ...one, attempts } : one));
      await route.fulfill({ response, json: { ...json, message: { ...json.message, held }, work } });
    });
    const list = /\/api\/.*\/messages\?/;
    await page.route(list, async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as MessageList;
      const messages = json.messages.map((one) => (one.id === parked?.id ? { ...one, held } : one));
      await route.fulfill({ response, json: { ...json, messages } });
    });
    try {
      await page.goto(`${kit.console.url}/messages?state=parked&q=${parked?.controlId}`);
      const row = page.getByRole('row').filter({ hasText: parked?.controlId ?? '' });
      await row.getByText('Held', { exact: true }).waitFor();
      await row.getByText('Data is missing').waitFor();
      assert.deepEqual(await barriers(page), []);
      await page.goto(`${kit.console.url}/messages/${parked?.id}`);
      await said('Held: data is missing');
      await said('It is held: a person decides whether the flow goes on with it.');
      assert.equal(await page.getByRole('button', { name: 'Let it go on…' }).count(), 0);
      const link = page.getByRole('link', { name: 'Decide in the list of what is held' });
      assert.equal(await link.getAttribute('href'), '/operations/fallbacks');
      const attempts = page.getByRole('region', { name: 'Attempts' });
      assert.equal(await attempts.getByText('to be tried again').count(), 4);
      assert.deepEqual(await barriers(page), []);
      await attempts.getByRole('button', { name: 'Show 25 attempts in between' }).click();
      assert.equal(await attempts.getByText('to be tried again').count(), 29);
    } finally {
      await page.unroute(detail);
      await page.unroute(list);
    }
  });

  it('let a parked message go on, with a reason', async () => {
    const parked = kit.runtime.messages.find(({ state }) => state === 'parked');
    await page.goto(`${kit.console.url}/messages/${parked?.id}`);
    await page.getByRole('button', { name: 'Let it go on…' }).click();
    await said('The flow takes it up behind the node that parked it.');
    await reason('she called');
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Let it go on', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('In work').first().waitFor();
    const [call] = kit.runtime.calls.filter(({ path }) => path.endsWith('/release'));
    assert.deepEqual([call?.actor, call?.body], ['user:admin', JSON.stringify({ reason: 'she called' })]);
    await page.goto(`${kit.console.url}/operations`);
    await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
  });

  it('redrive all of one reason, from the keyboard, after saying how many and what will happen', async () => {
    await page
      .getByRole('navigation', { name: 'Operations' })
      .getByRole('link', { name: /^Triage/ })
      .click();
    await page.getByText('fhir-rejected').first().waitFor();
    const before = dead();
    assert.ok(before > 1, 'there is something to redrive');
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await said('will not be repeated: the recorded outcome is used.');
    await said('No effect is uncertain, so nothing can be written twice.');
    const button = page.getByRole('button', { name: /^Redrive \d+ messages$/ });
    assert.equal(await button.isDisabled(), true, 'not without a reason');
    const stated = Number(/\d+/.exec((await button.textContent()) ?? '')?.[0]);
    assert.ok(
      kit.runtime.calls
        .filter((call) => call.path.includes('/dead-letters/'))
        .every((call) => call.path.includes('dryRun=1')),
    );
    await reason('the organisation was added');
    await button.click();
    await said(`${stated} messages on the way again.`);
    assert.equal(dead(), before - stated);
    const call = kit.runtime.calls.findLast((one) => one.path.endsWith('/dead-letters/redrive'));
    const sent = JSON.parse(call?.body ?? '') as { filter: { code: string; deadBefore: number }; reason: string };
    assert.deepEqual([sent.filter.code, sent.reason], ['fhir-rejected', 'the organisation was added']);
    assert.ok(sent.filter.deadBefore <= Date.now(), 'what dies again is not taken twice');
  });

  it('count again when the filter is narrowed, and offer nothing where nothing fits', async () => {
    for (let i = 0; i < 3; i++) kit.runtime.arrive('dead');
    await page.reload();
    await page.getByRole('button', { name: 'Discard by filter…' }).click();
    await page.getByRole('button', { name: /^Discard \d+ messages?$/ }).waitFor();
    await said('2 work items of open escalations stay: people are being told by them.');
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('combobox', { name: 'Only of the feed' }).click();
    await page.getByRole('option', { name: 'radiology' }).click();
    await said('Nothing: no dead letter fits.');
    await reason('sent twice');
    assert.equal(await page.getByRole('button', { name: /^Discard 0 messages$/ }).isDisabled(), true);
    await page.getByRole('button', { name: 'Leave them' }).click();
  });

  it('discard many, saying before what stays, with the reason, from where the last call ended', async () => {
    const before = dead();
    await page.getByRole('button', { name: 'Discard by filter…' }).click();
    const button = page.getByRole('button', { name: new RegExp(`^Discard ${before} messages?$`) });
    await button.waitFor();
    await said('Messages of the same patients that waited behind them go on.');
    assert.equal(await button.isDisabled(), true, 'not without a reason');
    await reason('test data of the vendor');
    await button.click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual([before > 1, dead()], [true, 0]);
    const calls = kit.runtime.calls.filter(({ path }) => path.endsWith('/dead-letters/discard'));
    const bodies = calls.map(({ body }) => JSON.parse(body ?? '') as { filter: { after: number }; reason: string });
    assert.deepEqual(
      bodies.map(({ filter, reason: why }) => [filter.after, why]),
      [[0, 'test data of the vendor']],
    );
    kit.runtime.arrive('dead');
  });

  it('discard one message: what is dead of it, or all of it where nothing is', async () => {
    const discard = async (state: 'dead' | 'parked', why: string): Promise<unknown> => {
      const message = kit.runtime.messages.find((one) => one.state === state);
      await page.goto(`${kit.console.url}/messages/${message?.id}`);
      await page.getByRole('button', { name: 'Discard…' }).click();
      await said('One work item goes: admissions/all (failed).');
      await said('The message itself stays in the journal, with your reason.');
      const button = page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true });
      assert.equal(await button.isDisabled(), true, 'not without a reason');
      assert.deepEqual(await barriers(page), []);
      await reason(why);
      await button.click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      assert.equal(kit.runtime.messages.find(({ id }) => id === message?.id)?.state, 'discarded');
      const call = kit.runtime.calls.findLast(({ path }) => path.endsWith(`/${message?.id}/discard`));
      return JSON.parse(call?.body ?? '');
    };
    assert.deepEqual(await discard('dead', 'sent to us by mistake'), { reason: 'sent to us by mistake' });
    assert.deepEqual(await discard('parked', 'nobody will answer'), { reason: 'nobody will answer', all: true });
    kit.runtime.arrive('dead');
    await page.goto(`${kit.console.url}/operations`);
    await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
  });

  it('pause a feed with a reason, say so on every page, and start it again', async () => {
    await page
      .getByRole('navigation', { name: 'Operations' })
      .getByRole('link', { name: /^Pauses/ })
      .click();
    await page.getByRole('button', { name: 'Pause: Feed hospital' }).click();
    await page.getByRole('radio', { name: 'Refuse with the reason' }).check();
    await reason('the laboratory system is moved');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await banner().getByText('Feed hospital is refusing').waitFor();
    const set = kit.runtime.operations.switches[0];
    assert.deepEqual(
      [set?.kind, set?.name, set?.mode, set?.reason, set?.actor, set?.until],
      ['feed', 'hospital', 'refuse', 'the laboratory system is moved', 'user:admin', null],
    );
    for (const path of ['/', '/messages', '/escalations', '/audit', '/operations']) {
      await page.goto(`${kit.console.url}${path}`);
      await banner().getByText('the laboratory system is moved').waitFor();
    }
    await banner().getByRole('link', { name: 'Show pauses' }).click();
    await page.getByRole('button', { name: 'Start again: Feed hospital' }).first().click();
    await reason('it has been moved');
    await page.getByRole('dialog').getByRole('button', { name: 'Start again', exact: true }).click();
    await banner().waitFor({ state: 'detached' });
    assert.equal(kit.runtime.operations.switches.length, 0);
  });

  it('plan a maintenance window, which is listed and is no banner yet', async () => {
    await page.getByRole('button', { name: 'Pause: Lane bulk' }).click();
    await page.getByRole('radio', { name: 'In a maintenance window to come' }).check();
    await page.getByLabel('From').fill('2020-01-01T10:00');
    await reason('backup');
    await page
      .getByRole('alert')
      .getByText(/begins in the past/)
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Plan the window' }).isDisabled(), true);
    await page.getByLabel('From').fill('2099-01-01T10:00');
    await page.getByRole('button', { name: 'Plan the window' }).click();
    await page.getByText(/will be on hold from/).waitFor();
    assert.equal(await banner().count(), 0);
    assert.equal(kit.runtime.operations.switches[0]?.from, new Date(2099, 0, 1, 10).getTime());
  });

  it('take a decision on an effect that may have happened', async () => {
    await page
      .getByRole('navigation', { name: 'Operations' })
      .getByRole('link', { name: /^Uncertain/ })
      .click();
    const before = kit.runtime.operations.effects.length;
    await page
      .getByRole('button', { name: /^It did not happen/ })
      .first()
      .click();
    await page.getByRole('dialog').getByText('When its work is redriven, it is sent again.').waitFor();
    await reason('searched by identifier, not there');
    await page.getByRole('dialog').getByRole('button', { name: 'It did not happen' }).click();
    await said('Recorded: it did not happen.');
    assert.equal(kit.runtime.operations.effects.length, before - 1);
  });

  it('settle what an EHR holds otherwise than it was written', async () => {
    await page
      .getByRole('navigation', { name: 'Operations' })
      .getByRole('link', { name: /^Differences/ })
      .click();
    await said('It is there twice.');
    await page.getByRole('button', { name: 'Settle: Task/4711 at ehr' }).click();
    await page.getByRole('dialog').getByLabel('Write it again').check();
    await reason('removed by mistake, agreed with the ward');
    await page.getByRole('dialog').getByRole('button', { name: 'Write it again' }).click();
    await said('Written again, and settled.');
    const { differences } = kit.runtime.operations;
    assert.deepEqual(
      differences.map(({ state, settled }) => [state, settled?.how]),
      [
        ['settled', 'again'],
        ['open', undefined],
        ['open', undefined],
      ],
    );
  });

  it('say why they are empty', async () => {
    const empty = await startTestConsole({ runtime: { empty: true }, webFolder: FOLDER });
    try {
      const other = await open('light', 1440, empty);
      for (const [path, text] of [
        ['/operations', 'Nothing was received or settled in the last hour.'],
        ['/operations/triage', 'Nothing is dead: every failure has been redriven or discarded.'],
        ['/operations/uncertain', 'Of every action on the outside world it is known whether it happened.'],
        ['/operations/differences', 'What flows wrote on FHIR servers was found there as it was written'],
        ['/operations/pauses', 'Nothing is paused, and no window is planned.'],
      ] as const) {
        await other.goto(`${empty.console.url}${path}`);
        await other.getByText(text).waitFor();
      }
      await other.context().close();
    } finally {
      await empty.stop();
    }
  });

  it('let a login lead back to the editor, and to nowhere else', async () => {
    const at = new URL(kit.runtime.url);
    let reached = '';
    await page.route(`http://127.0.0.1:${at.port}/**`, (route) => {
      reached = route.request().url();
      return route.fulfill({ body: 'the editor' });
    });
    await page.goto(`${kit.console.url}/login?return=${encodeURIComponent('http://evil.example/')}`);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(reached, '');
    await page.goto(`${kit.console.url}/login?return=${encodeURIComponent(`${kit.runtime.url}/`)}`);
    await page.getByText('the editor').waitFor();
    assert.equal(reached, `${kit.runtime.url}/`);
  });

  it('have no critical or serious barrier and fit the screen: light and wide, dark and narrow', async () => {
    const other = await open('light', 1440, kit);
    const found: string[] = [];
    const looks: readonly Look[] = [
      { scheme: 'light', width: 1440 },
      { scheme: 'dark', width: 390 },
    ];
    const look = async (place: string): Promise<void> => void found.push(...(await flaws(other, place, looks)));
    for (const [path, ready, action] of [
      ['/', 'The server has stopped "results"', null],
      [`/messages/${kit.runtime.operations.differences[1]?.messageId ?? ''}`, 'settle it', null],
      ['/operations', 'Open work by lane', null],
      ['/operations/triage', 'fhir-rejected', 'Redrive by filter…'],
      ['/operations/uncertain', 'It happened…', /^It happened/],
      ['/operations/differences', 'The server went back to version 1; version 2 was written.', /^Settle/],
      ['/operations/pauses', 'What can be paused', 'Pause: Feed hospital'],
    ] as const) {
      await other.goto(`${kit.console.url}${path}`);
      await other.getByText(ready).first().waitFor();
      await look(path);
      if (action === null) continue;
      await other.getByRole('button', { name: action }).first().click();
      await other.getByRole('dialog').waitFor();
      await look(`${path}, sheet`);
    }
    await other.context().close();
    assert.deepEqual(found, []);
  });

  it('complained of nothing in the browser, and nothing was refused by the content security policy', () => {
    assert.deepEqual(complaints, []);
  });
});
