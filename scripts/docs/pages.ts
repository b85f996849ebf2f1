/** The generated pages of docs/reference, formatted as the repository's formatter wants them. */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { cliPage } from './cli-page.ts';
import { errorsPage } from './errors-page.ts';
import { eventsPage } from './events-page.ts';
import { nodesPage } from './nodes-page.ts';
import { permissionsPage } from './permissions-page.ts';
import { settingsPage } from './settings-page.ts';

const NOTE = '<!-- Made by "npm run docs"; change the source, not this file. -->';

/** By path from the root of the repository. */
export async function generatedPages(root: string): Promise<ReadonlyMap<string, string>> {
  const pages: Readonly<Record<string, string>> = {
    cli: cliPage(),
    errors: errorsPage(),
    events: eventsPage(),
    nodes: await nodesPage(root),
    permissions: permissionsPage(),
    settings: settingsPage(),
  };
  const found = new Map<string, string>();
  for (const [name, text] of Object.entries(pages)) {
    const path = `docs/reference/${name}.md`;
    const config = await resolveConfig(join(root, path));
    found.set(path, await format(`${NOTE}\n\n${text}`, { ...config, parser: 'markdown' }));
  }
  return found;
}
