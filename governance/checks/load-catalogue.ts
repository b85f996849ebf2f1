/** Lists the installed node types, by Node-RED's own registry, in a process of its own: it keeps one registry each. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorName, packageRoot, siblingFile } from '../../engine/index.ts';
import { withDefaults, type NodeDeclaration } from '../../nodes/kit/properties.ts';
import { checkErrors } from './errors.ts';
import { nodeCatalogue, OURS, type NodeCatalogue, type NodeSet, type OwnNode } from './node-catalogue.ts';

/** @throws WardflowError `catalogue-unreadable` */
export async function loadCatalogue(palette = join(packageRoot(), 'dist', 'palette')): Promise<NodeCatalogue> {
  try {
    const kit = JSON.parse(await readFile(join(packageRoot(), 'nodes', 'kit', 'locale.json'), 'utf8')) as {
      readonly problem: Readonly<Record<string, string>>;
    };
    const sets = await listNodeSets(palette);
    // Without it every node of ours would look unknown.
    if (!sets.some(({ module }) => module === OURS)) throw new Error('the palette is not built');
    return nodeCatalogue(sets, await ownNodes(), kit.problem);
  } catch (error) {
    throw checkErrors.create('catalogue-unreadable', { reason: errorName(error) }, { cause: error });
  }
}

const WITHIN_MS = 60_000;

function listNodeSets(palette: string): Promise<readonly NodeSet[]> {
  return new Promise((resolve, reject) => {
    const child = fork(siblingFile(import.meta.url, 'list-node-sets'), [palette], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), WITHIN_MS);
    let answer: readonly NodeSet[] | undefined;
    child.once('message', (sets) => {
      answer = sets as readonly NodeSet[];
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (answer) resolve(answer);
      else reject(new Error(`the process that lists node types ended with ${code ?? 'a signal'}`));
    });
  });
}

/** By convention, so that a new node edits no list: a folder's `config.ts` exports a declaration, and `…Outputs`. */
async function ownNodes(): Promise<readonly OwnNode[]> {
  const folder = join(packageRoot(), 'nodes');
  const found: OwnNode[] = [];
  for (const { name } of await readdir(folder, { withFileTypes: true })) {
    const file = ['config.ts', 'config.js'].map((one) => join(folder, name, one)).find((one) => existsSync(one));
    if (file === undefined) continue;
    const exported = Object.entries((await import(pathToFileURL(file).href)) as Record<string, unknown>);
    const declaration = exported.map(([, value]) => value).find(isDeclaration);
    if (!declaration) continue;
    const outputs = exported.find(([key]) => /outputs$/i.test(key))?.[1];
    found.push({
      declaration,
      outputs: (settings) => {
        const count: unknown =
          typeof outputs === 'function' ? (outputs as OutputsOf)(withDefaults(declaration, settings)) : outputs;
        return typeof count === 'number' ? count : null;
      },
    });
  }
  return found;
}

type OutputsOf = (settings: Readonly<Record<string, unknown>>) => unknown;

function isDeclaration(value: unknown): value is NodeDeclaration<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'type' in value && 'properties' in value;
}
