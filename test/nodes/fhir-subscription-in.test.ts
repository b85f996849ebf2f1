import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { criteriaProblem } from '../../nodes/fhir-subscription-in/config.ts';
import { eventually } from '../kit/eventually.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0203';
const SYSTEM = 'http://hospital.example.org/mrn';
const typed = (code: string, value: string, system = SYSTEM): object => ({
  type: { coding: [{ system: V2, code }] },
  system,
  value,
});

describe('the node fhir subscription in', () => {
  let simulator: FhirSimulator;
  before(async () => {
    simulator = await FhirSimulator.start();
  });
  after(() => simulator.close());
  const runtime = usePalette(async () => {
    simulator ??= await FhirSimulator.start();
    return { ehr: simulator.base };
  });
  const view = () => runtime.engine.subscriptions.status()[0];
  const polled = (name: string): Promise<void> =>
    eventually('it polls', () => {
      runtime.clock.advance(0);
      return view()?.name === name && view()?.polledAt !== null;
    });
  /** Texts that the flow noted, once there are as many. */
  const noted = async (count: number): Promise<readonly string[]> => {
    let found: readonly string[] = [];
    await eventually('it is noted', async () => {
      runtime.catchUp();
      const records = await runtime.engine.store.audit.list({ type: 'flow.noted', limit: 100 });
      found = records.map(({ details }) => String(details['text'])).toReversed();
      return found.length >= count;
    });
    return found;
  };
  const note = (text: string): object => node('note', 'audit log', { text, textKind: 'jsonata', finish: true });
  const said =
    'topic & " " & fhir.reference & " " & fhir.versionId & " " & payload.status & " " & fhir.included.subject.id';

  it('sends one message for each change, with the resource as it is and what is read along, and says that it polls', async () => {
    const settings = { subscription: 'encounters', endpoint: 'c-ehr', include: ['subject'], pollMinutes: 1 };
    await runtime.deploy({
      flow: [
        ...frame('done'),
        node('watch', 'fhir subscription in', { ...settings, events: 'none' }, ['note']),
        note(said),
      ],
    });
    await polled('encounters');
    assert.equal(view()?.trouble?.code, 'subscription-unbound');
    simulator.put({ resourceType: 'Patient', id: 'p1' });
    simulator.put({ resourceType: 'Encounter', id: 'e1', status: 'planned', subject: { reference: 'Patient/p1' } });
    runtime.clock.advance(70_000);
    assert.deepEqual(await noted(1), ['Encounter created Encounter/e1 1 planned p1']);
    assert.equal(runtime.engine.intake.status().find(({ name }) => name === 'encounters')?.state, 'unbound');
    simulator.remove('Encounter/e1');
  });

  describe('with events', () => {
    const msh = (type: string, id: string): string =>
      `MSH|^~\\&|APP|NORTH|WF|SOUTH|20260105091000+0000||${type}|${id}|P|2.5.1`;
    const a02 = (id: string, bed: string): string =>
      [
        msh('ADT^A02', id),
        'EVN||20260105091000+0000||||20260105090000+0000',
        'PID|1||M77^^^NORTH^MR||Example^Alex',
        `PV1|1|I|${bed}${'|'.repeat(16)}V9`,
        '',
      ].join('\r');
    const map = JSON.stringify({
      kind: 'map',
      format: 1,
      name: 'identifier-systems',
      owner: { name: 'Test', contact: 'test@example.org' },
      source: 'Names of assigning authorities',
      target: 'urn:ietf:rfc:3986',
      rows: [{ from: 'NORTH', to: SYSTEM, relation: 'equivalent' }],
      unmapped: 'report',
    });
    const place = (id: string, name: string): void =>
      void simulator.put({
        resourceType: 'Location',
        id,
        name,
        physicalType: { coding: [{ code: 'wa' }] },
      });
    const located = (id: string, from: string): object[] => [
      { status: 'active', location: { reference: `Location/${id}` }, period: { start: from } },
    ];
    const admitted = (id: string, mrn: string, visit: string): string => {
      simulator.put({ resourceType: 'Patient', id: `p-${mrn}`, identifier: [typed('MR', mrn)] });
      return simulator.put({
        resourceType: 'Encounter',
        id,
        status: 'in-progress',
        class: { code: 'IMP' },
        identifier: [typed('VN', visit)],
        subject: { reference: `Patient/p-${mrn}` },
        period: { start: '2026-01-05T08:00:00Z' },
        location: located('w1', '2026-01-05T08:00:00Z'),
      });
    };
    const deploy = () =>
      runtime.deploy({
        flow: [
          ...frame('gate', { events: 'all' }),
          node('watch', 'fhir subscription in', { subscription: 'visits', endpoint: 'c-ehr', pollMinutes: 1 }, [
            'gate',
          ]),
          node('gate', 'idempotency gate', { gate: 'moves' }, ['note'], ['repeat'], ['other']),
          note('"through " & topic'),
          node('repeat', 'audit log', {
            text: '"repeat " & topic & " " & gate.why',
            textKind: 'jsonata',
            finish: true,
          }),
          node('other', 'audit log', { text: '"other " & topic', textKind: 'jsonata', finish: true }),
        ],
        files: { 'maps/identifier-systems.json': map },
      });
    const fresh = async (): Promise<number> =>
      (await runtime.engine.store.audit.list({ type: 'flow.noted', limit: 100 })).length;

    it('sends one message for each event, also of versions that followed each other between two polls', async () => {
      place('w1', '4W');
      place('w2', '5E');
      await deploy();
      await polled('visits');
      const start = await fresh();
      const reference = admitted('e7', 'M70', 'V7');
      simulator.change(reference, { location: located('w2', '2026-01-05T09:30:00Z') });
      simulator.change(reference, {
        status: 'finished',
        period: { start: '2026-01-05T08:00:00Z', end: '2026-01-06T10:00:00Z' },
      });
      runtime.clock.advance(70_000);
      assert.deepEqual((await noted(start + 3)).slice(start), [
        'through patient.admitted',
        'through patient.transferred',
        'through patient.discharged',
      ]);
    });

    it('lets one of two through that tell the same from HL7 and from FHIR, whichever comes first', async () => {
      const start = await fresh();
      const sent = await runtime.sendAndSettle(a02('T1', '5E'));
      assert.deepEqual(ends(sent), ['done']);
      const reference = admitted('e9', 'M77', 'V9');
      simulator.change(reference, { location: located('w2', '2026-01-05T09:00:00Z') });
      runtime.clock.advance(70_000);
      const texts = (await noted(start + 3)).slice(start);
      assert.equal(texts[0], 'through patient.transferred');
      assert.deepEqual(
        texts
          .slice(1)
          .map((text) => text.split(' ').slice(0, 2).join(' '))
          .toSorted(),
        ['repeat patient.transferred', 'through patient.admitted'],
      );
      assert.ok(texts.some((text) => text.includes('came from the other side')));
      // The other way round.
      const other = admitted('e10', 'M78', 'V10');
      runtime.clock.advance(70_000);
      await noted(start + 4);
      simulator.change(other, { location: located('w2', '2026-01-05T09:00:00Z') });
      runtime.clock.advance(70_000);
      await noted(start + 5);
      const again = await runtime.sendAndSettle(a02('T2', '5E').replace('M77', 'M78').replace('V9', 'V10'));
      assert.deepEqual(ends(again), ['done']);
      const last = (await noted(start + 6)).slice(start + 3);
      assert.deepEqual(
        last.map((text) => text.split(' ').slice(0, 2).join(' ')),
        ['through patient.admitted', 'through patient.transferred', 'repeat patient.transferred'],
      );
    });
  });

  it('takes search parameters as criteria, and none that the poll sets itself', () => {
    for (const good of [
      '',
      'status=in-progress',
      'status=planned,arrived&class=IMP',
      '_has:Observation:patient:code=1',
    ])
      assert.equal(criteriaProblem(good), null, good);
    for (const bad of ['status', 'Encounter?status=x', 'a=1&a=2', '_lastUpdated=ge2020', '_sort=x', 'a=b#c', 'a=b c'])
      assert.equal(criteriaProblem(bad), 'kit.problem.criteria', bad);
  });
});
