/** A headless Chromium for tests of what people see, and the accessibility check of a page. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '../..');

/** How long a page may take for what it is asked: a net for what never comes, however busy the machine. */
export const PAGE_WAIT_MS = 45_000;

export function startBrowser(executablePath: string): Promise<Browser> {
  // As root, as in a container, Chromium starts without its sandbox only.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact?: string | null;
    readonly nodes: readonly { readonly html: string; readonly target: readonly unknown[] }[];
  }[];
}

/**
 * What axe-core calls critical or serious in the page as it is now, one line each.
 * @param within selectors of the parts looked at; default: the whole page
 */
export async function barriers(page: Page, within?: readonly string[]): Promise<readonly string[]> {
  // Not as a script of the page: its content security policy would refuse it.
  await page.evaluate(readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(
    (parts) =>
      (globalThis as unknown as { axe: { run(context: object): Promise<AxeResults> } }).axe.run(
        parts === undefined ? document : { include: parts.map((one) => [one]) },
      ),
    within,
  );
  return violations
    .filter(({ impact }) => impact === 'critical' || impact === 'serious')
    .flatMap(({ id, nodes }) => nodes.map(({ html, target }) => `${id}: ${target.join(' ')}: ${html.slice(0, 160)}`));
}
