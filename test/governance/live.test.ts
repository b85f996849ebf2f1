import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { io, type Socket } from 'socket.io-client';
import type { LiveEvents, RuntimeEntry } from '../../governance/api/contract.ts';
import type { LiveChange } from '../../engine/index.ts';
import { eventData } from '../../governance/server/live/event-stream.ts';
import { eventually } from '../kit/eventually.ts';
import { FAKE_TOKEN, startFakeRuntime, type FakeRuntime } from '../kit/fake-runtime.ts';
import { startTestConsole, type TestConsole } from '../kit/test-console.ts';

type Client = Socket<LiveEvents>;

describe('live changes', () => {
  let kit: TestConsole;
  let target: { url: string; token: string };
  let second: FakeRuntime | undefined;
  const clients: Client[] = [];

  beforeEach(async () => {
    kit = await startTestConsole({
      runtime: { messages: 50 },
      directory: (runtime) => {
        target = { url: runtime.url, token: FAKE_TOKEN };
        return { names: ['staging'], locate: () => Promise.resolve(target) };
      },
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await kit.stop();
    await second?.stop();
    second = undefined;
  });

  const connect = (headers: Record<string, string>): Client => {
    const client: Client = io(kit.console.url, {
      path: '/live',
      transports: ['websocket'],
      extraHeaders: headers,
      reconnection: false,
    });
    clients.push(client);
    return client;
  };
  const once = <Event extends keyof LiveEvents>(client: Client, event: Event): Promise<Parameters<LiveEvents[Event]>> =>
    new Promise((resolve) =>
      client.once(event as 'ended', (...all: unknown[]) => resolve(all as Parameters<LiveEvents[Event]>)),
    );
  const connected = (client: Client): Promise<'connected' | 'refused'> =>
    new Promise((resolve) => {
      client.once('connect', () => resolve('connected'));
      client.once('connect_error', () => resolve('refused'));
    });

  it('reach a browser that is logged in', async () => {
    const client = connect({ cookie: await kit.cookieOf() });
    const entry = once(client, 'runtime');
    assert.equal(await connected(client), 'connected');
    assert.equal((await entry)[0].name, 'staging');
    const changes = once(client, 'changes');
    const message = kit.runtime.arrive();
    assert.deepEqual((await changes)[0], {
      runtime: 'staging',
      changes: [{ kind: 'message', id: message.id }],
      more: false,
    });
  });

  it('are of every kind that a runtime tells', async () => {
    const client = connect({ cookie: await kit.cookieOf('coordinator', 'operator') });
    await connected(client);
    const heard = new Set<string>();
    client.on('changes', ({ changes }) => changes.forEach(({ kind }) => heard.add(kind)));
    for (const kind of ['escalation', 'task', 'alert', 'problem'] as const) kit.runtime.publish({ kind, id: 'one' });
    for (const kind of ['fallback', 'endpoint', 'switch', 'release'] as const)
      kit.runtime.publish({ kind, name: 'one' });
    await eventually('all are heard', () => heard.size === 8);
  });

  it('reach nobody without a session, with a false one, or from another origin', async () => {
    const cookie = await kit.cookieOf();
    assert.equal(await connected(connect({})), 'refused');
    assert.equal(await connected(connect({ cookie: `wardflow_session=${'A'.repeat(43)}` })), 'refused');
    assert.equal(await connected(connect({ cookie, origin: 'http://127.0.0.1:1880' })), 'refused');
    assert.equal(await connected(connect({ cookie })), 'connected');
  });

  it('reach nobody who owes a second step before anything else', async () => {
    await kit.stop();
    kit = await startTestConsole({ runtime: { messages: 1 }, secondFactorOf: ['operator'] });
    const [owing, other] = [await kit.cookieOf('operator'), await kit.cookieOf('auditor')];
    assert.equal(await connected(connect({ cookie: owing })), 'refused');
    assert.equal(await connected(connect({ cookie: other })), 'connected');
  });

  it('end with the session', async () => {
    const cookie = await kit.cookieOf();
    const client = connect({ cookie });
    await connected(client);
    const gone = new Promise<string>((resolve) => client.once('disconnect', resolve));
    await kit.call('/api/v1/session', { method: 'DELETE', cookie });
    assert.equal(await gone, 'io server disconnect');
  });

  it('are only those that the roles may see', async () => {
    const [first, second] = [await kit.cookieOf('reviewer'), await kit.cookieOf('auditor')];
    const reviewer = connect({ cookie: first });
    const auditor = connect({ cookie: second });
    await Promise.all([connected(reviewer), connected(auditor)]);
    const seen: LiveChange[] = [];
    reviewer.on('changes', ({ changes }) => seen.push(...changes));
    const auditors = once(auditor, 'changes');
    kit.runtime.publish({ kind: 'message', id: 'm1' });
    await auditors;
    const status = once(reviewer, 'changes');
    kit.runtime.publish({ kind: 'feed', name: 'hospital' });
    await status;
    assert.deepEqual(seen, [{ kind: 'feed', name: 'hospital' }]);
  });

  it('tell who answers for a part that something changed, and none of the words of a notice', async () => {
    const [whole, limited] = await Promise.all([kit.cookieOf('coordinator'), kit.cookieOf('operator')]);
    kit.console.accounts.change('person-2', { limits: { operator: { definitions: ['other'], serviceLines: [] } } });
    const clients = [whole, limited].map((cookie) => connect({ cookie }));
    await Promise.all(clients.map(connected));
    const told = clients.map(
      (client) =>
        new Promise<LiveChange>((resolve) =>
          client.on('changes', ({ changes }) => {
            const found = changes.find(({ kind }) => kind !== 'message' && kind !== 'escalation');
            if (found) resolve(found);
          }),
        ),
    );
    kit.runtime.notice({ text: 'Critical potassium result' });
    const [all, part] = await Promise.all(told);
    assert.equal(all?.kind, 'notice');
    assert.deepEqual(part, { kind: 'gap' });
  });

  it('go on after the runtime was started again elsewhere, and the gap is said', async () => {
    const client = connect({ cookie: await kit.cookieOf() });
    await connected(client);
    const states: RuntimeEntry[] = [];
    const until = (reachable: boolean): Promise<void> =>
      new Promise((resolve) =>
        client.on('runtime', (entry) => (states.push(entry), entry.reachable === reachable && resolve())),
      );
    const down = until(false);
    await kit.runtime.stop();
    await down;
    assert.equal(states.at(-1)?.problem?.code, 'runtime-unreachable');
    const up = until(true);
    second = await startFakeRuntime({ messages: 5 });
    target = { url: second.url, token: FAKE_TOKEN };
    const gap = once(client, 'changes');
    await up;
    assert.deepEqual((await gap)[0].changes, [{ kind: 'gap' }], 'what happened in between is asked for again');
    const changes = once(client, 'changes');
    second.publish({ kind: 'message', id: 'after' });
    assert.deepEqual((await changes)[0].changes, [{ kind: 'message', id: 'after' }]);
  });

  it('say that there was more, where there were more than are told one by one', async () => {
    const client = connect({ cookie: await kit.cookieOf() });
    await connected(client);
    const gap = new Promise<void>((resolve) =>
      client.on('changes', ({ changes }) => changes.some(({ kind }) => kind === 'gap') && resolve()),
    );
    for (let i = 0; i < 2500; i++) kit.runtime.publish({ kind: 'message', id: `m${i}` });
    const notice = {
      id: 'n',
      at: 0,
      escalationId: null,
      messageId: 'm',
      definition: 'd',
      lane: 'stat',
      to: 'ward',
      text: 'Look',
    };
    kit.runtime.publish({ kind: 'notice', notice });
    await gap;
  });

  it('say that the token is refused, when it is', async () => {
    target = { url: kit.runtime.url, token: 'wrong' };
    const client = connect({ cookie: await kit.cookieOf() });
    const refused = new Promise<RuntimeEntry>((resolve) =>
      client.on('runtime', (entry) => !entry.reachable && resolve(entry)),
    );
    kit.runtime.dropStreams();
    assert.equal((await refused).problem?.code, 'runtime-refused');
  });
});

describe('an event stream', () => {
  const read = async (...chunks: string[]): Promise<string[]> => {
    const all: string[] = [];
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield await Promise.resolve(new TextEncoder().encode(chunk));
    }
    for await (const data of eventData(source())) all.push(data);
    return all;
  };

  it('is read whatever the chunks', async () => {
    assert.deepEqual(await read('retry: 1\n\nda', 'ta: {"a"', ':1}\n', '\n: hello\n\ndata:x\r\ndata: y\r\n\r\n'), [
      '{"a":1}',
      'x\ny',
    ]);
  });

  it('ends when one event is longer than is taken', async () => {
    await assert.rejects(read(`data: ${'x'.repeat(300_000)}`), RangeError);
  });
});
