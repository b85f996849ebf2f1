import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { chromium, type Browser, type Page } from 'playwright-core';
import { buildPalette } from '../../scripts/build-palette.ts';
import { requireChromium } from '../kit/requires.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PALETTE = resolve(ROOT, 'dist/test-palette');

interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly valid: boolean;
  readonly changed: boolean;
  readonly outputs: number;
}

/** What of Node-RED's editor the test touches. */
interface Editor {
  nodes: {
    node(id: string): EditorNode & { _def: { category: string } };
    createExportableNodeSet(nodes: readonly object[]): unknown;
  };
  editor: { edit(node: object): void; editConfig(name: string, type: string, id: string): void };
  tray: { close(): void };
}

describe('the forms in the editor', function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-forms-'));
  const nodes = examples();
  let nodeRed: ChildProcess | undefined;
  let browser: Browser | undefined;
  let page: Page;
  const trouble: string[] = [];

  before(async function () {
    const executablePath = requireChromium(this);
    await buildPalette(ROOT, PALETTE);
    const port = await freePort();
    writeFileSync(join(folder, 'package.json'), '{"name":"forms","private":true}\n');
    writeFileSync(join(folder, 'flows.json'), JSON.stringify(nodes));
    writeFileSync(join(folder, 'settings.cjs'), settings(port, folder));
    nodeRed = spawn(
      process.execPath,
      [join(ROOT, 'node_modules/node-red/red.js'), '-s', join(folder, 'settings.cjs')],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await started(nodeRed);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.on('pageerror', (error) => trouble.push(error.message));
    await page.goto(`http://127.0.0.1:${port}/`);
    const last = nodes.at(-1)?.id ?? '';
    await page.waitForFunction((id) => Boolean((globalThis as unknown as { RED?: Editor }).RED?.nodes?.node(id)), last);
  });

  after(async () => {
    await browser?.close();
    if (nodeRed?.exitCode === null) {
      nodeRed.kill();
      await once(nodeRed, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const ours = nodes.filter(({ type }) =>
    /^(wardflow-|hl7|idem|rule|fhir|http|event|escal|console|audit|message|queue|delay until|task|approval|alert|dead|quarantine)/.test(
      type,
    ),
  );
  const byType = new Map(ours.map((node) => [node.type, node]));

  it('have an id of its own for each node of every example, so that all can be imported side by side', () => {
    const ids = nodes.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
  });

  it('find every example valid', async () => {
    for (const { id, type } of ours) {
      const valid = await page.evaluate(
        (node) => (globalThis as unknown as { RED: Editor }).RED.nodes.node(node).valid,
        id,
      );
      assert.equal(valid, true, `${type} ${id}`);
    }
  });

  for (const [type, { id }] of byType) {
    it(`open and close ${type} without changing what is saved`, async () => {
      const before = await saved(id);
      await page.evaluate((node) => {
        const { RED } = globalThis as unknown as { RED: Editor };
        const found = RED.nodes.node(node);
        if (found._def.category === 'config') RED.editor.editConfig('', found.type, found.id);
        else RED.editor.edit(found);
      }, id);
      const done = page.locator('#node-dialog-ok, #node-config-dialog-ok').last();
      await done.waitFor({ state: 'visible' });
      // The tray slides in, and widgets draw themselves when it stands.
      await page.locator('.red-ui-tray .form-row').first().waitFor({ state: 'visible' });
      await page.waitForFunction(
        () => document.querySelectorAll('.red-ui-tray-resizing, .ui-draggable-dragging').length === 0,
      );
      const red = await page.locator('.red-ui-tray .input-error').evaluateAll((fields) => fields.map(({ id }) => id));
      assert.deepEqual(red, []);
      const untranslated = await page.locator('.red-ui-tray [data-i18n]').evaluateAll((elements) =>
        elements
          .filter((element) => !(element.getAttribute('data-i18n') ?? '').startsWith('['))
          .filter(
            (element) =>
              (element.textContent ?? '').trim() === '' || element.textContent === element.getAttribute('data-i18n'),
          )
          .map((element) => element.getAttribute('data-i18n')),
      );
      assert.deepEqual(untranslated, []);
      await done.click();
      await done.waitFor({ state: 'hidden' });
      assert.deepEqual(await saved(id), before);
      assert.deepEqual(trouble, []);
    });
  }

  it('show the rule table that a node names, and the way to the sheet where it is changed', async () => {
    const glance = {
      title: 'Which results page whom',
      hitPolicy: 'FIRST',
      page: '/definitions/critical-lab-result/rules/critical-results',
      columns: ['', 'Test', 'Value', 'lane'],
      rows: [
        ['k-high', '"2823-3"', '> 6.2', 'stat'],
        ['k-low', '"2823-3"', '< 2.5', 'stat'],
      ],
      total: 40,
    };
    await page.route('**/wardflow/rule-tables/**', (route) => route.fulfill({ json: glance }));
    await page.route('**/wardflow/editor/context', (route) => route.fulfill({ json: { console: 'http://c.example' } }));
    const { id } = byType.get('rule table') ?? { id: '' };
    await page.evaluate((node) => {
      const { RED } = globalThis as unknown as { RED: Editor };
      RED.editor.edit(RED.nodes.node(node));
    }, id);
    const region = page.getByRole('region', { name: glance.title });
    await region.getByText('> 6.2').waitFor();
    assert.equal(await region.getByRole('row').count(), 3);
    await page.getByText('2 of 40 rows, hit policy FIRST.').waitFor();
    const link = page.getByRole('link', { name: 'Change it in the console' });
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), `http://c.example${glance.page}`);
    if (process.env['WARDFLOW_TEST_PICTURES'] !== undefined)
      await page.screenshot({ path: join(process.env['WARDFLOW_TEST_PICTURES'], 'dialog.png') });
    await page.locator('#node-dialog-ok').last().click();
    await page.locator('#node-dialog-ok').last().waitFor({ state: 'hidden' });
    await page.unrouteAll();
    assert.deepEqual(trouble, []);
  });

  it('say that a table of _shared has its rows there', async () => {
    const glance = {
      title: 'T',
      hitPolicy: 'FIRST',
      page: '/definitions/_shared/rules/t',
      columns: [''],
      rows: [],
      total: 7,
    };
    await page.route('**/wardflow/rule-tables/**', (route) => route.fulfill({ json: glance }));
    await page.evaluate(
      (node) => {
        const { RED } = globalThis as unknown as { RED: Editor };
        RED.editor.edit(RED.nodes.node(node));
      },
      byType.get('rule table')?.id ?? '',
    );
    await page.getByText('A table of _shared with 7 rows, hit policy FIRST.').waitFor();
    assert.equal(await page.locator('.wardflow-table').count(), 0);
    await close();
    await page.unrouteAll();
  });

  it('say in a Node-RED without a runtime why there is no preview', async () => {
    await page.evaluate(
      (node) => {
        const { RED } = globalThis as unknown as { RED: Editor };
        RED.editor.edit(RED.nodes.node(node));
      },
      byType.get('hl7 edit')?.id ?? '',
    );
    const why = page.getByText('Previews need the Wardflow runtime.');
    await why.waitFor();
    // Also after somebody has typed: a timer that is set later than the form's own, and is longer, ends after it.
    await page.locator('#node-input-name').fill('Another name');
    await page.keyboard.press('Tab');
    await page.evaluate(() => new Promise((resolve) => void setTimeout(resolve, 600)));
    assert.ok(await why.isVisible());
    await close();
    assert.deepEqual(trouble, []);
  });

  async function close(): Promise<void> {
    await page.locator('#node-dialog-ok').last().click();
    await page.locator('#node-dialog-ok').last().waitFor({ state: 'hidden' });
  }

  async function saved(id: string): Promise<unknown> {
    return page.evaluate((node) => {
      const { RED } = globalThis as unknown as { RED: Editor };
      return JSON.parse(JSON.stringify(RED.nodes.createExportableNodeSet([RED.nodes.node(node)]))) as unknown;
    }, id);
  }
});

interface FlowNode {
  readonly id: string;
  readonly type: string;
}

function examples(): readonly FlowNode[] {
  const source = join(ROOT, 'nodes');
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(source, entry.name)).includes('examples'))
    .flatMap(({ name }) =>
      readdirSync(join(source, name, 'examples')).map((file) => join(source, name, 'examples', file)),
    )
    .flatMap((path) => JSON.parse(readFileSync(path, 'utf8')) as FlowNode[]);
}

function settings(port: number, folder: string): string {
  const value = {
    uiPort: port,
    uiHost: '127.0.0.1',
    userDir: folder,
    nodesDir: [PALETTE],
    flowFile: 'flows.json',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    externalModules: { autoInstall: false, palette: { allowInstall: false } },
  };
  return `module.exports = ${JSON.stringify(value)};\n`;
}

async function started(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (chunk.toString().includes('Started flows')) {
      child.stdout?.resume();
      return;
    }
  }
  throw new Error('Node-RED ended before its flows started');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
