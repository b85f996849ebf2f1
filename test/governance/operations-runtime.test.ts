import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type {
  DeadLetterAnswer,
  FigureSeries,
  MessageList,
  QueueFigures,
  ReasonList,
  RuntimeStatus,
  SwitchList,
  UncertainEffects,
} from '../../runtime/api/contract.ts';
import type { AuditPage } from '../../governance/api/contract.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer, type SeenRequest } from '../kit/local-http-server.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, ownTask, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

const AT = '/api/v1/runtimes/staging';
const adt = (id: string): string =>
  `MSH|^~\\&|A|B|C|D|20260105||ADT^A01|${id}|P|2.5\rEVN||20260105\rPID|1||${id}^^^H||TEST^ANNA\rPV1|1|I\r`;

/** Every failure is given to a person at once: waiting for the end of all tries would take hours. */
const FLOW = ownFlow('task', [ownTask('task', {})]).map((node) =>
  'type' in node && node.type === 'message failed' ? { ...node, failureClass: 'permanent' } : node,
);

describe('operations of a real runtime, through the console', function () {
  this.timeout(180_000);
  let ehr: LocalHttpServer;
  let runtime: RuntimeProcess;
  let kit: TestConsole;
  let sender: MllpSender;
  let cookie = '';
  let mode: 'refuse' | 'take' | 'lose' = 'refuse';
  let tasks = 0;

  function answer(request: SeenRequest, response: ServerResponse): void {
    if (request.method === 'GET') {
      if (mode === 'lose') return answerJson(response, 500, { resourceType: 'OperationOutcome', issue: [] });
      return answerJson(response, 200, { resourceType: 'Bundle', type: 'searchset', entry: [] });
    }
    if (mode === 'refuse') return answerJson(response, 422, { resourceType: 'OperationOutcome', issue: [] });
    if (mode === 'lose') {
      response.destroy();
      return undefined;
    }
    const id = String(++tasks);
    return answerJson(response, 201, { ...(JSON.parse(request.body) as object), id, meta: { versionId: '1' } });
  }

  const ask = async <T>(path: string): Promise<T> => {
    const found = await kit.call(`${AT}${path}`, { cookie });
    assert.equal(found.status, 200, `${path}: ${found.text}`);
    return found.json<T>();
  };
  const tell = async <T>(path: string, body: object, status = 200): Promise<T> => {
    const found = await kit.call(`${AT}${path}`, { method: 'POST', cookie, body });
    assert.equal(found.status, status, `${path}: ${found.text}`);
    return found.json<T>();
  };
  const until = async (state: 'dead' | 'done' | 'discarded', count: number): Promise<void> => {
    await runtime.until<RuntimeStatus>('/status', ({ messages }) => messages[state] === count);
  };
  const switches = async (): Promise<SwitchList['switches']> => (await ask<SwitchList>('/switches')).switches;

  before(async () => {
    ehr = await startLocalHttpServer(answer);
    runtime = await RuntimeProcess.start({
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(FLOW),
      fhirBase: ehr.origin,
    });
    const token = readFileSync(join(runtime.folder, 'staging/service-token'), 'utf8').trim();
    kit = await startTestConsole({
      directory: () => ({
        names: ['staging'],
        locate: () => Promise.resolve({ url: `http://127.0.0.1:${runtime.port}`, token }),
      }),
      watched: false,
    });
    cookie = await kit.cookieOf();
    sender = new MllpSender(runtime.mllpPort);
  });
  after(async () => {
    sender?.close();
    await kit?.stop();
    await runtime?.dispose();
    await ehr?.close();
  });

  it('groups dead letters by reason, counts before it acts, and redrives them once', async () => {
    for (const id of ['P1', 'P2', 'P3']) assert.match(await sender.send(adt(id)), /MSA\|AA/);
    await until('dead', 3);
    const { reasons } = await ask<ReasonList>('/metrics/reasons');
    const [group] = reasons;
    assert.ok(group);
    assert.deepEqual([reasons.length, group.state, group.count], [1, 'dead', 3]);

    const filter = { code: group.code, deadBefore: Date.now() + 1000 };
    const wouldBe = await tell<DeadLetterAnswer>('/dead-letters/redrive?dryRun=1', { filter });
    assert.deepEqual(wouldBe, {
      messages: 3,
      items: 3,
      doneAfter: 0,
      spared: 0,
      withoutSource: 0,
      doneAfterComplete: true,
      effectsDone: 0,
      effectsUncertain: 0,
      more: false,
      next: null,
    });
    assert.equal((await ask<RuntimeStatus>('/status')).messages.dead, 3, 'a dry run changes nothing');
    assert.equal(
      (await tell<DeadLetterAnswer>('/dead-letters/redrive?dryRun=1', { filter: { feed: 'other' } })).messages,
      0,
    );

    mode = 'take';
    assert.equal(
      (await kit.call(`${AT}/dead-letters/redrive`, { method: 'POST', cookie, body: { filter } })).status,
      400,
      'not without a reason',
    );
    const done = await tell<DeadLetterAnswer>('/dead-letters/redrive', { filter, reason: 'the server was mended' });
    assert.deepEqual([done.messages, done.items], [3, 3]);
    await until('done', 3);
    assert.equal(tasks, 3);
    const { records } = await ask<AuditPage>('/audit?type=work.redriven');
    assert.deepEqual(
      records.map(({ actor, reason }) => [actor, reason]),
      Array.from({ length: 3 }, () => ['user:admin', 'the server was mended']),
    );
  });

  it('holds what a paused feed accepts, shows it in the queue, and takes it up when it goes on', async () => {
    await tell('/switches', { kind: 'feed', name: 'hospital', mode: 'hold', reason: 'backup' }, 201);
    assert.match(await sender.send(adt('P4')), /MSA\|AA/);
    const queue = await ask<QueueFigures>('/metrics/queue');
    assert.deepEqual(queue.lanes, [{ lane: 'routine', state: 'waiting', count: 1 }]);
    assert.equal(queue.subscriptions[0]?.count, 1);
    const [one] = await switches();
    assert.deepEqual([one?.name, one?.mode, one?.reason, one?.actor], ['hospital', 'hold', 'backup', 'user:admin']);
    assert.equal((await ask<RuntimeStatus>('/status')).messages.done, 3, 'it waits');
    await tell(`/switches/${one?.id ?? ''}/clear`, { reason: 'backup done' });
    await until('done', 4);
    assert.deepEqual(await switches(), []);
    const { records } = await ask<AuditPage>('/audit?type=switch.cleared');
    assert.match(records[0]?.sentence ?? '', /^admin let the feed hospital go on: backup done\.$/);
  });

  it('refuses with the reason while a feed is told to, and keeps nothing of it', async () => {
    await tell('/switches', { kind: 'feed', name: 'hospital', mode: 'refuse', reason: 'moving house' }, 201);
    assert.match(await sender.send(adt('P5')), /MSA\|A[ER]\|/);
    const [one] = await switches();
    await tell(`/switches/${one?.id ?? ''}/clear`, { reason: 'moved' });
    assert.match(await sender.send(adt('P5')), /MSA\|AA\|P5/);
    await until('done', 5);
    await tell('/switches', { kind: 'endpoint', name: 'ehr', mode: 'refuse', reason: 'no such thing' }, 400);
  });

  it('asks a person about an effect that may have happened, and acts as they say', async () => {
    mode = 'lose';
    assert.match(await sender.send(adt('P6')), /MSA\|AA/);
    await until('dead', 1);
    const { effects } = await ask<UncertainEffects>('/effects/uncertain');
    assert.deepEqual([effects.length, effects[0]?.target, effects[0]?.state], [1, 'ehr: create Task', 'ambiguous']);
    const wouldBe = await tell<DeadLetterAnswer>('/dead-letters/redrive?dryRun=1', { filter: {} });
    assert.equal(wouldBe.effectsUncertain, 1);
    const decide = `/effects/${effects[0]?.key ?? ''}/decide`;
    await tell(decide, { outcome: 'failed', reason: 'searched, not there' });
    await tell(decide, { outcome: 'done', reason: 'searched again' }, 409);
    assert.deepEqual((await ask<UncertainEffects>('/effects/uncertain')).effects, []);
    mode = 'take';
    const before = tasks;
    await tell('/dead-letters/redrive', { filter: {}, reason: 'not there' });
    await until('done', 6);
    assert.equal(tasks, before + 1);
  });

  it('discards in bulk with the reason', async () => {
    mode = 'refuse';
    for (const id of ['P7', 'P8']) await sender.send(adt(id));
    await until('dead', 2);
    const done = await tell<DeadLetterAnswer>('/dead-letters/discard', {
      filter: { definition: 'own' },
      reason: 'test data',
    });
    assert.deepEqual([done.messages, done.items], [2, 2]);
    await until('discarded', 2);
    const { messages } = await ask<MessageList>('/messages?state=discarded');
    assert.equal(messages.length, 2);
  });

  it('counts by the minute what came and went, also after a restart', async () => {
    const sums = async (): Promise<readonly number[]> => {
      const { minutes } = await ask<FigureSeries>('/metrics/series');
      const sum = (what: 'received' | 'settled' | 'died'): number => minutes.reduce((all, one) => all + one[what], 0);
      return [sum('received'), sum('settled'), sum('died')];
    };
    const before = await sums();
    assert.deepEqual(before, [8, 6, 6]);
    assert.equal(await runtime.stop(), 0);
    await runtime.restart();
    assert.deepEqual(await sums(), before);
    assert.equal((await kit.call(`${AT}/metrics/series?since=5&until=5`, { cookie })).status, 400);
  });
});
