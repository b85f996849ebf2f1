/** Fallbacks over the runtime's own API: a real engine behind a real server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { silentLog, type Definition, type DefinitionSet } from '../../engine/index.ts';
import { API_ROOT, SCOPE_HEADER, type ApiProblem, type RuntimeStatus } from '../../runtime/api/contract.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import type { FallbackList, HeldDecisions, HeldList } from '../../runtime/api/task-contract.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { FallbackBench } from '../kit/fallback-bench.ts';

const LAB = { name: 'lab', intent: { serviceLine: 'lab' } } as unknown as Definition;
const REASON = { reason: 'the EHR is upgraded' } as const;

describe('fallbacks at the runtime API', () => {
  let bench: FallbackBench;
  let api: RuntimeApi;
  let server: Server;

  beforeEach(async () => {
    bench = await FallbackBench.open();
    bench.declare('manual-review');
    bench.engine.start();
    api = createRuntimeApi(() => true, 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const definitions: DefinitionSet = {
      all: [],
      byName: (name) => (name === 'lab' ? LAB : undefined),
      ofNode: () => undefined,
    };
    api.open({
      engine: bench.engine,
      version: '1',
      startedAt: bench.clock.now(),
      definitions: () => definitions,
      drain: () => Promise.resolve(),
      samples: createPinnedSamples(bench.folder),
    });
  });
  afterEach(async () => {
    api.close();
    server.closeAllConnections();
    server.close();
    await bench.close();
  });

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    part?: readonly string[],
  ): Promise<{ status: number; json: unknown; narrowed: string | null }> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${API_ROOT}${path}`;
    const headers = new Headers({ authorization: 'Bearer t', 'content-type': 'application/json' });
    headers.set('wardflow-actor', 'user:ana');
    if (part) {
      const scope = JSON.stringify({ definitions: part, serviceLines: [] });
      headers.set(SCOPE_HEADER, Buffer.from(scope).toString('base64url'));
    }
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, json: await response.json(), narrowed: response.headers.get(SCOPE_HEADER) };
  };
  const post = (path: string, body: unknown, part?: readonly string[]) => ask('POST', path, body, part);
  const get = async <T>(path: string, part?: readonly string[]): Promise<T> =>
    (await ask('GET', path, undefined, part)).json as T;
  const problem = ({ json }: { readonly json: unknown }): string => (json as ApiProblem).code;

  it('are entered and left with what was seen, listed and shown in the status', async () => {
    assert.equal((await post('/fallbacks/lab/enter', { seen: 0, ...REASON })).status, 201);
    const again = await post('/fallbacks/lab/enter', { seen: 0, ...REASON });
    assert.deepEqual([again.status, problem(again)], [409, 'fallback-stale']);
    const list = await get<FallbackList>('/fallbacks');
    assert.deepEqual(
      [list.inForce.map(({ definition, mode, version }) => [definition, mode, version]), list.declared],
      [
        [['lab', 'manual-review', 1]],
        [
          {
            definition: 'lab',
            title: 'Laboratory results',
            mode: 'manual-review',
            when: ['operator'],
            queue: 'coordinator',
            text: 'Results are looked at by the coordinator.',
            held: 0,
          },
        ],
      ],
    );
    assert.deepEqual((await get<RuntimeStatus>('/status')).fallbacks, list.inForce);
    assert.equal((await post('/fallbacks/lab/leave', { seen: 5, ...REASON })).status, 409);
    assert.deepEqual((await post('/fallbacks/lab/leave', { seen: 1, ...REASON })).json, { outcome: 'left' });
    assert.equal((await post('/fallbacks/lab/leave', { seen: 1, ...REASON })).status, 409);
  });

  it('refuse what is no flow, gives no reason or is no decision', async () => {
    assert.equal((await post('/fallbacks/other/enter', { seen: 0, ...REASON })).status, 404);
    assert.equal((await post('/fallbacks/lab/enter', { seen: 0 })).status, 400);
    assert.equal((await post('/fallbacks/lab/enter', { seen: -1, ...REASON })).status, 400);
    assert.equal((await post('/held/decide', { work: [], decision: 'process', ...REASON })).status, 400);
    assert.equal((await post('/held/decide', { work: ['a'], decision: 'guess', ...REASON })).status, 400);
    assert.equal((await post('/held/decide', { work: [1], decision: 'process', ...REASON })).status, 400);
    assert.equal((await ask('GET', '/held?after=%3C')).status, 400);
  });

  it('offer what is held, and do what is decided', async () => {
    await bench.enter();
    const first = await bench.accept({ controlId: 'A1', key: 'k' });
    const second = await bench.accept({ controlId: 'A2', key: 'k' });
    await bench.stateIs(first, 'parked');
    await bench.stateIs(second, 'parked');
    const { items, next } = await get<HeldList>('/held?definition=lab');
    assert.deepEqual([items.map(({ workId }) => workId), next], [[first, second], null]);
    assert.equal((await get<FallbackList>('/fallbacks')).declared[0]?.held, 2);
    const decide = async (work: readonly string[], more: object = {}) =>
      ((await post('/held/decide', { work, decision: 'process', ...REASON, ...more })).json as HeldDecisions).outcomes;
    assert.deepEqual(await decide([second]), [{ workId: second, outcome: 'processed' }]);
    await bench.stateIs(second, 'done');
    assert.deepEqual(await decide([first]), [{ workId: first, outcome: 'newer-done' }]);
    assert.deepEqual(await decide([first], { newerKnown: true }), [{ workId: first, outcome: 'processed' }]);
  });

  it('are narrowed to the part of the caller', async () => {
    await bench.enter();
    const held = await bench.accept({ controlId: 'A1' });
    await bench.stateIs(held, 'parked');
    const theirs = ['other'];
    const list = await ask('GET', '/fallbacks', undefined, theirs);
    assert.equal(list.narrowed, 'applied');
    assert.deepEqual([(list.json as FallbackList).inForce, (list.json as FallbackList).declared], [[], []]);
    assert.deepEqual((await get<HeldList>('/held', theirs)).items, []);
    assert.equal((await ask('GET', '/held?definition=lab', undefined, theirs)).status, 403);
    const decision = { work: [held], decision: 'put-aside', ...REASON };
    assert.equal(problem(await post('/held/decide', decision, theirs)), 'outside-scope');
    assert.equal((await post('/fallbacks/lab/leave', { seen: 1, ...REASON }, theirs)).status, 403);
    assert.equal((await get<HeldList>('/held', ['lab'])).items.length, 1);
    assert.equal((await post('/held/decide', decision, ['lab'])).status, 200);
    await bench.stateIs(held, 'discarded');
  });
});
