/** Paths and previews in the forms of nodes: a real browser, a real staging runtime, a session of a real console. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser, Locator, Page } from 'playwright-core';
import { barriers, startBrowser } from '../kit/browser.ts';
import { startEditorBench, type EditorBench } from '../kit/editor-bench.ts';
import { writeFormsDefinition } from '../kit/hl7-forms-definition.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { requireChromium } from '../kit/requires.ts';

interface Editor {
  nodes: {
    node(id: string): { _def: { category: string }; type: string; id: string; steps?: unknown; orderingPath?: unknown };
  };
  editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void };
}

describe('forms about HL7 in the editor', function () {
  this.timeout(120_000);
  let bench: EditorBench;
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  /** Whoever the page's next requests are of. */
  const become = async (role: 'analyst' | 'operator'): Promise<void> => {
    const [name = '', value = ''] = (await bench.cookieOf(role)).split('=');
    await page.context().addCookies([{ name, value, url: bench.editorUrl }]);
  };
  const edit = async (id: string): Promise<void> => {
    await page.evaluate((node) => {
      const { RED } = globalThis as unknown as { RED: Editor };
      const found = RED.nodes.node(node);
      if (found._def.category === 'config') RED.editor.editConfig('', found.type, found.id);
      else RED.editor.edit(found);
    }, id);
    await page.locator('.red-ui-tray .form-row').first().waitFor({ state: 'visible' });
    // When it has slid in, its first field gets the focus.
    await page.waitForFunction(() => document.activeElement?.closest('.red-ui-tray') !== null);
  };
  const close = async (how: 'ok' | 'cancel' = 'cancel'): Promise<void> => {
    const button = page.locator(`#node-dialog-${how}, #node-config-dialog-${how}`).last();
    if (!(await button.isVisible())) return;
    await button.click();
    await button.waitFor({ state: 'hidden' });
  };
  const list = (): Locator => page.locator('.wardflow-suggestions');
  const option = (path: string): Locator =>
    list()
      .getByRole('option')
      .filter({ has: page.locator('code', { hasText: new RegExp(`^${path.replaceAll(/[.[\]*]/g, '\\$&')}$`) }) });
  const panel = (): Locator => page.locator('.wardflow-preview');
  const row = (text: string): Locator => panel().locator('.wardflow-preview-rows > div').filter({ hasText: text });

  before(async function () {
    const executablePath = requireChromium(this);
    bench = await startEditorBench({ definitions: ['_shared'], prepareFlows: writeFormsDefinition });
    browser = await startBrowser(executablePath);
    const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => trouble.push(message));
    await become('analyst');
    await page.goto(bench.editorUrl);
    await page.waitForFunction(() =>
      Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node?.('forms-done')),
    );
  });
  afterEach(async () => {
    await close();
    assert.deepEqual(trouble.splice(0), []);
  });
  after(async () => {
    await browser?.close();
    await bench?.stop();
  });

  describe('complete a path', () => {
    const ordering = (): Locator => page.getByRole('combobox', { name: /Order by/ });

    it('by name, with the keyboard, and say what it means', async () => {
      await edit('feed-hospital');
      await ordering().fill('');
      await ordering().pressSequentially('assigning auth');
      await list().waitFor();
      assert.equal(await ordering().getAttribute('aria-expanded'), 'true');
      await ordering().press('ArrowDown');
      const active = await ordering().getAttribute('aria-activedescendant');
      assert.match(
        await page.locator(`#${active}`).innerText(),
        /^PID-3\.4\s+Patient Identifier List, Assigning Authority\s+HD/,
      );
      await ordering().press('Enter');
      assert.equal(await ordering().inputValue(), 'PID-3.4');
      await list().waitFor({ state: 'detached' });
      await page.getByText('Patient Identifier List, Assigning Authority (HD)').waitFor();
      assert.equal(await ordering().getAttribute('aria-expanded'), 'false');
    });

    it('with the mouse, a second one behind a comma, and are saved as typed', async () => {
      await edit('feed-hospital');
      await ordering().fill('PID-3.1, PV1-1');
      await ordering().press('End');
      await ordering().press('ArrowDown');
      await option('PV1-19').click();
      assert.equal(await ordering().inputValue(), 'PID-3.1, PV1-19');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'node-config-input-orderingPath');
      await close('ok');
      const saved = await page.evaluate(
        () => (globalThis as unknown as { RED: Editor }).RED.nodes.node('feed-hospital').orderingPath,
      );
      assert.equal(saved, 'PID-3.1, PV1-19');
    });

    it('close their list by Escape before the form', async () => {
      await edit('feed-hospital');
      await ordering().fill('PID-');
      await list().waitFor();
      await ordering().press('Escape');
      await list().waitFor({ state: 'detached' });
      assert.ok(await ordering().isVisible(), 'the form is still open');
      assert.equal(await ordering().inputValue(), 'PID-');
    });

    it('say what is no path where it stands, when it is left', async () => {
      await edit('feed-hospital');
      await ordering().fill('PID-3.1, PID.3');
      await ordering().press('Tab');
      await page.getByText('PID.3 is no HL7 path such as PID-3.1').waitFor();
      assert.equal(await ordering().getAttribute('aria-invalid'), 'true');
      await ordering().fill('PID-3.1');
      await page.getByText('Patient Identifier List, ID Number (ST)').waitFor();
      assert.equal(await ordering().getAttribute('aria-invalid'), null);
    });

    it('of each repetition in the steps of an edit', async () => {
      await edit('forms-edit');
      const path = page.getByRole('combobox', { name: 'Place' }).nth(1);
      await path.fill('PID-3[*].');
      await option('PID-3[*].1').click();
      assert.equal(await path.inputValue(), 'PID-3[*].1');
      await page.locator('.wardflow-step-name').getByText('Patient Identifier List, ID Number (ST)').waitFor();
    });
  });

  it('put the cursor into a row that somebody adds', async () => {
    await edit('forms-in');
    const types = page.locator('.wardflow-list').first();
    const rows = types.locator('input');
    const before = await rows.count();
    await types.getByText('add', { exact: true }).click();
    await page.waitForFunction(
      (at) => document.activeElement === document.querySelector('.wardflow-list')?.querySelectorAll('input')[at],
      before,
    );
  });

  describe('show on a message', () => {
    it('what an edit changes, while it is typed', async () => {
      await edit('forms-edit');
      await row('MSH-5').getByText('ARCHIVE').waitFor();
      const value = page.locator('.wardflow-step').nth(0).locator('.red-ui-typedInput-input').first();
      await value.press('End');
      await value.pressSequentially('-NORTH');
      await row('MSH-5').getByText('ARCHIVE-NORTH').waitFor();
      assert.match(await row('MSH-5').innerText(), /WARDFLOW\s*→\s*ARCHIVE-NORTH/);
      const after = panel().locator('.wardflow-preview-after').filter({ hasText: 'MSH|' });
      await after.locator('mark').getByText('ARCHIVE-NORTH').waitFor();
      assert.match(await row('PID-3.4').innerText(), /Patient Identifier List, Assigning Authority/);
    });

    it('no word of a value that lacks, as soon as it is typed', async () => {
      await edit('forms-edit');
      const steps = page.locator('.wardflow-step');
      const before = await steps.count();
      const button = page.locator('.wardflow-steps-row').getByText('step', { exact: true });
      await button.click();
      const added = steps.nth(before);
      await added.locator('.wardflow-step-path').fill('MSH-4');
      await added.getByText('Say what to write there.').waitFor();
      await added.locator('.red-ui-typedInput-input').first().pressSequentially('N');
      await added.getByText('Say what to write there.').waitFor({ state: 'hidden' });
      await button.click();
      await steps.nth(before + 1).waitFor();
    });

    it('the message that is built', async () => {
      await edit('forms-build');
      await panel().getByText('The message that is made').waitFor();
      await panel()
        .getByText(/PID\|\|\|0004711\^\^\^WARD&1\.2\.3&ISO\^MR/)
        .first()
        .waitFor();
    });

    it('what an expression comes to, and in place what is wrong with it', async () => {
      await edit('forms-gate');
      await page.getByText('Preview on a message').click();
      await row('Key').getByText('6.9').waitFor();
      const key = page.locator('.form-row').filter({ has: page.locator('#node-input-key') });
      await key.locator('.red-ui-typedInput-input').fill('event.data.(');
      await key.getByText(/cannot be read \(JSONata S\d+, at character \d+\)/).waitFor();
      await key.locator('.red-ui-typedInput-input').fill('event.data.code');
      await row('Key').getByText('2823-3').waitFor();
      assert.equal(await key.locator('.wardflow-field-problem').count(), 0);
    });

    it('that a step finds no segment, at the step', async () => {
      await edit('forms-edit');
      await row('PID-3.4').waitFor();
      const step = page.locator('.wardflow-step').nth(1);
      await step.locator('.wardflow-step-path').fill('ZZZ-3');
      await step.getByText('The message has no segment ZZZ, so ZZZ-3 could not be set.').waitFor();
      await page.locator('#node-input-ifMissing').selectOption('skip');
      await row('ZZZ-3').getByText('nothing to do on this message').waitFor();
      assert.equal(await step.locator('.wardflow-field-problem').count(), 0);
    });

    it('the samples of its own definition to a node that no feed reaches', async () => {
      await edit('forms-alone');
      await row('MSH-5').getByText('X', { exact: true }).waitFor();
    });

    it('nothing, and how to come by a sample, where there is none', async () => {
      await edit('feed-hospital');
      await row('PID-3.1').waitFor();
      await page.locator('#node-config-input-name').fill('elsewhere');
      await panel()
        .getByText(/No sample to look at: pin a message .* or add samples\/\*\.hl7/)
        .waitFor();
    });
  });

  describe('say what is wrong with a field', () => {
    it('below it, under its own name, and unfold what hides it', async () => {
      await edit('forms-in');
      const subscription = page.getByRole('textbox', { name: 'Subscription' });
      await subscription.fill('Not Good');
      await page.getByText('Subscription takes small letters, digits and hyphens').waitFor();
      assert.equal(await subscription.getAttribute('aria-invalid'), 'true');
      await subscription.fill('forms');
      await page.locator('.wardflow-field-problem').waitFor({ state: 'detached' });
      assert.equal(await subscription.getAttribute('aria-invalid'), null);
      const more = page.locator('details.wardflow-more');
      await more.evaluate((details: HTMLDetailsElement) => {
        details.querySelector('input')!.value = '0';
        details.querySelector('input')!.dispatchEvent(new Event('change', { bubbles: true }));
      });
      await page.getByText('At once is no whole number within the limits.').waitFor({ state: 'visible' });
      assert.ok(await page.getByRole('spinbutton', { name: 'At once' }).isVisible());
    });

    it('in an entry of a list, until it is taken out', async () => {
      await edit('forms-in');
      await page.getByRole('textbox', { name: 'Types' }).fill('nonsense');
      await page.getByText('Types has an entry that is not in the form shown.').waitFor();
      await page.locator('.wardflow-list .red-ui-editableList-item-remove').click();
      await page.locator('.wardflow-field-problem').waitFor({ state: 'detached' });
    });
  });

  it('keep what was typed into a list while the form of a config node is open above it', async () => {
    await edit('forms-in');
    await page.getByRole('textbox', { name: 'Types' }).fill('ADT');
    await page.locator('#node-input-btn-feed-edit').click();
    await page.locator('#node-config-input-zone').waitFor({ state: 'visible' });
    const update = page.locator('#node-config-dialog-cancel');
    await update.click();
    await update.waitFor({ state: 'hidden' });
    await close('ok');
    assert.deepEqual(
      await page
        .evaluate(
          () => (globalThis as unknown as { RED: Editor }).RED.nodes.node('forms-in') as unknown as { types: unknown },
        )
        .then(({ types }) => types),
      ['ADT'],
    );
  });

  it('move and remove steps by the keyboard alone', async () => {
    await edit('forms-edit');
    const places = (): Promise<readonly string[]> =>
      page.locator('.wardflow-step-path').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    const first = await places();
    await page.getByRole('button', { name: 'Move step 1: arrow up or down' }).focus();
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await places(), first.toReversed());
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
    assert.equal(await focused(), 'Move step 2: arrow up or down');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Remove step 2');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.wardflow-step').length === 1);
    assert.equal(await focused(), 'What the step does');
  });

  it('are not cut off where the window is narrow', async () => {
    await page.setViewportSize({ width: 760, height: 900 });
    for (const id of ['forms-edit', 'forms-in', 'feed-hospital']) {
      await edit(id);
      const [whole, seen] = await page
        .locator('.red-ui-tray-body-wrapper')
        .evaluate((body) => [body.scrollWidth, body.clientWidth]);
      assert.equal(whole, seen, id);
      await close();
    }
    await page.setViewportSize({ width: 1300, height: 1000 });
  });

  it('never choose a real message by themselves, and show it to who may see it alone', async () => {
    const sender = new MllpSender(bench.runtime.mllpPort);
    await sender.send(oru({ controlId: 'REAL1', patient: 'PRV88', observations: [potassium('7.1', 'HH')] }));
    sender.close();
    const { messages } = await bench.runtime.api<{ messages: { id: string }[] }>('/messages');
    const body = JSON.stringify({ name: 'the one of yesterday' });
    await bench.runtime.api(`/messages/${messages[0]?.id ?? ''}/pin`, { method: 'POST', body });
    const looks = async (): Promise<number> =>
      (await bench.runtime.api<{ records: unknown[] }>('/audit?type=message.body-viewed')).records.length;

    await edit('forms-edit');
    const choice = page.getByRole('combobox', { name: 'Choose a sample message' });
    await choice
      .locator('option', { hasText: 'the one of yesterday (ORU^R01, pinned by test)' })
      .waitFor({ state: 'attached' });
    assert.match(await choice.inputValue(), /^file:/);
    const pinned = `pinned:${messages[0]?.id ?? ''}`;
    await choice.selectOption(pinned);
    await panel().getByText('Your roles do not include "message:read-body".').first().waitFor();
    assert.equal(await looks(), 0);
    await close();

    await become('operator');
    await edit('forms-edit');
    await panel().getByRole('combobox').selectOption(pinned);
    await row('PID-3.4').waitFor();
    await panel().locator('.wardflow-preview-changes').getByText(/PRV88/).first().waitFor();
    await page.locator('.wardflow-step').nth(0).locator('.red-ui-typedInput-input').first().fill('OTHER');
    await row('MSH-5').getByText('OTHER').waitFor();
    assert.equal(await looks(), 1, 'typing is no second look');
    await become('analyst');
  });

  for (const scheme of ['light', 'dark'] as const)
    it(`can be used by everybody, in ${scheme}`, async () => {
      await page.emulateMedia({ colorScheme: scheme });
      await edit('forms-edit');
      const path = page.getByRole('combobox', { name: 'Place' }).nth(1);
      await panel().locator('.wardflow-preview-changes').waitFor();
      await path.fill('ZZZ-9');
      await page.locator('.wardflow-field-problem').waitFor();
      await path.fill('PID-3.');
      await list().waitFor();
      // Node-RED's own lists have faults of theirs.
      const found = await barriers(page, ['.wardflow-preview-section', '.wardflow-step', '.wardflow-suggestions']);
      assert.deepEqual(found, []);
    });
});
