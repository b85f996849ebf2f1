/** What people and programs may send to production: everything that changes something is refused and recorded. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { AuditRecord } from '../../engine/index.ts';
import { ROLES } from '../../governance/api/permissions.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { smallDefinitions } from '../gate/small-definitions.ts';
import { adt } from '../kit/hl7-messages.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const SMUGGLED = 'smuggled-7f3a';
const EVIL = [
  { id: 'evil', type: 'tab', label: 'Evil' },
  { id: 'evil-node', type: 'http request', z: 'evil', x: 1, y: 1, wires: [], credentials: { user: SMUGGLED } },
];

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const deploy = (type: string): Attempt => ({
  method: 'POST',
  path: '/flows',
  headers: { 'node-red-deployment-type': type },
  body: EVIL,
});

/** Every address of Node-RED's admin API that changes something. */
const ATTEMPTS: readonly Attempt[] = [
  ...['full', 'nodes', 'flows', 'reload'].map(deploy),
  { method: 'POST', path: '/flows', headers: { 'node-red-api-version': 'v2' }, body: { flows: EVIL, rev: '0' } },
  { method: 'POST', path: '/flows/', body: EVIL },
  { method: 'POST', path: '//flows', body: EVIL },
  { method: 'POST', path: '/FLOWS', body: EVIL },
  { method: 'POST', path: '/flows?x=/auth/revoke', body: EVIL },
  { method: 'POST', path: '/flows/state', body: { state: 'stop' } },
  { method: 'POST', path: '/flow', body: { label: 'Evil', nodes: [] } },
  { method: 'PUT', path: '/flow/alpha', body: { id: 'alpha', label: 'Evil', nodes: [] } },
  { method: 'DELETE', path: '/flow/alpha' },
  { method: 'POST', path: '/nodes', body: { module: 'node-red-node-ping' } },
  { method: 'PUT', path: '/nodes/node-red/function', body: { enabled: false } },
  { method: 'DELETE', path: '/nodes/node-red' },
  { method: 'POST', path: '/library/local/flows/evil', body: EVIL },
  { method: 'POST', path: '/settings/user', body: { view: {} } },
  { method: 'DELETE', path: '/context/global/x?store=memory' },
  { method: 'POST', path: '/inject/alpha-in' },
  { method: 'POST', path: '/debug/alpha-in/enable' },
  { method: 'PATCH', path: '/flows', body: EVIL },
];

describe('people and programs before production', function () {
  this.timeout(120_000);
  let runtime: RuntimeProcess;
  let console_: LocalHttpServer;
  let kit: ReleaseKit;
  let bundle: string;

  before(async () => {
    console_ = await startLocalHttpServer((request, response) => {
      const session = String(request.headers['wardflow-session']);
      const role = ROLES.find((one) => session === `${one}-session-0000000000`);
      const edits = role === 'analyst' || role === 'engineer' ? 'all' : 'none';
      answerJson(response, 200, role ? { active: true, username: role, roles: [role], edits } : { active: false });
    });
    runtime = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      env: { WARDFLOW_GOVERNANCE_PORT: String(console_.port) },
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
        const one = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }) });
        bundle = one.hash;
        await kit.promote(one);
      },
    });
  });
  after(async () => {
    await runtime?.dispose();
    await console_?.close();
  });

  const send = async ({ method, path, headers = {}, body }: Attempt, as: Record<string, string>): Promise<Response> =>
    fetch(`http://127.0.0.1:${runtime.port}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers, ...as },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const sessionOf = (role: string): Record<string, string> => ({
    cookie: `wardflow_session=${role}-session-0000000000`,
  });
  const token = (): Record<string, string> => ({
    authorization: `Bearer ${readFileSync(join(runtime.folder, 'production/service-token'), 'utf8').trim()}`,
  });
  const flows = async (): Promise<string> =>
    (await send({ method: 'GET', path: '/flows' }, sessionOf('auditor'))).text();
  const refusals = async (): Promise<readonly AuditRecord[]> =>
    (await runtime.api<{ records: AuditRecord[] }>('/audit?type=gate.refused&limit=1000')).records;

  it('shows the flows to every role, and lets nobody in who is not logged in', async () => {
    for (const role of ROLES) {
      const answer = await send({ method: 'GET', path: '/flows' }, sessionOf(role));
      assert.equal(answer.status, 200, role);
      assert.match(await answer.text(), /alpha-work/);
    }
    assert.equal((await send({ method: 'GET', path: '/flows' }, {})).status, 401);
  });

  it('refuses every change by every role, by the service token and by nobody, with one sentence', async () => {
    const before = await flows();
    const everybody = [...ROLES.map(sessionOf), token(), {}];
    for (const as of everybody)
      for (const attempt of ATTEMPTS) {
        const answer = await send(attempt, as);
        const told = `${attempt.method} ${attempt.path}`;
        assert.equal(answer.status, 403, told);
        const { code, message } = (await answer.json()) as { code: string; message: string };
        assert.equal(code, 'production-read-only', told);
        assert.match(message, /approved releases only.*staging/);
      }
    assert.equal(await flows(), before);
    assert.equal((await runtime.api<RuntimeRelease>('/release')).running?.bundle, bundle);
  });

  it('has who tried what in the audit trail, each once a minute', async () => {
    // A record is written beside the answer: that of the last who tried may still be on its way.
    const ofNobody = ({ records }: { readonly records: readonly AuditRecord[] }): boolean =>
      records.some(({ actor }) => actor === 'unknown');
    await runtime.until('/audit?type=gate.refused&limit=1000', ofNobody);
    const found = await refusals();
    const actors = new Set(found.map(({ actor }) => actor));
    assert.deepEqual(
      [...actors].toSorted(),
      [...ROLES.map((role) => `user:${role}`), 'service:api', 'unknown'].toSorted(),
    );
    const ofAna = found.filter(({ actor }) => actor === 'user:analyst').map(({ details }) => details['what']);
    for (const what of ['POST /flows (reload)', 'POST /flows (full)', 'PUT /flow', 'DELETE /context', 'POST /inject'])
      assert.ok(ofAna.includes(what), what);
    assert.equal(ofAna.includes('POST /settings'), false, 'the editor saves a view with every click');
    assert.equal(new Set(ofAna).size, ofAna.length);
  });

  it('keeps no credentials that came with a refused deploy, also after the next release', async () => {
    const next = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }, { name: 'beta' }) });
    const sequence = await kit.promote(next);
    await runtime.api('/release/apply', { method: 'POST', body: JSON.stringify({ sequence, drain: false }) });
    const kept = globSync(join(runtime.folder, '**/*'), { exclude: (path) => path.endsWith('.lock') });
    assert.ok(kept.length > 5);
    for (const file of kept.filter((path) => /\.(json|db|wal|log|wfb)$/.test(path)))
      assert.equal(readFileSync(file).includes(SMUGGLED), false, file);
    assert.equal(existsSync(join(runtime.folder, 'production/node-red/credentials.json')), false);
  });

  it('goes on taking messages', async () => {
    const sender = new MllpSender(runtime.mllpPort);
    try {
      assert.match(await sender.send(adt('A01', 'A1', '1')), /MSA\|AA\|A1/);
    } finally {
      sender.close();
    }
  });

  it('lets people log out', async () => {
    const answer = await send({ method: 'POST', path: '/auth/revoke', body: { token: 'x' } }, sessionOf('auditor'));
    assert.notEqual(answer.status, 403);
  });
});
