import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const failing = node('fail', 'message failed', { failureClass: 'permanent', reason: 'Not today.' });

describe('a flow that is removed', () => {
  const runtime = usePalette(async () => ({}));

  it('leaves its dead letters, which hold up no other flow and are done when it is back', async () => {
    await runtime.deploy({ flow: [...frame('fail'), failing] });
    const dead = await runtime.sendAndSettle(adt('A03', 'R1', 'R1'));
    assert.deepEqual(ends(dead), ['dead permanent flow-failed']);

    await runtime.deploy({ name: 'other', flow: [...frame('done')] });
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A03', 'R2', 'R1'))), ['done'], 'the same patient goes on');
    assert.equal((await runtime.engine.store.journal.get(dead.id))?.state, 'dead');
    const [item] = dead.work;
    assert.equal(runtime.engine.dispatcher.serves(item?.subscription ?? ''), false);

    const audit = { at: runtime.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {}, reason: 'again' };
    await runtime.engine.store.work.redrive(item?.id ?? '', runtime.clock.now(), audit);
    runtime.engine.dispatcher.wake();
    await runtime.sendAndSettle(adt('A03', 'R3', 'R1'));
    const [waits] = await runtime.engine.store.work.ofMessage(dead.id);
    assert.equal(waits?.state, 'waiting', 'nobody takes it');

    await runtime.deploy({ flow: [...frame('done')] });
    await eventually('it is done', async () => {
      runtime.catchUp();
      return (await runtime.engine.store.journal.get(dead.id))?.state === 'done';
    });
  });
});
