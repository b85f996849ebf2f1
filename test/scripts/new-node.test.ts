import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as prettier from 'prettier';
import { filesOf } from '../../scripts/new-node.ts';

describe('npm run new-node', () => {
  for (const outputs of [0, 1, 2]) {
    it(`makes every file of a node with ${outputs} outputs, written as the formatter wants them`, async () => {
      const files = filesOf('bed count', 'bed-count', outputs, 'people');
      assert.deepEqual(Object.keys(files).toSorted(), [
        ...['config.ts', 'editor.html', 'editor.ts', 'help.md', 'icon.svg', 'locale.json', 'runtime.ts'].map(
          (file) => `nodes/bed-count/${file}`,
        ),
        'test/nodes/bed-count.test.ts',
      ]);
      const options = await prettier.resolveConfig(import.meta.filename);
      for (const [filepath, text] of Object.entries(files)) {
        if (filepath.endsWith('.svg')) continue;
        assert.equal(await prettier.check(text, { ...options, filepath }), true, filepath);
      }
      assert.match(files['nodes/bed-count/config.ts'] ?? '', /type: 'bed count'/);
      assert.match(files['nodes/bed-count/editor.ts'] ?? '', new RegExp(`outputs: ${outputs},`));
    });
  }
});
