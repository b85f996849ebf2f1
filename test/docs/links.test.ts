import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'mocha';
import { markdownFiles, ROOT } from './markdown-files.ts';

const files = markdownFiles();
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** GitHub's anchor of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

function anchorsOf(text: string): ReadonlySet<string> {
  const plain = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return new Set([...plain.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = '']) => anchor(heading)));
}

describe('links in the documentation', () => {
  it('lead to files and headings that exist', () => {
    const broken: string[] = [];
    let checked = 0;
    for (const [path, text] of files)
      for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        checked++;
        const [file = '', heading] = target.split('#');
        const full = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(ROOT, full))) broken.push(`${path}: ${target}`);
        else if (heading !== undefined && !anchorsOf(readFileSync(join(ROOT, full), 'utf8')).has(heading))
          broken.push(`${path}: ${target} (no such heading)`);
      }
    assert.deepEqual(broken, []);
    assert.ok(checked > 20, `only ${checked} links were found`);
  });

  it('name paths in code that exist', () => {
    const broken: string[] = [];
    for (const [path, text] of files) {
      if (path.startsWith('docs/decisions/')) continue;
      for (const [, name = ''] of text.matchAll(
        /`((?:engine|runtime|nodes|governance|cli|supervisor|demo|flows|test|scripts|docs|bench)\/[\w./-]*)`/g,
      ))
        if (!existsSync(join(ROOT, name)) && !existsSync(join(ROOT, dirname(path), name)))
          broken.push(`${path}: ${name}`);
    }
    assert.deepEqual(broken, []);
  });
});
