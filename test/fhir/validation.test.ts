import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { operationOutcomeOf, type FhirResource, type ValidationOutcome } from '../../engine/index.ts';
import { checkResource, type CheckParts } from '../../engine/fhir/validation/check-resource.ts';
import { Definitions } from '../../engine/fhir/validation/definitions.ts';
import { loadExpressions } from '../../engine/fhir/validation/expressions.ts';
import { ValueSets } from '../../engine/fhir/validation/value-sets.ts';
import { FHIR_DEFINITIONS, generateFhirDefinitions } from '../../scripts/fhir-definitions.ts';
import { requireShared } from '../kit/requires.ts';
import { FAULTS } from './faulty-resources.ts';
import { makeResource } from './made-from-definitions.ts';
import { VALID_RESOURCES } from './valid-resources.ts';

const SECRET = 'Zwiebelfisch';

describe('validation of FHIR resources', function () {
  this.timeout(60_000);
  let parts: CheckParts;
  before(async () => {
    parts = { definitions: new Definitions(), valueSets: new ValueSets(), expressions: await loadExpressions() };
  });
  const check = (resource: unknown): ValidationOutcome => checkResource(resource as FhirResource, parts);
  const clean = (resource: unknown, what: string): void => assert.deepEqual(check(resource).findings, [], what);
  /** `code path` of each finding. */
  const found = (resource: unknown): readonly string[] =>
    check(resource).findings.map(({ code, path }) => `${code} ${path}`);

  it('finds the seeded defects and lets the valid edge cases pass', function () {
    const folder = requireShared(this, 'data/fhir-defects');
    const rows = readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8').trim().split('\n').slice(1);
    const cases = rows.map((row) => {
      const [file = '', , expected = '', , path = ''] = row.split('\t');
      return { file, path, expected, outcome: check(JSON.parse(readFileSync(join(folder, file), 'utf8'))) };
    });
    const seeded = cases.filter(({ expected }) => expected === 'error');
    const missed = seeded.filter(
      ({ path, outcome }) => !outcome.findings.some((one) => one.path === path && one.severity === 'error'),
    );
    const alarms = cases.filter(({ expected, outcome }) => expected === 'valid' && outcome.findings.length > 0);
    process.stdout.write(
      `      seeded defects found: ${seeded.length - missed.length} of ${seeded.length}, false alarms ${alarms.length}\n`,
    );
    assert.deepEqual(
      missed.map(({ file }) => file),
      [],
    );
    assert.deepEqual(
      alarms.map(({ file }) => file),
      [],
    );
    assert.ok(seeded.length >= 44);
  });

  it('takes every resource of the Synthea sample for valid', function () {
    const folder = requireShared(this, 'data/synthea');
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    let resources = 0;
    for (const file of files) {
      const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        readonly entry: readonly { resource: unknown }[];
      };
      clean(bundle, file);
      for (const { resource } of bundle.entry) clean(resource, file);
      resources += bundle.entry.length;
    }
    assert.ok(resources > 1000);
  });

  it('takes valid resources for valid, with ids and extensions wherever they may stand', () => {
    for (const resource of VALID_RESOURCES) clean(resource, resource.resourceType);
    fc.assert(
      fc.property(
        fc.constantFrom(...VALID_RESOURCES),
        fc.array(fc.nat(40), { maxLength: 8 }),
        fc.boolean(),
        (resource, places, turned) => {
          const changed = structuredClone(resource) as Record<string, unknown>;
          const elements = elementsIn(changed).filter((one) => !('resourceType' in one) && !('url' in one));
          for (const [i, place] of places.entries()) {
            const element = elements[place % Math.max(1, elements.length)];
            if (!element) continue;
            element['id'] = `e${i}`;
            element['extension'] ??= [{ url: 'https://example.org/any', valueString: 'x' }];
          }
          clean(turned ? backwards(changed) : changed, resource.resourceType);
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it('reads every type of R4, and can judge every rule of it', () => {
    const resources = parts.definitions.names().filter((name) => parts.definitions.isResource(name));
    assert.ok(resources.length >= 146);
    for (const name of resources)
      for (const fill of [0, 1, 3]) {
        const { findings } = check(makeResource(parts.definitions, name, fill));
        // A made resource breaks rules between its elements; its structure, forms and codes are right.
        assert.deepEqual(
          findings.filter(({ code }) => code !== 'invariant'),
          [],
          `${name} ${fill}`,
        );
      }
    assert.deepEqual([...parts.expressions.silent], []);
  });

  it('misses a required element and sees a foreign one in every type', () => {
    for (const name of parts.definitions.names().filter((one) => parts.definitions.isResource(one))) {
      const made = makeResource(parts.definitions, name, 0);
      assert.ok(found({ ...made, notOfFhir: 1 }).includes(`structure ${name}.notOfFhir`), name);
      for (const property of Object.keys(made).filter((one) => one !== 'resourceType')) {
        const { [property]: _, ...rest } = made;
        const rule = parts.definitions.type(name)!.properties.get(property)!.element;
        assert.ok(found(rest).includes(`required ${name}.${rule.name}`), `${name} ${property}`);
      }
    }
  });

  it('names elements and rules, never a value', () => {
    const hostile = {
      resourceType: 'Patient',
      [`${SECRET} was here`]: 1,
      id: `${SECRET}!`,
      gender: SECRET,
      birthDate: SECRET,
      name: SECRET,
      text: { status: SECRET, div: `<div>${SECRET}` },
      extension: [{ url: SECRET, valueString: SECRET, valueCode: ` ${SECRET}` }],
      link: [{ other: { reference: `${SECRET}/1` }, type: SECRET }],
      contact: [{ gender: 'male', period: { start: '2026', end: '2025' } }],
      photo: [{ data: '*' }],
    };
    const outcome = check(hostile);
    assert.ok(outcome.findings.length > 12);
    assert.ok(!JSON.stringify(operationOutcomeOf(outcome)).includes(SECRET));
    assert.ok(!JSON.stringify(check({ resourceType: `${SECRET} x` })).includes(SECRET));
  });

  it('keeps 200 findings, errors first, and counts the others', () => {
    const link = Array.from({ length: 300 }, () => ({ relation: 'x', url: ' ' }));
    const outcome = check({ resourceType: 'Bundle', type: 'collection', link });
    assert.equal(outcome.findings.length, 200);
    assert.equal(outcome.more, 100);
    const issues = operationOutcomeOf(outcome)['issue'] as readonly unknown[];
    assert.equal(issues.length, 201);
    clean(operationOutcomeOf(outcome), 'its own outcome');
    clean(operationOutcomeOf(check(VALID_RESOURCES[0])), 'an outcome without finding');
  });

  it('stops at a depth, and takes names of JavaScript for unknown elements', () => {
    let nested: Record<string, unknown> = { url: 'https://example.org/x', valueString: 'x' };
    for (let i = 0; i < 500; i += 1) nested = { url: 'https://example.org/x', extension: [nested] };
    assert.ok(
      check({ resourceType: 'Patient', extension: [nested] }).findings.some(({ code }) => code === 'too-costly'),
    );
    const named = JSON.parse(
      '{"resourceType":"Patient","__proto__":{"x":1},"constructor":1,"toString":"x"}',
    ) as unknown;
    assert.equal(found(named).length, 3);
    for (const odd of [null, 1, 'x', [], { resourceType: 'toString' }, {}]) assert.equal(check(odd).valid, false);
  });

  for (const { what, resource, expected } of FAULTS)
    it(`sees ${what}`, () => {
      assert.ok(found(resource).includes(expected), found(resource).join('\n'));
    });

  it('has what the definitions say', () => {
    for (const [name, text] of Object.entries(generateFhirDefinitions()))
      assert.equal(
        readFileSync(join(FHIR_DEFINITIONS, name), 'utf8'),
        text,
        `${name}: run scripts/fhir-definitions.ts`,
      );
  });
});

function elementsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : [value as Record<string, unknown>];
  return [...own, ...Object.values(value).flatMap(elementsIn)];
}

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, one]) => [name, backwards(one)]),
  );
}
