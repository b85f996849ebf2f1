/** What operators do over the runtime's own API: a real engine behind a real server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  createEngine,
  definitionSet,
  ManualClock,
  silentLog,
  type ClaimedWork,
  type Engine,
  type NewMessage,
  type NewWork,
} from '../../engine/index.ts';
import {
  API_ROOT,
  type ApiProblem,
  type DeadLetterAnswer,
  type DiscardAnswer,
  type RuntimeStatus,
  type SwitchList,
  type UncertainEffects,
} from '../../runtime/api/contract.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { ALARM_SOURCE } from '../../runtime/death-alarm.ts';
import { feedSettings } from '../kit/intake-bench.ts';
import { newMessage, newWork, settleAs } from '../kit/store-builders.ts';

describe('operators at the runtime API', () => {
  let folder: string;
  let clock: ManualClock;
  let engine: Engine;
  let api: RuntimeApi;
  let server: Server;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-operators-'));
    clock = new ManualClock();
    engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      bindings: {
        feeds: {},
        endpoints: { ehr: { kind: 'fhir', base: 'http://127.0.0.1:1/fhir', auth: { kind: 'none' }, ...ROOM } },
      },
      clock,
      log: silentLog,
    });
    await engine.intake.configure([feedSettings()], []);
    api = createRuntimeApi(() => true, 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const definitions = () => definitionSet([]);
    api.open({
      engine,
      version: '1',
      startedAt: clock.now(),
      definitions,
      drain: () => Promise.resolve(),
      samples: createPinnedSamples(folder),
    });
  });
  afterEach(async () => {
    api.close();
    server.closeAllConnections();
    server.close();
    await engine.stop(0);
    await rm(folder, { recursive: true });
  });

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    actor: string | null = 'user:ana',
  ): Promise<{ status: number; json: unknown }> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${API_ROOT}${path}`;
    const headers = new Headers({ authorization: 'Bearer token', 'content-type': 'application/json' });
    if (actor !== null) headers.set('wardflow-actor', actor);
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, json: await response.json() };
  };
  const post = (path: string, body: unknown = {}, actor?: string | null) => ask('POST', path, body, actor);
  const get = async <T>(path: string): Promise<T> => (await ask('GET', path)).json as T;
  const FEED = { kind: 'feed', name: 'hospital', mode: 'hold', reason: 'the sender is being moved' };

  describe('switches', () => {
    it('are set, listed, shown in the status and cleared', async () => {
      const set = await post('/switches', FEED);
      assert.equal(set.status, 201);
      const { id } = set.json as { id: string };
      const { switches } = await get<SwitchList>('/switches');
      assert.deepEqual(
        switches.map((one) => [one.id, one.name, one.mode, one.actor, one.until, one.inForce]),
        [[id, 'hospital', 'hold', 'user:ana', null, true]],
      );
      assert.deepEqual((await get<RuntimeStatus>('/status')).switches, switches);
      assert.deepEqual((await post(`/switches/${id}/clear`, { reason: 'it is back' })).json, { outcome: 'cleared' });
      assert.deepEqual((await get<SwitchList>('/switches')).switches, []);
      assert.equal((await post(`/switches/${id}/clear`, { reason: 'r' })).status, 404);
    });

    it('take a window in time', async () => {
      const [from, until] = [clock.now() + 1_000, clock.now() + 2_000];
      await post('/switches', { ...FEED, kind: 'endpoint', name: 'ehr', from, until });
      const [one] = (await get<SwitchList>('/switches')).switches;
      assert.deepEqual([one?.from, one?.until, one?.inForce], [from, until, false]);
    });

    it('are refused for what does not exist or makes no sense, and without an actor', async () => {
      const bad: readonly [number, object][] = [
        [400, { ...FEED, also: 1 }],
        [404, { ...FEED, name: 'nowhere' }],
        [404, { ...FEED, kind: 'endpoint', name: 'nowhere' }],
        [404, { ...FEED, kind: 'definition', name: 'nowhere' }],
        [400, { ...FEED, kind: 'lane', name: 'fast' }],
        [400, { ...FEED, kind: 'building' }],
        [400, { ...FEED, reason: '' }],
        [400, { ...FEED, mode: 'burn' }],
        [400, { ...FEED, kind: 'lane', name: 'bulk', mode: 'close' }],
        [400, { ...FEED, name: 7 }],
        [400, { ...FEED, until: 'tomorrow' }],
        [400, { ...FEED, until: clock.now() }],
      ];
      for (const [status, body] of bad) {
        const answer = await post('/switches', body);
        assert.equal(answer.status, status, JSON.stringify(body));
        assert.notEqual((answer.json as ApiProblem).remedy, '');
      }
      assert.equal((await post('/switches', FEED, null)).status, 400);
      assert.deepEqual((await get<SwitchList>('/switches')).switches, []);
    });
  });

  it('read nothing again for a feed that is stopped, and are told so', async () => {
    const quarantine = { code: 'hl7-bad-delimiters', text: 'It could not be read.' };
    await engine.store.journal.accept(newMessage({ id: 'q1', feed: 'hospital', quarantine }), [], 0);
    await post('/switches', FEED);
    const refused = await post('/messages/q1/reread', { reason: 'it can be read now' });
    assert.deepEqual([refused.status, (refused.json as ApiProblem).code], [409, 'reread-feed-stopped']);
    assert.match((refused.json as ApiProblem).title, /hospital was stopped .*: the sender is being moved/);
    assert.match((refused.json as ApiProblem).remedy, /wardflow resume feed hospital/);
    assert.equal((await engine.store.journal.get('q1'))?.state, 'quarantined');
  });

  /** A message whose work is dead; gives the item. */
  const dead = async (
    code: string,
    message: Partial<NewMessage> = {},
    work: Partial<NewWork> = {},
  ): Promise<ClaimedWork> => {
    const entry = newMessage({ feed: 'hospital', receivedAt: clock.now(), ...message });
    await engine.store.journal.accept(entry, [newWork(entry, { subscription: 'a/in', definition: 'a', ...work })], 0);
    const now = clock.now();
    const request = { subscription: 'a/in', limit: 1, owner: 'test', now, leaseUntil: now + 60_000 };
    const [claimed] = await engine.store.work.claim([request]);
    assert.ok(claimed);
    await settleAs(engine.store, claimed, { kind: 'dead', failure: { class: 'permanent', code, text: 'It failed.' } });
    return claimed;
  };
  const counts = () => engine.store.work.counts();

  describe('discarding of one message', () => {
    const DEAD = { kind: 'dead', failure: { class: 'permanent', code: 'broken', text: 'It broke.' } } as const;
    const accept = async (): Promise<void> => {
      const entry = newMessage({ id: 'm1', feed: 'hospital', receivedAt: clock.now() });
      const work = newWork(entry, { id: 'work-m1', subscription: 'test/all', definition: 'test' });
      await engine.store.journal.accept(entry, [work], 0);
    };
    const claim = async (): Promise<ClaimedWork> => {
      const now = clock.now();
      const request = { subscription: 'test/all', limit: 1, owner: 'test', now, leaseUntil: now + 60_000 };
      const [work] = await engine.store.work.claim([request]);
      assert.ok(work);
      return work;
    };
    const child = (id: string, more: Partial<NewWork> = {}): Promise<unknown> =>
      engine.store.work.addChild({
        id,
        messageId: 'm1',
        subscription: 'critical/all',
        definition: 'critical',
        lane: 'stat',
        orderingKey: null,
        afterDead: 'continue',
        correlationId: 'c',
        traceparent: 't',
        createdAt: clock.now(),
        child: { parentWorkId: 'work-m1', key: id, kind: 'queue', data: null },
        ...more,
      });
    const stateOf = async (id: string): Promise<string | undefined> => (await engine.store.work.get(id))?.state;

    it('takes what is dead, with a reason, and leaves what waits', async () => {
      await accept();
      await settleAs(engine.store, await claim(), DEAD);
      await child('other-flow');
      assert.equal((await post('/messages/m1/discard', {})).status, 400);
      const items = [{ id: 'work-m1', definition: 'test', subscription: 'test/all', state: 'dead' }];
      assert.deepEqual((await post('/messages/m1/discard?dryRun=1', {})).json, { discarded: [], items });
      assert.equal(await stateOf('work-m1'), 'dead');
      const answer = await post('/messages/m1/discard', { reason: 'test message' });
      assert.deepEqual(answer.json, { discarded: ['work-m1'], items });
      assert.equal(await stateOf('work-m1'), 'discarded');
      assert.equal(await stateOf('other-flow'), 'waiting');
      assert.equal((await post('/messages/m1/discard', { reason: 'again' })).status, 409);
    });

    it('takes what waits where it is named or all is asked for', async () => {
      await accept();
      await child('named');
      await child('beside');
      const reason = 'test message';
      for (const wrong of [{ all: 'yes' }, { work: [] }, { work: [7] }, { work: ['named'], all: true }, { some: 1 }])
        assert.equal((await post('/messages/m1/discard', { reason, ...wrong })).status, 400, JSON.stringify(wrong));
      assert.equal((await post('/messages/m1/discard', { reason, work: ['named', 'none'] })).status, 409);
      assert.equal(await stateOf('named'), 'waiting');
      assert.equal((await post('/messages/m1/discard', { reason, work: ['named'] })).status, 200);
      assert.deepEqual([await stateOf('named'), await stateOf('beside')], ['discarded', 'waiting']);
      assert.equal((await post('/messages/m1/discard', { reason, all: true })).status, 200);
      assert.deepEqual([await stateOf('work-m1'), await stateOf('beside')], ['discarded', 'discarded']);
    });

    it('never takes what an open escalation or the alarm of a death has to tell', async () => {
      await accept();
      const work = await claim();
      const { escalation } = await engine.escalations.start({
        work,
        definition: 'test',
        name: 'page',
        discriminator: '',
        ladder: 'ward',
        ladderVersion: 'v',
        steps: [{ afterMs: 60_000, to: 'role:nurse', channel: 'console', text: 'Look' }],
        exhausted: 'fallback',
        title: 'Critical result',
        watch: null,
        carry: null,
      });
      await child('step', { subscription: 'test/page', definition: 'test' });
      await child('alarm', { subscription: ALARM_SOURCE });
      await child('other-flow');
      const reason = 'test message';
      for (const id of ['step', 'alarm'])
        assert.equal((await post('/messages/m1/discard', { reason, work: [id] })).status, 409, id);
      const answer = (await post('/messages/m1/discard', { reason, all: true })).json as DiscardAnswer;
      assert.deepEqual(answer.discarded, ['other-flow']);
      assert.deepEqual([await stateOf('step'), await stateOf('alarm')], ['waiting', 'waiting']);
      await engine.escalations.acknowledge(escalation.id, { actor: 'user:ana', via: 'console' });
      assert.equal((await post('/messages/m1/discard', { reason, work: ['step'] })).status, 200);
    });
  });

  describe('dead letters', () => {
    it('are counted by a dry run, and redriven oldest first, each with its audit record', async () => {
      for (let i = 0; i < 5; i++) await dead('endpoint-auth');
      await dead('fhir-refused');
      const filter = { code: 'endpoint-auth' };
      const dry = (await post('/dead-letters/redrive?dryRun=1', { filter })).json as DeadLetterAnswer;
      assert.deepEqual(dry, {
        messages: 5,
        items: 5,
        doneAfter: 0,
        spared: 0,
        withoutSource: 5,
        doneAfterComplete: true,
        effectsDone: 0,
        effectsUncertain: 0,
        more: false,
        next: null,
      });
      assert.equal((await counts()).dead, 6);
      const done = (await post('/dead-letters/redrive', { filter, reason: 'the token is new' })).json;
      assert.deepEqual(done, dry);
      assert.deepEqual([(await counts()).dead, (await counts()).waiting], [1, 5]);
      const records = await engine.store.audit.list({ type: 'work.redriven', order: 'oldest-first' });
      assert.deepEqual(
        records.map(({ actor, reason }) => [actor, reason]),
        Array.from({ length: 5 }, () => ['user:ana', 'the token is new']),
      );
      const order = (await engine.store.journal.list({})).toReversed().map(({ id }) => id);
      assert.deepEqual(
        records.map(({ messageId }) => messageId),
        order.slice(0, 5),
      );
    });

    it('are chosen by feed, type, definition and time', async () => {
      const at = clock.now();
      await dead('x', { feed: 'hospital', type: 'ADT^A01' });
      await dead('x', { feed: 'lab', type: 'ORU^R01' }, { definition: 'b' });
      clock.advance(1_000);
      await dead('x', { feed: 'lab', type: 'ORU^R30' });
      const found = async (filter: object): Promise<number> =>
        ((await post('/dead-letters/discard?dryRun=1', { filter })).json as DeadLetterAnswer).items;
      assert.deepEqual(
        await Promise.all(
          [{}, { feed: 'lab' }, { type: 'ORU' }, { type: 'ORU^R01' }, { definition: 'b' }, { code: 'y' }].map(found),
        ),
        [3, 2, 2, 1, 1, 0],
      );
      assert.deepEqual(await Promise.all([{ since: at + 1 }, { until: at + 1 }].map(found)), [1, 2]);
    });

    it('are discarded with a reason', async () => {
      await dead('x');
      await dead('x');
      assert.equal((await post('/dead-letters/discard', { filter: {} })).status, 400, 'without a reason');
      const answer = (await post('/dead-letters/discard', { filter: {}, reason: 'test data' }))
        .json as DeadLetterAnswer;
      assert.equal(answer.items, 2);
      assert.equal((await counts()).discarded, 2);
      assert.equal((await engine.store.audit.list({ type: 'work.discarded' })).length, 2);
    });

    it('are not discarded where an open escalation tells people by them, and it is said', async () => {
      const work = await dead('x');
      const { escalation } = await engine.escalations.start({
        work,
        definition: 'a',
        name: 'page',
        discriminator: '',
        ladder: 'ward',
        ladderVersion: 'v',
        steps: [{ afterMs: 60_000, to: 'role:nurse', channel: 'console', text: 'Look' }],
        exhausted: 'fallback',
        title: 'Critical result',
        watch: null,
        carry: null,
      });
      const below = async (id: string, subscription: string, parentWorkId: string): Promise<void> => {
        const { messageId, lane, correlationId, traceparent } = work;
        const item = { id, messageId, subscription, definition: 'a', lane, correlationId, traceparent } as const;
        const more = { orderingKey: null, afterDead: 'continue', createdAt: clock.now() } as const;
        await engine.store.work.addChild({
          ...item,
          ...more,
          child: { parentWorkId, key: id, kind: 'timer', data: {} },
        });
        const now = clock.now();
        const request = { subscription, limit: 1, owner: 'test', now, leaseUntil: now + 60_000 };
        const [claimed] = await engine.store.work.claim([request]);
        assert.ok(claimed);
        const failure = { class: 'permanent', code: 'x', text: 'It failed.' } as const;
        await settleAs(engine.store, claimed, { kind: 'dead', failure });
      };
      await below('step', 'a/page', work.id);
      await below('further', 'a/page-queue', 'step');
      const discard = async (query = '') =>
        (await post(`/dead-letters/discard${query}`, { filter: {}, reason: 'test data' })).json as DeadLetterAnswer;
      const told = ({ messages, items, spared }: DeadLetterAnswer) => ({ messages, items, spared });
      assert.deepEqual(told(await discard('?dryRun=1')), { messages: 1, items: 1, spared: 2 });
      assert.deepEqual(told(await discard()), { messages: 1, items: 1, spared: 2 });
      const states = async () => (await engine.store.work.ofMessage(work.messageId)).map((one) => one.state);
      assert.deepEqual(await states(), ['discarded', 'dead', 'dead']);
      assert.deepEqual(told(await discard()), { messages: 0, items: 0, spared: 2 });
      await engine.escalations.acknowledge(escalation.id, { actor: 'user:ana', via: 'console' });
      assert.deepEqual(told(await discard()), { messages: 1, items: 2, spared: 0 });
    });

    it('are told with newer work of the same key that is done, and with effects that happened', async () => {
      const first = await dead('x', {}, { orderingKey: 'k', afterDead: 'continue' });
      const later = newMessage();
      await engine.store.journal.accept(later, [newWork(later, { subscription: 'a/in', orderingKey: 'k' })], 0);
      const request = { subscription: 'a/in', limit: 1, owner: 'test', now: clock.now(), leaseUntil: clock.now() + 1 };
      for (const work of await engine.store.work.claim([request])) await settleAs(engine.store, work, { kind: 'done' });
      await effect('e1', first, 'done');
      await effect('e2', first, 'ambiguous');
      const answer = (await post('/dead-letters/redrive?dryRun=1', { filter: {} })).json as DeadLetterAnswer;
      assert.deepEqual([answer.doneAfter, answer.effectsDone, answer.effectsUncertain], [1, 1, 1]);
    });

    it('are taken at most 200 messages at a time, and what is left is said', async function () {
      this.timeout(180_000);
      const entries = Array.from({ length: 201 }, () => newMessage({ receivedAt: clock.now() }));
      await Promise.all(
        entries.map((one) => engine.store.journal.accept(one, [newWork(one, { subscription: 'a/in' })], 0)),
      );
      const request = {
        subscription: 'a/in',
        limit: 1000,
        owner: 'test',
        now: clock.now(),
        leaseUntil: clock.now() + 1,
      };
      const failure = { class: 'permanent', code: 'x', text: 'x' } as const;
      await Promise.all(
        (await engine.store.work.claim([request])).map((one) => settleAs(engine.store, one, { kind: 'dead', failure })),
      );
      const redrive = async () =>
        (await post('/dead-letters/redrive', { filter: {}, reason: 'r' })).json as DeadLetterAnswer;
      const first = await redrive();
      assert.deepEqual([first.messages, first.more], [200, true]);
      const goOn = { filter: { after: first.next }, reason: 'r' };
      const second = (await post('/dead-letters/redrive', goOn)).json as DeadLetterAnswer;
      assert.deepEqual([second.messages, second.more, second.next], [1, false, null]);
    });

    it('are not chosen by a filter that is not understood', async () => {
      await dead('x');
      for (const filter of [{ codes: 'x' }, { code: 7 }, { code: '' }, { since: 'today' }, [], null, 'x', undefined]) {
        const answer = await post('/dead-letters/redrive', { filter, reason: 'r' });
        assert.equal(answer.status, 400, JSON.stringify(filter));
      }
      assert.equal((await counts()).dead, 1);
    });
  });

  const effect = async (key: string, work: ClaimedWork, state: 'done' | 'ambiguous'): Promise<void> => {
    const { messageId, id: workId, definition } = work;
    const identity = {
      key,
      messageId,
      workId,
      name: 'write',
      definition,
      target: 'ehr: create Task',
      discriminator: '',
    };
    await engine.store.effects.begin({ ...identity, version: '1' }, 'life', clock.now());
    const failure = { class: 'ambiguous', code: 'outcome-unknown', text: 'Unknown.' } as const;
    const outcome = state === 'done' ? { state, result: { secret: 1 }, summary: 's' } : { state, failure };
    await engine.store.effects.finish(key, outcome, clock.now());
  };

  describe('effects of which nobody knows whether they happened', () => {
    it('are listed without what they wrote, and decided by a person, once', async () => {
      const work = await dead('outcome-unknown');
      await effect('e1', work, 'ambiguous');
      await effect('e2', work, 'ambiguous');
      await effect('e3', work, 'done');
      const keys = async () => (await get<UncertainEffects>('/effects/uncertain')).effects.map(({ key }) => key);
      assert.deepEqual(await keys(), ['e1', 'e2']);
      assert.ok(!('result' in ((await get<UncertainEffects>('/effects/uncertain')).effects[0] ?? {})));
      const decide = (key: string, body: object) => post(`/effects/${key}/decide`, body);
      const reason = 'seen in the EHR';
      assert.deepEqual((await decide('e1', { outcome: 'done', reason })).json, { outcome: 'decided' });
      assert.deepEqual((await decide('e2', { outcome: 'failed', reason })).json, { outcome: 'decided' });
      assert.deepEqual(await keys(), []);
      const states = (await engine.store.effects.ofMessage(work.messageId)).map((one) => [one.key, one.state]);
      assert.deepEqual(states, [
        ['e1', 'done'],
        ['e2', 'failed'],
        ['e3', 'done'],
      ]);
      const records = await engine.store.audit.list({ type: 'effect.decided', order: 'oldest-first' });
      assert.deepEqual(
        records.map(({ actor, reason: why, details }) => [actor, why, details['verdict']]),
        [
          ['user:ana', reason, 'happened'],
          ['user:ana', reason, 'did not happen'],
        ],
      );
      assert.equal((await decide('e1', { outcome: 'failed', reason })).status, 409);
      assert.equal((await decide('none', { outcome: 'failed', reason })).status, 404);
      assert.equal((await decide('e1', { outcome: 'perhaps', reason })).status, 400);
      assert.equal((await decide('e1', { outcome: 'done' })).status, 400, 'without a reason');
    });
  });
});

const ROOM = { timeoutMs: 1_000, concurrency: 1 } as const;
