/**
 * `nodes/<folder>` -> `dist/palette`, a folder that Node-RED loads as a module of its own (`nodesDir`), so that locales,
 * icons and examples have a namespace. Node-RED derives a node's HTML from its `.js`, so a `.ts` cannot be the entry:
 * each gets a `.js` that re-exports the source. A folder with a `config.ts` is a node; no list names them.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Rolldown } from 'vite';

/** Name of the palette's module: the namespace of its locales and icons. */
export const PALETTE = 'wardflow-nodes';

const SIDEBAR = 'wardflow-sidebar';

export async function buildPalette(root: string, output: string): Promise<void> {
  const source = resolve(root, 'nodes');
  const folders = nodeFolders(source);
  // Made beside and then put in place: who starts meanwhile finds the old palette or the new one. Same depth, for the
  // paths in the re-exports.
  const made = `${output}.${process.pid}`;
  await Promise.all(folders.map((folder) => buildNode(join(source, folder), folder, join(made, 'nodes', folder))));
  for (const folder of folders) copyIfThere(join(source, folder, 'examples'), join(made, 'examples'));
  await buildPlugin(resolve(root, 'editor-theme/plugin'), join(made, 'plugins'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const nodes = Object.fromEntries(folders.map((folder) => [folder, `nodes/${folder}/${folder}.js`]));
  const plugins = { [SIDEBAR]: `plugins/${SIDEBAR}.html` };
  const manifest = {
    name: PALETTE,
    version,
    private: true,
    type: 'module',
    'node-red': { version: '>=5', nodes, plugins },
  };
  writeFileSync(join(made, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(output, { recursive: true, force: true });
  renameSync(made, output);
}

export function nodeFolders(source: string): readonly string[] {
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(source, entry.name, 'config.ts')))
    .map(({ name }) => name)
    .toSorted();
}

async function buildNode(source: string, folder: string, output: string): Promise<void> {
  const [type, script] = await Promise.all([typeOf(source), editorScript(source)]);
  mkdirSync(join(output, 'locales/en-US'), { recursive: true });
  mkdirSync(join(output, 'icons'), { recursive: true });
  const runtime = `../../../../nodes/${folder}/runtime.ts`;
  writeFileSync(join(output, `${folder}.js`), `export { default } from '${runtime}';\n`);
  writeFileSync(join(output, `${folder}.html`), editorPage(source, type, script));
  writeFileSync(join(output, `locales/en-US/${folder}.json`), JSON.stringify(localeOf(source)));
  cpSync(join(source, 'icon.svg'), join(output, `icons/${folder}.svg`));
}

/** The declaration in `config.ts`: the export that has a type and properties. */
async function typeOf(source: string): Promise<string> {
  const module = (await import(pathToFileURL(join(source, 'config.ts')).href)) as Record<string, unknown>;
  for (const value of Object.values(module)) {
    const declaration = value as { type?: unknown; properties?: unknown } | null;
    if (typeof declaration?.type === 'string' && typeof declaration.properties === 'object') return declaration.type;
  }
  throw new Error(`${source}/config.ts exports no node declaration (an object with "type" and "properties").`);
}

function editorPage(source: string, type: string, script: string): string {
  const read = (file: string): string => readFileSync(join(source, file), 'utf8');
  const style = readFileSync(join(source, '../kit/editor/form.css'), 'utf8');
  return [
    `<style>\n${style}</style>`,
    scriptElement(script),
    `<script type="text/html" data-template-name="${type}">\n${read('editor.html')}</script>`,
    `<script type="text/markdown" data-help-name="${type}">\n${read('help.md')}</script>`,
    '',
  ].join('\n');
}

/** The node's own texts and, under `kit`, those that its checks share. */
export function localeOf(source: string): object {
  const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;
  return { ...read(join(source, 'locale.json')), kit: read(join(source, '../kit/locale.json')) };
}

/** The editor's sidebar: a page with a script and a style, and nothing that runs in the runtime. */
async function buildPlugin(source: string, output: string): Promise<void> {
  const script = await editorScript(source, 'sidebar.ts');
  const style = readFileSync(join(source, 'sidebar.css'), 'utf8');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, `${SIDEBAR}.html`), `<style>\n${style}</style>\n${scriptElement(script)}\n`);
}

const scriptElement = (script: string): string =>
  `<script type="text/javascript">\n${script.replaceAll('</script', String.raw`<\/script`)}</script>`;

async function editorScript(source: string, entry = 'editor.ts'): Promise<string> {
  const result = await build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      reportCompressedSize: false,
      lib: { entry: join(source, entry), formats: ['iife'], name: 'wardflowNode' },
    },
  });
  const [first] = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const chunk = first?.output.find((part) => part.type === 'chunk');
  if (!chunk) throw new Error(`${source}/${entry} gave no script.`);
  return chunk.code;
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
