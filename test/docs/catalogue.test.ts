import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { CATALOGUE } from '../../scripts/docs/parts.ts';
import { filesUnder, ROOT } from './markdown-files.ts';

const FOLDERS = ['engine', 'runtime', 'nodes', 'governance', 'cli', 'supervisor', 'demo'];
const sources = new Map(
  FOLDERS.flatMap((folder) => [...filesUnder(folder, '.ts'), ...filesUnder(folder, '.tsx')]).map((path) => [
    path,
    readFileSync(join(ROOT, path), 'utf8'),
  ]),
);
const all = CATALOGUE.flatMap((part) => Object.entries(part.entries).map(([code, entry]) => ({ code, entry, part })));

describe('the error catalogue', () => {
  it('lists every file that declares errors', () => {
    const declaring = [...sources].filter(([, text]) => /= defineErrors\(/.test(text)).map(([path]) => path);
    assert.deepEqual(CATALOGUE.map(({ file }) => file).toSorted(), declaring.toSorted());
  });

  it('gives each code to one part only', () => {
    const owners = new Map<string, string[]>();
    for (const { code, part } of all) owners.set(code, [...(owners.get(code) ?? []), part.file]);
    const twice = [...owners].filter(([, files]) => files.length > 1);
    assert.deepEqual(twice, []);
  });

  it('writes codes in kebab-case, with one sentence and one remedy each', () => {
    assert.ok(all.length > 50, 'the catalogue is nearly empty');
    for (const { code, entry } of all) {
      assert.match(code, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      for (const text of [entry.text, entry.remedy]) {
        assert.match(text, /^["{A-Z].*(?:[.?]|\})$/, `${code}: "${text}" is no sentence`);
        assert.doesNotMatch(text, /\n/, code);
      }
    }
  });

  /** Named anywhere but as the name of a member: that is how it is declared, however its entry is written. */
  const isUsed = (code: string, texts: readonly string[]): boolean => {
    const named = new RegExp(`(?:'${code}'|"${code}"|\`${code}\`)(?!:)`);
    /** `a-code-${which}`. */
    const made = [...code.matchAll(/-/g)].map(({ index }) => `\`${code.slice(0, index + 1)}\${`);
    return texts.some((text) => named.test(text) || made.some((beginning) => text.includes(beginning)));
  };

  it('has no entry that nothing uses', () => {
    const texts = [...sources.values()];
    assert.deepEqual(
      all.filter(({ code }) => !isUsed(code, texts)).map(({ code, part }) => `${part.file} ${code}`),
      [],
    );
  });

  it('would tell an entry that nothing uses, however it is written', () => {
    for (const text of ["'a-code': { class: 'permanent' },", "'a-code': permanent('A sentence.'),", "'a-code': 409,"])
      assert.equal(isUsed('a-code', [text]), false, text);
    for (const text of [
      "errors.create('a-code')",
      "x ? 'a-code' : null",
      "['a-code', 1]",
      "{ code: 'a-code' }",
      '`a-${x}`',
    ])
      assert.equal(isUsed('a-code', [text]), true, text);
  });
});
