/** One discharge, two branches: the runtime dies between the end of the first and the answer to the second. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { MessageDetail, MessageList } from '../../runtime/api/contract.ts';
import { copiesOf } from '../kit/copies-of.ts';
import { adt } from '../kit/hl7-messages.ts';
import { startFaultyProxy, type LocalHttpServer, type SeenRequest } from '../kit/local-http-server.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const CONTROL_ID = 'PARALLEL1';
const isCreate = (type: string) => (request: SeenRequest) =>
  request.method === 'POST' && new URL(request.url, 'http://fhir').pathname.endsWith(`/${type}`);

describe('a runtime killed when one of two parallel branches has settled', function () {
  this.timeout(180_000);
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });

  /** Kills the runtime while the server, or its answer, is held at the Communication; ends when all is done. */
  async function killed(heldAt: 'request' | 'answer'): Promise<{
    readonly proxy: LocalHttpServer;
    readonly found: (type: string) => Promise<number>;
    readonly before: MessageDetail;
    readonly detail: MessageDetail;
  }> {
    const sandbox = await startSandbox({ port: 0 });
    endings.push(() => sandbox.close());
    let isHeld = true;
    let letGo: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const hold = async (request: SeenRequest): Promise<void> => {
      if (!isHeld || !isCreate('Communication')(request)) return;
      arrive();
      await gone;
      if (heldAt === 'request') throw new Error('the request is lost on its way');
    };
    const pass = async (): Promise<void> => undefined;
    const proxy = await startFaultyProxy(
      new URL(sandbox.url).origin,
      () => 'pass',
      heldAt === 'request' ? hold : pass,
      heldAt === 'answer' ? hold : pass,
    );
    endings.push(() => proxy.close());
    const runtime = await RuntimeProcess.start({ fhirBase: `${proxy.origin}/fhir` });
    endings.push(() => runtime.dispose());

    const sender = new MllpSender(runtime.mllpPort);
    assert.equal(answerField(await sender.send(adt('A03', CONTROL_ID, 'P1')), 'MSA', 1), 'AA');
    sender.close();
    const { messages } = await runtime.api<MessageList>(`/messages?q=${CONTROL_ID}`);
    const path = `/messages/${messages[0]?.id ?? 'none'}`;
    await arrived;
    const before = await runtime.until<MessageDetail>(path, ({ escalations }) => escalations.length === 1);
    await runtime.kill9();
    isHeld = false;
    letGo();

    await runtime.restart();
    const detail = await runtime.until<MessageDetail>(path, ({ message }) => message.state === 'done');
    const copies = await copiesOf(runtime, sandbox.url, CONTROL_ID);
    const found = async (type: string): Promise<number> => {
      if (type === 'Task') return copies.length;
      const identifier = encodeURIComponent(`urn:wardflow:message-control-id|${CONTROL_ID}`);
      const answer = await fetch(`${sandbox.url}/${type}?identifier=${identifier}&_total=accurate`);
      return ((await answer.json()) as { entry?: readonly unknown[] }).entry?.length ?? 0;
    };
    return { proxy, found, before, detail };
  }

  for (const [heldAt, sentence] of [
    ['request', 'writes the second when it had not reached the server'],
    ['answer', 'finds the second when the server had written it and only the answer was lost'],
  ] as const)
    it(`${sentence}, and sends nothing of the first again`, async () => {
      const { proxy, found, before, detail } = await killed(heldAt);
      assert.equal(before.effects.find(({ name }) => name === 'communication')?.state, 'in-flight');
      assert.deepEqual([await found('Task'), await found('Communication')], [1, 1]);
      assert.deepEqual(
        detail.escalations.map(({ id }) => id),
        before.escalations.map(({ id }) => id),
      );
      assert.ok(proxy.seen.filter(isCreate('Communication')).length >= 1);
      assert.deepEqual(detail.effects.map(({ name, state }) => `${name} ${state}`).toSorted(), ['communication done']);
      const [work] = detail.work;
      assert.deepEqual([detail.work.length, work?.state, work?.attempts.length], [1, 'done', 2]);
    });
});
