import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { readmeSection } from '../../../governance/web/runbook/readme-section.ts';

const README = '# Flow\n\nAll.\n\n## Runbook\n\nFirst.\n\n### More\n\nSecond.\r\n\n## Next\n\nThird.\n';

describe('a section of a README', () => {
  it('goes to the next heading of its level, with those below it', () => {
    assert.equal(readmeSection(README, 'Runbook'), 'First.\n\n### More\n\nSecond.');
    assert.equal(readmeSection(README, 'Next'), 'Third.');
    assert.equal(readmeSection(README, 'More'), 'Second.');
  });

  it('is none where nothing is headed so', () => {
    assert.equal(readmeSection(README, 'Runboo'), null);
    assert.equal(readmeSection('', 'Runbook'), null);
  });

  it('is there for the runbook of each shipped flow', () => {
    for (const name of ['critical-lab-result', 'discharge-follow-up', 'adt-coordination', 'referral-routing']) {
      const read = (file: string): string =>
        readFileSync(new URL(`../../../flows/${name}/${file}`, import.meta.url), 'utf8');
      const { runbook } = JSON.parse(read('intent.json')) as { runbook: string };
      assert.ok((readmeSection(read('README.md'), runbook) ?? '').length > 40, `${name}: ${runbook}`);
    }
  });
});
