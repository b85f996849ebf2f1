import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { filesUnder, ROOT } from './markdown-files.ts';

const page = readFileSync(join(ROOT, 'docs/reference/runtime-api.md'), 'utf8');
const code = filesUnder('runtime/api', '.ts')
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n');

describe('docs/reference/runtime-api.md', () => {
  it('has the routes that the runtime serves, and no others', () => {
    const served = [
      ...code.matchAll(/\b(?:router|app)\.(get|post|put|delete)\(\s*['`](?:\$\{API_ROOT\})?([^'`]+)['`]/g),
    ].map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`);
    const told = [...page.matchAll(/^\| `((?:GET|POST|PUT|DELETE) [^`]+)`/gm)].map(([, route = '']) => route);
    assert.ok(served.length > 10, 'hardly any route was found in the source');
    assert.deepEqual(told.toSorted(), served.toSorted());
  });

  it('names every code that has a status of its own', () => {
    const [, statuses = ''] = /const STATUS[^{]*\{([^}]*)\}/.exec(code) ?? [];
    const known = [...statuses.matchAll(/'?([a-z-]+)'?: (\d{3})/g)];
    assert.ok(known.length > 5, 'hardly any status was found in the source');
    for (const [, name = '', status = ''] of known) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${status} `));
      assert.ok(row?.includes(`\`${name}\``), `${name} is not in the row of ${status}`);
    }
  });
});
