import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { EVENT_CATALOGUE, EVENT_NAMES, Hl7Message, schemaOf } from '../../engine/index.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { corpus } from '../kit/shared-corpus.ts';
import { Known, schemaProblems } from './known.ts';
import { SAMPLES } from './samples.ts';

describe('the catalogue of events', () => {
  it('has a meaning, a key and a schema of its own for each name', () => {
    assert.ok(EVENT_NAMES.length > 40);
    for (const name of EVENT_NAMES) {
      const { says, key, hl7, fhir } = EVENT_CATALOGUE[name];
      assert.match(says, /^[A-Z].*\.$/, name);
      assert.ok(key !== '' && hl7 + fhir !== '', name);
      assert.equal(schemaOf(name)['$id'], `urn:wardflow:event:${name}:v1`);
    }
    assert.equal(new Set(EVENT_NAMES.map((name) => EVENT_CATALOGUE[name].says)).size, EVENT_NAMES.length);
  });

  it('describes what is derived from every message of our own', () => {
    const found = new Set<string>();
    const known = new Known();
    for (const [what, message] of SAMPLES) {
      const events = known.tell(message);
      assert.ok(events.length > 0, what);
      for (const event of events) {
        found.add(event.name);
        assert.deepEqual(schemaProblems(event), [], `${what}: ${event.name}`);
      }
    }
    const unseen = EVENT_NAMES.filter((name) => EVENT_CATALOGUE[name].hl7 !== '' && !found.has(name));
    assert.deepEqual(unseen, []);
  });

  it('describes what is derived from every real message, each event with an id of its own', function () {
    const found = new Map<string, number>();
    const known = new Known();
    for (const { name, bytes } of corpus(requireShared(this, 'data'))) {
      const events = known.tell(Hl7Message.parse(bytes), { zone: 'Europe/London', receivedAt: Date.UTC(2026, 0, 1) });
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length, name);
      for (const event of events) {
        assert.deepEqual(schemaProblems(event), [], `${name}: ${event.name}`);
        found.set(event.name, (found.get(event.name) ?? 0) + 1);
      }
    }
    for (const name of [
      'patient.admitted',
      'patient.transferred',
      'patient.updated',
      'order.placed',
      'appointment.booked',
    ])
      assert.ok((found.get(name) ?? 0) > 0, `${name} among ${[...found.keys()].join(', ')}`);
  });

  it('describes what is derived from any garbled message, and nothing throws', () => {
    let derived = 0;
    const garbled = fc.tuple(
      fc.constantFrom(...SAMPLES.map(([, message]) => message.join('\r'))),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(30),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.constantFrom('|', '^', '~', '\r', '""', '|||', '\rPID|1'),
      ),
    );
    const known = new Known();
    fc.assert(
      fc.property(garbled, ([message, place, length, noise]) => {
        const at = 60 + Math.floor((message.length - 60) * place);
        const text = `${message.slice(0, at)}${noise}${message.slice(at + length)}\r`;
        const events = known.tell(Hl7Message.parse(text));
        derived += events.length;
        for (const event of events) assert.deepEqual(schemaProblems(event), []);
        assert.ok(JSON.stringify(events).isWellFormed());
        assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
      }),
      { seed: 22, numRuns: counts(2000, 100_000) },
    );
    assert.ok(derived > 1000);
  });

  it('refuses what it does not describe', () => {
    const [event] = new Known().tell(SAMPLES[0]?.[1] ?? []);
    assert.ok(event);
    const wrong = [
      { ...event, subject: 'somebody' },
      { ...event, data: { ...event.data, more: 1 } },
      { ...event, version: 2 },
    ];
    for (const one of wrong) assert.notDeepEqual(schemaProblems(one), []);
  });
});
