import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { generatedPages } from '../../scripts/docs/pages.ts';
import { ROOT } from './markdown-files.ts';

describe('the generated reference', () => {
  it('is on disk what "npm run docs" makes', async function () {
    this.timeout(180_000);
    const pages = await generatedPages(ROOT);
    assert.deepEqual([...pages.keys()].map((path) => path.slice('docs/reference/'.length)).toSorted(), [
      'cli.md',
      'errors.md',
      'events.md',
      'nodes.md',
      'permissions.md',
      'settings.md',
    ]);
    for (const [path, text] of pages)
      assert.ok(readFileSync(join(ROOT, path), 'utf8') === text, `${path} is out of date: run "npm run docs"`);
  });
});
