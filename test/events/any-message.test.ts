import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { statedEvents, Hl7Message } from '../../engine/index.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { corpus } from '../kit/shared-corpus.ts';
import { context } from './kit.ts';

const OF_A_MESSAGE =
  'MSH|^~\\&|L|N|||2026||ORU^R01|1|P|2.5\rPID|1||1^^^N^MR||A^B\rPV1|1|I\rORC|RE|1|2\rOBR|1|1|2|X^Y^LN|||2026\rOBX|1|NM|A^B^LN|1|5|u||HH|||F|||2026\rDG1|1||A^B^I10\r';

describe('events', () => {
  it('are derived from every real message without a throw, as plain JSON with ids of their own', function () {
    const found = new Map<string, number>();
    for (const { name, bytes } of corpus(requireShared(this, 'data'))) {
      const events = statedEvents(Hl7Message.parse(bytes), context({ zone: 'Europe/London' }));
      assert.deepEqual(JSON.parse(JSON.stringify(events)), events, name);
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length, name);
      for (const event of events) found.set(event.name, (found.get(event.name) ?? 0) + 1);
    }
    assert.ok((found.get('lab.result.final') ?? 0) > 4000);
    assert.ok((found.get('lab.result.corrected') ?? 0) > 0);
    assert.ok((found.get('patient.discharged') ?? 0) > 0);
  });

  it('are derived from any garbled message without a throw', () => {
    let derived = 0;
    const garbled = fc.tuple(
      fc.nat(OF_A_MESSAGE.length),
      fc.nat(40),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('ORU^R01', 'ADT^A03'),
    );
    fc.assert(
      fc.property(garbled, ([at, length, noise, type]) => {
        const cut = OF_A_MESSAGE.slice(0, at) + noise + OF_A_MESSAGE.slice(at + length);
        const text = `MSH|^~\\&|L|N|||2026||${type}|1|P|2.5\r${cut}`;
        const events = statedEvents(Hl7Message.parse(text), context({ zone: 'Europe/London' }));
        derived += events.length;
        assert.ok(JSON.stringify(events).isWellFormed());
      }),
      { seed: 21, numRuns: counts(3000, 200_000) },
    );
    assert.ok(derived > 1000);
  });
});
