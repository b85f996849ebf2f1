import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { MessageCounts } from '../../engine/index.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'T',
  purpose: 'P',
  owner: { name: 'n', role: 'r', contact: 'c' },
  risk: 'low',
  feeds: [],
  endpoints: [],
  dataUsed: [],
  runbook: 'Runbook',
  reviewBy: '2099-01-01',
};
const FEED = [{ id: 'feed', type: 'wardflow-feed', name: 'hospital' }];
const node = (id: string, type: string, to: string[], more: object = {}): object => ({
  id,
  type,
  z: 'tab',
  x: 100,
  y: 100,
  wires: to.length === 0 ? [] : [to],
  ...more,
});
const FLOW = [
  { id: 'tab', type: 'tab', label: 'Try' },
  node('in', 'hl7 in', ['f'], { subscription: 'all', feed: 'feed' }),
  node('f', 'function', ['done'], { func: 'return msg;', outputs: 1, libs: [], name: 'one' }),
  node('done', 'message done', []),
  node('catch', 'catch', ['failed'], { scope: null }),
  node('failed', 'message failed', []),
];

function putFlows(folder: string): void {
  for (const [name, flow] of Object.entries({ _shared: FEED, try: FLOW })) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'flow.json'), JSON.stringify(flow, null, 2) + '\n');
    writeFileSync(join(folder, name, 'intent.json'), JSON.stringify(INTENT));
    writeFileSync(join(folder, name, 'README.md'), '# T\n\n## Runbook\n');
  }
}

const message = (id: string): string =>
  `MSH|^~\\&|A|B|C|D|20260105||ADT^A01|${id}|P|2.5\rPID|1||${id}^^^H||TEST^ANNA\r`;

describe('the runtime as a process', () => {
  let runtime: RuntimeProcess;
  let console_: LocalHttpServer;
  const asked: (string | undefined)[] = [];
  const url = (path: string): string => `http://127.0.0.1:${runtime.port}${path}`;
  const deploy = async (flows: object[], headers: Record<string, string>): Promise<Response> =>
    fetch(url('/flows'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full', ...headers },
      body: JSON.stringify(flows),
    });
  /** As the editor does: it says which flows it began with. */
  const deployFrom = async (rev: string, flows: object[], headers: Record<string, string>): Promise<Response> =>
    fetch(url('/flows'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'node-red-deployment-type': 'full',
        'node-red-api-version': 'v2',
        ...headers,
      },
      body: JSON.stringify({ flows, rev }),
    });
  const bearer = (): Record<string, string> => ({
    authorization: `Bearer ${readFileSync(join(runtime.folder, 'staging/service-token'), 'utf8').trim()}`,
  });

  before(async () => {
    console_ = await startLocalHttpServer((request, response) => {
      const session = request.headers['wardflow-session'];
      asked.push(request.headers['authorization']);
      const part = { definitions: ['other'], serviceLines: [] };
      const edits = { ana: 'all', olaf: { definitions: [], serviceLines: [] }, petra: part };
      const [username = ''] = String(session).split('-');
      const user = { active: true, username, roles: ['some'], edits: edits[username as 'ana'], expiresAt: 0 };
      answerJson(response, 200, user.edits === undefined ? { active: false } : user);
    });
    runtime = await RuntimeProcess.start({
      definitions: [],
      prepareFlows: putFlows,
      env: { WARDFLOW_GOVERNANCE_PORT: String(console_.port), WARDFLOW_MLLP_MAX_PER_ADDRESS: '4' },
    });
  });
  after(async () => {
    await runtime.dispose();
    await console_.close();
  });

  it('takes as many connections of one address as are set, and counts those that it refuses', async () => {
    const senders = Array.from({ length: 4 }, () => new MllpSender(runtime.mllpPort));
    const fifth = new MllpSender(runtime.mllpPort);
    try {
      for (const [index, sender] of senders.entries()) await sender.send(message(`C${index}`));
      await assert.rejects(fifth.send(message('C5')));
      const { feeds } = await runtime.api<RuntimeStatus>('/status');
      assert.deepEqual([feeds[0]?.connections, feeds[0]?.refused.connections], [4, 1]);
    } finally {
      for (const sender of [...senders, fifth]) sender.close();
    }
    await runtime.until<RuntimeStatus>('/status', ({ feeds, work }) => feeds[0]?.connections === 0 && work.done === 4);
  });

  it('takes a message from the wire through the flow to its end, and keeps the connection over a deploy', async () => {
    const sender = new MllpSender(runtime.mllpPort);
    try {
      assert.match(await sender.send(message('M1')), /MSA\|AA\|M1/);
      const before = await (
        await fetch(url('/flows'), { headers: { ...bearer(), 'node-red-api-version': 'v2' } })
      ).json();
      const { flows } = before as { flows: object[] };
      const changed = flows.map((one) => ('name' in one && one.name === 'one' ? { ...one, name: 'two' } : one));
      const answer = await deploy(changed, bearer());
      assert.equal(answer.status, 204, await answer.text());
      assert.match(await sender.send(message('M2')), /MSA\|AA\|M2/);
      await runtime.until<{ messages: MessageCounts }>('/status', ({ messages }) => messages.done === 6);
    } finally {
      sender.close();
    }
    assert.match(readFileSync(join(runtime.flows, 'try/flow.json'), 'utf8'), /"name": "two"/);
    const { records } = await runtime.api<{ records: { definition: string; actor: string }[] }>(
      '/audit?type=definition.deployed',
    );
    assert.deepEqual(
      records.map(({ definition, actor }) => [definition, actor]),
      [['try', 'user:service']],
    );
  });

  it('lets people edit by their console session where their role may, lets others look, and nobody else in', async () => {
    const as = (session: string): Record<string, string> => ({ cookie: `theme=dark; wardflow_session=${session}` });
    const flows = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(url('/flows'), { headers })).status;
    assert.equal(await flows({}), 401);
    assert.equal(await flows(as('unknown-unknown-unknown')), 401);
    assert.equal(await flows(as('ana-ana-ana-ana-ana')), 200);
    assert.equal(await flows(as('olaf-olaf-olaf-olaf')), 200);
    assert.equal((await fetch(url('/context/global'), { headers: as('olaf-olaf-olaf-olaf') })).status, 401);
    assert.equal(await flows({ authorization: 'Bearer somebody-elses-token' }), 401);
    assert.equal(await flows({ cookie: 'wardflow_service=guessed' }), 401);
    assert.equal((await deploy([], as('olaf-olaf-olaf-olaf'))).status, 401);
    const headers = { ...bearer(), 'node-red-api-version': 'v2' };
    const { flows: now, rev } = (await (await fetch(url('/flows'), { headers })).json()) as {
      flows: object[];
      rev: string;
    };
    const ana = as('ana-ana-ana-ana-ana');
    assert.equal((await deploy(now, ana)).status, 409, 'it may overwrite what somebody else has deployed');
    assert.equal((await deployFrom('another', now, ana)).status, 409);
    assert.equal((await deployFrom(rev, now, ana)).status, 200);
    const petra = as('petra-petra-petra-petra');
    assert.equal((await deployFrom(rev, now, petra)).status, 200, 'nothing is changed');
    const outside = await deployFrom(rev, [...now, { id: 'tab-of-petra', type: 'tab', label: 'Petra' }], petra);
    assert.deepEqual([outside.status, ((await outside.json()) as { code: string }).code], [400, 'flow-outside-part']);
    assert.equal((await fetch(url('/context/global'), { headers: petra })).status, 401);
    assert.equal((await fetch(url('/inject/any'), { method: 'POST', headers: petra })).status, 401);
    assert.deepEqual([...new Set(asked)], [bearer()['authorization']], 'the console was asked with the service token');
  });

  it('refuses a deploy that would not load again, with the reason, and goes on', async () => {
    const now = (await (await fetch(url('/flows'), { headers: bearer() })).json()) as object[];
    const wrong = [...now, node('rt', 'rule table', [], { name: 'Which', table: 'missing' })];
    const answer = await deploy(wrong, bearer());
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /missing/);
    assert.equal((await runtime.api<{ definitions: unknown[] }>('/status')).definitions.length > 0, true);
  });

  it('shows the editor under our name, with nothing from elsewhere', async () => {
    const page = await (await fetch(url('/'), { headers: bearer() })).text();
    assert.match(page, /<title>Wardflow/);
    assert.deepEqual(page.match(/(src|href)="https?:[^"]*"/g), null);
    const dialog = (await (await fetch(url('/auth/login'))).json()) as { type: string; prompts: { url: string }[] };
    assert.deepEqual(
      [dialog.type, dialog.prompts[0]?.url],
      ['strategy', `${console_.origin}/login?return=${encodeURIComponent(url('/'))}`],
    );
    for (const file of page.match(/theme\/[^"']+/g) ?? [])
      assert.equal((await fetch(url(`/${file}`))).status, 200, file);
  });

  it('refuses what a page of another origin sends, with or without a session', async () => {
    for (const path of ['/flows', '/wardflow/api/v1/drain', '/auth/token']) {
      const foreign = { ...bearer(), origin: 'http://127.0.0.1:1', cookie: 'wardflow_session=ana-ana-ana-ana-ana' };
      assert.equal((await fetch(url(path), { method: 'POST', headers: foreign })).status, 403, path);
    }
    const upgrade = async (origin: string, path = '/comms'): Promise<string> => {
      const socket = connect(runtime.port, '127.0.0.1');
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${runtime.port}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\n` +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      const answer = await Promise.race([
        once(socket, 'data').then(([chunk]) => String(chunk).split('\r\n')[0] ?? ''),
        once(socket, 'close').then(() => 'closed'),
      ]);
      socket.destroy();
      return answer;
    };
    assert.match(await upgrade(url('')), /101/);
    assert.equal(await upgrade('http://127.0.0.1:1'), 'closed');
    // Node-RED would take these for its channel, and nobody would watch whose they are.
    for (const path of ['/comms#x', url('/comms')]) assert.equal(await upgrade(url(''), path), 'closed', path);
  });

  it('delivers again at once what a deploy interrupted', async () => {
    const now = (await (await fetch(url('/flows'), { headers: bearer() })).json()) as object[];
    const wait = node('wait', 'delay', ['done'], { pauseType: 'delay', timeout: '50', timeoutUnits: 'seconds' });
    const slow = now.map((one) => ('func' in one ? { ...one, wires: [['wait']] } : one));
    assert.equal((await deploy([...slow, wait], bearer())).status, 204);
    const sender = new MllpSender(runtime.mllpPort);
    try {
      assert.match(await sender.send(message('M3')), /MSA\|AA\|M3/);
    } finally {
      sender.close();
    }
    await runtime.until<{ inFlight: number }>('/status', ({ inFlight }) => inFlight === 1);
    assert.equal((await deploy(now, bearer())).status, 204);
    await runtime.until<{ messages: MessageCounts }>('/status', ({ messages }) => messages.done === 7, 10_000);
    const { messages } = await runtime.api<{ messages: { id: string }[] }>('/messages?q=M3');
    const { work } = await runtime.api<{ work: { attempts: { failure: { code: string } | null }[] }[] }>(
      `/messages/${messages[0]?.id}`,
    );
    assert.deepEqual(
      work[0]?.attempts.map(({ failure }) => failure?.code),
      ['redeployed', undefined],
    );
  });

  it('keeps what it was told over a restart, and ends with exit code 0 when asked to', async () => {
    assert.equal(await runtime.stop(), 0);
    await runtime.restart();
    const { messages } = await runtime.api<{ messages: MessageCounts }>('/status');
    assert.equal(messages.done, 7);
    // Told after the feeds have opened.
    const lives = ({ records }: { records: readonly { type: string }[] }): readonly string[] =>
      records.map(({ type }) => type).filter((type) => type.startsWith('runtime.'));
    const told = await runtime.until<{ records: { type: string }[] }>(
      '/audit?limit=500',
      (answer) => lives(answer).length >= 3,
    );
    assert.deepEqual(lives(told), ['runtime.started', 'runtime.stopped', 'runtime.started']);
  });
});

describe('a runtime that cannot start', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wardflow-start-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts in folders of its own and expects one sentence that names what is wrong, and exit code 1. */
  const says = async (name: string, sentence: RegExp, env: Record<string, string>, spoil?: (flows: string) => void) => {
    const own = join(folder, name);
    putFlows(join(own, 'flows'));
    spoil?.(join(own, 'flows'));
    const child = spawn(
      process.execPath,
      [join(ROOT, 'node_modules/node-red/red.js'), '-s', join(ROOT, 'settings.ts')],
      {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: own,
          WARDFLOW_DATA: join(own, 'data'),
          WARDFLOW_FLOWS: join(own, 'flows'),
          WARDFLOW_STAGING_PORT: '0',
          WARDFLOW_MLLP_PORT: '0',
          WARDFLOW_LOG_LEVEL: 'silent',
          ...env,
        },
      },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 1, `${name}: ${stderr}`);
    assert.match(stderr, sentence);
    assert.equal(stderr.trimEnd().split('\n').length, 1, `one sentence, not:\n${stderr}`);
  };
  const taken = async (): Promise<{ server: Server; port: string }> => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, port: String((server.address() as AddressInfo).port) };
  };

  it('says which flow or rule file is broken, which setting is wrong, and that a folder is none', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await Promise.all([
      says('flow', /try.flow\.json/, {}, (flows) => writeFileSync(join(flows, 'try/flow.json'), '[{"id":')),
      says('rule', /try\/rules\/who\.json/, {}, (flows) => {
        mkdirSync(join(flows, 'try/rules'));
        writeFileSync(join(flows, 'try/rules/who.json'), '{}');
      }),
      says('setting', /WARDFLOW_STAGING_PORT/, { WARDFLOW_STAGING_PORT: 'many' }),
      says('data', /data folder/i, { WARDFLOW_DATA: file }),
    ]);
  });

  it('names the port that is taken', async () => {
    const { server, port } = await taken();
    await Promise.all([
      says('mllp', new RegExp(port), { WARDFLOW_MLLP_PORT: port }),
      says('editor', new RegExp(port), { WARDFLOW_STAGING_PORT: port }),
    ]);
    server.close();
  });
});
