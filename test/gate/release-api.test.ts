import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, it } from 'mocha';
import { silentLog } from '../../engine/index.ts';
import { problemHandler } from '../../runtime/api/problems.ts';
import { releaseRoutes, type GateOfApi } from '../../runtime/api/release-routes.ts';
import { gateErrors } from '../../runtime/gate/errors.ts';

const STATE = { environment: 'production', running: null, problem: null, drift: [], checkedAt: 1 };
const PLAN = { bundle: 'b', running: null, definitions: [], feeds: [], unbound: [], refusals: [] };
const HASH = '0'.repeat(64);

describe('the routes of releases', () => {
  let server: Server | undefined;
  let base = '';
  const asked: unknown[] = [];
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    asked.length = 0;
  });

  const serve = async (gate: GateOfApi | undefined): Promise<void> => {
    const app = express();
    const router = express.Router();
    releaseRoutes(router, gate, silentLog);
    app.use(express.json(), router, problemHandler(silentLog));
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const ask = async (path: string, body?: unknown): Promise<readonly [number, string | undefined]> => {
    const headers = { 'content-type': 'application/json', 'wardflow-actor': 'user:otto' };
    const response = await fetch(`${base}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  const gate: GateOfApi = {
    state: () => STATE,
    check: async () => STATE,
    plan: async (wish) => (asked.push(wish), PLAN),
    apply: async (wish, actor) => (asked.push([wish, actor]), STATE),
  };

  it('say that there is no gate where definitions are made', async () => {
    await serve(undefined);
    for (const answer of [
      await ask('/release'),
      await ask('/release/check', {}),
      await ask('/release/apply', { sequence: 1, drain: false }),
      await ask('/release/plan', { bundle: HASH, kind: 'order' }),
    ])
      assert.deepEqual(answer, [404, 'no-gate']);
  });

  it('give the gate what was asked and who asked', async () => {
    await serve(gate);
    assert.deepEqual(await ask('/release'), [200, undefined]);
    assert.deepEqual(await ask('/release/plan', { bundle: HASH, kind: 'break-glass' }), [200, undefined]);
    assert.deepEqual(await ask('/release/apply', { sequence: 7, drain: true }), [200, undefined]);
    assert.deepEqual(asked, [{ bundle: HASH, kind: 'break-glass' }, [{ sequence: 7, drain: true }, 'user:otto']]);
  });

  it('refuse what is no hash, no kind, no number', async () => {
    await serve(gate);
    for (const [path, body] of [
      ['/release/plan', { bundle: '../../etc/passwd', kind: 'order' }],
      ['/release/plan', { bundle: HASH, kind: 'rollback' }],
      ['/release/plan', { bundle: HASH, kind: 'order', more: 1 }],
      ['/release/apply', { sequence: 0, drain: false }],
      ['/release/apply', { sequence: '1', drain: false }],
      ['/release/apply', { sequence: 1 }],
    ] as const)
      assert.deepEqual(await ask(path, body), [400, 'api-request-invalid']);
    assert.deepEqual(asked, []);
  });

  it('answer why something is not carried out, with its own code', async () => {
    const refusal = gateErrors.create('release-unseen', { environment: 'production', sequence: 9 });
    await serve({ ...gate, apply: () => Promise.reject(refusal), plan: () => Promise.reject(new Error('a fault')) });
    assert.deepEqual(await ask('/release/apply', { sequence: 9, drain: false }), [409, 'release-unseen']);
    assert.deepEqual(await ask('/release/plan', { bundle: HASH, kind: 'order' }), [500, 'internal']);
  });
});
