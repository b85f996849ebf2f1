import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message, type FhirResource } from '../../engine/index.ts';
import { statedKey } from '../../engine/events/envelope.ts';
import { patientRefOf } from '../../engine/events/from-fhir/change.ts';
import { statedInFhir, statedInHl7, type FhirPeople } from '../../engine/identity/stated-people.ts';
import { MOST_PEOPLE, MOST_STATED_KEYS, MOST_STATED_LINKS } from '../../engine/store/contract/identities.ts';

const RULES = { version: '', compare: [], findBy: [], unsure: 'continue', isIdentifying: () => true } as const;
const CONTEXT = { receivedAt: 1_767_603_600_000, correlationId: 'c', zone: null, mode: 'live' } as const;

describe('whom a message is about', () => {
  it('is no more than the store takes of one message, however many numbers end by it', () => {
    const numbers = (n: number): string => Array.from({ length: 5 }, (_, i) => `P${n}-${i}^^^NORTH^MR`).join('~');
    const message = [
      'MSH|^~\\&|ADT|NORTH|WARDFLOW|NORTH|20260105090000+0000||ADT^A40^ADT_A39|1|P|2.5.1',
      'EVN|A40|20260105090000+0000',
      'PID|1||S1^^^NORTH^MR||Example^Alex',
      'MRG|P^^^NORTH^MR',
      ...Array.from({ length: 30 }, (_, n) => `MRG|${numbers(n)}`),
    ].join('\r');
    const { links } = statedInHl7(Hl7Message.parse(Buffer.from(message)), CONTEXT, RULES, (value) => `mark:${value}`);
    assert.equal(links.length, MOST_STATED_LINKS);
  });
});

describe('whom a change of a FHIR server is about', () => {
  const AUTHORITIES = { 'urn:north': 'NORTH' };
  const all = ['family', 'given', 'birthDate', 'sex', 'postcode'] as const;
  const rules = { ...RULES, compare: all, findBy: ['family', 'birthDate'] } as const;
  const mark = (value: string): string => `mark:${value}`;
  const ended = (value: string): string => statedKey({ authority: 'NORTH', value });
  const said = (patient: Partial<FhirResource> & Readonly<Record<string, unknown>>): FhirPeople['people'][number] => {
    const resource: FhirResource = { resourceType: 'Patient', ...patient };
    return { patient: resource, ref: patientRefOf(resource, { authorities: AUTHORITIES }) };
  };
  const number = (value: string): object => ({ system: 'urn:north', value });
  const stated = (people: FhirPeople['people'], merges: FhirPeople['merges'] = []) =>
    statedInFhir({ people, merges, at: 5 }, rules, mark);

  it('is the same as by HL7: the same key, and the same of name, date of birth, sex and postcode', () => {
    const { people } = stated([
      said({
        identifier: [number('1')],
        name: [
          { use: 'old', family: 'Before' },
          { use: 'official', family: 'Example', given: ['Alex', 'B'] },
        ],
        birthDate: '1970-01-01',
        gender: 'female',
        address: [
          { use: 'work', postalCode: 'X9' },
          { use: 'home', postalCode: 'AB1 2CD' },
        ],
      }),
    ]);
    const message = 'MSH|^~\\&|A|N|W|N|||ADT^A08|1|P|2.5\rPID|1||1^^^NORTH^MR||Example^Alex||19700101|F|||^^^^AB12CD\r';
    const hl7 = statedInHl7(Hl7Message.parse(Buffer.from(message)), CONTEXT, rules, mark);
    assert.deepEqual(people, [{ ...hl7.people[0], at: 5 }]);
    assert.deepEqual(Object.keys(people[0]?.marks ?? {}).toSorted(), [...all].toSorted());
    assert.ok(people[0]?.alike);
  });

  it('is nobody without a number, and fails over nothing that a server may send', () => {
    assert.deepEqual(stated([said({ name: [{ family: 'Example' }] })]), { people: [], links: [] });
    for (const wrong of [null, 7, 'x', [], [null], [7], [[]], {}, { given: 'x' }, [{ given: 7, family: {} }]]) {
      const garbled = { identifier: [number('1')], name: wrong, address: wrong, birthDate: wrong, gender: wrong };
      const { people } = stated([said(garbled)]);
      assert.deepEqual([people[0]?.marks, people[0]?.alike], [{}, null], JSON.stringify(wrong));
    }
  });

  it('links a record that was replaced with the one that stands for it, and keeps nothing of what it says', () => {
    const [gone, now] = [
      said({ identifier: [number('1')], birthDate: '1951-01-01' }),
      said({ identifier: [number('2')], birthDate: '1970-01-01' }),
    ] as const;
    const found = stated([gone, now], [{ prior: gone.ref, survivor: now.ref, at: 3 }]);
    assert.deepEqual(found.links, [{ prior: ended('1'), survivor: ended('2'), kind: 'merged', at: 3 }]);
    assert.deepEqual(
      found.people.map(({ chosen, marks }) => [chosen, Object.keys(marks)]),
      [
        [ended('1'), []],
        [ended('2'), ['birthDate']],
      ],
    );
    const nameless = said({ birthDate: '1970-01-01' });
    for (const survivor of [nameless.ref, said({ identifier: [number('1')] }).ref])
      assert.deepEqual(stated([gone], [{ prior: gone.ref, survivor, at: 3 }]).links, []);
  });

  it('is each person once, and no more than the store takes of one message', () => {
    const twice = stated([said({ identifier: [number('1')] }), said({ identifier: [number('1')], gender: 'male' })]);
    assert.deepEqual(
      twice.people.map(({ marks }) => Object.keys(marks)),
      [['sex']],
    );
    const many = Array.from({ length: MOST_PEOPLE + 5 }, (_, n) => said({ identifier: [number(`${n}`)] }));
    const merges = Array.from({ length: MOST_STATED_LINKS + 5 }, (_, n) => ({
      prior: said({ identifier: [number(`p${n}`)] }).ref,
      survivor: said({ identifier: [number('s')] }).ref,
      at: n,
    }));
    const found = stated(many, merges);
    assert.deepEqual([found.people.length, found.links.length], [MOST_PEOPLE, MOST_STATED_LINKS]);
    const numbers = Array.from({ length: MOST_STATED_KEYS + 5 }, (_, n) => number(`${n}`));
    assert.equal(stated([said({ identifier: numbers })]).people[0]?.keys.length, MOST_STATED_KEYS);
  });
});
