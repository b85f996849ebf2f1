/** A merge between two results: tasks, ladders, alerts and the EHR's copies follow the surviving number, and nothing comes twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { IdentityFinding, TaskActor, WorkflowTask } from '../../engine/index.ts';
import { alertPolicy } from '../kit/checked-definition.ts';
import { eventually } from '../kit/eventually.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { identityFiles } from '../kit/identity-files.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';
import { frame, node, usePalette } from '../kit/palette-runtime.ts';

const ANA: TaskActor = { actor: 'user:ana', via: 'console' };
const SYSTEM = 'urn:test:mrn';
const policy = alertPolicy({
  tiers: [{ name: 'page', when: 'event.data.value > 6', to: { role: 'doctor' }, channels: ['console'] }],
  groupBy: ['event.subject', 'event.data.code'],
  coolDown: 'PT30M',
});
const ladder = {
  kind: 'ladder',
  format: 1,
  name: 'critical',
  owner: { name: 'Test', contact: 't@example.org' },
  steps: [{ after: 'PT5M', to: { role: 'nurse' }, channel: 'console', text: 'Look' }],
  exhausted: 'keep-last',
  stopOn: ['acknowledged', 'completed', 'cancelled'],
};
const merge = (prior: string, survivor: string, id: string, time = '20260105090000+0000'): string =>
  [
    `MSH|^~\\&|ADT|NORTH|WARDFLOW|NORTH|${time}||ADT^A40^ADT_A39|${id}|P|2.5.1`,
    `EVN|A40|${time}`,
    `PID|1||${survivor}^^^NORTH^MR||Example^Alex^^^^^L||19700101|U`,
    `MRG|${prior}^^^NORTH^MR`,
    '',
  ].join('\r');

/** The order is the laboratory's, whatever number the patient has. */
const result = (id: string, patient: string, value: string, over: { code?: string; dob?: string } = {}): string =>
  oru({ controlId: id, patient, observations: [{ ...potassium(value), code: over.code ?? '2823-3' }] })
    .replaceAll(`P${id}|F${id}`, 'P1|F1')
    .replace('19700101', over.dob ?? '19700101');

const flow = [
  ...frame('gate', { types: ['ORU'] }),
  node('gate', 'idempotency gate', { gate: 'results', keyFrom: 'event' }, ['make'], ['repeat'], ['changed']),
  node(
    'make',
    'task create',
    {
      task: 'review',
      title: 'Review',
      role: 'nurse',
      about: 'event.businesskey',
      endpoint: 'c-ehr',
      patient: `{ "identifier": { "system": "${SYSTEM}", "value": event.data.patient.identifier.value } }`,
      patientKind: 'jsonata',
    },
    ['ladder'],
    ['done'],
  ),
  node(
    'ladder',
    'escalation timer',
    {
      mode: 'start',
      escalation: 'critical',
      ladder: 'critical',
      ladderKind: 'str',
      title: 'Look',
      titleKind: 'str',
      lane: 'urgent',
      laneKind: 'str',
      task: 'task.id',
      taskKind: 'msg',
      fact: 'event.businesskey',
    },
    ['page'],
    ['done'],
    ['done'],
  ),
  node('page', 'alert', { alert: 'page', policy: 'pages', title: 'Page', finish: true }),
  node('repeat', 'audit log', { text: 'repeat', finish: true }),
  node('changed', 'task update', { task: 'review', mode: 'find', about: 'event.businesskey' }, ['found']),
  node('found', 'escalation timer', { mode: 'find', escalation: 'critical', fact: 'event.businesskey' }, ['note']),
  node('note', 'audit log', {
    text: '"found " & $count(tasks) & " tasks, ladder " & escalation.state & ", " & identity.verdict',
    textKind: 'jsonata',
    finish: true,
  }),
];

describe('patient identity in a running flow', () => {
  let ehr: FhirSimulator;
  const runtime = usePalette(async () => {
    ehr = await FhirSimulator.start();
    return { ehr: ehr.base };
  });
  const deploy = (more: object = {}): Promise<unknown> =>
    runtime.deploy({
      flow,
      alerts: [{ ...policy, name: 'pages' }],
      ladders: [ladder],
      files: identityFiles(more),
      intent: { sends: { ehr: { Task: ['for', 'code', 'description'] } } },
    });
  const notes = async (id: string): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const tasksOf = async (id: string): Promise<readonly WorkflowTask[]> =>
    (await runtime.engine.store.tasks.list({ messageId: id })).tasks;

  it('lets everything follow the surviving number', async () => {
    await deploy();
    const { store, tasks } = runtime.engine;
    const first = await runtime.sendAndSettle(result('R1', 'OLD1', '6.9'));
    const [task] = await tasksOf(first.id);
    assert.ok(task);
    runtime.engine.ehrCopies.start();
    const copied = async (): Promise<unknown> => {
      const { reference } = (await store.tasks.get(task.id))?.ehr ?? {};
      return reference ? (JSON.parse(ehr.textOf(reference)) as Record<string, unknown>)['for'] : undefined;
    };
    const names = (value: string): object => ({ identifier: { system: SYSTEM, value } });
    await eventually('the copy is written', async () => {
      runtime.clock.advance(1000);
      return (await copied()) !== undefined;
    });
    assert.deepEqual(await copied(), names('OLD1'));

    await runtime.sendAndSettle(merge('OLD1', 'NEW1', 'M1'));
    await eventually('the copy follows', async () => {
      runtime.clock.advance(1000);
      return JSON.stringify(await copied()) === JSON.stringify(names('NEW1'));
    });
    const lines = (await store.tasks.events(task.id)).filter(({ kind }) => kind === 'commented');
    assert.equal(lines.length, 1, 'one line in the timeline');

    const repeat = await runtime.sendAndSettle(result('R2', 'NEW1', '6.9'));
    assert.deepEqual(await notes(repeat.id), ['repeat'], 'the same result under the new number');
    const changed = await runtime.sendAndSettle(result('R3', 'NEW1', '7.1').replaceAll('||F|', '||C|'));
    assert.deepEqual(await notes(changed.id), ['found 1 tasks, ladder open, matched']);
    const late = await runtime.sendAndSettle(result('R4', 'OLD1', '6.8', { code: '2951-2' }));
    const [other] = await tasksOf(late.id);
    const person = await runtime.engine.identities.person(other?.patient ?? '');
    assert.deepEqual(
      person?.keys.map(({ key }) => key),
      [(await store.identities.person(task.patient ?? ''))?.survivor, task.patient],
    );
    const all = await store.tasks.list({ patients: person?.keys.map(({ key }) => key) ?? [] });
    assert.deepEqual(new Set(all.tasks.map(({ id }) => id)), new Set([task.id, other?.id]));

    const again = (await store.tasks.get(task.id)) ?? assert.fail('it is gone');
    await tasks.claim(again.id, again.version, 'ana', ANA);
    await eventually('the ladder has ended', async () => {
      runtime.catchUp();
      return (await store.escalations.list({ task: task.id }))[0]?.state === 'acknowledged';
    });
  });

  it('makes one page of a critical result before a merge and one after it', async () => {
    await deploy();
    const { store } = runtime.engine;
    await runtime.sendAndSettle(result('P1', 'OLD2', '6.9'));
    await runtime.sendAndSettle(merge('OLD2', 'NEW2', 'M2'));
    const second = await runtime.sendAndSettle(result('P2', 'NEW2', '7.0').replaceAll('P1|F1', 'P2|F2'));
    const [held] = await store.alerts.heldBackList({ messageId: second.id });
    assert.equal(held?.because, 'joined');
    assert.equal((await store.alerts.list({ messageId: second.id })).length, 0);
  });

  it('tells events of the survivor with the number that was stated, the same each time', async () => {
    await deploy();
    await runtime.sendAndSettle(merge('OLD3', 'NEW3', 'M3'));
    const sent = await runtime.sendAndSettle(result('S1', 'OLD3', '5'));
    const [task] = await tasksOf(sent.id);
    assert.ok(task);
    const { event } = task.carry as { readonly event: Readonly<Record<string, unknown>> };
    const stated = String(event['statedsubject']);
    const { survivor } = (await runtime.engine.identities.person(stated)) ?? {};
    assert.ok(survivor !== undefined && stated !== survivor);
    assert.deepEqual([event['subject'], event['partitionkey'], event['statedsubject']], [survivor, survivor, stated]);
    assert.ok(!('formerly' in event), 'what it was called before is no part of it');
    assert.equal(task.patient, stated, 'a task keeps what was stated');
  });

  it('asks a person where a date of birth differs, and holds the message where that is said', async () => {
    await runtime.deploy({
      flow,
      alerts: [{ ...policy, name: 'pages' }],
      ladders: [ladder],
      files: identityFiles({ unsure: 'hold', findBy: [] }),
      intent: {
        sends: { ehr: { Task: ['for'] } },
        fallback: { when: ['incomplete-data'], mode: 'manual-review', queue: 'registration', text: 'Ask.' },
      },
    });
    const { store, identities, fallbacks } = runtime.engine;
    const declared = { definition: 'lab', version: '1', title: 'Test', serviceLine: null, text: 'Ask.' };
    fallbacks.declare([
      {
        ...declared,
        mode: 'manual-review',
        queue: 'registration',
        when: ['incomplete-data'],
        triggers: [{ kind: 'incomplete-data' }],
      },
    ]);
    await runtime.sendAndSettle(result('H1', 'HOLD', '6.9'));
    const held = await runtime.send(result('H2', 'HOLD', '6.9', { code: '2951-2', dob: '19510505' }));
    await eventually('it is held', async () => (await fallbacks.held({})).items.some((one) => one.messageId === held));
    assert.deepEqual(await tasksOf(held).then((all) => all.filter(({ name }) => name === 'review')), []);
    const [question] = await store.identities.questions({ messageId: held });
    assert.deepEqual([question?.kind, question?.elements, question?.messageId], ['overlay', ['birthDate'], held]);
    assert.ok(question);
    const by = { by: 'user:ana', reason: 'corrected at the desk' };
    await assert.rejects(identities.answer(question.id, question.version, { same: true }, { ...by, reason: ' ' }), {
      code: 'identity-reason-wrong',
    });
    await identities.answer(question.id, question.version, { same: true }, by);
    await assert.rejects(identities.answer(question.id, question.version, { same: false }, by), {
      code: 'identity-stale',
    });
    const [item] = (await fallbacks.held({})).items.filter((one) => one.messageId === held);
    await fallbacks.decide([item?.workId ?? ''], 'process', { actor: 'user:ana', reason: 'answered' });
    await runtime.settled(held);
    assert.equal((await store.identities.finding(held))?.verdict, 'matched');
    assert.equal((await tasksOf(held)).filter(({ name }) => name === 'review').length, 1);
  });

  it('tells results that come right behind a merge of the survivor, by whatever connection', async () => {
    await deploy({ findBy: [] });
    const { store, intake, identities } = runtime.engine;
    // Of some of them the same is said for the third time then: nothing would have to be asked of the store.
    for (let n = 0; n < 20; n++) await runtime.sendAndSettle(result(`BK${n}`, `BOLD${Math.floor(n / 2)}`, '5'));
    const listening = (): number => intake.status().find(({ state }) => state === 'listening')?.port ?? 0;
    await eventually('it listens', () => Promise.resolve(listening() > 0));
    const [one, other] = [await MllpPeer.open(listening()), await MllpPeer.open(listening())];
    const before = new Set((await store.journal.list({ limit: 500 })).map(({ id }) => id));
    // The work of the merges comes last: what it would do must have been done before.
    const worked = Promise.withResolvers<void>();
    const plain = identities.ofHl7.bind(identities);
    const found = new Map<string, IdentityFinding>();
    identities.ofHl7 = async (id, message, ...more) => {
      if (message.get('MSH-9.1') === 'ADT') await worked.promise;
      const finding = await plain(id, message, ...more);
      found.set(id, finding);
      return finding;
    };
    try {
      for (let n = 0; n < 50; n++) {
        // The one result does not wait for the merge's answer, the other for its answer alone.
        one.frame(merge(`BOLD${n}`, `BNEW${n}`, `BM${n}`));
        one.frame(result(`BR${n}`, `BOLD${n}`, '5'));
        await one.wait(2 * n + 1);
        if (n % 10 === 0) other.frame(result(`BS${n}`, `BOLD${n}`, '5', { code: '2951-2' }));
      }
      await Promise.all([one.wait(100), other.wait(5)]);
      const all = await store.journal.list({ limit: 500 });
      const sent = all.filter(({ id, type }) => !before.has(id) && type === 'ORU^R01');
      assert.equal(sent.length, 55);
      for (const { id } of sent) {
        await runtime.settled(id);
        const { survivors = {} } = found.get(id) ?? {};
        assert.equal(Object.keys(survivors).length, 1, 'the number that is used now is known');
      }
    } finally {
      identities.ofHl7 = plain;
      worked.resolve();
      one.close();
      other.close();
    }
  });

  it('points back when a merge is taken back', async () => {
    await deploy();
    const { store, identities } = runtime.engine;
    const first = await runtime.sendAndSettle(result('U1', 'OLD5', '6.9'));
    const merged = await runtime.sendAndSettle(merge('OLD5', 'NEW5', 'M5'));
    const [task] = await tasksOf(first.id);
    await eventually(
      'it follows',
      async () => (await store.tasks.get(task?.id ?? ''))?.copy?.for?.identifier?.value === 'NEW5',
    );
    const [link] = await store.identities.links({ messageId: merged.id });
    await identities.undo(link?.id ?? '', link?.version ?? 0, { by: 'user:ana', reason: 'wrong record' });
    assert.equal((await store.tasks.get(task?.id ?? ''))?.copy?.for?.identifier?.value, 'OLD5');
    assert.equal((await identities.person(task?.patient ?? ''))?.survivor, task?.patient);
  });

  it('is caught up with by a start where a process ended between a merge and what follows from it', async () => {
    await deploy();
    const { store, identities, clock } = runtime.engine;
    const first = await runtime.sendAndSettle(result('U2', 'OLD6', '6.9'));
    const merged = await runtime.sendAndSettle(merge('OLD6', 'NEW6', 'M6'));
    const [task] = await tasksOf(first.id);
    const named = async (): Promise<unknown> => (await store.tasks.get(task?.id ?? ''))?.copy?.for?.identifier?.value;
    await eventually('it follows', async () => (await named()) === 'NEW6');
    const [link] = await store.identities.links({ messageId: merged.id });
    // Kept, and nothing of what the service does next.
    const by = { by: 'user:ana', reason: 'wrong record', at: clock.now() };
    assert.equal(await store.identities.undo(link?.id ?? '', link?.version ?? 0, by), 'kept');
    assert.equal(await named(), 'NEW6');
    await identities.start();
    assert.equal(await named(), 'OLD6');
    const { version } = (await store.tasks.get(task?.id ?? '')) ?? {};
    await identities.start();
    assert.equal((await store.tasks.get(task?.id ?? ''))?.version, version, 'nothing is said twice');
  });
});
