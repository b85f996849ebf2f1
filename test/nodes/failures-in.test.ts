import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const note = (id: string, text: string): object => node(id, 'audit log', { text, textKind: 'jsonata', finish: true });
const failing = node('fail', 'message failed', { failureClass: 'permanent', reason: 'Not today.' });

describe('what went wrong, as a source', () => {
  const runtime = usePalette(async () => ({}));
  const notes = async (id: string): Promise<string[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted', order: 'oldest-first' })).map(
      ({ details }) => String(details['text']),
    );
  const items = async (id: string, count: number): Promise<void> =>
    eventually(`${count} items`, async () => {
      runtime.catchUp();
      return (await runtime.engine.store.work.ofMessage(id)).length === count;
    });
  const told =
    'deadLetter.source & " " & deadLetter.failure.code & " " & deadLetter.failure.node.name & " " & payload.controlId';

  describe('dead letter in', () => {
    const source = (to: string): object => node('dead', 'dead letter in', {}, [to]);
    const redrive = async (workId: string): Promise<void> => {
      const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {}, reason: 'again' };
      assert.equal(await runtime.engine.store.work.redrive(workId, runtime.clock.now(), audit), 'redriven');
      runtime.engine.dispatcher.wake();
    };

    it('tells of each death once, and again of one that was redriven and died again', async () => {
      await runtime.deploy({ flow: [...frame('fail'), failing, source('note'), note('note', told)] });
      const { id, work } = await runtime.sendAndSettle(adt('A03', 'X1', 'X1'));
      await items(id, 2);
      assert.deepEqual(ends({ id, work: await runtime.settled(id) }), ['dead permanent flow-failed', 'done']);
      assert.deepEqual(await notes(id), ['lab/results flow-failed message failed X1']);
      assert.equal((await runtime.engine.store.journal.get(id))?.state, 'dead', 'it still waits for a person');
      await redrive(work[0]?.id ?? '');
      await items(id, 3);
      await runtime.settled(id);
      assert.equal((await notes(id)).length, 2);
    });

    it('is never told of what came of a dead letter, nor of what that put into a queue', async () => {
      const queue = node('second', 'queue in', { queue: 'second' }, ['fail']);
      const out = node('out', 'queue out', { queue: 'second' });
      for (const [first, count] of [
        ['fail', 2],
        ['out', 3],
      ] as const) {
        await runtime.deploy({ flow: [...frame('fail'), failing, source(first), out, queue] });
        const { id } = await runtime.sendAndSettle(adt('A03', `X2${first}`, `X2${first}`));
        await items(id, count);
        const work = await runtime.settled(id);
        assert.equal(work.filter(({ state }) => state === 'dead').length, 2);
        await redrive(work.find(({ state, childKind }) => state === 'dead' && childKind !== null)?.id ?? '');
        await runtime.settled(id);
        assert.equal((await runtime.engine.store.work.ofMessage(id)).length, count, 'the redrive tells nobody either');
      }
    });

    it('is told of what dies in a second stage', async () => {
      const queue = node('second', 'queue in', { queue: 'second' }, ['fail']);
      const out = node('out', 'queue out', { queue: 'second' });
      await runtime.deploy({ flow: [...frame('out'), out, queue, failing, source('note'), note('note', told)] });
      const { id } = await runtime.sendAndSettle(adt('A03', 'X3', 'X3'));
      await items(id, 3);
      await runtime.settled(id);
      assert.deepEqual(await notes(id), ['lab/second flow-failed message failed X3']);
    });

    it('is not told while it is switched off', async () => {
      const off = { ...source('note'), d: true };
      await runtime.deploy({ flow: [...frame('fail'), failing, off, note('note', told)] });
      const { id } = await runtime.sendAndSettle(adt('A03', 'X4', 'X4'));
      assert.equal((await runtime.engine.store.work.ofMessage(id)).length, 1);
    });
  });

  describe('quarantine in', () => {
    const said =
      '$string(payload = null) & " " & quarantine.code & " " & quarantine.feed & " " & $string(quarantine.size)';

    it('tells of each frame that could not be read, which stays in quarantine', async () => {
      await runtime.deploy({
        flow: [...frame('done'), node('quarantine', 'quarantine in', { feed: 'c-feed' }, ['note']), note('note', said)],
      });
      const rubbish = 'no message at all';
      const id = await runtime.send(rubbish);
      await items(id, 1);
      assert.deepEqual(ends({ id, work: await runtime.settled(id) }), ['done']);
      const stored = await runtime.engine.store.journal.get(id);
      assert.deepEqual(await notes(id), [`true ${stored?.reason?.code} hospital ${rubbish.length}`]);
      assert.equal(stored?.state, 'quarantined');
    });

    it('is told nothing of what could be read, and hl7 in nothing of what could not', async () => {
      await runtime.deploy({
        flow: [
          ...frame('note'),
          node('quarantine', 'quarantine in', { feed: 'c-feed' }, ['fail']),
          failing,
          note('note', '"read"'),
        ],
      });
      const good = await runtime.sendAndSettle(adt('A03', 'X5', 'X5'));
      assert.deepEqual([ends(good), await notes(good.id)], [['done'], ['read']]);
      const bad = await runtime.send('still no message');
      await items(bad, 1);
      const [work] = await runtime.settled(bad);
      assert.deepEqual([work?.subscription, work?.state], ['lab/quarantine', 'dead']);
      assert.equal((await runtime.engine.store.journal.get(bad))?.state, 'quarantined');
    });
  });
});
