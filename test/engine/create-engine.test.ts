import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createEngine, ManualClock, silentLog, type Engine, type FeedSettings } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { DONE, RecordingSource } from '../kit/recording-source.ts';
import { testMessage } from '../kit/test-message.ts';

const LISTEN = { host: '127.0.0.1', port: 0, tls: null, allow: [] } as const;
const FEED: FeedSettings = {
  name: 'hospital',
  lane: 'routine',
  orderingPath: ['PID-3.1'],
  afterDead: 'hold',
  deadlineMs: 60_000,
  resendWindowMs: 3_600_000,
  zone: null,
  fallbackCharset: 'utf-8',
};
const FILTER = { types: [], senders: [] };
const hl7 = (controlId: string): string =>
  `MSH|^~\\&|LAB|GH|WF|GH|20260105080000||ORU^R01|${controlId}|P|2.5.1\rPID|1||4711\r`;

describe('createEngine', () => {
  let folder: string;
  const open: Engine[] = [];
  const senders: MllpSender[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-engine-'));
  });
  afterEach(async () => {
    for (const sender of senders.splice(0)) sender.close();
    await Promise.all(open.splice(0).map((engine) => engine.stop(0)));
    await rm(folder, { recursive: true, force: true });
  });

  async function create(clock = new ManualClock()): Promise<Engine> {
    const bindings = { feeds: { hospital: { listen: LISTEN } }, endpoints: {} };
    const engine = await createEngine({ environment: 'staging', dataFolder: folder, bindings, clock, log: silentLog });
    open.push(engine);
    return engine;
  }
  async function listening(engine: Engine): Promise<MllpSender> {
    await engine.intake.configure([FEED], [{ id: 'lab/results', definition: 'lab', feed: 'hospital', filter: FILTER }]);
    const sender = new MllpSender(engine.intake.status()[0]?.port ?? 0);
    senders.push(sender);
    return sender;
  }
  function source(engine: Engine, capacity = 16): RecordingSource {
    const made = new RecordingSource('lab/results', { capacity });
    engine.dispatcher.addSource(made);
    return made;
  }

  it('takes a message from the socket to the source, in order, and says what changes', async () => {
    const engine = await create();
    const seen = source(engine);
    const kinds = new Set<string>();
    engine.live.subscribe((change) => kinds.add(change.kind));
    const sender = await listening(engine);
    engine.start();
    for (const controlId of ['A1', 'A2']) assert.match(await sender.send(hl7(controlId)), /MSA\|AA\|A[12]/);
    await eventually('the first delivery', () => seen.taken.length === 1);
    await engine.dispatcher.finish(seen.of('A1'), DONE);
    await eventually('the second delivery', () => seen.taken.length === 2);
    await engine.dispatcher.finish(seen.of('A2'), DONE);
    assert.deepEqual(seen.order(), ['A1', 'A2']);
    assert.equal((await engine.store.work.counts()).done, 2);
    assert.ok(kinds.has('message'));
  });

  it('accepts before it is started, and delivers then', async () => {
    const engine = await create();
    const seen = source(engine);
    const sender = await listening(engine);
    assert.match(await sender.send(hl7('A1')), /MSA\|AA/);
    assert.equal(seen.taken.length, 0);
    engine.start();
    await eventually('the delivery', () => seen.taken.length === 1);
  });

  it('stops in order: no new connection, what is in flight ends and is kept', async () => {
    const engine = await create();
    const seen = source(engine);
    const sender = await listening(engine);
    engine.start();
    await sender.send(hl7('A1'));
    await eventually('the delivery', () => seen.taken.length === 1);
    const stopping = engine.stop(60_000);
    sender.close();
    await assert.rejects(sender.send(hl7('A2')));
    assert.equal(await engine.dispatcher.finish(seen.of('A1'), DONE), 'settled');
    await stopping;
    await engine.stop(0);
    const next = await create();
    const counts = await next.store.work.counts();
    assert.equal(counts.done, 1);
  });

  it('has in memory only what it may have in flight, however much waits', async () => {
    const engine = await create();
    const made = Array.from({ length: 3000 }, (_, i) => testMessage({ controlId: `W${i}` }, engine.clock, engine.ids));
    await Promise.all(made.map(({ message, work }) => engine.store.journal.accept(message, [work], 1000)));
    await engine.stop(0);

    const next = await create();
    const seen = source(next, 20);
    next.start();
    await eventually('the first deliveries', () => seen.taken.length > 0);
    const counts = await next.store.work.counts();
    assert.deepEqual([seen.taken.length, counts.claimed, counts.waiting], [20, 20, 2980]);
  });

  it('refuses a folder that another engine uses, and takes it when that one has stopped', async () => {
    const first = await create();
    await assert.rejects(create(), { code: 'folder-in-use' });
    await first.stop(0);
    await create();
  });

  it('refuses a folder that is a file, and a binding that is no address, with one clear error', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const options = { environment: 'staging', bindings: { feeds: {}, endpoints: {} }, log: silentLog };
    await assert.rejects(createEngine({ ...options, dataFolder: join(file, 'x') }), {
      code: 'store-folder-unwritable',
    });
    const ehr = {
      kind: 'fhir',
      base: 'ftp://example.org',
      auth: { kind: 'none' },
      timeoutMs: 1000,
      concurrency: 1,
    } as const;
    const bindings = { feeds: {}, endpoints: { ehr } };
    await assert.rejects(createEngine({ ...options, bindings, dataFolder: folder }), { code: 'endpoint-base-invalid' });
    await create();
  });
});
