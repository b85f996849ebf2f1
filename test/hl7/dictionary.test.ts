import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import {
  componentName,
  fieldCount,
  fieldName,
  fieldType,
  namesOfPath,
  segmentName,
} from '../../engine/hl7/dictionary.ts';
import { generateNames, NAMES_FILE } from '../../scripts/dictionary.ts';

describe('the dictionary', () => {
  it('is what its script makes, and small', () => {
    const kept = readFileSync(NAMES_FILE, 'utf8');
    assert.equal(kept, generateNames(), 'run node scripts/dictionary.ts');
    assert.ok(kept.length < 300_000);
  });

  it('calls the parts that flows use most what chapters 2 to 7 of the standard call them', () => {
    assert.equal(segmentName('PID'), 'Patient Identification');
    assert.equal(segmentName('OBX'), 'Observation/Result');
    const fields: readonly (readonly [string, number, string])[] = [
      ['MSH', 9, 'Message Type'],
      ['MSH', 10, 'Message Control ID'],
      ['MSH', 18, 'Character Set'],
      ['EVN', 6, 'Event Occurred'],
      ['PID', 3, 'Patient Identifier List'],
      ['PID', 5, 'Patient Name'],
      ['PID', 7, 'Date/Time of Birth'],
      ['PV1', 3, 'Assigned Patient Location'],
      ['PV1', 19, 'Visit Number'],
      ['PV1', 36, 'Discharge Disposition'],
      ['PV1', 45, 'Discharge Date/Time'],
      ['ORC', 1, 'Order Control'],
      ['OBR', 3, 'Filler Order Number'],
      ['OBR', 25, 'Result Status'],
      ['OBX', 3, 'Observation Identifier'],
      ['OBX', 5, 'Observation Value'],
      ['OBX', 11, 'Observation Result Status'],
      ['OBX', 14, 'Date/Time of the Observation'],
      ['DG1', 3, 'Diagnosis Code - DG1'],
      ['MSA', 2, 'Message Control ID'],
    ];
    for (const [segment, field, name] of fields) assert.equal(fieldName(segment, field), name);
    assert.equal(fieldType('PID', 3), 'CX');
    assert.equal(componentName('PID', 3, 4), 'Assigning Authority');
    assert.deepEqual(namesOfPath('PID-3[2].4.2'), ['Patient Identifier List', 'Assigning Authority', 'Universal ID']);
    assert.equal(fieldCount('PID'), 40);
  });

  it('keeps the name of what later versions dropped', () => {
    assert.equal(segmentName('RX1'), 'Pharmacy order');
  });

  it('says nothing of what it does not know', () => {
    assert.equal(segmentName('ZPI'), undefined);
    assert.equal(fieldName('PID', 99), undefined);
    assert.equal(fieldName('PID', 0), undefined);
    assert.equal(componentName('PID', 3, 40), undefined);
    assert.deepEqual(namesOfPath('ZPI-3.1'), []);
    assert.deepEqual(namesOfPath('nonsense'), []);
    assert.equal(fieldCount('ZPI'), 0);
  });
});
