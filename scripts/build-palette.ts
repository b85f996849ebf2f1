/**
 * `nodes/<folder>` -> `dist/palette`, a folder that Node-RED loads as a module of its own (`nodesDir`), so that locales,
 * icons and examples have a namespace. Node-RED derives a node's HTML from its `.js`, so a `.ts` cannot be the entry:
 * each gets a `.js` that re-exports the source. A folder with a `config.ts` is a node; no list names them.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Rolldown } from 'vite';

/** Name of the palette's module: the namespace of its locales and icons. */
export const PALETTE = 'wardflow-nodes';

/** The editor loads plugins before nodes. All forms share one, which is most of their code. */
const FORMS = 'wardflow-forms';
const SIDEBAR = 'wardflow-sidebar';
/** What every `editor.ts` of a node imports: in the page of forms, under a name of the editor's page. */
const KIT = 'kit/editor/register.ts';
const KIT_NAME = 'wardflowForms';
/** Files of `nodes/kit/editor/styles`, in this order: what narrow windows change comes behind what it changes. */
const STYLES = [
  'fields',
  'steps',
  'paths',
  'preview',
  'conversion',
  'rule-table',
  'server-facts',
  'narrow',
  'server-looks',
];

export interface PaletteParts {
  /** `false`: forms without their scripts and no plugins, for a Node-RED that nobody opens the editor of. */
  readonly scripts: boolean;
}

export async function buildPalette(
  root: string,
  output: string,
  { scripts }: PaletteParts = { scripts: true },
): Promise<void> {
  const source = resolve(root, 'nodes');
  const folders = nodeFolders(source);
  // Made beside and then put in place: who starts meanwhile finds the old palette or the new one. Same depth, for the
  // paths in the re-exports.
  const made = `${output}.${process.pid}`;
  const scriptOf = (folder: string): Promise<string> | string =>
    scripts ? editorScript(join(source, folder, 'editor.ts'), 'wardflowNode') : '';
  await Promise.all(
    folders.map(async (folder) =>
      buildNode(join(source, folder), folder, join(made, 'nodes', folder), await scriptOf(folder)),
    ),
  );
  for (const folder of folders) copyIfThere(join(source, folder, 'examples'), join(made, 'examples'));
  if (scripts) {
    const sidebar = resolve(root, 'editor-theme/plugin');
    await Promise.all([
      buildPlugin(
        FORMS,
        {
          script: join(source, KIT),
          as: KIT_NAME,
          styles: STYLES.map((name) => join(source, 'kit/editor/styles', `${name}.css`)),
        },
        made,
      ),
      buildPlugin(
        SIDEBAR,
        { script: join(sidebar, 'sidebar.ts'), as: 'wardflowSidebar', styles: [join(sidebar, 'sidebar.css')] },
        made,
      ),
    ]);
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const nodes = Object.fromEntries(folders.map((folder) => [folder, `nodes/${folder}/${folder}.js`]));
  const plugins = Object.fromEntries((scripts ? [FORMS, SIDEBAR] : []).map((name) => [name, pluginFile(name)]));
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

async function buildNode(source: string, folder: string, output: string, script: string): Promise<void> {
  const type = await typeOf(source);
  mkdirSync(join(output, 'locales/en-US'), { recursive: true });
  mkdirSync(join(output, 'icons'), { recursive: true });
  const runtime = relative(output, join(source, 'runtime.ts'));
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
  return [
    scriptElement(script),
    `<script type="text/html" data-template-name="${type}">\n${formOf(source)}</script>`,
    `<script type="text/markdown" data-help-name="${type}">\n${readFileSync(join(source, 'help.md'), 'utf8')}</script>`,
    '',
  ].join('\n');
}

/** A line of a form that stands for a file in `nodes/`: nodes that share settings share the form for them. */
const INCLUDE = /^[ \t]*<!-- include (kit\/[\w/-]+\.html) -->\n?/gm;

/** `editor.html` of a node, with what it includes. */
export function formOf(source: string): string {
  const form = readFileSync(join(source, 'editor.html'), 'utf8');
  return form.replaceAll(INCLUDE, (_line, path: string) => readFileSync(join(source, '..', path), 'utf8'));
}

/** The node's own texts and, under `kit`, those that its checks share. */
export function localeOf(source: string): object {
  const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;
  return { ...read(join(source, 'locale.json')), kit: read(join(source, '../kit/locale.json')) };
}

const pluginFile = (name: string): string => `plugins/${name}.html`;

/** A page with a script and a style of the editor, and nothing that runs in the runtime. */
async function buildPlugin(
  name: string,
  of: { readonly script: string; readonly as: string; readonly styles: readonly string[] },
  output: string,
): Promise<void> {
  const script = await editorScript(of.script, of.as);
  mkdirSync(join(output, 'plugins'), { recursive: true });
  const style = of.styles.map((file) => readFileSync(file, 'utf8')).join('');
  const page = `<style>\n${style}</style>\n${scriptElement(script)}\n`;
  writeFileSync(join(output, pluginFile(name)), page);
}

const scriptElement = (script: string): string =>
  `<script type="text/javascript">\n${script.replaceAll('</script', String.raw`<\/script`)}</script>`;

/** @param name the variable of the page that has what the entry exports */
async function editorScript(entry: string, name: string): Promise<string> {
  const isKit = (id: string): boolean => id !== entry && id.endsWith(KIT);
  const result = await build({
    configFile: false,
    root: dirname(entry),
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      reportCompressedSize: false,
      lib: { entry, formats: ['iife'], name },
      rolldownOptions: { external: isKit, output: { globals: (id: string) => (isKit(id) ? KIT_NAME : '') } },
    },
  });
  const [first] = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const chunk = first?.output.find((part) => part.type === 'chunk');
  if (!chunk) throw new Error(`${entry} gave no script.`);
  return chunk.code;
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
