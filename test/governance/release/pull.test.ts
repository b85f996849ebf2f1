/** Two hosts: a console where production is ordered, and another data folder whose runtime has to run it. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../../engine/index.ts';
import type { PullAnswer } from '../../../governance/api/release-contract.ts';
import {
  addSignature,
  proposeTrust,
  signStatement,
  type TrustChange,
  type TrustStore,
} from '../../../governance/bundle/index.ts';
import {
  bundlePath,
  createReleaseRuntime,
  logFolder,
  readReleaseLog,
  releaseFolderOf,
  type Release,
} from '../../../governance/release/index.ts';
import { PULL_EVERY_MS, pullOnce, startPuller, type PullOptions } from '../../../governance/release/pull.ts';
import { installTrust, readTrustFolder, trustFolderOf } from '../../../governance/trust/trust-folder.ts';
import { eventually } from '../../kit/eventually.ts';
import { startFakeReleaseRuntime, type FakeReleaseRuntime } from '../../kit/fake-release-runtime.ts';
import { at, DAY, NOW } from '../bundle/ceremony.ts';
import { consoleWithProduction, type ConsoleWithProduction } from './console-with-production.ts';
import { change, HOUR, testEnvironment, unapproved } from './environment.ts';

describe('an environment whose releases are ordered on another host', () => {
  let there: ConsoleWithProduction;
  let here: string;
  let runtime: FakeReleaseRuntime;
  let token: string;
  let audited: string[];
  let options: PullOptions;
  beforeEach(async () => {
    there = await consoleWithProduction();
    here = await mkdtemp(join(tmpdir(), 'wardflow-elsewhere-'));
    await cp(trustFolderOf(there.kit.folder, 'production'), trustFolderOf(here, 'production'), { recursive: true });
    runtime = await startFakeReleaseRuntime(here, () => there.clock.now());
    const made = await there.kit.call('/api/v1/service-accounts', {
      method: 'POST',
      cookie: await there.kit.cookieOf(),
      body: { name: 'west', scopes: ['release:read'], days: 300 },
    });
    ({ token } = made.json<{ token: string }>());
    audited = [];
    options = {
      dataFolder: here,
      environment: 'production',
      from: there.kit.console.url,
      token: () => Promise.resolve(token),
      runtime: createReleaseRuntime({
        environment: 'production',
        actor: 'service:pull',
        locate: () => runtime.locate(),
      }),
      now: () => there.clock.now(),
      audit: (type, details) => void audited.push(`${type}${'code' in details ? ` ${details['code']}` : ''}`),
    };
  });
  afterEach(async () => {
    await there.stop();
    await runtime.stop();
    await rm(here, { recursive: true, force: true });
  });

  const log = async (): Promise<readonly Release[]> =>
    readReleaseLog(
      releaseFolderOf(here, 'production'),
      await readTrustFolder(trustFolderOf(here, 'production'), 'production'),
    );
  const refusal = async (more: Partial<PullOptions> = {}): Promise<string> => {
    try {
      await pullOnce({ ...options, ...more });
      return 'taken';
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      return error.cause instanceof WardflowError ? error.cause.code : error.code;
    }
  };
  const twoReleases = async (): Promise<readonly [string, string]> => {
    const first = await change(there.env.all, null, 'first');
    const second = await change(there.env.all, first.hash, 'second');
    await there.env.release(first);
    await there.env.release(second);
    return [first.hash, second.hash];
  };
  const trustChange = async (more: Partial<TrustChange>): Promise<TrustStore> => {
    const { ana, greta, emil } = there.env.all;
    const folder = trustFolderOf(there.kit.folder, 'production');
    const store = await readTrustFolder(folder, 'production');
    const statement = proposeTrust(store, { by: 'ana', reason: 'r', at: at(there.clock.now()), ...more });
    let envelope = await signStatement(statement, ana.key);
    for (const { key } of [greta, emil]) envelope = await addSignature(envelope, key);
    return installTrust(folder, 'production', envelope);
  };
  /** A host between, which may change what it hands on. */
  const between = async (
    change: (answer: PullAnswer) => unknown,
    work: (from: string) => Promise<void>,
  ): Promise<void> => {
    const server: Server = createServer((request, response) => {
      void fetch(`${there.kit.console.url}${request.url ?? ''}`, {
        headers: { authorization: request.headers.authorization ?? '' },
      }).then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        const isPull = (request.url ?? '').includes('/pull') && answer.ok;
        response.writeHead(answer.status);
        response.end(isPull ? JSON.stringify(change(JSON.parse(body.toString()) as PullAnswer)) : body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  };

  it('takes over what was ordered there, the very files, and tells its runtime', async () => {
    const [first, second] = await twoReleases();
    assert.deepEqual(await pullOnce(options), { releases: [1, 2], trust: null });
    assert.deepEqual(
      (await log()).map(({ bundle }) => bundle),
      [first, second],
    );
    for (const name of await readdir(logFolder(there.env.folder)))
      assert.deepEqual(
        await readFile(join(logFolder(releaseFolderOf(here, 'production')), name)),
        await readFile(join(logFolder(there.env.folder), name)),
      );
    assert.deepEqual(
      runtime.asked.map(({ what, body }) => [what, body]),
      [['POST /release/apply', { sequence: 2, drain: false }]],
    );
    assert.deepEqual(audited, ['release.pulled', 'release.pulled']);
    assert.deepEqual(await pullOnce(options), { releases: [], trust: null });
    assert.equal(runtime.asked.length, 1, 'nothing new: nothing to tell');
  });

  it('takes over broken glass and a rollback, long after the approvals ran out', async () => {
    const [first, second] = await twoReleases();
    await pullOnce(options);
    const hurried = await unapproved(there.env.all, second, 'hurried');
    const { writeBundleFile } = await import('../../../governance/release/index.ts');
    await writeBundleFile(there.env.folder, 'production', hurried);
    await there.env.put(await there.env.glass(hurried.hash));
    there.clock.set(NOW + 100 * DAY);
    await there.env.put(
      await there.env.order(first, { at: at(there.clock.now()), previous: second }),
      there.clock.now(),
    );
    assert.deepEqual((await pullOnce(options)).releases, [3, 4]);
    assert.deepEqual(
      (await log()).map(({ kind }) => kind),
      ['order', 'order', 'break-glass', 'order'],
    );
  });

  it('goes on where it was cut off', async () => {
    const [, second] = await twoReleases();
    await rm(bundlePath(there.env.folder, second));
    assert.equal(await refusal(), 'pull-answer-unreadable');
    assert.deepEqual(
      (await log()).map(({ sequence }) => sequence),
      [1],
    );
    assert.deepEqual(runtime.asked.at(-1)?.body, { sequence: 1, drain: false }, 'what came runs');
    const { writeBundleFile } = await import('../../../governance/release/index.ts');
    const first = (await log())[0]?.bundle ?? null;
    await writeBundleFile(there.env.folder, 'production', await change(there.env.all, first, 'second'));
    assert.deepEqual((await pullOnce(options)).releases, [2]);
  });

  it('takes over a newer version of whom to trust, and judges by it', async () => {
    await twoReleases();
    await pullOnce(options);
    await trustChange({ revoke: [there.env.all.rita.key.id] });
    assert.deepEqual(await pullOnce(options), { releases: [], trust: 2 });
    assert.deepEqual(audited.slice(-1), ['trust.pulled']);
    const store = await readTrustFolder(trustFolderOf(here, 'production'), 'production');
    assert.equal(store.version, 2);
  });

  it('runs what was ordered before whom to trust changed, before it changes here', async () => {
    await twoReleases();
    await trustChange({ revoke: [there.env.all.rita.key.id] });
    const versions: number[] = [];
    const release: PullOptions['runtime'] = {
      ...options.runtime,
      async apply(request) {
        versions.push((await readTrustFolder(trustFolderOf(here, 'production'), 'production')).version);
        return options.runtime.apply(request);
      },
    };
    assert.deepEqual(await pullOnce({ ...options, runtime: release }), { releases: [1, 2], trust: 2 });
    assert.deepEqual(versions, [1]);
    assert.equal((await readTrustFolder(trustFolderOf(here, 'production'), 'production')).version, 2);
  });

  it('takes over a revocation even where a release beside it is refused', async () => {
    const [first] = await twoReleases();
    await trustChange({ revoke: [there.env.all.rita.key.id] });
    await writeFile(bundlePath(there.env.folder, first), 'damaged');
    assert.notEqual(await refusal(), 'taken');
    assert.equal((await readTrustFolder(trustFolderOf(here, 'production'), 'production')).version, 2);
    assert.deepEqual(await log(), []);
  });

  it('refuses an older trust store, and one of somebody else', async () => {
    await twoReleases();
    await trustChange({ revoke: [there.env.all.rita.key.id] });
    await pullOnce(options);
    await between(
      (answer) => ({ ...answer, trust: { ...answer.trust, versions: answer.trust.versions.slice(0, 1) } }),
      async (from) => assert.equal(await refusal({ from }), 'trust-store-older-than-pinned'),
    );
    const stranger = await testEnvironment();
    try {
      await between(
        (answer) => ({ ...answer, trust: stranger.all.store.file }),
        async (from) => assert.equal(await refusal({ from }), 'trust-store-not-pinned'),
      );
    } finally {
      await stranger.remove();
    }
    assert.equal((await readTrustFolder(trustFolderOf(here, 'production'), 'production')).version, 2);
  });

  it('refuses an order by a key that was revoked before the last fetch, whatever version it names', async () => {
    const [first] = await twoReleases();
    await pullOnce(options);
    const { otto, mallory, store } = there.env.all;
    await trustChange({ revoke: [otto.key.id], add: [{ key: mallory.told, roles: ['operator'] }] });
    await pullOnce(options);
    // Otto's key was stolen; the thief writes at the other host, under the version in which it still counts.
    const entry = await there.env.order(first);
    const { version, hash } = store;
    const file = { kind: 'release', format: 1, entry, trust: { version, hash }, acceptedAt: at() };
    await writeFile(join(logFolder(there.env.folder), '0000000003.json'), JSON.stringify(file, null, 2));
    assert.equal(await refusal(), 'pull-trust-older');
    assert.equal((await log()).length, 2);
  });

  it('refuses a log that was cut or rewritten there', async () => {
    await twoReleases();
    await pullOnce(options);
    await rm(join(logFolder(there.env.folder), '0000000002.json'));
    assert.equal(await refusal(), 'pull-behind');
    const other = await change(there.env.all, (await there.env.log())[0]?.bundle ?? null, 'other');
    await there.env.release(other);
    assert.equal(await refusal(), 'pull-differs');
    assert.equal((await log()).length, 2);
  });

  it('refuses entries that somebody between has changed, left out or swapped', async () => {
    const [first] = await twoReleases();
    const changed: readonly (readonly [string, (answer: PullAnswer) => unknown])[] = [
      ['order-previous-differs', (answer) => ({ ...answer, entries: answer.entries.slice(1) })],
      ['pull-answer-unreadable', (answer) => ({ ...answer, entries: [{ sequence: 1 }] })],
      ['pull-answer-unreadable', () => 'nothing'],
      ['pull-answer-unreadable', (answer) => ({ ...answer, environment: 'west' })],
      [
        'pull-differs',
        (answer) => ({ ...answer, entries: answer.entries.map((one) => ({ ...one, bundle: 'e'.repeat(64) })) }),
      ],
      [
        'signature-invalid',
        (answer) => ({
          ...answer,
          entries: answer.entries.map((one) => ({
            ...one,
            file: {
              ...one.file,
              entry: {
                ...one.file.entry,
                signatures: one.file.entry.signatures.map(({ keyid }) => ({
                  keyid,
                  sig: Buffer.alloc(64, 3).toString('base64'),
                })),
              },
            },
          })),
        }),
      ],
      [
        'pull-from-future',
        (answer) => ({
          ...answer,
          entries: answer.entries.map((one) => ({ ...one, file: { ...one.file, acceptedAt: at(NOW + HOUR) } })),
        }),
      ],
    ];
    for (const [expected, tamper] of changed)
      await between(tamper, async (from) => assert.equal(await refusal({ from }), expected));
    assert.deepEqual(await log(), []);
    assert.equal(await refusal(), 'taken');
    assert.equal((await log())[0]?.bundle, first);
  });

  it('refuses a bundle that is not the one that was ordered', async () => {
    const [first, second] = await twoReleases();
    await cp(bundlePath(there.env.folder, second), bundlePath(there.env.folder, first));
    assert.equal(await refusal(), 'release-invalid');
    assert.deepEqual(await log(), []);
  });

  it('sends its token over nothing that others can read, and says when it is not taken', async () => {
    assert.equal(await refusal({ from: 'http://wardflow.example' }), 'pull-address-unsafe');
    assert.equal(await refusal({ token: () => Promise.resolve('wardflow_sa_nothing') }), 'pull-denied');
    assert.equal(await refusal({ from: 'http://127.0.0.1:1' }), 'pull-unreachable');
  });

  it('asks again and again, later each time it fails, and records a refusal once', async () => {
    const waits: number[] = [];
    let go = Promise.withResolvers<void>();
    const puller = startPuller({
      ...options,
      wait(ms, signal) {
        waits.push(ms);
        go = Promise.withResolvers<void>();
        signal.addEventListener('abort', () => go.resolve());
        return signal.aborted ? Promise.resolve() : go.promise;
      },
    });
    const round = async (): Promise<void> => {
      const before = waits.length;
      go.resolve();
      await eventually('another round', () => waits.length > before);
    };
    try {
      await eventually('the first round', () => waits.length === 1);
      await twoReleases();
      await round();
      assert.equal((await log()).length, 2);
      await rm(join(logFolder(there.env.folder), '0000000002.json'));
      for (let i = 0; i < 3; i++) await round();
      assert.deepEqual(waits, [PULL_EVERY_MS, PULL_EVERY_MS, 2_000, 4_000, 8_000]);
      assert.deepEqual(audited.slice(2), ['release.pull-refused pull-behind']);
    } finally {
      await puller.stop();
    }
  });
});
