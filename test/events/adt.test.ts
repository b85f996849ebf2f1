import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CanonicalEvent, EventData, EventName } from '../../engine/index.ts';
import { Known } from './known.ts';

interface Said {
  readonly at?: string;
  /** EVN-6 */
  readonly happened?: string;
  readonly mrn?: string;
  readonly pid?: Readonly<Record<number, string>>;
  readonly pv1?: Readonly<Record<number, string>>;
  readonly pv2?: Readonly<Record<number, string>>;
  readonly visit?: string | null;
  readonly more?: readonly string[];
}

const fields = (name: string, given: Readonly<Record<number, string>>): string => {
  const most = Math.max(...Object.keys(given).map(Number));
  return [name, ...Array.from({ length: most }, (_, i) => given[i + 1] ?? '')].join('|');
};
let sent = 0;
const adt = (trigger: string, said: Said = {}): string[] => {
  const { at = '20260105080000', happened = '', mrn = '4711', visit = 'V77' } = said;
  return [
    `MSH|^~\\&|ADT|NORTH|WF|SOUTH|${at}||ADT^${trigger}|C-${sent++}|P|2.5.1`,
    `EVN||${at}||||${happened}`,
    fields('PID', { 3: `${mrn}^^^NORTH^MR`, 5: 'Example^Alex', 7: '19400101', 8: 'U', 11: 'Street 1', ...said.pid }),
    ...(visit === null
      ? []
      : [fields('PV1', { 1: '1', 2: 'I', 3: '4W^12^A', 7: '1^Doctor^Dana', 19: visit, ...said.pv1 })]),
    ...(said.pv2 ? [fields('PV2', said.pv2)] : []),
    ...(said.more ?? []),
  ];
};
const one = <N extends EventName>(events: readonly CanonicalEvent[], name: N): EventData<N> => {
  const found = events.find((event) => event.name === name);
  assert.ok(found, `${name} among ${events.map((event) => event.name).join(', ')}`);
  return found.data as EventData<N>;
};
const HOUR = (hour: number): string => `2026010${hour < 24 ? 5 : 6}${String(hour % 24).padStart(2, '0')}0000`;
const NOW = { receivedAt: Date.UTC(2026, 0, 7) };

describe('an admission', () => {
  it('of a patient who is not known registers the patient as well', () => {
    const known = new Known();
    assert.deepEqual(known.names(adt('A01')), ['patient.registered', 'patient.admitted']);
    assert.deepEqual(known.names(adt('A01', { visit: 'V78' })), ['patient.admitted']);
  });

  it('has the same id when it is said again, and another for another stay', () => {
    const known = new Known();
    const idOf = (said: Said): string | undefined =>
      known.tell(adt('A01', said)).find(({ name }) => name === 'patient.admitted')?.id;
    const first = idOf({ pv1: { 44: HOUR(7) } });
    assert.equal(idOf({ pv1: { 44: HOUR(7) }, at: HOUR(9) }), first);
    assert.notEqual(idOf({ pv1: { 44: HOUR(8) } }), first);
    assert.notEqual(idOf({ pv1: { 44: HOUR(7) }, visit: 'V79' }), first);
  });

  it('without anything that names the stay is bound to its message', () => {
    const known = new Known();
    const ids = [known.tell(adt('A01', { visit: '' })), known.tell(adt('A01', { visit: '' }))].map(
      (events) => events.at(-1)?.id,
    );
    assert.notEqual(ids[0], ids[1]);
  });
});

describe('A04', () => {
  const cases: readonly (readonly [string, Said, readonly string[]])[] = [
    ['a visit of an outpatient', { pv1: { 2: 'O' } }, ['patient.registered', 'encounter.registered']],
    ['a visit to the emergency department', { pv1: { 2: 'E' } }, ['patient.registered', 'encounter.registered']],
    ['an admission', { pv1: { 2: 'I' } }, ['patient.registered', 'patient.admitted']],
    ['a stay that is expected', { pv1: { 2: 'P' } }, ['patient.registered', 'encounter.preadmitted']],
    ['mere registration, without a visit', { visit: null }, ['patient.registered']],
    ['mere registration, by its class', { pv1: { 2: 'N' } }, ['patient.registered']],
  ];
  for (const [what, said, names] of cases)
    it(`is ${what} by what PV1 says`, () => assert.deepEqual(new Known().names(adt('A04', said)), names));

  it('of a known patient registers nobody again', () => {
    const known = new Known();
    known.tell(adt('A28', { visit: null }));
    assert.deepEqual(known.names(adt('A04', { visit: null, at: HOUR(9) })), []);
  });
});

describe('A08', () => {
  const admitted = (): Known => {
    const known = new Known();
    known.tell(adt('A01', { at: HOUR(7) }));
    return known;
  };
  const a08 = (said: Said): string[] => adt('A08', { at: HOUR(9), ...said });

  it('that changes nothing states nothing', () => assert.deepEqual(admitted().names(a08({})), []));

  it('is what is different, with names of what changed', () => {
    const events = admitted().tell(a08({ pid: { 11: 'Street 2', 13: '555' }, pv1: { 7: '2^Other^Olga' } }));
    assert.deepEqual(
      events.map(({ name }) => name),
      ['patient.updated', 'encounter.updated'],
    );
    assert.deepEqual(one(events, 'patient.updated').changed, ['address', 'homePhone']);
    assert.deepEqual(one(events, 'encounter.updated').changed, ['attending']);
    assert.equal(one(events, 'patient.updated').derivedFrom, 'difference');
  });

  it('leaves alone what it leaves out, and sees what it empties', () => {
    assert.deepEqual(admitted().names(a08({ pid: { 11: '' } })), []);
    assert.deepEqual(one(admitted().tell(a08({ pid: { 11: '""' } })), 'patient.updated').changed, ['address']);
  });

  it('with another place is a transfer, from where to where', () => {
    const moved = one(admitted().tell(a08({ pv1: { 3: '5E^1^B' } })), 'patient.transferred');
    assert.deepEqual(
      [moved.from, moved.to],
      [
        { unit: '4W', room: '12', bed: 'A' },
        { unit: '5E', room: '1', bed: 'B' },
      ],
    );
  });

  it('with another patient class changes the class', () => {
    const { from, to } = one(admitted().tell(a08({ pv1: { 2: 'O' } })), 'encounter.class-changed');
    assert.deepEqual([from, to], ['I', 'O']);
  });

  it('tells a death once', () => {
    const known = admitted();
    assert.deepEqual(known.names(a08({ pid: { 29: '20260105083000', 30: 'Y' } })), ['patient.deceased']);
    assert.deepEqual(known.names(a08({ pid: { 30: 'Y' }, at: HOUR(10) })), []);
  });

  it('of a patient or visit that is not known says that something is, and not what', () => {
    assert.equal(one(new Known().tell(a08({})), 'encounter.updated').changed, null);
    assert.deepEqual(new Known().names(adt('A31', { visit: null })), ['patient.updated']);
  });

  it('that is older than what is known puts nothing back, and is told as late', () => {
    const known = admitted();
    known.tell(adt('A02', { at: HOUR(12), pv1: { 3: '5E^1^B' } }), NOW);
    known.tell(adt('A08', { at: HOUR(12), pid: { 11: 'Street 2' }, pv1: { 3: '5E^1^B' } }), NOW);
    const late = known.names(adt('A08', { at: HOUR(10) }), NOW);
    assert.deepEqual(late, ['patient.updated late']);
    assert.deepEqual(known.names(adt('A08', { at: HOUR(13), pid: { 11: 'Street 2' }, pv1: { 3: '5E^1^B' } }), NOW), []);
  });
});

describe('a transfer', () => {
  it('says from where, where that is known', () => {
    const known = new Known();
    known.tell(adt('A01'));
    assert.deepEqual(one(known.tell(adt('A02', { at: HOUR(9), pv1: { 3: '5E^1^B' } })), 'patient.transferred').from, {
      unit: '4W',
      room: '12',
      bed: 'A',
    });
    assert.equal(one(new Known().tell(adt('A02')), 'patient.transferred').from, null);
  });

  it('that comes after a later one is late, and leaves the patient where they are', () => {
    const known = new Known();
    known.tell(adt('A01', { at: HOUR(7) }), NOW);
    known.tell(adt('A02', { at: HOUR(12), pv1: { 3: '6N^1^C' } }), NOW);
    const late = known.tell(adt('A02', { at: HOUR(9), pv1: { 3: '5E^1^B' } }), NOW);
    assert.deepEqual(
      late.map(({ name, late: isLate }) => [name, isLate]),
      [['patient.transferred', true]],
    );
    assert.equal(one(late, 'patient.transferred').from, null);
    assert.deepEqual(one(known.tell(adt('A02', { at: HOUR(13), pv1: { 3: '7S' } }), NOW), 'patient.transferred').from, {
      unit: '6N',
      room: '1',
      bed: 'C',
    });
  });

  it('that was entered late is no late one: updates in between only restated the old place', () => {
    const known = new Known();
    known.tell(adt('A01', { at: HOUR(7) }), NOW);
    known.tell(adt('A08', { at: HOUR(9) }), NOW);
    const events = known.tell(adt('A02', { at: HOUR(10), happened: HOUR(8), pv1: { 3: '5E^1^B' } }), NOW);
    assert.deepEqual(
      events.map(({ name, late }) => [name, late]),
      [['patient.transferred', undefined]],
    );
    assert.deepEqual(known.names(adt('A08', { at: HOUR(11), pv1: { 3: '5E^1^B' } }), NOW), []);
  });

  it('of two patients who swap places is one of each', () => {
    const swap = [
      ...adt('A17', { mrn: '1', visit: 'V1' }),
      ...adt('A17', { mrn: '2', visit: 'V2', pv1: { 3: '5E^1^B' } }).slice(2),
    ];
    const events = new Known().tell(swap);
    assert.deepEqual(
      events.map(({ name }) => name),
      ['patient.transferred', 'patient.transferred'],
    );
    assert.notEqual(events[0]?.subject, events[1]?.subject);
  });
});

describe('a sender whose clock is ahead', () => {
  it('does not make all that follows look late', () => {
    const known = new Known();
    known.tell(adt('A01', { at: '20990101000000' }), { receivedAt: Date.UTC(2026, 0, 5, 8) });
    assert.deepEqual(
      known.names(adt('A02', { at: HOUR(9), pv1: { 3: '5E' } }), { receivedAt: Date.UTC(2026, 0, 5, 9, 1) }),
      ['patient.transferred'],
    );
  });
});

describe('what ends, is planned or is taken back', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['A03', ['patient.discharged']],
    ['A05', ['encounter.preadmitted']],
    ['A06', ['encounter.class-changed', 'patient.admitted']],
    ['A07', ['encounter.class-changed']],
    ['A11', ['admission.cancelled']],
    ['A12', ['transfer.cancelled']],
    ['A13', ['discharge.cancelled']],
    ['A14', ['encounter.preadmitted']],
    ['A16', ['discharge.planned']],
    ['A21', ['encounter.updated']],
    ['A22', ['encounter.updated']],
    ['A25', ['discharge.plan-cancelled']],
    ['A27', ['admission.cancelled']],
    ['A38', ['admission.cancelled']],
    ['A20', ['message.unmapped']],
    ['A99', ['message.unmapped']],
  ];
  for (const [trigger, names] of cases)
    it(`${trigger} is ${names.join(' and ')}`, () => {
      const known = new Known();
      known.tell(adt('A28', { at: HOUR(6), visit: null }));
      assert.deepEqual(known.names(adt(trigger)), names);
    });

  it('an old admission that comes after the discharge is late', () => {
    const known = new Known();
    known.tell(adt('A03', { at: HOUR(12), pv1: { 45: HOUR(12) } }), NOW);
    assert.deepEqual(known.names(adt('A01', { at: HOUR(7), pv1: { 44: HOUR(7) } }), NOW), ['patient.admitted late']);
  });
});

describe('a merge', () => {
  const MRG = 'MRG|4710^^^NORTH^MR';

  for (const trigger of ['A40', 'A34', 'A18', 'A30', 'A36', 'A39'])
    it(`${trigger} names who stays and who is not to be used any more`, () => {
      const events = new Known().tell(adt(trigger, { visit: null, more: [MRG] }));
      assert.deepEqual(
        events.map(({ name }) => name),
        ['patient.merged'],
      );
      const { patient, merged } = one(events, 'patient.merged');
      assert.deepEqual([patient.identifier?.value, merged.identifier?.value], ['4711', '4710']);
    });

  it('of several records is one event each; of one into itself, none', () => {
    const events = new Known().tell(
      adt('A40', { visit: null, more: [MRG, 'MRG|4709^^^NORTH^MR', 'MRG|4711^^^NORTH^MR'] }),
    );
    assert.equal(events.length, 2);
    assert.deepEqual(new Known().names(adt('A40', { visit: null })), ['message.unmapped']);
  });

  it('A47 replaces an identifier', () => {
    const events = new Known().tell(adt('A47', { visit: null, more: [MRG] }));
    assert.equal(one(events, 'patient.identifier-changed').previous?.identifier?.value, '4710');
  });
});
