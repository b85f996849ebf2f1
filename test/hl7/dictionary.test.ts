import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import type { PartEntry } from '../../engine/hl7/dictionary-contract.ts';
import { HL7_VERSIONS } from '../../engine/hl7/dictionary-data.ts';
import { dictionaryOf, newestSegment, versionsOf } from '../../engine/hl7/dictionary.ts';
import {
  rawDictionary,
  SOURCE_VERSIONS,
  sourceSegments,
  sourceTables,
  sourceTypes,
  type SourcePart,
} from '../../scripts/dictionary-source.ts';
import { GENERATED, generateDictionary } from '../../scripts/dictionary.ts';

const asEntry = ({ desc, datatype, opt, rep, len, table }: SourcePart, i: number): PartEntry => ({
  position: i + 1,
  name: desc,
  type: datatype,
  optionality: (['O', 'O', 'R', 'C', 'W'] as const)[opt] ?? 'O',
  repeats: rep === 0 ? null : rep,
  table: table === undefined ? null : String(table).padStart(4, '0'),
  length: len ?? null,
});

describe('the dictionary', () => {
  it('is what its script makes, and small', () => {
    const made = generateDictionary();
    // The message structures have a script of their own (groups.test.ts).
    assert.deepEqual(readdirSync(GENERATED).toSorted(), [...Object.keys(made), 'structures.ts'].toSorted());
    let size = 0;
    for (const [file, text] of Object.entries(made)) {
      assert.equal(readFileSync(resolve(GENERATED, file), 'utf8'), text, 'run node scripts/dictionary.ts');
      size += text.length;
    }
    assert.ok(size < 400_000, `${size} characters`);
  });

  it('says in each version what its source says of each segment and type', () => {
    assert.deepEqual(HL7_VERSIONS, SOURCE_VERSIONS);
    const [segments, types] = [sourceSegments(), sourceTypes()];
    let parts = 0;
    for (const version of HL7_VERSIONS) {
      const dictionary = dictionaryOf(version);
      const wanted = segments.get(version) ?? new Map<string, never>();
      assert.deepEqual(dictionary.segmentNames(), [...wanted.keys()].toSorted(), version);
      for (const [name, { title, parts: fields }] of wanted) {
        assert.deepEqual(dictionary.segment(name), { name, title, fields: fields.map(asEntry) }, `${version} ${name}`);
        parts += fields.length;
      }
      for (const [name, { title, parts: components }] of types.get(version) ?? []) {
        assert.deepEqual(dictionary.type(name), { name, title, components: components.map(asEntry) }, name);
        parts += components.length;
      }
    }
    assert.ok(parts > 20_000);
    for (const [id, table] of sourceTables()) assert.deepEqual(dictionaryOf('2.5').table(id), { id, ...table });
  });

  it('departs from its source only where that is known to be wrong', () => {
    const { definitions } = rawDictionary();
    const different: string[] = [];
    for (const version of HL7_VERSIONS) {
      for (const [name, { fields }] of Object.entries(definitions[version]?.segments ?? {})) {
        const ours = dictionaryOf(version).segment(name)?.fields;
        if (ours?.length !== fields.length) {
          different.push(`${version} ${name}`);
          continue;
        }
        for (const [i, field] of fields.entries()) {
          const [a, b] = [asEntry(field, i), ours[i]];
          // Names are freed of the marks of a web page; what is withdrawn keeps the type that it had.
          if (b?.optionality === 'W') continue;
          if (JSON.stringify({ ...a, name: '' }) !== JSON.stringify({ ...b, name: '' })) {
            different.push(`${version} ${name}-${i + 1}`);
          }
        }
      }
    }
    assert.deepEqual(different, [
      '2.1 MFI',
      '2.3 IAM',
      '2.3 NK1-7',
      '2.3 QCK',
      '2.3.1 IAM',
      '2.5.1 OBX-2',
      '2.6 ED',
      '2.6 ITM',
      ...['2.7', '2.7.1'].flatMap((version) =>
        ['MFA-5', 'MFE-4', 'OBX-5', 'QPD-3', 'RDT-1'].map((place) => `${version} ${place}`),
      ),
    ]);
  });

  it('agrees with what chapters 2 to 10 of the standard say, also where its source does not', () => {
    const facts: readonly (readonly [
      version: string,
      path: string,
      names: string,
      type: string,
      optionality: string,
    ])[] = [
      ['2.5.1', 'MSH-9', 'Message Type', 'MSG', 'R'],
      ['2.5.1', 'MSH-10', 'Message Control ID', 'ST', 'R'],
      ['2.5.1', 'MSH-18', 'Character Set', 'ID', 'O'],
      ['2.5.1', 'EVN-6', 'Event Occurred', 'TS', 'O'],
      ['2.1', 'PID-5', 'Patient name', 'PN', 'R'],
      ['2.5.1', 'PID-3', 'Patient Identifier List', 'CX', 'R'],
      ['2.5.1', 'PID-3.4', 'Patient Identifier List, Assigning Authority', 'HD', 'O'],
      ['2.5.1', 'PID-3.4.2', 'Patient Identifier List, Assigning Authority, Universal ID', 'ST', 'C'],
      ['2.5.1', 'PID-5', 'Patient Name', 'XPN', 'R'],
      ['2.3.1', 'PID-6', "Mother's Maiden Name", 'XPN', 'O'],
      ['2.5.1', 'PV1-19', 'Visit Number', 'CX', 'O'],
      ['2.5.1', 'PV1-36', 'Discharge Disposition', 'IS', 'O'],
      ['2.5.1', 'ORC-1', 'Order Control', 'ID', 'R'],
      ['2.5.1', 'OBR-25', 'Result Status', 'ID', 'O'],
      ['2.5.1', 'OBX-3', 'Observation Identifier', 'CE', 'R'],
      ['2.5.1', 'OBX-5', 'Observation Value', 'VARIES', 'O'],
      ['2.5.1', 'OBX-11', 'Observation Result Status', 'ID', 'R'],
      ['2.5.1', 'MSA-2', 'Message Control ID', 'ST', 'R'],
      ['2.3', 'NK1-7', 'Contact Role', 'CE', 'O'],
      // 2.6 replaced TS by DTM, and CE by CWE and CNE.
      ['2.6', 'PID-7', 'Date/Time of Birth', 'DTM', 'O'],
      ['2.6', 'OBX-3', 'Observation Identifier', 'CWE', 'R'],
      ['2.7.1', 'OBX-5', 'Observation Value', 'VARIES', 'C'],
      ['2.7.1', 'PID-2', 'Patient ID', 'CX', 'W'],
      ['2.7.1', 'PID-19', 'SSN Number - Patient', 'ST', 'W'],
      ['2.7.1', 'EVN-1', 'Event Type Code', 'ID', 'W'],
      ['2.7.1', 'SCH-25', 'Filler Status Code', 'CWE', 'O'],
    ];
    for (const [version, path, names, type, optionality] of facts) {
      const along = dictionaryOf(version).along(path);
      const told = [along.map(({ name }) => name).join(', '), along.at(-1)?.type, along.at(-1)?.optionality];
      assert.deepEqual(told, [names, type, optionality], `${version} ${path}`);
    }
    assert.equal(dictionaryOf('2.5.1').segment('OBX')?.fields[1]?.repeats, 1);
    assert.equal(dictionaryOf('2.5').segment('PID')?.fields[2]?.repeats, null);
    assert.equal(dictionaryOf('2.5.1').segment('PID')?.title, 'Patient Identification');
    assert.equal(dictionaryOf('2.5.1').table('0104')?.values.get('2.5.1'), 'Release 2.5.1');
    const tables = dictionaryOf('2.3.1')
      .type('MSG')
      ?.components.map(({ table }) => table);
    assert.deepEqual(tables, ['0076', '0003', '0354']);
    assert.equal(dictionaryOf('2.5').segment('CON')?.title, 'Consent Segment');
  });

  it("knows HL7's tables from those of users", () => {
    const dictionary = dictionaryOf('2.5.1');
    const kinds = (kind: string) => (id: string) => assert.equal(dictionary.table(id)?.kind, kind, id);
    ['0003', '0008', '0076', '0085', '0103', '0119', '0123', '0125', '0136', '0203', '0354'].forEach(kinds('hl7'));
    ['0001', '0002', '0004', '0005', '0063', '0078', '0291', '0396'].forEach(kinds('user'));
    assert.equal(dictionary.table('0001')?.values.get('F'), 'Female');
    assert.ok(dictionary.table('0125')?.values.has('CE'), 'of the source only what 2.6 kept');
    assert.equal(dictionary.table('9999'), undefined);
  });

  it('stands in for newer and unknown versions with 2.7.1, and says so', () => {
    for (const version of ['2.8', '2.8.2', '2.9', '', '2.5.1 ', 'nonsense']) {
      const dictionary = dictionaryOf(version);
      assert.deepEqual([dictionary.version, dictionary.standsInFor], ['2.7.1', version]);
      assert.equal(dictionary.segment('PID')?.fields.length, 40);
    }
    assert.equal(dictionaryOf('x'.repeat(5000)).standsInFor?.length, 12);
    assert.equal(dictionaryOf('2.7.1').standsInFor, null);
  });

  it('finds a segment that only other versions have', () => {
    assert.equal(dictionaryOf('2.7.1').segment('RX1'), undefined);
    assert.equal(newestSegment('RX1')?.title, 'Pharmacy order');
    assert.deepEqual(versionsOf('IAM'), { from: '2.4', to: '2.7.1' });
    assert.deepEqual(versionsOf('PID', 39), { from: '2.5', to: '2.7.1' });
    assert.equal(versionsOf('ZPI'), undefined);
  });

  it('says nothing of what it does not know', () => {
    const dictionary = dictionaryOf('2.5.1');
    assert.equal(dictionary.segment('ZPI'), undefined);
    assert.equal(dictionary.segment('__proto__'), undefined);
    assert.equal(dictionary.type('NOPE'), undefined);
    for (const path of ['PID-99', 'ZPI-3.1', 'nonsense', '', 'PID']) assert.deepEqual(dictionary.along(path), []);
    assert.equal(dictionary.along('PID-3.40').length, 1);
  });
});
