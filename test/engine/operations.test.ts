/** Stops by operators and an endpoint that is away, through the whole engine over a real socket and a real server. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  createEngine,
  ManualClock,
  silentLog,
  type ClaimedWork,
  type Engine,
  type WorkResult,
} from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { feedSettings, subscription } from '../kit/intake-bench.ts';
import { answerJson, startLocalHttpServer, type Answering, type LocalHttpServer } from '../kit/local-http-server.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';
import { DONE } from '../kit/recording-source.ts';

const message = (id: string): string => `MSH|^~\\&|LAB|GH|WF|GH|20260105080000||ORU^R01|${id}|P|2.5.1\rPID|1||${id}\r`;
const BY = { reason: 'maintenance of the laboratory system', actor: 'user:ana' } as const;
const answerCode = (answer: string | undefined): string => /MSA\|(\w\w)\|/.exec(answer ?? '')?.[1] ?? '';

describe('an engine that operators stop and start', () => {
  let folder: string;
  let clock: ManualClock;
  let engine: Engine;
  let server: LocalHttpServer;
  let answer: Answering;
  const peers: MllpPeer[] = [];
  const taken: ClaimedWork[] = [];
  let onDeliver: (work: ClaimedWork) => void;

  const start = async (backlogLimit?: number): Promise<void> => {
    engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      bindings: {
        feeds: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: null, allow: [] } } },
        endpoints: {
          ehr: {
            kind: 'fhir',
            base: `${server.origin}/fhir`,
            auth: { kind: 'none' },
            timeoutMs: 10_000,
            concurrency: 8,
          },
        },
      },
      clock,
      random: () => 0.5,
      log: silentLog,
      ...(backlogLimit !== undefined && { backlogLimit }),
    });
    engine.dispatcher.addSource({
      id: 'lab/in',
      definition: 'lab',
      feed: 'hospital',
      capacity: 4,
      leaseMs: 60_000,
      deliver(work) {
        taken.push(work);
        onDeliver(work);
      },
    });
    await engine.intake.configure([feedSettings()], [subscription('lab/in')]);
    engine.start();
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-operations-'));
    clock = new ManualClock();
    answer = (_request, response) => answerJson(response, 200, { resourceType: 'Task', id: '1' });
    server = await startLocalHttpServer((...args) => answer(...args));
    taken.length = 0;
    onDeliver = finish;
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await engine.stop(0);
    await server.close();
    await rm(folder, { recursive: true });
  });

  const finish = (work: ClaimedWork, result: WorkResult = DONE): void => void engine.dispatcher.finish(work, result);
  const connect = async (): Promise<MllpPeer> => {
    const peer = await MllpPeer.open(engine.intake.status()[0]?.port ?? 0);
    peers.push(peer);
    return peer;
  };
  const until = (what: string, condition: () => boolean | Promise<boolean>): Promise<void> =>
    eventually(what, () => {
      clock.advance(0);
      return condition();
    });
  const counts = () => engine.store.work.counts();
  const settled = (count: number): Promise<void> =>
    until(`${count} are done`, async () => (await counts()).done === count);
  /** The store answers in order: what was begun before has ended. */
  const rest = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      clock.advance(0);
      await Promise.all([counts(), engine.store.work.renew('nobody', 0, 0)]);
    }
  };

  it('holds a feed: accepts, shows and keeps its messages, and processes them when it goes on', async () => {
    await start();
    const { id } = await engine.controls.set({ kind: 'feed', name: 'hospital', ...BY });
    const peer = await connect();
    for (const one of ['A1', 'A2', 'A3']) peer.frame(message(one));
    assert.deepEqual((await peer.wait(3)).map(answerCode), ['AA', 'AA', 'AA']);
    await rest();
    assert.deepEqual([taken.length, (await counts()).waiting], [0, 3]);
    assert.equal((await engine.store.work.backlog())[0]?.count, 3);
    await engine.controls.clear(id, BY);
    await settled(3);
    assert.deepEqual(
      taken.map((work) => work.message.controlId),
      ['A1', 'A2', 'A3'],
    );
  });

  it('refuses at a feed: AE with the reason, nothing is kept, and what was accepted before is processed', async () => {
    await start();
    const peer = await connect();
    let ended: () => void = () => undefined;
    onDeliver = (work) => (ended = () => finish(work));
    peer.frame(message('A1'));
    await until('A1 is delivered', () => taken.length === 1);
    await engine.controls.set({ kind: 'feed', name: 'hospital', mode: 'refuse', ...BY });
    peer.frame(message('A2'));
    peer.frame('no message at all');
    const [, refused, unreadable] = await peer.wait(3);
    assert.equal(answerCode(refused), 'AE');
    assert.match(refused ?? '', /MSA\|AE\|A2\|.*maintenance of the laboratory system/);
    assert.equal(answerCode(unreadable), 'AE');
    assert.equal((await engine.store.journal.counts()).total, 1);
    ended();
    await settled(1);
  });

  it('closes a feed and opens it again', async () => {
    await start();
    const before = await connect();
    const { id } = await engine.controls.set({ kind: 'feed', name: 'hospital', mode: 'close', ...BY });
    await before.ended();
    await until('it is closed', () => engine.intake.status()[0]?.state === 'stopped');
    await engine.controls.clear(id, BY);
    await until('it listens', () => engine.intake.status()[0]?.state === 'listening');
    const after = await connect();
    after.frame(message('A1'));
    assert.equal(answerCode((await after.wait(1))[0]), 'AA');
  });

  it('keeps a stop over a restart: a feed that was closed does not open', async () => {
    await start();
    await engine.controls.set({ kind: 'feed', name: 'hospital', mode: 'close', ...BY });
    await engine.stop(0);
    await start();
    assert.equal(engine.intake.status()[0]?.state, 'stopped');
  });

  it('stops a definition and a lane, and takes them up when they go on', async () => {
    await start();
    const peer = await connect();
    for (const [kind, name] of [
      ['definition', 'lab'],
      ['lane', 'urgent'],
    ] as const) {
      const before = taken.length;
      const { id } = await engine.controls.set({ kind, name, ...BY });
      peer.frame(message(kind));
      await peer.wait(before + 1);
      await rest();
      assert.equal(taken.length, before, `${kind} is stopped`);
      await engine.controls.clear(id, BY);
      await settled(before + 1);
    }
  });

  /** Each item reads from the EHR and ends as that ends. */
  const readEach = (): void => {
    onDeliver = (work) => {
      const read = async (): Promise<void> => {
        const result = await engine.endpoints.get('ehr').read('Task', '1');
        finish(work, result.ok ? DONE : { ...DONE, outcome: { kind: 'failed', failure: result.failure } });
      };
      void read();
    };
  };

  it('holds an endpoint: work for it waits for hours without losing attempts or time, and goes on at once', async () => {
    await start();
    readEach();
    const { id } = await engine.controls.set({ kind: 'endpoint', name: 'ehr', ...BY });
    const peer = await connect();
    peer.frame(message('A1'));
    peer.frame(message('A2'));
    await until('both wait', async () => taken.length === 2 && (await counts()).waiting === 2);
    for (let hour = 0; hour < 48; hour++) {
      const before = taken.length;
      clock.advance(3_600_000);
      await until('both wait again', async () => taken.length === before + 2 && (await counts()).waiting === 2);
    }
    assert.equal(server.seen.length, 0);
    const newest = async () => (await engine.store.journal.list({}))[0];
    await until('it is shown as waiting', async () => (await newest())?.reason?.code === 'endpoint-held');
    const entry = await newest();
    await engine.controls.clear(id, BY);
    await settled(2);
    const [work] = await engine.store.work.ofMessage(entry?.id ?? '');
    assert.ok((work?.attempts.length ?? 0) > 2, 'it was looked at again meanwhile');
    assert.equal(taken.at(-1)?.countedAttempts, 1, 'none of them counts');
  });

  it('lets work wait for a server that is away, probes with one, and goes on with all when it is back', async () => {
    await start();
    readEach();
    answer = (_request, response) => answerJson(response, 500, {});
    const peer = await connect();
    for (let i = 0; i < 30; i++) peer.frame(message(`A${i}`));
    await peer.wait(30);
    const open = (): boolean => engine.endpoints.health()[0]?.circuit === 'open';
    await until('the circuit opens and all wait', async () => open() && (await counts()).waiting === 30);
    const asked = server.seen.length;
    assert.ok(asked < 20, `the server was asked ${asked} times for 30 messages`);
    answer = (_request, response) => answerJson(response, 200, { resourceType: 'Task', id: '1' });
    clock.advance(1_000);
    await until('the circuit closes', () => engine.endpoints.health()[0]?.circuit === 'closed');
    await eventually('all are done', async () => {
      clock.advance(50);
      await rest();
      return (await counts()).done === 30;
    });
    assert.ok(clock.now() - (taken[0]?.createdAt ?? 0) < 60_000);
  });

  it('withholds acknowledgements while the backlog is at its limit, and gives them in order when it falls', async () => {
    await start(10);
    const held: ClaimedWork[] = [];
    onDeliver = (work) => void held.push(work);
    const peer = await connect();
    let sent = 0;
    const send = (count: number): void => {
      for (let i = 0; i < count; i++) peer.frame(message(`A${String(sent++).padStart(2, '0')}`));
    };
    send(10);
    await peer.wait(10);
    const withholding = (): boolean => engine.intake.status()[0]?.withholding === true;
    send(1);
    clock.advance(1_000);
    send(1);
    await until('it withholds', withholding);
    await rest();
    send(6);
    await rest();
    const answered = peer.answers.length;
    for (let i = 0; i < 4; i++) {
      clock.advance(250);
      await rest();
    }
    assert.equal(peer.answers.length, answered, 'nothing is acknowledged while it is full');
    assert.ok(answered < sent, `${answered} of ${sent} were acknowledged`);
    onDeliver = finish;
    for (const work of held.splice(0)) finish(work);
    // Slowly: whoever waits for room for half a minute is sent away.
    await eventually('all are acknowledged', async () => {
      clock.advance(50);
      await rest();
      return peer.answers.length === sent;
    });
    const ids = (await peer.wait(sent)).map((text) => /MSA\|AA\|(\w+)/.exec(text)?.[1] ?? '');
    assert.deepEqual(ids, ids.toSorted());
    const journal = (await engine.store.journal.list({})).map(({ controlId }) => controlId ?? '').toReversed();
    assert.deepEqual(journal, journal.toSorted());
    await eventually('it takes messages again', () => {
      clock.advance(250);
      return !withholding();
    });
  });

  it('closes a connection whose frame has waited for room too long, without an answer', async () => {
    await start(1);
    onDeliver = () => undefined;
    const peer = await connect();
    peer.frame(message('A1'));
    await peer.wait(1);
    clock.advance(1_000);
    peer.frame(message('A2'));
    await until('it withholds', () => engine.intake.status()[0]?.withholding === true);
    await rest();
    peer.frame(message('A3'));
    await rest();
    const answered = peer.answers.length;
    await eventually('the connection ends', () => {
      clock.advance(250);
      return peer.closed;
    });
    assert.equal(peer.answers.length, answered);
    assert.equal((await engine.store.journal.counts()).total, answered);
  });
});
