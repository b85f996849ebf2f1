/** Work that goes on by itself (queues, delays) over the death of the runtime. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { MessageDetail, MessageList, ReleaseAnswer } from '../../runtime/api/contract.ts';
import { adt } from '../kit/hl7-messages.ts';
import { startFaultyProxy } from '../kit/local-http-server.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, ownNode, ownTask, taskDescriptions, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

describe('a runtime killed between two stages of a message', function () {
  this.timeout(180_000);
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });

  /** A FHIR server whose requests are held while `holds` says so; `reached` resolves with the first that is. */
  async function startServer(holds: (body: string) => boolean) {
    const sandbox = await startSandbox({ port: 0 });
    endings.push(() => sandbox.close());
    let isHeld = true;
    let letGo: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    let arrive: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const proxy = await startFaultyProxy(
      new URL(sandbox.url).origin,
      () => 'pass',
      async ({ method, body }) => {
        if (!isHeld || method !== 'POST' || !holds(body)) return;
        arrive();
        await gone;
        throw new Error('the request is lost on its way');
      },
    );
    endings.push(() => proxy.close());
    const creates = (effect: string): number =>
      proxy.seen.filter(({ method, body }) => method === 'POST' && body.includes(` ${effect}"`)).length;
    const release = (): void => {
      isHeld = false;
      letGo();
    };
    return { base: `${proxy.origin}/fhir`, sandbox: sandbox.url, reached, release, creates };
  }

  async function start(fhirBase: string, nodes: readonly object[], next: string) {
    const runtime = await RuntimeProcess.start({
      fhirBase,
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(ownFlow(next, nodes)),
    });
    endings.push(() => runtime.dispose());
    const send = async (controlId: string): Promise<string> => {
      const sender = new MllpSender(runtime.mllpPort);
      assert.equal(answerField(await sender.send(adt('A03', controlId, controlId)), 'MSA', 1), 'AA');
      sender.close();
      const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
      return `/messages/${messages[0]?.id ?? 'none'}`;
    };
    return { runtime, send };
  }

  const stages = [
    ownTask('first', {}, ['out']),
    ownNode('out', 'queue out', { queue: 'second', carry: ['event'], lane: '', discriminator: '' }),
    ownNode('second', 'queue in', { queue: 'second', ordering: 'inherit', capacity: 8, deadlineSeconds: 60 }, ['task']),
    ownTask('task', { effect: 'second' }),
  ];

  it('runs the second stage once, and nothing of the first again', async () => {
    const server = await startServer((body) => body.includes(' task"'));
    const { runtime, send } = await start(server.base, stages, 'first');
    const path = await send('STAGE1');
    await server.reached;
    const before = await runtime.api<MessageDetail>(path);
    assert.deepEqual(
      before.work.map(({ state }) => state),
      ['done', 'claimed'],
    );
    await runtime.kill9();
    const firstBefore = server.creates('first');
    server.release();
    await runtime.restart();
    const { work } = await runtime.until<MessageDetail>(path, ({ message }) => message.state === 'done');
    assert.deepEqual(await taskDescriptions(server.sandbox), ['STAGE1 first', 'STAGE1 task']);
    assert.deepEqual([firstBefore, server.creates('first')], [1, 1]);
    assert.deepEqual(
      work.map(({ attempts, childKind }) => [childKind, attempts.length]),
      [
        [null, 1],
        ['queue', 2],
      ],
    );
  });

  it('makes the second stage once where the first had not ended', async () => {
    const server = await startServer((body) => body.includes(' first"'));
    const { runtime, send } = await start(server.base, stages, 'first');
    const path = await send('STAGE2');
    await server.reached;
    assert.equal((await runtime.api<MessageDetail>(path)).work.length, 1);
    await runtime.kill9();
    server.release();
    await runtime.restart();
    const { work } = await runtime.until<MessageDetail>(
      path,
      ({ message, work: items }) => message.state === 'done' && items.length > 1,
    );
    assert.equal(work.length, 2);
    assert.deepEqual(await taskDescriptions(server.sandbox), ['STAGE2 first', 'STAGE2 task']);
  });

  it('keeps what is parked, with its time, and lets it go on when a person says so', async () => {
    const server = await startServer(() => false);
    const nodes = [
      ownNode('wait', 'delay until', { wait: 'later', mode: 'for', time: 'PT6H', timeKind: 'str', carry: [] }, [
        'task',
      ]),
      ownTask('task', {}),
    ];
    const { runtime, send } = await start(server.base, nodes, 'wait');
    const path = await send('PARKED1');
    const parkedAt = async () =>
      (await runtime.until<MessageDetail>(path, ({ message }) => message.state === 'parked')).work[1];
    const before = await parkedAt();
    assert.ok((before?.notBefore ?? 0) > Date.now() + 5 * 3_600_000);
    await runtime.kill9();
    await runtime.restart();
    assert.deepEqual(await parkedAt(), before);
    const init = { method: 'POST', body: JSON.stringify({ reason: 'The ward called.' }) };
    assert.deepEqual((await runtime.api<ReleaseAnswer>(`${path}/release`, init)).released, [before?.id]);
    await runtime.until<MessageDetail>(path, ({ message }) => message.state === 'done');
    assert.deepEqual(await taskDescriptions(server.sandbox), ['PARKED1 task']);
  });
});
