import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';
import { adt } from '../kit/hl7-messages.ts';

describe('message done and message failed', () => {
  const runtime = usePalette(async () => ({}));
  const run = async (
    controlId: string,
    ...nodes: readonly object[]
  ): Promise<ReturnType<typeof runtime.sendAndSettle>> => {
    await runtime.deploy({ flow: [...frame('first'), ...nodes] });
    return runtime.sendAndSettle(adt('A08', controlId, controlId), ['done', 'dead', 'waiting']);
  };

  it('ends a message well', async () => {
    assert.deepEqual(ends(await run('E1', node('first', 'message done'))), ['done']);
  });

  it('names the node that a message waits for when its time has run out, each time and at the end', async () => {
    const never = { name: 'waits for ever', func: 'if (msg.never) node.done();\nreturn null;', outputs: 1 };
    await runtime.deploy({ flow: [...frame('first'), node('first', 'function', never, ['done'])] });
    const id = await runtime.send(adt('A08', 'E5', 'E5'));
    const work = async () => (await runtime.engine.store.work.ofMessage(id))[0];
    for (let nth = 1; nth <= 8; nth++) {
      await eventually(`delivery ${nth}`, async () => {
        runtime.catchUp();
        const now = await work();
        return now?.state === 'claimed' && now.attempt === nth;
      });
      await eventually('it is in the function', () => runtime.services.inFlight() === 1);
      runtime.clock.advance(60_000);
    }
    await eventually('the dead letter', async () => {
      runtime.catchUp();
      return (await work())?.state === 'dead';
    });
    const dead = await work();
    assert.deepEqual([dead?.failure?.code, dead?.failure?.node?.name], ['interrupted-too-often', 'waits for ever']);
    assert.deepEqual(
      dead?.attempts.slice(0, 8).map(({ failure }) => `${failure?.code} ${failure?.node?.name}`),
      Array.from({ length: 8 }, () => 'lease-ran-out waits for ever'),
    );
  });

  it('makes a dead letter of an error in a function without telling what the error said', async () => {
    const first = node(
      'first',
      'function',
      { name: 'work it out', func: 'throw new Error("EXAMPLE^ALEX")', outputs: 1 },
      ['done'],
    );
    const sent = await run('E2', first);
    assert.deepEqual(ends(sent), ['dead permanent flow-error']);
    assert.equal(sent.work[0]?.failure?.text, 'The node "work it out" (function) reported an error.');
    assert.doesNotMatch(JSON.stringify(sent.work), /ALEX/);
  });

  it('says with the class in the node that it is to be tried again', async () => {
    const sent = await run(
      'E3',
      node('first', 'message failed', { failureClass: 'transient', reason: 'The ward is not open yet.' }),
    );
    assert.deepEqual(ends(sent), ['waiting transient flow-failed']);
    assert.equal(sent.work[0]?.failure?.text, 'The ward is not open yet.');
  });

  it('takes a failure that was caught and got over for no reason of a later error', async () => {
    const sent = await run(
      'E4',
      node('first', 'idempotency gate', { gate: 'g', keyFrom: 'expression', key: 'nothing' }, ['done']),
      node('own', 'catch', { scope: ['first'], uncaught: false }, ['later']),
      node('later', 'function', { name: 'later', func: 'throw new Error("x")', outputs: 1 }, ['done']),
    );
    assert.ok(
      ends(sent).every((end) => end.startsWith('dead permanent')),
      ends(sent).join(),
    );
    assert.deepEqual(ends(sent), ['dead permanent flow-error']);
    assert.equal(sent.work[0]?.failure?.node?.name, 'later');
  });

  it('refuses a message that belongs to no work', async () => {
    await runtime.deploy({ flow: [...frame('first'), node('first', 'message done')] });
    const live = runtime.red.nodes.getNode('first') as unknown as { receive(msg: object): void };
    live.receive({ payload: 'from an inject node' });
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    const status = runtime.statuses.find(({ id }) => id === 'first');
    assert.deepEqual([status?.fill, status?.text], ['red', 'message-without-work']);
  });
});
