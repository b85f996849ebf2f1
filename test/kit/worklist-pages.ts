/** The worklist in a browser: real console, real engine, and people who may do different things. */
import { existsSync, mkdirSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import type { Limits, Role } from '../../governance/api/permissions.ts';
import { hashPassword } from '../../governance/server/passwords.ts';
import { webFolder } from '../../governance/server/web-folder.ts';
import { PAGE_WAIT_MS, startBrowser } from './browser.ts';
import { FAKE_TOKEN } from './fake-runtime.ts';
import { requireChromium, skipBecause } from './requires.ts';
import { PASSWORD, startTestConsole } from './test-console.ts';
import { DISCHARGE, startWorklistBench, type WorklistBench } from './worklist-bench.ts';

const FOLDER = process.env['WARDFLOW_TEST_WEB'] ?? webFolder();
/** Pictures to look at, where somebody wants them. */
const PICTURES = process.env['WARDFLOW_TEST_PICTURES'];
const CHEAP = { logN: 4, r: 1, p: 1 };

export interface Screen {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

export interface WorklistPages {
  readonly bench: WorklistBench;
  /** Errors of pages and of their console, but for refusals that are answers. */
  readonly complaints: readonly string[];
  /** A page of somebody who is logged in, in a browser of their own. */
  as(username: 'cora' | 'ben' | 'nora' | 'edda', path?: string, screen?: Screen): Promise<Page>;
  /** Written where pictures are wanted. */
  picture(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Cora and Ben are coordinators; Nora is a nurse: a coordinator of one definition; Edda is an engineer.
 * @param context mocha's, to skip where there is no browser
 */
export async function openWorklistPages(context: { skip(): never }): Promise<WorklistPages> {
  const executablePath = requireChromium(context);
  if (!existsSync(`${FOLDER}/index.html`)) skipBecause(context, 'the web app', 'run `npm run build`');
  const bench = await startWorklistBench();
  const kit = await startTestConsole({
    webFolder: FOLDER,
    watched: false,
    directory: () => ({
      names: ['staging'],
      locate: () => Promise.resolve({ url: bench.url, token: FAKE_TOKEN }),
    }),
  });
  const account = async (username: string, roles: readonly Role[], limits: Limits = {}): Promise<void> => {
    const password = await hashPassword(PASSWORD, CHEAP);
    kit.console.accounts.create({ username, displayName: username, roles, limits, password, initialPassword: false });
  };
  await account('cora', ['coordinator']);
  await account('ben', ['coordinator']);
  await account('nora', ['coordinator'], { coordinator: { definitions: [DISCHARGE], serviceLines: [] } });
  await account('edda', ['engineer']);
  const browser = await startBrowser(executablePath);
  const contexts = new Map<string, BrowserContext>();
  const complaints: string[] = [];

  return {
    bench,
    complaints,
    async as(username, path = '/worklist', { width = 1440, scheme = 'light' } = {}) {
      const key = `${username} ${width} ${scheme}`;
      let own = contexts.get(key);
      if (!own) {
        own = await browser.newContext({
          viewport: { width, height: width < 500 ? 844 : 900 },
          colorScheme: scheme,
          // What still moves in has other colours than it will have.
          reducedMotion: 'reduce',
        });
        own.setDefaultTimeout(PAGE_WAIT_MS);
        contexts.set(key, own);
      }
      const page = await own.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (said) => {
        if (said.type() === 'error' && !/40[0149]|422/.test(said.text())) complaints.push(said.text());
      });
      await page.goto(`${kit.console.url}${path}`);
      const live = page.getByText('Live', { exact: true }).first();
      await live.or(page.getByLabel('User name')).first().waitFor();
      if (await page.getByLabel('User name').isVisible()) {
        await page.getByLabel('User name').fill(username);
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.getByRole('button', { name: 'Log in' }).click();
        await live.waitFor();
      }
      return page;
    },
    async picture(page, name) {
      if (!PICTURES) return;
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: `${PICTURES}/${name}.png` });
    },
    async close() {
      await browser.close();
      await kit.stop();
      await bench.stop();
    },
  };
}
