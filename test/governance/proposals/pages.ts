/** The pages of proposals in a browser, over the bench: people with keys that a passphrase unlocks. */
import type { Browser, Page } from 'playwright-core';
import { fromBase64 } from '../../../governance/bundle/base64.ts';
import { wrapKey } from '../../../governance/bundle/key-file.ts';
import { PAGE_WAIT_MS } from '../../kit/browser.ts';
import { PASSWORD } from '../../kit/test-console.ts';
import type { Person } from '../bundle/ceremony.ts';
import { critical } from '../diff/describe.ts';
import { editedFlow, editedTable, shipped, type Edited, type EditedTable } from '../diff/shipped.ts';
import type { ProposalBench } from './bench.ts';

export const PASSPHRASE = 'seven brown owls at noon';

export interface Screen {
  readonly colours?: 'light' | 'dark';
  readonly width?: number;
  /** For who measures: a clock that was set runs with made-up frames. Nothing can be signed then. */
  readonly ownClock?: boolean;
}

export class ProposalPages {
  /** Whatever a browser complained of. */
  readonly complaints: string[] = [];
  /** Bodies of all requests. */
  readonly sent: string[] = [];
  readonly #browser: Browser;
  readonly #bench: ProposalBench;

  constructor(browser: Browser, bench: ProposalBench) {
    this.#browser = browser;
    this.#bench = bench;
  }

  /** Their key comes to the console as the browser would bring it. */
  async keep(name: string, { told, key }: Person): Promise<void> {
    const publicKey = await globalThis.crypto.subtle.importKey(
      'raw',
      fromBase64(told.publicKey) ?? new Uint8Array(),
      'Ed25519',
      true,
      ['verify'],
    );
    const file = await wrapKey({ privateKey: key.privateKey, publicKey }, name, PASSPHRASE);
    const answer = await this.#bench.as(name, '/keys/mine', file);
    if (answer.status !== 201) throw new Error(answer.text);
  }

  async open(person: string, path: string, screen: Screen = {}): Promise<Page> {
    const { colours = 'light', width = 1440, ownClock = false } = screen;
    const context = await this.#browser.newContext({ viewport: { width, height: 900 }, colorScheme: colours });
    // As late as the console thinks it is: what is signed says when.
    if (!ownClock) await context.clock.install({ time: this.#bench.clock.now() });
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_WAIT_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('request', (request) => this.sent.push(request.postData() ?? ''));
    await page.goto(`${this.#bench.kit.console.url}${path}`);
    await page.getByLabel('User name').fill(person);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }
}

/** The shipped definition, and what it shares. */
export async function writeShipped(
  bench: ProposalBench,
  files: Readonly<Record<string, string>> = shipped('critical-lab-result'),
): Promise<void> {
  await bench.write('_shared', shipped('_shared'));
  await bench.write('critical-lab-result', files);
  await bench.deploy();
}

const own = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('_shared/')));

/** Only the limit for potassium: from above 6.2 to 5.5 and above. */
export const lowerLimit = (): Readonly<Record<string, string>> =>
  own(
    editedTable(critical, 'rules/critical-results.json', (table) => {
      lower(table);
    }),
  );

function lower({ rows }: EditedTable): void {
  const row = rows.find(({ id }) => id === 'k-high');
  if (!row) throw new Error('there is no row k-high');
  row.when = row.when.map((cell) => cell.replace('> 6.2', '>= 5.5'));
}

/** The limit; a row new and one gone; a node changed, one new, one gone, one moved; texts. */
export function manyChanges(): Readonly<Record<string, string>> {
  const tables = editedTable(critical, 'rules/critical-results.json', (table) => {
    lower(table);
    const at = table.rows.findIndex(({ id }) => id === 'k-low');
    const like = table.rows[at];
    if (like) table.rows.splice(at + 1, 0, { ...structuredClone(like), id: 'brand-new', note: 'A new one' });
    table.rows = table.rows.filter(({ id }) => id !== 'glu-low');
    // A test may name no row that is gone.
    table.tests = table.tests.filter((test) => !JSON.stringify(test).includes('glu-low'));
    table.reason = `${table.reason} Changed for the new analyser.`;
  });
  const flow = editedFlow(tables, (nodes) => {
    const at = (id: string): Edited => nodes.find((node) => node['id'] === id) ?? {};
    at('crit-failed')['reason'] = 'Something went wrong: look at the runbook';
    Object.assign(at('crit-compare'), { x: 700, y: 480 });
    Object.assign(at('crit-told'), { wires: [['crit-new']], finish: true });
    nodes.splice(nodes.indexOf(at('crit-told-done')), 1);
    const func = 'const count = 1;\nreturn msg;\n';
    nodes.push({ id: 'crit-new', type: 'function', z: 'critical', name: 'Count', func, x: 860, y: 830, wires: [[]] });
  });
  return own({ ...flow, 'README.md': `${flow['README.md'] ?? ''}\nMore to read.\n` });
}
