import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const HOUR = 3_600_000;
const wait = (more: object = {}): object => node('wait', 'delay until', { wait: 'call-back', ...more }, ['note']);
const note = node('note', 'audit log', {
  text: 'event.name & " " & payload.controlId & " " & delay.until & " " & $string(delay.early)',
  textKind: 'jsonata',
  finish: true,
});

describe('delay until', () => {
  const runtime = usePalette(async () => ({}));
  const notes = async ({ id }: Settled): Promise<unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const send = async (controlId: string, more: object): Promise<Settled> => {
    await runtime.deploy({ flow: [...frame('wait'), wait(more), note] });
    return parked(await runtime.send(adt('A03', controlId, controlId)));
  };
  const parked = async (id: string): Promise<Settled> => {
    await eventually('it is parked', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(id))?.state === 'parked';
    });
    return { id, work: await runtime.engine.store.work.ofMessage(id) };
  };
  const iso = (at: number): string => new Date(at).toISOString();

  it('parks for a while, keeps nothing of the patient waiting, and goes on at the time', async () => {
    const sent = await send('D1', { time: 'PT4H' });
    const due = runtime.clock.now() + 4 * HOUR;
    assert.deepEqual(
      sent.work.map(({ state, notBefore }) => [state, notBefore]),
      [
        ['done', null],
        ['parked', due],
      ],
    );
    const next = await parked(await runtime.send(adt('A03', 'D1b', 'D1')));
    runtime.clock.advance(4 * HOUR - 1);
    runtime.catchUp();
    assert.deepEqual(await notes(sent), []);
    assert.equal((await runtime.engine.store.work.ofMessage(sent.id))[1]?.state, 'parked');
    runtime.clock.advance(1);
    assert.deepEqual(ends({ ...sent, work: await runtime.settled(sent.id) }), ['done', 'done']);
    assert.deepEqual(await notes(sent), [`patient.discharged D1 ${iso(due)} false`]);
    await runtime.settled(next.id);
  });

  it('parks until a moment that the message says, or that has passed', async () => {
    const time = '$fromMillis($toMillis("2020-01-01T00:00:00Z"))';
    await runtime.deploy({ flow: [...frame('wait'), wait({ mode: 'until', time, timeKind: 'jsonata' }), note] });
    const id = await runtime.send(adt('A03', 'D2', 'D2'));
    await eventually('it has gone on', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.work.ofMessage(id)).length === 2;
    });
    await runtime.settled(id);
    assert.deepEqual(await notes({ id, work: [] }), ['patient.discharged D2 2020-01-01T00:00:00.000Z false']);
  });

  it('waits on through a deploy and a changed time, and starts no second time on a redelivery', async () => {
    const flow = (time: string, other: object): readonly object[] => [
      ...frame('both'),
      node('both', 'function', { func: 'return [msg, RED.util.cloneMessage(msg)];', outputs: 2 }, ['wait'], ['other']),
      wait({ time }),
      other,
      note,
    ];
    await runtime.deploy({ flow: flow('PT2H', node('other', 'message failed', { failureClass: 'transient' })) });
    const sent = await runtime.sendAndSettle(adt('A03', 'D3', 'D3'), ['waiting']);
    await runtime.deploy({ flow: flow('PT2H', node('other', 'message done')) });
    runtime.clock.advance(HOUR);
    const now = runtime.clock.now();
    await parked(sent.id);
    await runtime.deploy({ flow: flow('PT9H', node('other', 'message done')) });
    runtime.clock.advance(now + 2 * HOUR - runtime.clock.now());
    await runtime.settled(sent.id);
    assert.deepEqual(await notes(sent), [`patient.discharged D3 ${iso(now + 2 * HOUR)} false`]);
  });

  it('says that a person let it go on early', async () => {
    const sent = await send('D4', { time: 'P2D' });
    const due = sent.work[1]?.notBefore ?? 0;
    const audit = {
      at: runtime.clock.now(),
      type: 'work.woken',
      actor: 'user:ana',
      details: {},
      reason: 'She called.',
    };
    assert.equal(
      await runtime.engine.store.work.wakeParked(sent.work[1]?.id ?? '', runtime.clock.now(), audit),
      'woken',
    );
    runtime.engine.dispatcher.wake();
    await runtime.settled(sent.id);
    assert.deepEqual(await notes(sent), [`patient.discharged D4 ${iso(due)} true`]);
  });

  for (const [nth, what, more, code] of [
    [1, 'no duration', { time: '"soon"', timeKind: 'jsonata' }, 'time-wrong'],
    [2, 'a time without a zone', { mode: 'until', time: '2030-01-01T08:00:00' }, 'time-wrong'],
    [3, 'a date alone', { mode: 'until', time: '2030-01-01' }, 'time-wrong'],
    [4, 'nothing', { mode: 'until', time: 'nothing', timeKind: 'msg' }, 'time-wrong'],
    [5, 'a time beyond reach', { mode: 'until', time: '9999-01-01T00:00:00Z' }, 'time-too-far'],
  ] as const)
    it(`makes a dead letter where the time is ${what}`, async () => {
      await runtime.deploy({ flow: [...frame('wait'), wait(more), note] });
      const sent = await runtime.sendAndSettle(adt('A03', `DW${nth}`, `DW${nth}`));
      assert.deepEqual(ends(sent), [`dead permanent ${code}`]);
    });
});
