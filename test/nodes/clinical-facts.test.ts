/** One fact, many messages: what reaches the EHR. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { startFaultyProxy, type LocalHttpServer } from '../kit/local-http-server.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const SENT = '20260105081500+0000';
/** Results of one order, each `[code, value, status, flag]`. */
function results(controlId: string, filler: string, rows: readonly (readonly string[])[], sent = SENT): string {
  return [
    `MSH|^~\\&|LAB|NORTH|WARDFLOW|NORTH|${sent}||ORU^R01^ORU_R01|${controlId}|P|2.5.1`,
    `PID|1||${filler}^^^NORTH^MR||Example^Alex||19700101|U`,
    `OBR|1|P${filler}|${filler}|24323-8^Panel^LN|||${SENT}|||||||||||||||${SENT}|||F`,
    ...rows.map(
      ([code, value, status, flag = ''], at) =>
        `OBX|${at + 1}|NM|${code}^Test^LN||${value}|mmol/L||${flag}|||${status}|||${SENT}`,
    ),
    '',
  ].join('\r');
}
const POTASSIUM = '2823-3';
const SODIUM = '2951-2';

describe('clinical facts', () => {
  let sandbox: Sandbox;
  let proxy: LocalHttpServer;
  let hold: Promise<void> | undefined;
  let creates = 0;
  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    proxy = await startFaultyProxy(
      new URL(sandbox.url).origin,
      () => 'pass',
      () => Promise.resolve(),
      async (request) => {
        if (request.method !== 'POST') return;
        creates++;
        await hold;
      },
    );
  });
  after(async () => {
    await proxy.close();
    await sandbox.close();
  });
  const runtime = usePalette(async () => ({ ehr: `${proxy.origin}/fhir` }));

  const write = (id: string, effect: string, code: string, more: object = {}): object =>
    node(id, 'fhir write', {
      effect,
      endpoint: 'c-ehr',
      resourceType: 'Task',
      resource: `{ "status": "requested", "intent": "order", "code": { "text": "${code}" }, "description": payload.fields.\`OBR-3\` }`,
      finish: true,
      ...more,
    });
  const only = (name: string, to: string): object =>
    node(
      'only',
      'switch',
      {
        property: 'event.name',
        propertyType: 'msg',
        rules: [{ t: 'eq', v: name, vt: 'str' }, { t: 'else' }],
        checkall: 'false',
        outputs: 2,
      },
      [to],
      ['done'],
    );
  /** `gate` -> 1: Task `act`, 2: nothing, 3: Task `follow up`. */
  const gated = (ids: { gate?: string; act?: string } = {}, name = ''): readonly object[] => [
    ...frame(ids.gate ?? 'gate'),
    node(ids.gate ?? 'gate', 'idempotency gate', { gate: 'results', name }, ['only'], ['done'], ['follow']),
    only('lab.result.critical', ids.act ?? 'act'),
    write(ids.act ?? 'act', 'task', 'act', { name }),
    write('follow', 'follow-up', 'follow up', { discriminator: 'event.businesskey' }),
  ];
  const tasks = async (filler: string): Promise<string[]> => {
    const answer = await fetch(`${sandbox.url}/Task?_count=200`);
    const bundle = (await answer.json()) as {
      entry?: readonly { resource: { code?: { text?: string }; description?: string } }[];
    };
    return (bundle.entry ?? [])
      .filter(({ resource }) => resource.description === filler)
      .map(({ resource }) => resource.code?.text ?? '')
      .toSorted();
  };

  it('two critical OBX in one ORU give two Tasks', async () => {
    await runtime.deploy({ flow: gated() });
    const rows = [
      [POTASSIUM, '7.1', 'F', 'HH'],
      [SODIUM, '110', 'F', 'LL'],
    ];
    assert.deepEqual(ends(await runtime.sendAndSettle(results('F1', 'F1', rows))), ['done']);
    assert.deepEqual(await tasks('F1'), ['act', 'act']);
  });

  it('the same result from another message, or the same message again, gives no second Task', async () => {
    await runtime.deploy({ flow: gated() });
    const rows = [[POTASSIUM, '7.1', 'F', 'HH']];
    const first = results('F2a', 'F2', rows);
    await runtime.sendAndSettle(first);
    await runtime.sendAndSettle(results('F2b', 'F2', rows, '20260105090000+0000'));
    const again = await runtime.send(first);
    assert.equal((await runtime.engine.store.journal.get(again))?.state, 'resend');
    assert.deepEqual(await tasks('F2'), ['act']);
  });

  it('a correction after a critical result is followed up, and is no second Task of the same kind', async () => {
    await runtime.deploy({ flow: gated() });
    await runtime.sendAndSettle(results('F3a', 'F3', [[POTASSIUM, '7.1', 'F', 'HH']]));
    await runtime.sendAndSettle(results('F3b', 'F3', [[POTASSIUM, '7.4', 'C', 'HH']]));
    const twice = ['act', 'follow up', 'follow up'];
    assert.deepEqual(await tasks('F3'), twice, 'the value, and that it is critical');
    await runtime.sendAndSettle(results('F3c', 'F3', [[POTASSIUM, '4.1', 'C']]));
    assert.deepEqual(await tasks('F3'), [...twice, 'follow up']);
    await runtime.sendAndSettle(results('F3d', 'F3', [[POTASSIUM, '4.1', 'C']], '20260105100000+0000'));
    assert.deepEqual(await tasks('F3'), [...twice, 'follow up'], 'the correction again');
  });

  it('a preliminary result that becomes final goes on as an update of the same fact', async () => {
    const kinds = node('kinds', 'audit log', {
      text: 'gate.kind & " " & gate.because',
      textKind: 'jsonata',
      finish: true,
    });
    await runtime.deploy({
      flow: [
        ...frame('gate'),
        node('gate', 'idempotency gate', { gate: 'stages' }, ['kinds'], ['done'], ['failed']),
        kinds,
      ],
    });
    const said: unknown[] = [];
    for (const [nth, status] of ['P', 'F', 'F'].entries()) {
      const { id, work } = await runtime.sendAndSettle(results(`F4${nth}`, 'F4', [[POTASSIUM, '5.1', status]]));
      assert.deepEqual(ends({ id, work }), ['done']);
      const notes = await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' });
      said.push(notes.map(({ details }) => details['text']));
    }
    assert.deepEqual(said, [['new first-seen'], ['update stage-advanced'], []]);
  });

  it('A08 after A01 is a correction, and a repeat where it says nothing else', async () => {
    const kinds = node('kinds', 'audit log', { text: 'gate.kind', textKind: 'jsonata', finish: true });
    await runtime.deploy({
      flow: [
        ...frame('gate'),
        node('gate', 'idempotency gate', { gate: 'stays' }, ['kinds'], ['kinds'], ['kinds']),
        kinds,
      ],
    });
    const said: unknown[] = [];
    for (const [trigger, id, unit] of [
      ['A01', 'F5a', '4W'],
      ['A08', 'F5b', '4W'],
      ['A08', 'F5c', '5W'],
    ] as const) {
      const sent = await runtime.sendAndSettle(adt(trigger, id, 'F5', unit));
      const notes = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
      said.push(...notes.map(({ details }) => details['text']));
    }
    assert.deepEqual(said, ['new', 'repeat', 'correction']);
  });

  it('renaming or re-pasting nodes repeats nothing: the gate remembers, and effects keep', async () => {
    const rows = [[POTASSIUM, '7.1', 'F', 'HH']];
    await runtime.deploy({ flow: gated({}, 'one') });
    await runtime.sendAndSettle(results('F6a', 'F6', rows));
    await runtime.deploy({ flow: gated({ gate: 'pasted-gate', act: 'pasted-act' }, 'another name') });
    await runtime.sendAndSettle(results('F6b', 'F6', rows));
    assert.deepEqual(await tasks('F6'), ['act'], 'the gate');
    const failsAfter = gated({}, 'one').map((one) =>
      (one as { id: string }).id === 'act' ? { ...one, finish: false, wires: [['after']] } : one,
    );
    const after = node('after', 'message failed', { failureClass: 'permanent', reason: 'x' });
    await runtime.deploy({ flow: [...failsAfter, after] });
    const dead = await runtime.sendAndSettle(results('F6c', 'F6x', rows));
    assert.deepEqual(ends(dead), ['dead permanent flow-failed']);
    await runtime.deploy({ flow: gated({ gate: 'third-gate', act: 'third-act' }, 'third name') });
    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {}, reason: 'mended' };
    await runtime.engine.store.work.redrive(dead.work[0]?.id ?? '', runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    await eventually('it is done', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(dead.id))?.state === 'done';
    });
    assert.deepEqual(await tasks('F6x'), ['act'], 'the effect');
  });

  it('a promotion between send and settle gives one effect, at the version that it ended with', async () => {
    await runtime.deploy({ flow: gated({}, 'one') });
    let letGo: () => void = () => undefined;
    hold = new Promise((resolve) => (letGo = resolve));
    const before = creates;
    const id = await runtime.send(results('F7', 'F7', [[POTASSIUM, '7.1', 'F', 'HH']]));
    await eventually('the server has it', () => creates > before);
    const first = runtime.services.definitionOf({ id: 'act', z: 'tab' })?.version;
    const next = await runtime.deploy({ flow: gated({ gate: 'moved', act: 'moved-act' }, 'another') });
    assert.notEqual(next.version, first);
    hold = undefined;
    letGo();
    await eventually('it is done', async () => {
      runtime.clock.advance(1000);
      return (await runtime.engine.store.journal.get(id))?.state === 'done';
    });
    assert.deepEqual(await tasks('F7'), ['act']);
    const [work] = await runtime.engine.store.work.ofMessage(id);
    assert.deepEqual(
      work?.attempts.map(({ outcome }) => outcome),
      ['retry', 'done'],
    );
    assert.equal(work?.attempts[1]?.version, next.version);
    assert.equal(work.pinnedVersion, first, 'its rules are those it began with');
    const effects = await runtime.engine.store.effects.ofMessage(id);
    assert.deepEqual(
      effects.map(({ name, state }) => [name, state]),
      [['task', 'done']],
    );
  });

  it('a copy of a message that ended as a dead letter is let through', async () => {
    const rows = [[POTASSIUM, '7.1', 'F', 'HH']];
    const broken = gated().map((one) =>
      (one as { id: string }).id === 'act' ? { ...one, resource: '{ "nothing": ' } : one,
    );
    await runtime.deploy({ flow: broken });
    const first = await runtime.sendAndSettle(results('F8a', 'F8', rows));
    assert.deepEqual(ends(first), ['dead permanent expression-wrong']);
    const discard = { at: runtime.clock.now(), type: 'work.discarded', actor: 'user:ana', details: {}, reason: 'x' };
    await runtime.deploy({ flow: gated() });
    // The feed holds what comes after a dead letter of the same patient.
    await runtime.engine.store.work.discard(first.work[0]?.id ?? '', runtime.clock.now(), 'x', discard);
    await runtime.sendAndSettle(results('F8b', 'F8', rows));
    assert.deepEqual(await tasks('F8'), ['act']);
  });
});
