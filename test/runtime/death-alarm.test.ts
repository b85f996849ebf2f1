import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  definitionSet,
  failureOf,
  NOTICE_SHOWN,
  type AuditEntry,
  type ClaimedWork,
  type Escalation,
} from '../../engine/index.ts';
import { queueErrors } from '../../engine/queue/errors.ts';
import { createDefinitions } from '../../runtime/definitions.ts';
import { createDeathAlarm } from '../../runtime/death-alarm.ts';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { frame, node, usePalette } from '../kit/palette-runtime.ts';

const MINUTE = 60_000;
const CRITICAL = {
  risk: 'critical',
  owner: { name: 'Laboratory', role: 'lead', contact: 'lab@example.org' },
  fallback: { when: ['operator'], mode: 'manual-review', queue: 'duty desk', text: 'Telephone the ward.' },
  contactOutOfHours: 'integration on call',
};
const failing = node('fail', 'message failed', { failureClass: 'permanent', reason: 'Not today.' });
const dying = [...frame('fail'), failing];

describe('a dead letter of a critical definition', () => {
  const runtime = usePalette(async () => ({}));
  const told = async (messageId: string): Promise<string[]> => {
    const records = await runtime.engine.store.audit.list({ messageId, type: NOTICE_SHOWN, order: 'oldest-first' });
    return records.map(({ details }) => String(details['to']));
  };
  const alarms = (messageId: string): Promise<readonly Escalation[]> =>
    runtime.engine.store.escalations.list({ messageId });
  const comes = (messageId: string, people: readonly string[]): Promise<void> =>
    eventually(people.join(', '), async () => {
      runtime.catchUp();
      return (await told(messageId)).toSorted().join() === [...people].toSorted().join();
    });
  const die = async (controlId: string): Promise<string> => {
    const id = await runtime.send(adt('A03', controlId, controlId));
    await eventually('it is dead', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(id))?.state === 'dead';
    });
    return id;
  };
  const deadItem = async (messageId: string): Promise<string> =>
    (await runtime.engine.store.work.ofMessage(messageId)).find(({ state }) => state === 'dead')?.id ?? '';
  const audit = (type: string): AuditEntry => ({
    at: runtime.clock.now(),
    type,
    actor: 'user:ana',
    details: {},
    reason: 'seen',
  });

  it('is told to operations and to whoever answers for the flow, until somebody acknowledges', async () => {
    await runtime.deploy({ flow: dying, intent: CRITICAL });
    const id = await die('D1');
    const people = ['operations', 'duty desk'];
    await comes(id, people);
    for (let quarter = 0; quarter < 3; quarter++) {
      runtime.clock.advance(15 * MINUTE);
      people.push('integration on call');
      await comes(id, people);
    }
    const [alarm, ...more] = await alarms(id);
    assert.deepEqual([alarm?.state, alarm?.lane, alarm?.definition, more.length], ['open', 'stat', 'lab', 0]);
    assert.equal(alarm?.title, 'Dead letter of Test: flow-failed');
    await runtime.engine.escalations.acknowledge(alarm?.id ?? '', { actor: 'user:ana', via: 'console' });
    runtime.clock.advance(60 * MINUTE);
    await runtime.settled(id);
    assert.deepEqual((await told(id)).length, people.length);
    assert.equal((await runtime.engine.store.journal.get(id))?.state, 'dead', 'it still waits for a person');
  });

  it('is told although its definition is stopped and its own flow takes dead letters', async () => {
    const own = node('own', 'dead letter in', {}, ['done']);
    await runtime.deploy({ flow: [...dying, own], intent: CRITICAL });
    const id = await die('D2');
    const stop = { kind: 'definition', name: 'lab', actor: 'user:ana', reason: 'test' } as const;
    const held = await runtime.engine.controls.set(stop);
    await comes(id, ['operations', 'duty desk']);
    runtime.clock.advance(15 * MINUTE);
    await comes(id, ['operations', 'duty desk', 'integration on call']);
    await runtime.engine.controls.clear(held.id, { actor: 'user:ana' });
  });

  it('is told of no more when it was discarded, and anew when it was redriven and died again', async () => {
    await runtime.deploy({ flow: dying, intent: CRITICAL });
    const id = await die('D3');
    await comes(id, ['operations', 'duty desk']);
    const { work, escalations } = runtime.engine.store;
    const held = await runtime.engine.controls.set({
      kind: 'definition',
      name: 'lab',
      actor: 'user:ana',
      reason: 'test',
    });
    await work.redrive(await deadItem(id), runtime.clock.now(), audit('work.redriven'));
    runtime.engine.live.publish({ kind: 'message', id });
    await eventually('its alarm has ended', async () => (await alarms(id))[0]?.state === 'cancelled');
    await runtime.engine.controls.clear(held.id, { actor: 'user:ana' });
    runtime.engine.dispatcher.wake();
    await comes(id, ['operations', 'duty desk', 'operations', 'duty desk']);
    const at = runtime.clock.now();
    assert.equal(await work.discard(await deadItem(id), at, 'seen', audit('work.discarded')), 'discarded');
    runtime.engine.live.publish({ kind: 'message', id });
    await eventually(
      'no alarm is open',
      async () => (await escalations.list({ messageId: id, states: ['open'] })).length === 0,
    );
    assert.deepEqual(
      (await alarms(id)).map(({ state, endedBy }) => [state, endedBy?.via]),
      [
        ['cancelled', 'system'],
        ['cancelled', 'system'],
      ],
    );
  });

  it('is told to the people of each flow that could not work on the message', async () => {
    const definition = await runtime.deploy({ flow: dying, intent: CRITICAL });
    const id = await die('D6');
    await comes(id, ['operations', 'duty desk']);
    // An item of another flow, of the same message, that dies as well.
    const { dispatcher, store, clock } = runtime.engine;
    const alarm = createDeathAlarm(runtime.engine, () => Promise.resolve(definition));
    const failure = failureOf(queueErrors.create('delivery-failed', { source: 'ward/results' }));
    const deaths: ClaimedWork[] = [];
    const remove = dispatcher.addSource({
      id: 'ward/results',
      definition: 'ward',
      capacity: 1,
      leaseMs: MINUTE,
      deliver(work) {
        deaths.push(work);
        void dispatcher.finish(work, { outcome: { kind: 'failed', failure }, trace: [], version: null });
      },
    });
    const parentWorkId = await deadItem(id);
    await store.work.addChild({
      id: 'WARD',
      messageId: id,
      subscription: 'ward/results',
      definition: 'ward',
      lane: 'routine',
      orderingKey: null,
      afterDead: 'continue',
      correlationId: id,
      traceparent: '',
      createdAt: clock.now(),
      child: { parentWorkId, key: 'ward', kind: 'queue', data: null },
    });
    dispatcher.wake();
    await eventually('it is dead', async () => (await store.work.get('WARD'))?.state === 'dead');
    for (const death of deaths)
      for (const child of await alarm.children(death, failure, clock.now())) await store.work.addChild(child);
    dispatcher.wake();
    await comes(id, ['operations', 'duty desk', 'operations', 'duty desk']);
    assert.deepEqual((await alarms(id)).map((one) => one.definition).toSorted(), ['lab', 'ward']);
    remove();
  });

  it('begins its alarm in the same commit', async () => {
    await runtime.deploy({ flow: dying, intent: CRITICAL });
    const stop = { kind: 'lane', name: 'stat', actor: 'user:ana', reason: 'test' } as const;
    const held = await runtime.engine.controls.set(stop);
    const id = await die('D4');
    const work = await runtime.engine.store.work.ofMessage(id);
    assert.deepEqual(
      work.map(({ state, childKind }) => [state, childKind]),
      [
        ['dead', null],
        ['waiting', 'dead-letter'],
      ],
    );
    await runtime.engine.controls.clear(held.id, { actor: 'user:ana' });
    await comes(id, ['operations', 'duty desk']);
  });

  it('is told although its definition was removed or renamed while it was on its way', async () => {
    await runtime.deploy({ flow: dying, intent: CRITICAL });
    await runtime.forgetDefinitions();
    await comes(await die('D7'), ['operations', 'duty desk']);
  });

  it('is judged by the version that it is pinned to, also after a restart without its definition', async () => {
    const { name, version } = await runtime.deploy({ flow: dying, intent: CRITICAL });
    const later = createDefinitions(runtime.engine, definitionSet([]));
    const work = { id: 'W', fence: 1, definition: name } as ClaimedWork;
    assert.equal((await later.lastOf({ ...work, pinnedVersion: version }))?.intent.risk, 'critical');
    assert.equal((await later.lastOf({ ...work, pinnedVersion: null }))?.intent.risk, 'critical', 'never delivered');
    assert.equal(await later.lastOf({ ...work, definition: 'never-seen', pinnedVersion: null }), undefined);
  });

  it('is told of no more where the change that ended it went untold', async () => {
    await runtime.deploy({ flow: dying, intent: CRITICAL });
    const id = await die('D8');
    await comes(id, ['operations', 'duty desk']);
    const { work } = runtime.engine.store;
    await work.discard(await deadItem(id), runtime.clock.now(), 'seen', audit('work.discarded'));
    runtime.engine.live.publish({ kind: 'gap' });
    await eventually('its alarm has ended', async () => (await alarms(id))[0]?.state === 'cancelled');
  });

  describe('work that no flow takes any more', () => {
    const kept = [...frame('done')];
    /** A message for a source that the next deploy takes away. */
    const strand = async (controlId: string, risk: string): Promise<string> => {
      const definition = await runtime.deploy({ flow: kept, intent: { ...CRITICAL, risk } });
      const stop = { kind: 'definition', name: definition.name, actor: 'user:ana', reason: 'test' } as const;
      const held = await runtime.engine.controls.set(stop);
      const id = await runtime.send(adt('A03', controlId, controlId));
      await runtime.deploy({ name: 'other', flow: kept });
      await runtime.engine.controls.clear(held.id, { actor: 'user:ana' });
      return id;
    };
    const STRANDED = 'Stranded work of Test: no flow takes it';

    it('is told until a flow takes it again, where its definition is critical', async () => {
      const id = await strand('S1', 'critical');
      await comes(id, ['operations', 'duty desk']);
      runtime.clock.advance(15 * MINUTE);
      await comes(id, ['operations', 'duty desk', 'integration on call']);
      const found = (await alarms(id)).map(({ title, state, lane }) => [title, state, lane]);
      assert.deepEqual(found, [[STRANDED, 'open', 'stat']]);
      await runtime.deploy({ flow: kept, intent: CRITICAL });
      await eventually('its alarm has ended', async () => {
        runtime.catchUp();
        return (await alarms(id))[0]?.state === 'cancelled';
      });
      await runtime.settled(id, ['done']);
    });

    it('is told where it became so without a deploy, some minutes later', async () => {
      await runtime.deploy({ name: 'other', flow: kept });
      const { store, ids, clock } = runtime.engine;
      const parent = await runtime.sendAndSettle(adt('A03', 'S3', 'S3'));
      await store.work.addChild({
        id: ids.next(),
        messageId: parent.id,
        subscription: 'lab/gone',
        definition: 'lab',
        lane: 'routine',
        orderingKey: null,
        afterDead: 'continue',
        correlationId: parent.id,
        traceparent: '',
        createdAt: clock.now(),
        child: { parentWorkId: parent.work[0]?.id ?? '', key: 'gone', kind: 'queue', data: null },
      });
      assert.deepEqual(await told(parent.id), []);
      runtime.clock.advance(5 * MINUTE);
      await comes(parent.id, ['operations', 'duty desk']);
    });

    it('is shown and not told where its definition is not critical', async () => {
      const id = await strand('S2', 'high');
      runtime.clock.advance(5 * MINUTE);
      await runtime.sendAndSettle(adt('A03', 'S2b', 'S2b'));
      assert.deepEqual([await told(id), await alarms(id)], [[], []]);
    });
  });

  it('raises nothing where the definition is not critical', async () => {
    await runtime.deploy({ flow: dying, intent: { ...CRITICAL, risk: 'high' } });
    const id = await die('D5');
    assert.equal((await runtime.engine.store.work.ofMessage(id)).length, 1);
    assert.deepEqual(await alarms(id), []);
  });
});
