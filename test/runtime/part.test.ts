/** What the runtime API shows to, and does for, somebody who answers for a part of it: a real engine behind a real server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  createConverter,
  createEngine,
  definitionSet,
  ManualClock,
  noticeRecord,
  silentLog,
  type Definition,
  type Engine,
} from '../../engine/index.ts';
import { covers } from '../../governance/api/permissions.ts';
import { PROXY_ROUTES } from '../../governance/server/proxy/routes.ts';
import { API_ROOT, SCOPE_HEADER, type ScopeOfCall } from '../../runtime/api/contract.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { feedSettings } from '../kit/intake-bench.ts';
import { newMessage, newWork, settleAs } from '../kit/store-builders.ts';

const LAB: ScopeOfCall = { definitions: [], serviceLines: ['laboratory'] };
const COMMUNITY: ScopeOfCall = { definitions: ['discharge'], serviceLines: [] };
const NOTHING: ScopeOfCall = { definitions: [], serviceLines: [] };

describe('the part of a runtime that somebody answers for', () => {
  let folder: string;
  let clock: ManualClock;
  let engine: Engine;
  let api: RuntimeApi;
  let server: Server;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-part-'));
    clock = new ManualClock();
    const bindings = { feeds: {}, endpoints: {} };
    engine = await createEngine({ environment: 'staging', dataFolder: folder, bindings, clock, log: silentLog });
    await engine.intake.configure([feedSettings()], []);
    api = createRuntimeApi(() => true, 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const definitions = () =>
      definitionSet([definition('lab', ' LABORATORY'), definition('discharge', 'Community care')]);
    api.open({
      engine,
      version: '1',
      startedAt: clock.now(),
      definitions,
      drain: () => Promise.resolve(),
      samples: createPinnedSamples(folder),
    });
    await accept('of-lab', ['lab']);
    await accept('of-both', ['lab', 'discharge']);
    await accept('of-discharge', ['discharge']);
    await accept('of-none', []);
    const quarantine = { code: 'hl7-unreadable', text: 'It cannot be read.' };
    await engine.store.journal.accept(newMessage({ id: 'unreadable', feed: 'hospital', quarantine }), [], 0);
  });
  afterEach(async () => {
    api.close();
    server.closeAllConnections();
    server.close();
    await engine.stop(0);
    await rm(folder, { recursive: true });
  });

  /** A message whose work is dead in each of these, with an effect of which nobody is sure. */
  async function accept(id: string, definitions: readonly string[]): Promise<void> {
    const entry = newMessage({
      id,
      feed: 'hospital',
      receivedAt: clock.now(),
      keys: [{ kind: 'patient', value: 'P' }],
    });
    const work = definitions.map((one) =>
      newWork(entry, { id: `${id}-${one}`, subscription: `${one}/in`, definition: one }),
    );
    await engine.store.journal.accept(entry, work, 0);
    for (const one of definitions) {
      const now = clock.now();
      const [claimed] = await engine.store.work.claim([
        { subscription: `${one}/in`, limit: 1, owner: 'test', now, leaseUntil: now + 60_000 },
      ]);
      assert.ok(claimed);
      const key = `effect-${id}-${one}`;
      const about = { messageId: id, workId: claimed.id, definition: one, name: key, target: 't', discriminator: '' };
      await engine.store.effects.begin({ key, version: '1', ...about }, 'test', now);
      const failure = { class: 'ambiguous', code: 'lost', text: 'Lost.' } as const;
      await engine.store.effects.finish(key, { state: 'ambiguous', failure }, now);
      const dead = { class: 'permanent', code: `broken-${one}`, text: 'It failed.' } as const;
      await settleAs(engine.store, claimed, { kind: 'dead', failure: dead });
      await engine.escalations.start({
        work: claimed,
        definition: one,
        source: `${one}/escalation`,
        name: 'call',
        discriminator: id,
        lane: 'stat',
        ladder: 'ward',
        ladderVersion: '1',
        steps: [{ afterMs: 60_000, to: 'ward', channel: 'console', text: 'Look' }],
        exhausted: 'keep-last',
        title: one,
        watch: null,
        carry: null,
      });
      const notice = { id: key, at: now, escalationId: null, messageId: id, definition: one, lane: 'stat', to: 'w' };
      await engine.store.audit.append([noticeRecord({ ...notice, text: one })]);
    }
  }

  interface Answer {
    readonly status: number;
    readonly applied: boolean;
    readonly text: string;
    json<T>(shape?: T): T;
  }
  const ask = async (
    scope: ScopeOfCall | string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${API_ROOT}${path}`;
    const headers = new Headers({ authorization: 'Bearer t', 'content-type': 'application/json' });
    headers.set('wardflow-actor', 'user:ana');
    if (scope !== null)
      headers.set(
        SCOPE_HEADER,
        typeof scope === 'string' ? scope : Buffer.from(JSON.stringify(scope)).toString('base64url'),
      );
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    const applied = response.headers.get(SCOPE_HEADER) === 'applied';
    return { status: response.status, applied, text, json: <T>(_shape?: T) => JSON.parse(text) as T };
  };
  const get = async <T>(scope: ScopeOfCall | null, path: string): Promise<T> =>
    (await ask(scope, 'GET', path)).json<T>();
  const reason = 'for the test';

  it('is what lists show, and what they count', async () => {
    interface List {
      messages: { id: string; definitions: string[] }[];
      counts: { total: number };
      next: number | null;
    }
    const list = await get<List>(LAB, '/messages');
    assert.deepEqual(
      list.messages.map(({ id, definitions }) => [id, definitions]),
      [
        ['of-both', ['lab']],
        ['of-lab', ['lab']],
      ],
    );
    assert.equal(list.counts.total, 2);
    assert.equal((await get<List>(null, '/messages')).counts.total, 5);
    assert.equal((await get<List>(NOTHING, '/messages')).counts.total, 0);
    assert.equal((await get<List>(COMMUNITY, '/messages?patient=P')).messages.length, 2, 'the same by an identifier');
    const page = await get<List>(LAB, '/messages?limit=1');
    assert.deepEqual(
      (await get<List>(LAB, `/messages?before=${page.next}`)).messages.map(({ id }) => id),
      ['of-lab'],
    );
    const titles = async (scope: ScopeOfCall): Promise<readonly string[]> =>
      (await get<{ escalations: { title: string }[] }>(scope, '/escalations')).escalations.map(({ title }) => title);
    assert.deepEqual(await titles(COMMUNITY), ['discharge', 'discharge']);
    const { notices } = await get<{ notices: { text: string }[] }>(LAB, '/notices');
    assert.deepEqual([...new Set(notices.map(({ text }) => text))], ['lab']);
    const { effects } = await get<{ effects: { definition: string }[] }>(LAB, '/effects/uncertain');
    assert.deepEqual(
      effects.map(({ definition: one }) => one),
      ['lab', 'lab'],
    );
    const { reasons } = await get<{ reasons: { code: string; count: number }[] }>(COMMUNITY, '/metrics/reasons');
    assert.ok(reasons.reduce((sum, { count }) => sum + count, 0) === 2, 'the reasons of two messages');
    const { subscriptions } = await get<{ subscriptions: { subscription: string }[] }>(LAB, '/metrics/queue');
    assert.deepEqual([...new Set(subscriptions.map(({ subscription }) => subscription))], ['lab/in']);
  });

  it('is what the status is about', async () => {
    interface Status {
      messages: { total: number; dead: number };
      work: { dead: number };
      openEscalations: number;
      definitions: { name: string; serviceLine: string }[];
      stranded: unknown[];
    }
    const status = await get<Status>(LAB, '/status');
    assert.deepEqual([status.messages.total, status.messages.dead, status.work.dead], [2, 2, 2]);
    assert.equal(status.openEscalations, 2);
    assert.deepEqual(
      status.definitions.map(({ name }) => name),
      ['lab'],
    );
    assert.equal((await get<Status>(null, '/status')).messages.total, 5);
  });

  it('is all there is to see of a message that others work on, too', async () => {
    interface Detail {
      message: { definitions: string[] };
      work: { definition: string }[];
      effects: { definition: string }[];
      escalations: { definition: string }[];
    }
    const detail = await get<Detail>(LAB, '/messages/of-both');
    assert.deepEqual(detail.message.definitions, ['lab']);
    for (const list of [detail.work, detail.effects, detail.escalations])
      assert.deepEqual(
        list.map((one) => one.definition),
        ['lab'],
      );
    assert.equal((await get<Detail>(null, '/messages/of-both')).work.length, 2);
  });

  it('is all that is done to such a message', async () => {
    const redriven = await ask(LAB, 'POST', '/messages/of-both/redrive', { reason });
    assert.deepEqual(redriven.json<{ redriven: string[] }>().redriven, ['of-both-lab']);
    assert.equal((await engine.store.work.get('of-both-discharge'))?.state, 'dead');
    const discarded = await ask(COMMUNITY, 'POST', '/messages/of-both/discard', { reason, all: true });
    assert.deepEqual(discarded.json<{ discarded: string[] }>().discarded, ['of-both-discharge']);
    assert.equal((await engine.store.work.get('of-both-lab'))?.state, 'waiting');
  });

  it('is all that many dead letters at once are taken from', async () => {
    const answer = await ask(COMMUNITY, 'POST', '/dead-letters/redrive', { filter: {}, reason });
    assert.equal(answer.json<{ items: number }>().items, 2);
    const states = await Promise.all(['of-lab-lab', 'of-both-lab'].map((id) => engine.store.work.get(id)));
    assert.deepEqual(
      states.map((one) => one?.state),
      ['dead', 'dead'],
    );
    const outside = await ask(COMMUNITY, 'POST', '/dead-letters/redrive', { filter: { definition: 'lab' }, reason });
    assert.equal(outside.status, 403);
  });

  it('ends where another begins, and before what belongs to no definition', async () => {
    const open = await engine.store.escalations.list({ definitions: ['discharge'] });
    const stop = { mode: 'hold', reason };
    const others: readonly (readonly [string, string, object?])[] = [
      ...['of-discharge', 'of-none', 'unreadable'].flatMap((id) => [
        ['GET', `/messages/${id}`] as const,
        ['GET', `/messages/${id}/raw`] as const,
        ['POST', `/messages/${id}/redrive`, { reason }] as const,
        ['POST', `/messages/${id}/release`, { reason }] as const,
        ['POST', `/messages/${id}/discard`, { reason }] as const,
      ]),
      ['POST', `/escalations/${open[0]?.id}/acknowledge`, {}],
      ['POST', '/escalations/none/acknowledge', {}],
      ['POST', '/effects/effect-of-discharge-discharge/decide', { outcome: 'done', reason }],
      ['POST', '/switches', { ...stop, kind: 'definition', name: 'discharge' }],
      ['POST', '/switches', { ...stop, kind: 'feed', name: 'hospital' }],
      ['POST', '/switches', { ...stop, kind: 'lane', name: 'bulk' }],
    ];
    for (const [method, path, body] of others) {
      const answer = await ask(LAB, method, path, body);
      assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
      assert.equal(answer.json<{ code: string }>().code, 'outside-scope');
    }
    assert.equal((await engine.store.escalations.get(open[0]?.id ?? ''))?.state, 'open');
    const viewed = await engine.store.audit.list({ type: 'message.body-viewed' });
    assert.equal(viewed.length, 0, 'nothing was seen');
  });

  it('has its own flows to pause, and shows what pauses everybody', async () => {
    const pause = (kind: string, name: string) => ({ kind, name, mode: 'hold', reason });
    const own = await ask(LAB, 'POST', '/switches', pause('definition', 'lab'));
    assert.equal(own.status, 201);
    await ask(null, 'POST', '/switches', pause('definition', 'discharge'));
    await ask(null, 'POST', '/switches', pause('feed', 'hospital'));
    const { switches } = await get<{ switches: { id: string; name: string }[] }>(LAB, '/switches');
    assert.deepEqual(
      switches.map(({ name }) => name),
      ['lab', 'hospital'],
    );
    const all = await get<{ switches: { id: string; name: string }[] }>(null, '/switches');
    for (const { id, name } of all.switches) {
      const answer = await ask(LAB, 'POST', `/switches/${id}/clear`, { reason });
      assert.equal(answer.status, name === 'lab' ? 200 : 403, name);
    }
  });

  it('is applied by every route that the console takes to apply it, and said so', async () => {
    const open = await engine.store.escalations.list({ definitions: ['lab'] });
    let asked = 0;
    for (const { method, path, narrowed } of PROXY_ROUTES) {
      if (!narrowed) continue;
      const at = path
        .replace('/escalations/:id', `/escalations/${open[0]?.id}`)
        .replace('/switches/:id', '/switches/none')
        .replace(':id', path.includes('redrive') ? 'of-both' : 'of-lab')
        .replace(':key', 'effect-of-lab-lab');
      const filter = path.startsWith('/dead-letters') ? { filter: {} } : {};
      const kinds = path === '/switches' ? { kind: 'definition', name: 'lab', mode: 'hold' } : {};
      const decided = path.startsWith('/effects') ? { outcome: 'done' } : {};
      const body = method === 'POST' ? { reason, ...filter, ...kinds, ...decided } : undefined;
      const answer = await ask(LAB, method, at, body);
      assert.ok(answer.applied, `${method} ${path}: ${answer.text}`);
      asked++;
    }
    assert.ok(asked > 15, `${asked} routes`);
  });

  it('is compared as the console compares it', async () => {
    for (const line of ['Laboratory', ' laboratory ', 'LABORATORY', 'Ｌaboratory', 'Labor', '', 'Community care']) {
      const scope = { definitions: [], serviceLines: [line] };
      const { definitions } = await get<{ definitions: { name: string }[] }>(scope, '/status');
      const expected = ['lab', 'discharge'].filter((name) =>
        covers(scope, { serviceLine: name === 'lab' ? ' LABORATORY' : 'Community care' }),
      );
      assert.deepEqual(
        definitions.map(({ name }) => name),
        expected,
        line,
      );
    }
  });

  it('is refused where it cannot be read: never taken for the whole', async () => {
    for (const header of ['', 'x', 'bnVsbA', Buffer.from('{"definitions":"lab"}').toString('base64url')]) {
      const { status, text } = await ask(header, 'GET', '/messages');
      assert.equal(status, 400, `${header}: ${text}`);
    }
  });
});

function definition(name: string, serviceLine: string): Definition {
  const owner = { name: 'o', role: 'r', contact: 'c' };
  return {
    name,
    version: 'v1',
    intent: { title: name, purpose: 'p', owner, risk: 'low', serviceLine },
    flow: [{ id: `tab-${name}`, type: 'tab' }],
    rules: new Map(),
    ladders: new Map(),
    alerts: new Map(),
    checklists: new Map(),
    maps: new Map(),
    mappings: new Map(),
    identity: null,
    converter: createConverter({ maps: new Map(), mappings: new Map() }).converter,
    files: {},
  };
}
