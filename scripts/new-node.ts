/**
 * `npm run new-node -- "bed count" [--outputs 1] [--group decision]`: a node folder with everything the build looks for, and
 * its test. Nothing is registered anywhere: the build finds the folder.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { identityFrom } from '../nodes/kit/checks.ts';

const GROUPS = ['source', 'message', 'decision', 'outside', 'people', 'ending'] as const;

const USAGE = `Usage: npm run new-node -- "<type as on the palette>" [--outputs N] [--group ${GROUPS.join('|')}]`;

function main(root: string, words: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { outputs: { type: 'string', default: '1' }, group: { type: 'string', default: 'decision' } },
  });
  const type = positionals.join(' ').trim();
  const folder = identityFrom(type);
  const outputs = Number(values.outputs);
  const group = GROUPS.find((one) => one === values.group);
  if (folder === '' || !group || !Number.isInteger(outputs) || outputs < 0 || outputs > 10) return refuse(USAGE);
  if (existsSync(join(root, 'nodes', folder))) return refuse(`nodes/${folder} is there already.`);
  for (const [path, text] of Object.entries(filesOf(type, folder, outputs, group))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
  process.stdout.write('Next: say what it does in help.md, then npm run build.\n');
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

export function filesOf(
  type: string,
  folder: string,
  outputs: number,
  group: string,
): Readonly<Record<string, string>> {
  const constant = folder.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const properties = `${constant.charAt(0).toUpperCase()}${constant.slice(1)}Properties`;
  const at = `nodes/${folder}`;
  const ports = Array.from({ length: outputs }, (_, i) => `'port.out-${i + 1}'`).join(', ');
  const texts = Object.fromEntries(Array.from({ length: outputs }, (_, i) => [`out-${i + 1}`, `output ${i + 1}`]));
  const receive =
    outputs === 0
      ? "receive(msg) {\n      workOf(msg);\n      services.settle(msg, { kind: 'done' });\n    }"
      : 'receive(msg, send) {\n      workOf(msg);\n      send(msg);\n    }';
  return {
    [`${at}/config.ts`]: `/** One sentence: what the node is for. */
import type { NodeDeclaration } from '../kit/properties.ts';

export interface ${properties} {
  readonly name: string;
}

export const ${constant}: NodeDeclaration<${properties}> = {
  type: '${type}',
  properties: { name: { value: '' } },
};
`,
    [`${at}/runtime.ts`]: `import type { NodeAPI } from 'node-red';
import { registerNode } from '../kit/register.ts';
import { ${constant} } from './config.ts';

export default function ${constant}Node(RED: NodeAPI): void {
  registerNode(RED, ${constant}, ({ ${outputs === 0 ? 'services, workOf' : 'workOf'} }) => ({
    ${receive},
  }));
}
`,
    [`${at}/editor.ts`]: `import { registerEditorNode } from '../kit/editor/register.ts';
import { ${constant} } from './config.ts';

registerEditorNode(${constant}, {
  group: '${group}',
  icon: '${folder}.svg',
  inputs: 1,
  outputs: ${outputs},
  label: () => '${type}',
  ports: () => [${ports}],
});
`,
    [`${at}/editor.html`]: `<div class="form-row">
  <label for="node-input-name"><i class="fa fa-tag"></i> <span data-i18n="label.name"></span></label>
  <input type="text" id="node-input-name" data-i18n="[placeholder]placeholder.name" />
</div>
`,
    [`${at}/help.md`]: 'Says in one sentence what the node is for.\n',
    [`${at}/locale.json`]: `${JSON.stringify({ label: { name: 'Name' }, placeholder: { name: 'Name on the canvas' }, ...(outputs > 0 ? { port: texts } : {}) }, null, 2)}\n`,
    [`${at}/icon.svg`]:
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="60" viewBox="0 0 40 60"><circle cx="20" cy="30" r="12" fill="none" stroke="#fff" stroke-width="3"/></svg>\n',
    [`test/nodes/${folder}.test.ts`]: `import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

describe('${type}', () => {
  const runtime = usePalette(async () => ({}));

  it('lets a message come to its end', async () => {
    await runtime.deploy({ flow: [...frame('tried'), node('tried', '${type}', {}${outputs === 0 ? '' : ", ['done']"})] });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'NEW1', 'NEW1'))), ['done']);
  });
});
`,
  };
}

if (import.meta.main) main(resolve(import.meta.dirname, '..'), process.argv.slice(2));
