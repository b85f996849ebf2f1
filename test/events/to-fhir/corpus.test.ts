import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hl7Message, splitBatch } from '../../../engine/index.ts';
import { corpus } from '../../kit/shared-corpus.ts';
import { requireShared } from '../../kit/requires.ts';
import { at, assertSound, defectsOf, entriesOf, shippedConverter } from './kit.ts';

describe('real messages in FHIR', () => {
  it('are judged by a check that finds what is wrong', () => {
    assert.notDeepEqual(defectsOf({ resourceType: 'Patient', birthDate: 5 }), []);
    assert.notDeepEqual(defectsOf({ resourceType: 'Encounter', status: 'finished' }), []);
  });

  it('are valid R4, each that other converters were tried with', async function () {
    this.timeout(240_000);
    const folder = requireShared(this, 'data/v2fhir');
    const converter = await shippedConverter();
    let converted = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.hl7'))) {
      for (const bytes of splitBatch(readFileSync(join(folder, file)))) {
        const conversion = converter.convert(Hl7Message.parse(bytes), at());
        assertSound(conversion);
        assert.ok(entriesOf(conversion).length > 0, file);
        converted++;
      }
    }
    assert.ok(converted >= 90);
  });

  it('are valid R4, each of the corpus, and say the same when converted again', async function () {
    this.timeout(240_000);
    const folder = requireShared(this, 'data');
    const converter = await shippedConverter();
    for (const { bytes, name } of corpus(folder)) {
      const first = converter.convert(Hl7Message.parse(bytes), at('Europe/Vienna'));
      assertSound(first);
      assert.equal(
        JSON.stringify(converter.convert(Hl7Message.parse(bytes), at('Europe/Vienna')).bundle),
        JSON.stringify(first.bundle),
        name,
      );
    }
  });
});
