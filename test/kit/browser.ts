/** A headless Chromium for tests of what people see, and the accessibility check of a page. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '../..');
let axe: string | undefined;

/** How long a page may take for what it is asked: a net for what never comes, however busy the machine. */
export const PAGE_WAIT_MS = 45_000;

export function startBrowser(executablePath: string): Promise<Browser> {
  // As root, as in a container, Chromium starts without its sandbox only.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: number;
}

/**
 * The same page in other colours and of another width, at rest. Cheaper than to load it anew: what takes the time of such
 * tests is the pages' scripts.
 */
export async function look(page: Page, { scheme, width }: Look): Promise<void> {
  const height = page.viewportSize()?.height ?? 900;
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height });
  // Layouts follow within two frames; what moves in must have come to rest, because a colour on its way is no colour.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
    await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact?: string | null;
    readonly nodes: readonly { readonly html: string; readonly target: readonly unknown[] }[];
  }[];
}

/**
 * The barriers of a page in each look, one line each, and by how much it is wider than the screen. Leaves it in the first.
 * @param shown called in each look, for pictures
 */
export async function flaws(
  page: Page,
  name: string,
  looks: readonly Look[],
  shown?: (look: Look) => Promise<void>,
): Promise<readonly string[]> {
  const found: string[] = [];
  const widths = new Set<number>();
  for (const one of looks) {
    await look(page, one);
    const place = `${name}, ${one.scheme}, ${one.width} wide`;
    // In other colours the same elements are there, with the same names.
    const only = widths.has(one.width) ? OF_COLOURS : undefined;
    widths.add(one.width);
    found.push(...(await barriers(page, undefined, only)).map((barrier) => `${place}: ${barrier}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) found.push(`${place}: ${over} px wider than the screen`);
    await shown?.(one);
  }
  const [first] = looks;
  if (first && looks.length > 1) await look(page, first);
  return found;
}

/** Axe's rules that depend on colours. */
const OF_COLOURS: readonly string[] = ['color-contrast', 'link-in-text-block'];

/** Wide and narrow, light and dark. */
export const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 1440 },
  { scheme: 'dark', width: 1440 },
  { scheme: 'dark', width: 390 },
  { scheme: 'light', width: 390 },
];

/**
 * What axe-core calls critical or serious in the page as it is now, one line each.
 * @param within selectors of the parts looked at; default: the whole page
 * @param rules names of the only rules asked; default: all
 */
export async function barriers(
  page: Page,
  within?: readonly string[],
  rules?: readonly string[],
): Promise<readonly string[]> {
  // Not as a script of the page: its content security policy would refuse it.
  if (!(await page.evaluate(() => 'axe' in globalThis)))
    await page.evaluate((axe ??= readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8')));
  const { violations } = await page.evaluate(
    ([parts, only]) =>
      (globalThis as unknown as { axe: { run(context: object, options: object): Promise<AxeResults> } }).axe.run(
        parts === undefined ? document : { include: parts.map((one) => [one]) },
        { resultTypes: ['violations'], ...(only && { runOnly: { type: 'rule', values: only } }) },
      ),
    [within, rules] as const,
  );
  return violations
    .filter(({ impact }) => impact === 'critical' || impact === 'serious')
    .flatMap(({ id, nodes }) => nodes.map(({ html, target }) => `${id}: ${target.join(' ')}: ${html.slice(0, 160)}`));
}
