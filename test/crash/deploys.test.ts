/** Deploys, stops and crashes under load: nothing acknowledged is lost, nothing is written twice. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { startSandbox, type Sandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { adt } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { counts } from '../kit/requires.ts';
import { ownFlow, ownNode, ownTask, taskDescriptions, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const MESSAGES = 240;
const SENDERS = 6;
const controlId = (nth: number): string => `DEPLOY${String(nth).padStart(4, '0')}`;

describe('a runtime under load', function () {
  this.timeout(180_000);
  let sandbox: Sandbox;
  let runtime: RuntimeProcess;
  beforeEach(async () => {
    sandbox = await startSandbox({ port: 0 });
  });
  afterEach(async () => {
    await runtime?.dispose();
    await sandbox?.close();
  });

  const start = async (flow: readonly object[]): Promise<void> => {
    runtime = await RuntimeProcess.start({
      fhirBase: sandbox.url,
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(flow),
    });
  };

  /** Sends everything over several connections, each message until it is answered; `meanwhile` goes on beside it. */
  async function underLoad(meanwhile: (answered: () => number) => Promise<void>): Promise<void> {
    let answered = 0;
    const lane = async (first: number): Promise<void> => {
      const sender = new MllpSender(runtime.mllpPort);
      for (let nth = first; nth < MESSAGES; nth += SENDERS) {
        const answer = await sender.sendUntilAnswered(adt('A03', controlId(nth), `P${nth % 40}-${nth}`));
        assert.deepEqual([answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)], ['AA', controlId(nth)]);
        answered++;
      }
      sender.close();
    };
    await Promise.all([...Array.from({ length: SENDERS }, (_, first) => lane(first)), meanwhile(() => answered)]);
    assert.equal(answered, MESSAGES);
  }

  async function reaches(answered: () => number, count: number): Promise<void> {
    while (answered() < count) await new Promise((turn) => setTimeout(turn, 5));
  }

  async function everythingIsDoneOnce(): Promise<void> {
    const { work, messages } = await runtime.until<RuntimeStatus>(
      '/status',
      (status) => status.work.waiting + status.work.claimed === 0,
      120_000,
    );
    assert.deepEqual([work.dead, messages.done], [0, MESSAGES]);
    const expected = Array.from({ length: MESSAGES }, (_, nth) => [
      `${controlId(nth)} first`,
      `${controlId(nth)} task`,
    ]);
    assert.deepEqual(await taskDescriptions(sandbox.url), expected.flat().toSorted());
  }

  /** Two writes in two stages, so that work is in flight and in the queue whenever something happens. */
  const stages = (label: string): readonly object[] =>
    ownFlow('first', [
      ownTask('first', { name: label }, ['out']),
      ownNode('out', 'queue out', { queue: 'second', carry: ['event'], lane: '', discriminator: '' }),
      ownNode('second', 'queue in', { queue: 'second', ordering: 'inherit', capacity: 8, deadlineSeconds: 60 }, [
        'task',
      ]),
      ownTask('task', { name: label }),
    ]);

  const deploy = async (label: string): Promise<void> => {
    const now = await runtime.admin<object[]>('/flows');
    const changed = stages(label) as readonly { id: string }[];
    const byId = new Map(changed.map((one) => [one.id, one]));
    const flows = now.map((one) => byId.get((one as { id: string }).id) ?? one);
    await runtime.admin('/flows', { method: 'POST', body: JSON.stringify(flows) });
  };

  it('is deployed in full, again and again', async () => {
    await start(stages('one'));
    let deploys = 0;
    await underLoad(async (answered) => {
      for (const share of [0.15, 0.35, 0.55, 0.75]) {
        await reaches(answered, MESSAGES * share);
        await deploy(`name ${++deploys}`);
      }
    });
    assert.equal(deploys, 4);
    await everythingIsDoneOnce();
  });

  it('is stopped by SIGTERM and started again', async () => {
    await start(stages('one'));
    const codes: (number | null)[] = [];
    await underLoad(async (answered) => {
      for (const share of [0.3, 0.6]) {
        await reaches(answered, MESSAGES * share);
        codes.push(await runtime.stop());
        await runtime.restart();
      }
    });
    assert.deepEqual(codes, [0, 0]);
    await everythingIsDoneOnce();
  });

  // The second way ends in the same place and takes another half minute.
  for (const [how, code] of [
    ['throws in a callback', 'util.callbackify(async () => 1)(() => { throw new Error("mine"); });'],
    ['leaves a rejection unhandled', 'Promise.reject(new Error("mine"));'],
  ].slice(0, counts(1, 2)))
    it(`dies again and again of a function node that ${how}: only its message becomes a dead letter`, async () => {
      const bad = ownNode(
        'bad',
        'function',
        { func: `if (msg.payload.controlId === "POISON") { ${code} return; }\nreturn msg;`, outputs: 1, libs: [] },
        ['task'],
      );
      await start(ownFlow('bad', [bad, ownTask('task', {})]));
      const sender = new MllpSender(runtime.mllpPort);
      const neighbours = Array.from({ length: 12 }, (_, nth) => `NEXT${nth}`);
      const all = [...neighbours.slice(0, 6), 'POISON', ...neighbours.slice(6)];
      let sent = false;
      const sending = (async () => {
        for (const id of all) await sender.sendUntilAnswered(adt('A03', id, `P-${id}`));
        sent = true;
        sender.close();
      })();
      let deaths = 0;
      const poison = async (): Promise<MessageDetail | undefined> => {
        const { messages } = await runtime.api<MessageList>('/messages?q=POISON&state=dead');
        return messages[0] && runtime.api<MessageDetail>(`/messages/${messages[0].id}`);
      };
      // As the supervisor would: whenever it has ended, it is started again.
      let dead: MessageDetail | undefined;
      for (const until = Date.now() + 150_000; !dead;) {
        assert.ok(Date.now() < until, `no dead letter after ${deaths} deaths`);
        if (runtime.ended) {
          deaths++;
          await runtime.restart().catch(() => undefined);
        }
        dead = await poison().catch(() => undefined);
        await new Promise((turn) => setTimeout(turn, 20));
      }
      await sending;
      assert.ok(sent);
      assert.equal(deaths, 8);
      assert.equal(dead.work[0]?.failure?.code, 'interrupted-too-often');
      const { work } = await runtime.until<RuntimeStatus>(
        '/status',
        (status) => status.work.waiting + status.work.claimed === 0,
      );
      assert.deepEqual([work.dead, work.done], [1, neighbours.length]);
      assert.deepEqual(await taskDescriptions(sandbox.url), neighbours.map((id) => `${id} task`).toSorted());
    });
});
