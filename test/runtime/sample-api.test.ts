/** Pinning messages as samples, over the runtime's own API: a real engine behind a real server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createEngine, definitionSet, ManualClock, silentLog, type Engine } from '../../engine/index.ts';
import { API_ROOT, SCOPE_HEADER, type ApiProblem, type SampleViews } from '../../runtime/api/contract.ts';
import { createRuntimeApi, type RuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples, samplesPath } from '../../runtime/samples/pinned-samples.ts';
import { feedSettings } from '../kit/intake-bench.ts';
import { newMessage, newWork } from '../kit/store-builders.ts';

const DAY = 24 * 3600_000;

describe('pinned samples at the runtime API', () => {
  let folder: string;
  let clock: ManualClock;
  let engine: Engine;
  let api: RuntimeApi;
  let server: Server;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-samples-'));
    clock = new ManualClock();
    const bindings = { feeds: {}, endpoints: {} };
    engine = await createEngine({ environment: 'staging', dataFolder: folder, bindings, clock, log: silentLog });
    await engine.intake.configure([feedSettings()], []);
    await start();
    await accept('m1');
  });
  const start = async (): Promise<void> => {
    api = createRuntimeApi(() => true, 'staging', silentLog);
    server = createServer((request, response) => api.handle(request, response, () => response.end()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const [definitions, samples] = [() => definitionSet([]), createPinnedSamples(folder)];
    api.open({ engine, version: '1', startedAt: 0, definitions, drain: () => Promise.resolve(), samples });
  };
  const close = (): void => {
    api.close();
    server.closeAllConnections();
    server.close();
  };
  afterEach(async () => {
    close();
    await engine.stop(0);
    await rm(folder, { recursive: true });
  });

  const accept = async (id: string, feed = 'hospital', definitions: readonly string[] = ['lab']): Promise<void> => {
    const entry = newMessage({ id, feed, controlId: `C-${id}`, receivedAt: clock.now() });
    const work = definitions.map((one) =>
      newWork(entry, { id: `${id}-${one}`, subscription: `${one}/in`, definition: one }),
    );
    await engine.store.journal.accept(entry, work, 0);
  };
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    { actor = 'user:ana', part }: { readonly actor?: string | null; readonly part?: readonly string[] } = {},
  ): Promise<{ status: number; json: unknown }> => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${API_ROOT}${path}`;
    const headers = new Headers({ authorization: 'Bearer token', 'content-type': 'application/json' });
    if (actor !== null) headers.set('wardflow-actor', actor);
    if (part)
      headers.set(
        SCOPE_HEADER,
        Buffer.from(JSON.stringify({ definitions: part, serviceLines: [] })).toString('base64url'),
      );
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, json: await response.json() };
  };
  const pin = (id: string, name: unknown = 'potassium high', more = {}) =>
    ask('POST', `/messages/${id}/pin`, { name }, more);
  const listed = async (query = '', more = {}): Promise<SampleViews['samples']> =>
    ((await ask('GET', `/samples${query}`, undefined, more)).json as SampleViews).samples;
  const codeOf = ({ status, json }: { status: number; json: unknown }): string =>
    `${status} ${(json as ApiProblem).code}`;
  const audited = async (): Promise<readonly string[]> =>
    (await engine.store.audit.list({ order: 'oldest-first' }))
      .filter(({ type }) => type.startsWith('sample.') || type === 'message.body-viewed')
      .map(({ type, actor, messageId }) => `${type} ${messageId} by ${actor}`);

  it('are pinned to the feed of the message under a name, found by it, and unpinned; each step is audited', async () => {
    assert.equal((await pin('m1')).status, 201);
    const [sample] = await listed('?feed=hospital');
    assert.deepEqual(
      [sample?.message, sample?.feed, sample?.name, sample?.by, sample?.controlId, sample?.gone],
      ['m1', 'hospital', 'potassium high', 'user:ana', 'C-m1', false],
    );
    assert.deepEqual(await listed('?feed=elsewhere'), []);
    assert.deepEqual((await ask('POST', '/messages/m1/unpin', {})).json, { unpinned: 'm1' });
    assert.deepEqual(await listed(), []);
    assert.equal(codeOf(await ask('POST', '/messages/m1/unpin', {})), '404 api-not-found');
    assert.deepEqual(await audited(), ['sample.pinned m1 by user:ana', 'sample.unpinned m1 by user:ana']);
  });

  it('are kept as references in a file that its owner alone reads, and are there after a start', async () => {
    await pin('m1');
    const text = await readFile(samplesPath(folder), 'utf8');
    assert.deepEqual(Object.keys(JSON.parse(text) as object), ['kind', 'format', 'samples']);
    assert.ok(!text.includes('MSH'), 'nothing of the message is kept');
    assert.equal((await stat(samplesPath(folder))).mode & 0o077, 0);
    close();
    await start();
    assert.deepEqual(
      (await listed()).map(({ name }) => name),
      ['potassium high'],
    );
  });

  it('get the new name when they are pinned again', async () => {
    await pin('m1', 'first');
    await pin('m1', 'second');
    assert.deepEqual(
      (await listed()).map(({ name }) => name),
      ['second'],
    );
  });

  it('are refused what is no name, no message, unreadable, or more than a feed may have', async () => {
    for (const name of ['', ' ', 'a'.repeat(61), 'Doe, Jane', 'a\nb', '<b>', 7, null, ['x'], '-a', 'a '])
      assert.equal(codeOf(await pin('m1', name)), '400 api-request-invalid', JSON.stringify(name));
    assert.equal(codeOf(await ask('POST', '/messages/m1/pin', { name: 'a', feed: 'b' })), '400 api-request-invalid');
    assert.equal(codeOf(await pin('m1', 'a', { actor: null })), '400 actor-missing');
    assert.equal(codeOf(await pin('nowhere')), '404 api-not-found');
    const quarantine = { code: 'hl7-unreadable', text: 'It cannot be read.' };
    await engine.store.journal.accept(newMessage({ id: 'bad', feed: 'hospital', quarantine }), [], 0);
    assert.equal(codeOf(await pin('bad')), '409 conflict');
    for (let i = 0; i < 21; i++) await accept(`n${i}`);
    const answers = await Promise.all(Array.from({ length: 21 }, (_, i) => pin(`n${i}`, `sample ${i}`)));
    assert.deepEqual(
      [201, 409].map((wanted) => answers.filter(({ status }) => status === wanted).length),
      [20, 1],
    );
    assert.equal((await listed()).length, 20, 'pinned at the same time, and none is lost');
  });

  it('stay a list that nobody writes over when the file is damaged', async () => {
    for (const text of ['{', '{}', '{"kind":"pinned-samples","format":1,"samples":[{"message":"../x"}]}']) {
      await writeFile(samplesPath(folder), text);
      assert.equal(codeOf(await ask('GET', '/samples')), '500 samples-unreadable');
      assert.equal(codeOf(await pin('m1')), '500 samples-unreadable');
      assert.equal(await readFile(samplesPath(folder), 'utf8'), text);
    }
  });

  it('end with the body of their message', async () => {
    await accept('finished', 'hospital', []);
    await pin('finished');
    clock.advance(400 * DAY);
    await engine.store.retention.purge({ bodiesBefore: clock.now(), messagesBefore: null, limit: 100 });
    assert.deepEqual(
      (await listed()).map(({ name, gone }) => [name, gone]),
      [['potassium high', true]],
    );
    assert.equal(codeOf(await ask('POST', '/samples/finished/look', { use: 'use-0001' })), '404 api-not-found');
    assert.equal(codeOf(await pin('finished', 'again')), '409 conflict');
    assert.deepEqual(await audited(), ['sample.pinned finished by user:ana']);
  });

  describe('a look at one', () => {
    const look = (use: unknown, actor = 'user:ana', id = 'm1') =>
      ask('POST', `/samples/${id}/look`, { use }, { actor });
    const looks = async (): Promise<number> => (await audited()).filter((one) => one.startsWith('message.')).length;

    it('is recorded once for each use, for each person, and again after a quarter of an hour', async () => {
      await pin('m1');
      const answers = await Promise.all(Array.from({ length: 5 }, () => look('use-0001')));
      assert.ok(answers.every(({ status }) => status === 200));
      assert.equal(await looks(), 1);
      await look('use-0002');
      await look('use-0001', 'user:ben');
      assert.equal(await looks(), 3);
      clock.advance(14 * 60_000);
      await look('use-0001');
      assert.equal(await looks(), 3);
      clock.advance(60_000);
      await look('use-0001');
      assert.equal(await looks(), 4);
    });

    it('is refused at what is not pinned, and without telling one use from another', async () => {
      assert.equal(codeOf(await look('use-0001')), '404 api-not-found');
      await pin('m1');
      for (const use of ['', 'short', 'a'.repeat(65), 'with blanks in it', 7, undefined])
        assert.equal(codeOf(await look(use)), '400 api-request-invalid', String(use));
      assert.equal(await looks(), 0);
    });
  });

  it('are only those of the part that somebody answers for', async () => {
    await accept('of-discharge', 'hospital', ['discharge']);
    await pin('m1');
    await pin('of-discharge', 'discharge');
    const lab = { part: ['lab'] };
    assert.deepEqual(
      (await listed('', lab)).map(({ message }) => message),
      ['m1'],
    );
    for (const path of ['/messages/of-discharge/unpin', '/samples/of-discharge/look'])
      assert.equal(
        codeOf(await ask('POST', path, path.endsWith('look') ? { use: 'use-0001' } : {}, lab)),
        '403 outside-scope',
      );
    assert.equal(codeOf(await pin('of-discharge', 'mine now', lab)), '403 outside-scope');
    assert.equal((await ask('POST', '/samples/m1/look', { use: 'use-0001' }, lab)).status, 200);
  });
});
