import assert from 'node:assert/strict';
import { readMapping } from '../../../engine/events/to-fhir/mapping-file.ts';
import { createConverter } from '../../../engine/index.ts';
import { at, messageOf } from './kit.ts';

describe('a value that a mapping states', () => {
  it('is the same for every message, whatever other rules have added to it', () => {
    const { mapping, problems } = readMapping(
      {
        kind: 'mapping',
        format: 1,
        name: 'codes',
        owner: { name: 'A', contact: 'a@example.org' },
        source: ['ORU'],
        resources: [
          {
            id: 'one',
            type: 'Observation',
            set: { code: { value: { coding: [{ code: 'x' }] } }, 'code.text': { from: 'PID-5.1' } },
          },
        ],
      },
      'codes',
    );
    assert.deepEqual(problems, []);
    assert.ok(mapping);
    const { converter } = createConverter({ mappings: new Map([['codes', mapping]]), maps: new Map() });
    const textOf = (name: string): boolean =>
      JSON.stringify(
        converter.convert(messageOf(['MSH|^~\\&|A|B|C|D|20260105||ORU^R01|1|P|2.5.1', `PID|1||||${name}`]), at())
          .bundle,
      ).includes(`"text":"${name}"`);
    assert.deepEqual(['Doe', 'Roe', 'Poe'].map(textOf), [true, true, true]);
  });
});
