import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });
const out = (id: string, more: object = {}): object => node(id, 'queue out', { queue: 'second', ...more });
const queue = (to: string, more: object = {}): object => node('second', 'queue in', { queue: 'second', ...more }, [to]);

describe('queues', () => {
  const runtime = usePalette(async () => ({}));
  const notes = async ({ id }: Settled): Promise<string[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted', order: 'oldest-first' })).map(
      ({ details }) => String(details['text']),
    );
  const states = async ({ id }: Settled): Promise<string[]> =>
    (await runtime.engine.store.work.ofMessage(id)).map(({ subscription, state }) => `${subscription} ${state}`);
  /** Also what its queues make of it. */
  const allSettled = async (sent: Settled, items: number): Promise<Settled> => {
    await eventually(`${items} items`, async () => {
      runtime.catchUp();
      return (await runtime.engine.store.work.ofMessage(sent.id)).length === items;
    });
    return { ...sent, work: await runtime.settled(sent.id) };
  };

  it('give the next stage the message again, and what is carried along', async () => {
    await runtime.deploy({
      flow: [
        ...frame('mark'),
        node('mark', 'change', { rules: [{ t: 'set', p: 'kept', pt: 'msg', to: 'yes', tot: 'str' }] }, ['out']),
        out('out', { carry: ['event', 'kept', 'absent'] }),
        queue('note'),
        note(
          'note',
          'topic & " " & event.name & " " & kept & " " & payload.controlId & " " & $string($exists(absent))',
        ),
      ],
    });
    const sent = await allSettled(await runtime.sendAndSettle(adt('A03', 'Q1', 'Q1')), 2);
    assert.deepEqual(ends(sent), ['done', 'done']);
    assert.deepEqual(await notes(sent), ['second patient.discharged yes Q1 false']);
    const [parent, child] = sent.work;
    assert.deepEqual([child?.parentWorkId, child?.childKind], [parent?.id, 'queue']);
    assert.deepEqual(parent?.attempts[0]?.steps.at(-1)?.note, 'Goes on in the queue "second".');
  });

  it('begin the next stage once the whole item has ended well, and once only', async () => {
    const flow = (failing: object): readonly object[] => [
      ...frame('both'),
      node('both', 'function', { func: 'return [msg, RED.util.cloneMessage(msg)];', outputs: 2 }, ['out'], ['other']),
      out('out'),
      failing,
      queue('note'),
      note('note', '"second stage"'),
    ];
    await runtime.deploy({ flow: flow(node('other', 'message failed', { failureClass: 'transient' })) });
    const sent = await runtime.sendAndSettle(adt('A03', 'Q2', 'Q2'), ['waiting']);
    assert.deepEqual(await states(sent), ['lab/results waiting']);
    await runtime.deploy({ flow: flow(node('other', 'message done')) });
    runtime.clock.advance(60_000);
    await allSettled(sent, 2);
    assert.deepEqual(await notes(sent), ['second stage']);
  });

  it('keep a failure of the second stage apart: the first is not done again', async () => {
    await runtime.deploy({
      flow: [
        ...frame('log'),
        node('log', 'audit log', { text: 'first stage', textKind: 'str' }, ['out']),
        out('out'),
        queue('fail'),
        node('fail', 'message failed', { failureClass: 'permanent', reason: 'Not today.' }),
      ],
    });
    const sent = await allSettled(await runtime.sendAndSettle(adt('A03', 'Q3', 'Q3')), 2);
    assert.deepEqual(await states(sent), ['lab/results done', 'lab/second dead']);
    assert.deepEqual(await notes(sent), ['first stage']);
  });

  it('make one child for each event, and refuse two that nothing tells apart', async () => {
    await runtime.deploy({ flow: [...frame('out'), out('out'), queue('note'), note('note', 'event.name')] });
    const observations = [potassium('4.1'), potassium('7.2', 'HH')];
    const three = await allSettled(
      await runtime.sendAndSettle(oru({ controlId: 'Q4', patient: 'Q4', observations })),
      4,
    );
    assert.deepEqual((await notes(three)).toSorted(), ['lab.result.critical', 'lab.result.final', 'lab.result.final']);
    const twice = node('twice', 'function', { func: 'return [[msg, RED.util.cloneMessage(msg)]];', outputs: 1 }, [
      'out',
    ]);
    await runtime.deploy({ flow: [...frame('twice'), twice, out('out'), queue('note'), note('note', '"x"')] });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'Q5', 'Q5'))), ['dead permanent child-twice']);
  });

  it('keep the order of a patient in the second stage, unless they are told not to', async () => {
    const flow = (ordering: string): readonly object[] => [
      ...frame('out'),
      out('out'),
      queue('held', { ordering }),
      node('held', 'message failed', { failureClass: 'transient' }),
    ];
    for (const [ordering, delivered] of [
      ['inherit', 1],
      ['none', 2],
    ] as const) {
      await runtime.deploy({ flow: flow(ordering) });
      const ids: string[] = [];
      for (const nth of [1, 2]) ids.push(await runtime.send(adt('A03', `Q6${ordering}${nth}`, `Q6${ordering}`)));
      const children = async () =>
        (await Promise.all(ids.map((id) => runtime.engine.store.work.ofMessage(id)))).flatMap((work) =>
          work.filter(({ childKind }) => childKind === 'queue'),
        );
      await eventually('both stand in the queue', async () => {
        runtime.catchUp();
        const all = await children();
        return all.length === 2 && all.filter(({ attempt }) => attempt > 0).length >= delivered;
      });
      const attempts = (await children()).map(({ attempt }) => attempt > 0);
      assert.deepEqual(attempts, ordering === 'inherit' ? [true, false] : [true, true], ordering);
    }
  });

  it('take the lane that queue out names', async () => {
    await runtime.deploy({ flow: [...frame('out'), out('out', { lane: 'stat' }), queue('done')] });
    const sent = await allSettled(await runtime.sendAndSettle(adt('A03', 'Q7', 'Q7')), 2);
    assert.deepEqual(
      sent.work.map(({ lane }) => lane),
      ['routine', 'stat'],
    );
  });

  it('make dead letters, and say so, where nothing takes from the queue', async () => {
    await runtime.deploy({ flow: [...frame('out'), out('out')] });
    assert.equal(runtime.statuses.find(({ id }) => id === 'out')?.text, 'queue-unknown');
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'Q8', 'Q8'))), ['dead permanent queue-unknown']);
  });

  it('refuse to carry more than they should', async () => {
    const big = node('big', 'function', { func: 'msg.big = "x".repeat(70000); return msg;', outputs: 1 }, ['out']);
    await runtime.deploy({ flow: [...frame('big'), big, out('out', { carry: ['big'] }), queue('done')] });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'Q9', 'Q9'))), ['dead permanent value-too-large']);
  });

  it('end a flow that feeds itself', async () => {
    await runtime.deploy({ flow: [...frame('out'), out('out'), queue('out', { capacity: 256 })] });
    const sent = await runtime.send(adt('A03', 'Q10', 'Q10'));
    await eventually('the loop is cut', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(sent))?.state === 'dead';
    });
    const work = await runtime.engine.store.work.ofMessage(sent);
    assert.equal(work.length, 201);
    assert.equal(work.at(-1)?.failure?.code, 'too-many-stages');
  });

  it('refuse a second queue in of the same name', async () => {
    await runtime.deploy({
      flow: [...frame('out'), out('out'), queue('done'), node('twin', 'queue in', { queue: 'second' }, ['done'])],
    });
    const red = runtime.statuses.filter(({ text }) => text === 'node-name-taken').map(({ id }) => id);
    assert.deepEqual(red.toSorted(), ['second', 'twin']);
  });
});
