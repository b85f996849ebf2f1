/** Patients of a FHIR server: their numbers, their merges, and the events of what is about them. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statedKey } from '../../engine/events/envelope.ts';
import { eventually } from '../kit/eventually.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { identityFiles } from '../kit/identity-files.ts';
import { frame, node, usePalette } from '../kit/palette-runtime.ts';

const SYSTEM = 'http://hospital.example.org/mrn';
const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0203';
const number = (value: string): object => ({ type: { coding: [{ system: V2, code: 'MR' }] }, system: SYSTEM, value });
const keyOf = (value: string): string => statedKey({ authority: 'NORTH', value });
/** As it is noted. */
const short = (value: string): string => keyOf(value).slice(0, 12);
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
const watch = (id: string, subscription: string, resourceType: string, events = 'all'): object =>
  node(id, 'fhir subscription in', { subscription, endpoint: 'c-ehr', resourceType, events, pollMinutes: 1 }, ['note']);
const NOTE = [
  'topic',
  '$substring(event.subject, 0, 12)',
  '(event.statedsubject ? $substring(event.statedsubject, 0, 12) : "-")',
  '$count(identity.formerly)',
  'identity.verdict',
].join(' & " " & ');

describe('patient identity on the FHIR side', () => {
  let ehr: FhirSimulator;
  const runtime = usePalette(async () => {
    ehr = await FhirSimulator.start();
    return { ehr: ehr.base };
  });
  const deploy = (more: object, events = 'all', intent: object = {}): Promise<unknown> =>
    runtime.deploy({
      flow: [
        ...frame('note', { types: ['ORU'] }),
        watch('patients', 'patients', 'Patient', events),
        watch('visits', 'visits', 'Encounter'),
        node('note', 'audit log', { text: NOTE, textKind: 'jsonata', finish: true }),
      ],
      files: { ...identityFiles({ findBy: [], ...more }), 'maps/identifier-systems.json': map },
      intent,
    });
  const polled = (): Promise<void> =>
    eventually('both poll', () => {
      runtime.clock.advance(0);
      const all = runtime.engine.subscriptions.status();
      return all.length === 2 && all.every(({ polledAt }) => polledAt !== null);
    });
  const texts = async (): Promise<readonly string[]> =>
    (await runtime.engine.store.audit.list({ type: 'flow.noted', limit: 500 })).map(({ details }) =>
      String(details['text']),
    );
  /** What is noted of the next polls, once something of them is. */
  const next = async (topic: string, change: () => void): Promise<string> => {
    const before = (await texts()).length;
    change();
    runtime.clock.advance(70_000);
    let found: string | undefined;
    await eventually(`${topic} is noted`, async () => {
      runtime.catchUp();
      found = (await texts())
        .toReversed()
        .slice(before)
        .find((text) => text.startsWith(topic));
      return found !== undefined;
    });
    return (found ?? '').slice(topic.length + 1);
  };
  const patient = (id: string, mrn: string, more: object = {}): string =>
    ehr.put({ resourceType: 'Patient', id, active: true, identifier: [number(mrn)], birthDate: '1970-01-01', ...more });
  const visit = (id: string, of: string, more: object = {}): string =>
    ehr.put({
      resourceType: 'Encounter',
      id,
      status: 'in-progress',
      class: { code: 'IMP' },
      subject: { reference: `Patient/${of}` },
      period: { start: '2026-01-05T08:00:00Z' },
      ...more,
    });
  const merged = (gone: string, survivor: string): void =>
    ehr.change(gone, {
      active: false,
      link: [{ other: { reference: survivor }, type: 'replaced-by' }],
    });
  const result = (id: string, mrn: string): string =>
    oru({ controlId: id, patient: mrn, observations: [potassium('5')] });

  it('knows a patient by what is read along, and takes a merge of the server for one', async () => {
    await deploy({});
    await polled();
    const admitted = await next('patient.admitted', () => {
      patient('p1', 'F-OLD');
      patient('p2', 'F-NEW');
      visit('e1', 'p1');
    });
    assert.match(admitted, new RegExp(`^${short('F-OLD')} - 0 (new|matched)$`));
    const told = await next('patient.merged', () => merged('Patient/p1', 'Patient/p2'));
    assert.equal(told, `${short('F-NEW')} - 1 matched`);
    assert.equal((await runtime.engine.identities.person(keyOf('F-OLD')))?.survivor, keyOf('F-NEW'));
    const [link] = await runtime.engine.store.identities.links({});
    assert.deepEqual([link?.kind, link?.prior, link?.survivor], ['merged', keyOf('F-OLD'), keyOf('F-NEW')]);

    const discharged = await next('patient.discharged', () =>
      ehr.change('Encounter/e1', {
        status: 'finished',
        period: { start: '2026-01-05T08:00:00Z', end: '2026-01-06T10:00:00Z' },
      }),
    );
    assert.equal(
      discharged,
      `${short('F-NEW')} ${short('F-OLD')} 1 matched`,
      'a visit that still names the old record',
    );
    await runtime.sendAndSettle(result('FR1', 'F-OLD'));
    assert.match(
      (await texts())[0] ?? '',
      new RegExp(` ${short('F-NEW')} ${short('F-OLD')} 1 matched$`),
      'HL7 as well',
    );
  });

  it('takes note of a merge also where the flow wants no events', async () => {
    await deploy({}, 'none');
    await polled();
    await next('Patient', () => {
      patient('p5', 'N-OLD');
      patient('p6', 'N-NEW');
    });
    await next('Patient', () => merged('Patient/p5', 'Patient/p6'));
    await eventually('it is noted', async () => {
      runtime.catchUp();
      return (await runtime.engine.identities.person(keyOf('N-OLD')))?.survivor === keyOf('N-NEW');
    });
  });

  it('holds a change until a person has said whose it is, and tells it of whoever that is', async () => {
    const declared = { mode: 'manual-review', queue: 'registration', text: 'Ask.', when: ['incomplete-data'] } as const;
    await deploy({ unsure: 'hold' }, 'all', { fallback: declared });
    const { fallbacks, identities, store } = runtime.engine;
    fallbacks.declare([
      {
        ...declared,
        definition: 'lab',
        version: '1',
        title: 'Test',
        serviceLine: null,
        triggers: [{ kind: 'incomplete-data' }],
      },
    ]);
    await polled();
    await runtime.sendAndSettle(result('FR2', 'H1'));
    const held = async () => (await fallbacks.held({})).items;
    patient('p9', 'H1', { birthDate: '1951-05-05' });
    runtime.clock.advance(70_000);
    await eventually('it is held', async () => {
      runtime.catchUp();
      return (await held()).length === 1;
    });
    const before = (await texts()).length;
    const [question] = await store.identities.questions({ states: ['open'] });
    assert.deepEqual([question?.kind, question?.elements], ['overlay', ['birthDate']]);
    const by = { by: 'user:ana', reason: 'corrected at the desk' };
    await identities.answer(question?.id ?? '', question?.version ?? 0, { same: true }, by);
    const [item] = await held();
    await fallbacks.decide([item?.workId ?? ''], 'process', { actor: 'user:ana', reason: 'answered' });
    await eventually('it is told', async () => {
      runtime.catchUp();
      return (await texts()).length > before;
    });
    assert.equal((await texts())[0], `patient.registered ${short('H1')} - 0 matched`);
  });
});
