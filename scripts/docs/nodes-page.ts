import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeDeclaration } from '../../nodes/kit/properties.ts';
import { cell, table } from './cell.ts';

type Texts = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
interface Locale {
  readonly label?: Readonly<Record<string, string>>;
  readonly hint?: Readonly<Record<string, string>>;
  readonly choice?: Readonly<Record<string, Texts>>;
}
type Declaration = NodeDeclaration<Readonly<Record<string, unknown>>>;

/** From each node's own help, declaration and texts. `root` is the root of the repository. */
export async function nodesPage(root: string): Promise<string> {
  const folders = readdirSync(join(root, 'nodes'))
    .filter((name) => existsSync(join(root, 'nodes', name, 'config.ts')) && name !== 'kit')
    .toSorted();
  const nodes = await Promise.all(folders.map((name) => describe(join(root, 'nodes', name))));
  const sections = nodes.toSorted((a, b) => ORDER(a.type) - ORDER(b.type) || (a.type < b.type ? -1 : 1));
  return `# Nodes

What the palette offers beside Node-RED's own nodes, in the order of a flow. Each node's form in the editor shows the same
help. _Keeps_ is the property's name in \`flow.json\`.

${sections.map(({ text }) => text).join('\n')}`;
}

const FLOW = [
  'hl7 in',
  'fhir subscription in',
  'http event in',
  'idempotency gate',
  'rule table',
  'fhir read',
  'fhir write',
  'fhir validate',
  'hl7 out',
  'hl7 ack',
  'http call',
  'escalation timer',
  'task create',
  'task update',
  'task wait',
  'approval',
  'alert',
  'console notice',
];
const LAST = [
  'audit log',
  'message done',
  'message failed',
  'wardflow-feed',
  'wardflow-fhir-endpoint',
  'wardflow-hl7-endpoint',
  'wardflow-http-endpoint',
];

/** A node that is in neither list comes between them: a new node needs no line here. */
function ORDER(type: string): number {
  if (FLOW.includes(type)) return FLOW.indexOf(type);
  return LAST.includes(type) ? 100 + LAST.indexOf(type) : 50;
}

async function describe(folder: string): Promise<{ readonly type: string; readonly text: string }> {
  const module = (await import(pathToFileURL(join(folder, 'config.ts')).href)) as Readonly<Record<string, unknown>>;
  const declaration = Object.values(module).find(isDeclaration);
  if (!declaration) throw new Error(`${folder}/config.ts declares no node`);
  const locale = JSON.parse(readFileSync(join(folder, 'locale.json'), 'utf8')) as Locale;
  const help = readFileSync(join(folder, 'help.md'), 'utf8').trim();
  const rows = Object.entries(declaration.properties).flatMap(([name, { value, expression, configNode }]) => {
    const label = locale.label?.[name];
    // What only says how its neighbour is written has no row of its own in the form either.
    if (label === undefined) return [];
    const choices = Object.keys(locale.choice?.[name] ?? {});
    const takes = [
      ...(locale.hint?.[name] === undefined ? [] : [locale.hint[name]]),
      ...(choices.length > 0
        ? [`One of: ${choices.map((one) => `\`${one === 'none' ? '' : one}\``).join(', ')}.`]
        : []),
      ...(expression === undefined ? [] : [expression === 'always' ? 'JSONata.' : 'Text or JSONata.']),
      ...(configNode === undefined ? [] : [`A \`${configNode}\` node.`]),
    ];
    return [[cell(label), `\`${name}\``, cell(takes.join(' ').replaceAll('``', 'empty')), initial(value)]];
  });
  return {
    type: declaration.type,
    text: `## ${declaration.type}\n\n${help}\n\n### Properties\n\n${table(['in the form', 'keeps', 'what it takes', 'at first'], rows)}`,
  };
}

function initial(value: unknown): string {
  const text = JSON.stringify(value);
  return text === '""' || text === '[]' ? '' : `\`${cell(text)}\``;
}

function isDeclaration(value: unknown): value is Declaration {
  return typeof value === 'object' && value !== null && 'type' in value && 'properties' in value;
}
