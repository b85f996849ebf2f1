import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, it } from 'mocha';
import { processIo } from '../../cli/io.ts';
import { program } from '../../cli/program.ts';
import { SETTING_KEYS, SETTINGS } from '../../engine/index.ts';
import { commandsOf, nameOf } from '../../scripts/docs/cli-page.ts';
import { markdownFiles, ROOT } from './markdown-files.ts';

const files = [...markdownFiles()].filter(([path]) => !path.startsWith('docs/decisions/'));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const commands: ReadonlyMap<string, Command> = new Map(
  commandsOf(program(processIo(), () => undefined)).map((one) => [nameOf(one), one]),
);
/** Code only: prose may speak of Wardflow and npm as it likes. */
const codeOf = (text: string): string =>
  [...text.matchAll(/^```\w*\n([\s\S]*?)^```|(?<!`)`([^`\n]+)`(?!`)/gm)]
    .map(([, block, inline]) => block ?? inline ?? '')
    .join('\n');

describe('commands in the documentation', () => {
  it('are scripts of package.json where they are npm scripts', () => {
    const named = files.flatMap(([path, text]) => [
      ...[...text.matchAll(/npm run (?:-s |--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => ({ path, name })),
      ...[...text.matchAll(/npm (start|test)\b/g)].map(([, name = '']) => ({ path, name })),
    ]);
    assert.ok(named.length > 5, 'hardly any npm script is named');
    assert.deepEqual(
      named.filter(({ name }) => !(name in scripts)).map(({ path, name }) => `${path}: npm run ${name}`),
      [],
    );
  });

  it('are commands and options of wardflow where they begin with it', () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const [path, text] of files)
      for (const [line, rest = ''] of codeOf(text).matchAll(/(?:npx |^|[( ])wardflow ([a-z][^\n#|>]*)/gm)) {
        const words = rest.trim().split(/\s+/);
        const known = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => commands.has(`wardflow ${name}`));
        checked++;
        const command = commands.get(`wardflow ${known ?? ''}`);
        if (!command) {
          wrong.push(`${path}: ${line.trim()}`);
          continue;
        }
        const options = command.options.map(({ long }) => long);
        for (const option of rest.match(/--[a-z][\w-]*/g) ?? [])
          if (!options.includes(option) && option !== '--help' && option !== '--version')
            wrong.push(`${path}: ${line.trim()} (${option})`);
      }
    assert.deepEqual(wrong, []);
    assert.ok(checked > 20, `only ${checked} commands were found`);
  });

  it('run files that exist where they run node', () => {
    for (const [path, text] of files)
      for (const [, file = ''] of codeOf(text).matchAll(/\bnode ((?!node_modules)[\w./-]+\.(?:ts|js))/g))
        assert.ok(existsSync(join(ROOT, file)), `${path}: node ${file}`);
  });

  it('name settings that exist', () => {
    const known = new Set<string>([...SETTING_KEYS.map((key) => SETTINGS[key].env), 'WARDFLOW_TEST_LONG']);
    for (const [path, text] of files)
      for (const [name] of text.matchAll(/\bWARDFLOW_[A-Z_]+[A-Z]\b/g)) assert.ok(known.has(name), `${path}: ${name}`);
  });
});
