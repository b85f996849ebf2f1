import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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
  noticeRecord,
  silentLog,
  type Engine,
  type NewMessage,
} from '../../engine/index.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import {
  API_ROOT,
  type ApiProblem,
  type DiscardAnswer,
  type EscalationList,
  type MessageDetail,
  type MessageList,
  type OutlineAnswer,
  type RuntimeStatus,
} from '../../runtime/api/contract.ts';
import { tokenCheck } from '../../runtime/api/service-token.ts';

const TOKEN = 'a-service-token-of-this-test-0123456789abcdef';
const ADT = 'MSH|^~\\&|APP|FAC|X|Y|20260105080000||ADT^A01^ADT_A01|C1|P|2.5.1\rPID|1||4711^^^H||TEST^ANNA\r';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly json: unknown;
  readonly bytes: Buffer;
}

describe("the runtime's own API", () => {
  let folder = '';
  let clock = new ManualClock();
  let engine: Engine;
  let api: RuntimeApi;
  let server: Server;
  let base = '';
  let drained = 0;

  const start = async (): Promise<void> => {
    engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      bindings: { feeds: {}, endpoints: {} },
      clock,
      log: silentLog,
    });
    api = createRuntimeApi(tokenCheck(TOKEN), 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end('passed on')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const open = (): void =>
    api.open({
      engine,
      version: '1.2.3',
      startedAt: clock.now(),
      definitions: () => definitionSet([]),
      drain: async () => void drained++,
      samples: createPinnedSamples(folder),
    });
  const stop = async (): Promise<void> => {
    api.close();
    server.closeAllConnections();
    server.close();
    await engine.stop(100);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-api-'));
    clock = new ManualClock();
    drained = 0;
    await start();
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (path: string, options: RequestInit & { actor?: string } = {}): Promise<Answer> => {
    const headers = new Headers(options.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${TOKEN}`);
    if (options.actor !== undefined) headers.set('wardflow-actor', options.actor);
    if (typeof options.body === 'string') headers.set('content-type', 'application/json');
    const response = await fetch(`${base}${path.startsWith('/') ? path : `${API_ROOT}/${path}`}`, {
      ...options,
      headers,
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    const json: unknown = type.includes('json') && !type.includes('ndjson') ? JSON.parse(bytes.toString()) : null;
    return { status: response.status, type, headers: response.headers, json, bytes };
  };
  const get = async <T>(path: string, actor?: string): Promise<T> => {
    const answer = await ask(path, actor === undefined ? {} : { actor });
    assert.equal(answer.status, 200, answer.bytes.toString());
    return answer.json as T;
  };
  const post = (path: string, body: unknown, actor = 'user:ana'): Promise<Answer> =>
    ask(path, { method: 'POST', body: JSON.stringify(body), actor });
  const code = (answer: Answer): string => (answer.json as ApiProblem).code;

  const accept = async (id: string, text = ADT, key: string | null = 'key'): Promise<void> => {
    const bytes = Buffer.from(text);
    const message: NewMessage = {
      id,
      feed: 'hospital',
      connection: 'c',
      receivedAt: clock.now(),
      bytes,
      bodyHash: createHash('sha256').update(id).digest('hex'),
      controlId: id,
      type: 'ADT^A01',
      sender: 'APP|FAC',
      messageTime: null,
      keys: [{ kind: 'patient', value: '4711' }],
      patientHint: 'A.T. …4711',
      correlationId: id,
      traceparent: 't',
      answer: { code: 'AA', bytes: Buffer.from('MSA|AA\r') },
    };
    const work = {
      id: `work-${id}`,
      messageId: id,
      subscription: 'test/all',
      definition: 'test',
      lane: 'routine' as const,
      orderingKey: key,
      afterDead: 'continue' as const,
      correlationId: id,
      traceparent: 't',
      createdAt: clock.now(),
    };
    await engine.store.journal.accept(message, [work], 0);
  };
  const settle = async (state: 'dead' | 'done'): Promise<void> => {
    const now = clock.now();
    const request = { subscription: 'test/all', limit: 1, owner: 'test', now, leaseUntil: now + 60_000 };
    const [work] = await engine.store.work.claim([request]);
    assert.ok(work);
    const failure = { class: 'permanent' as const, code: 'broken', text: 'It broke.' };
    const settlement = state === 'done' ? ({ kind: 'done' } as const) : ({ kind: 'dead', failure } as const);
    await engine.store.work.settle({
      workId: work.id,
      fence: work.fence,
      at: now,
      settlement,
      trace: [],
      version: null,
    });
  };

  describe('lets in', () => {
    beforeEach(open);

    it('nobody without the token, whatever they try', async () => {
      for (const authorization of [
        '',
        'Bearer',
        `Bearer ${TOKEN}x`,
        `Bearer ${TOKEN.slice(1)}`,
        `Basic ${TOKEN}`,
        TOKEN,
      ]) {
        for (const path of ['status', 'messages', 'messages/m/raw', 'live', 'audit/export', 'nothing-here']) {
          const answer = await ask(path, { headers: { authorization } });
          assert.deepEqual([answer.status, code(answer)], [401, 'not-authorised'], `${authorization} ${path}`);
          assert.match(answer.type, /^application\/problem\+json/);
        }
      }
    });

    it('anybody to ask for its health, and nobody to keep an answer', async () => {
      const answer = await ask('health', { headers: { authorization: '' } });
      assert.deepEqual(answer.json, { status: 'ok', environment: 'staging' });
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('x-powered-by'), null);
    });

    it('requests for others through to Node-RED', async () => {
      for (const path of ['/', '/flows', '/wardflow', '/wardflow/api/v10/status'])
        assert.equal((await ask(path)).bytes.toString(), 'passed on');
      assert.equal((await ask('nothing-here')).status, 404);
    });

    it('no body, field or list that is too large or of the wrong kind', async () => {
      await accept('m1');
      assert.equal((await post('messages/m1/redrive', { reason: 'x'.repeat(100_000) })).status, 413);
      assert.equal((await ask('messages/m1/redrive', { method: 'POST', body: '{', actor: 'user:a' })).status, 400);
      for (const path of ['messages?limit=1001', 'messages?limit=-1', 'messages?state=dreaming', 'messages?since=soon'])
        assert.deepEqual([(await ask(path)).status], [400], path);
      for (const path of [`messages?q=${'x'.repeat(201)}`, 'messages?feed=a&feed=b', 'messages/..%2F..%2Fetc'])
        assert.deepEqual([(await ask(path)).status], [400], path);
      assert.equal((await ask('messages?patient=1&order=2', { actor: 'user:a' })).status, 400);
    });
  });

  it('says that it is starting until it is opened', async () => {
    const answer = await ask('status');
    assert.deepEqual([answer.status, code(answer)], [503, 'starting']);
    assert.deepEqual((await ask('health')).json, { status: 'starting', environment: 'staging' });
    open();
    const status = await get<RuntimeStatus>('status');
    assert.deepEqual([status.version, status.messages.total, status.durability.adapter], ['1.2.3', 0, 'sqlite']);
  });

  it('lists messages newest first, in pages, by state', async () => {
    open();
    for (const id of ['m1', 'm2', 'm3']) await accept(id);
    const first = await get<MessageList>('messages?limit=2');
    assert.deepEqual(
      first.messages.map(({ id }) => id),
      ['m3', 'm2'],
    );
    assert.equal(first.counts.total, 3);
    const rest = await get<MessageList>(`messages?limit=2&before=${first.next}`);
    assert.deepEqual([rest.messages.map(({ id }) => id), rest.next], [['m1'], null]);
    await settle('dead');
    const dead = await get<MessageList>('messages?state=dead');
    assert.deepEqual(
      dead.messages.map(({ id, reason }) => [id, reason?.code]),
      [['m1', 'broken']],
    );
    assert.equal((await get<{ work: unknown[] }>('messages/m1')).work.length, 1);
    assert.equal((await ask('messages/unknown')).status, 404);
  });

  it('shows a body only to somebody who says who they are, and writes it down', async () => {
    open();
    await accept('m1');
    for (const path of ['messages/m1/raw', 'messages?patient=4711']) {
      const answer = await ask(path);
      assert.deepEqual([answer.status, code(answer)], [400, 'actor-missing']);
    }
    assert.equal((await ask('messages/m1/raw', { actor: 'user:<script>' })).status, 400);
    assert.equal((await engine.store.audit.head()).seq, 0);

    const raw = await ask('messages/m1/raw', { actor: 'user:ana' });
    assert.deepEqual(raw.bytes, Buffer.from(ADT));
    assert.equal(raw.type, 'application/octet-stream');
    const found = await get<MessageList>('messages?patient=4711', 'user:ana');
    assert.equal(found.messages.length, 1);

    const { records } = await get<{ records: { type: string; actor: string; details: object }[] }>('audit');
    assert.deepEqual(
      records.map(({ type, actor }) => `${type} by ${actor}`),
      ['message.searched by user:ana', 'message.body-viewed by user:ana'],
    );
    assert.ok(!JSON.stringify(records).includes('4711'), 'the audit trail holds no identifier in clear');
    const { value } = (records[0]?.details ?? {}) as { readonly value?: string };
    assert.equal(value, engine.identifierMark('4711'));
    const bare = createHash('sha256').update('4711').digest('hex').slice(0, 16);
    assert.ok(value && !value.includes(bare), 'nor one that whoever tries all numbers finds');
  });

  it('reads a message that it is given, keeps nothing of it, and takes as much for nothing else', async () => {
    open();
    assert.equal(((await post('hl7/outline', { text: ADT })).json as OutlineAnswer).total, 2);
    assert.equal((await engine.store.audit.head()).seq, 0);
    const large = { text: 'x'.repeat(14_000_000) };
    assert.deepEqual([(await post('hl7/outline', large)).status, (await post('switches', large)).status], [413, 413]);
  });

  it('redrives the dead with a reason, after saying what was done since', async () => {
    open();
    for (const id of ['m1', 'm2']) await accept(id);
    await settle('dead');
    await settle('done');
    assert.deepEqual((await post('messages/m1/redrive?dryRun=1', {})).json, {
      redriven: [],
      doneAfter: 1,
      withoutSource: 1,
    });
    assert.equal((await post('messages/m1/redrive', {})).status, 400, 'a reason is needed');
    assert.equal((await post('messages/m2/redrive', { reason: 'again' })).status, 409);
    assert.equal((await post('messages/none/redrive', { reason: 'again' })).status, 404);
    const answer = await post('messages/m1/redrive', { reason: 'the server is back' });
    assert.deepEqual(answer.json, { redriven: ['work-m1'], doneAfter: 1, withoutSource: 1 });
    assert.equal((await engine.store.work.get('work-m1'))?.state, 'waiting');
    const [record] = await engine.store.audit.list({ type: 'work.redriven' });
    assert.deepEqual([record?.actor, record?.reason, record?.messageId], ['user:ana', 'the server is back', 'm1']);
  });

  it('lets parked work go on, with a reason, and discards it as well', async () => {
    open();
    await accept('m1');
    await settle('done');
    const parent = await engine.store.work.get('work-m1');
    assert.ok(parent);
    const at = clock.now();
    const park = (key: string): Promise<unknown> =>
      engine.store.work.addChild({
        id: key,
        messageId: 'm1',
        subscription: parent.subscription,
        definition: parent.definition,
        lane: 'routine',
        orderingKey: null,
        afterDead: 'continue',
        correlationId: 'c',
        traceparent: 't',
        createdAt: at,
        child: { parentWorkId: parent.id, key, kind: 'park', data: null, state: 'parked', notBefore: at + 3_600_000 },
      });
    await park('p1');
    assert.equal((await post('messages/m1/release', {})).status, 400, 'a reason is needed');
    assert.deepEqual((await post('messages/m1/release', { reason: 'she called' })).json, { released: ['p1'] });
    assert.notEqual((await engine.store.work.get('p1'))?.state, 'parked');
    const [record] = await engine.store.audit.list({ type: 'work.woken' });
    assert.deepEqual(
      [record?.actor, record?.reason, record?.details['until']],
      ['user:ana', 'she called', at + 3_600_000],
    );
    assert.equal((await post('messages/m1/release', { reason: 'again' })).status, 409);
    await park('p2');
    const discarded = (await post('messages/m1/discard', { reason: 'not needed', all: true })).json as DiscardAnswer;
    assert.ok(discarded.discarded.includes('p2'));
    assert.equal((await engine.store.work.get('p2'))?.state, 'discarded');
  });

  it('lists escalations and takes one acknowledgement of each', async () => {
    open();
    await accept('m1');
    const now = clock.now();
    const [work] = await engine.store.work.claim([
      { subscription: 'test/all', limit: 1, owner: 'test', now, leaseUntil: now + 60_000 },
    ]);
    assert.ok(work);
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
    const listed = await get<{ escalations: { id: string }[] }>('escalations?state=open');
    assert.deepEqual(
      listed.escalations.map(({ id }) => id),
      [escalation.id],
    );
    assert.equal((await ask(`escalations/${escalation.id}/acknowledge`, { method: 'POST' })).status, 400);
    const answer = await post(`escalations/${escalation.id}/acknowledge`, {}, 'user:ben');
    assert.deepEqual(answer.json, { outcome: 'acknowledged' });
    assert.deepEqual((await engine.store.escalations.get(escalation.id))?.endedBy, {
      actor: 'user:ben',
      via: 'console',
    });
    assert.equal((await post(`escalations/${escalation.id}/acknowledge`, {})).status, 409);
    assert.equal((await post('escalations/none/acknowledge', {})).status, 404);
    assert.equal((await get<{ escalations: unknown[] }>('escalations?state=open')).escalations.length, 0);
  });

  it('gives escalations and effects without what they keep of the patient', async () => {
    open();
    await accept('m1');
    const now = clock.now();
    const [work] = await engine.store.work.claim([
      { subscription: 'test/all', limit: 1, owner: 'test', now, leaseUntil: now + 60_000 },
    ]);
    assert.ok(work);
    await engine.escalations.start({
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
      carry: { event: { patient: 'CLINICAL-CONTENT' } },
    });
    await engine.effects.once(
      {
        work,
        name: 'task',
        target: 'ehr: create Task',
        discriminator: '',
        version: '1',
        onAmbiguous: 'look-first',
      },
      () => Promise.resolve({ kind: 'done', result: { for: 'CLINICAL-CONTENT' }, summary: 'Task/1 created' }),
    );
    const message = { controlId: 'm1', type: 'ADT^A01', patientHint: 'A.T. …4711' };
    const detail = await get<MessageDetail>('messages/m1');
    assert.deepEqual(
      detail.effects.map(({ state, summary }) => [state, summary]),
      [['done', 'Task/1 created']],
    );
    for (const { escalations } of [detail, await get<EscalationList>('escalations')])
      assert.deepEqual(
        escalations.map((one) => [one.title, one.message]),
        [['Critical result', message]],
      );
    for (const path of ['messages/m1', 'escalations']) {
      const { bytes } = await ask(path);
      assert.ok(!bytes.includes('CLINICAL-CONTENT'), path);
    }
  });

  it('lists the notices of the last day, also after a restart, each once', async () => {
    open();
    const tell = async (id: string): Promise<void> => {
      const notice = {
        id,
        at: clock.now(),
        escalationId: null,
        messageId: 'm',
        definition: 'lab',
        lane: 'stat',
        to: 'ward',
        text: 'Look',
      };
      await engine.store.audit.append([noticeRecord(notice)]);
    };
    await tell('old');
    clock.advance(86_400_001);
    await tell('n1');
    clock.advance(5);
    await tell('n2');
    await tell('n1');
    await stop();
    await start();
    open();
    const { notices } = await get<{ notices: { id: string; text: string }[] }>('notices');
    assert.deepEqual(
      notices.map(({ id, text }) => [id, text]),
      [
        ['n2', 'Look'],
        ['n1', 'Look'],
      ],
    );
  });

  it('verifies and exports the audit chain', async () => {
    open();
    await accept('m1');
    for (let i = 0; i < 3; i++) await ask('messages/m1/raw', { actor: 'user:ana' });
    const verdict = await get<{ intact: boolean; records: number }>('audit/verify');
    assert.deepEqual([verdict.intact, verdict.records], [true, 3]);
    const exported = await ask('audit/export', { actor: 'user:ana' });
    const lines = exported.bytes.toString().trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { seq: number; type: string }).type),
      ['message.body-viewed', 'message.body-viewed', 'message.body-viewed', 'audit.exported'],
    );
  });

  it('streams live changes, many of one thing as one', async () => {
    open();
    const abort = new AbortController();
    const response = await fetch(`${base}${API_ROOT}/live`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      signal: abort.signal,
    });
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    await reader.read();
    for (let i = 0; i < 500; i++) {
      engine.live.publish({ kind: 'message', id: 'm1' });
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    engine.live.publish({ kind: 'escalation', id: 'e1' });
    let text = '';
    while (!text.includes('e1')) text += (await reader.read()).value ?? '';
    assert.ok(text.split('"m1"').length - 1 <= 2, 'a burst is gathered');
    abort.abort();
  });

  it('drains when it is told to, and writes down by whom', async () => {
    open();
    assert.equal((await ask('drain', { method: 'POST' })).status, 400);
    assert.deepEqual((await post('drain', {})).json, { inFlight: 0 });
    assert.equal(drained, 1);
    assert.equal((await engine.store.audit.list({ type: 'runtime.drained' })).length, 1);
  });
});
