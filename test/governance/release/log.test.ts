import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert as hold, asyncProperty, integer, pre } from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../../engine/index.ts';
import { addSignature, appendTrust, proposeTrust, signStatement } from '../../../governance/bundle/index.ts';
import {
  logFolder,
  readBundleFile,
  readReleaseLog,
  verifyReleased,
  writeBundleFile,
  type Release,
} from '../../../governance/release/index.ts';
import { at, DAY, NOW } from '../bundle/ceremony.ts';
import { approvedAt, change, HOUR, testEnvironment, unapproved, type TestEnvironment } from './environment.ts';

const codeOf = (error: unknown): string => {
  if (!(error instanceof WardflowError)) throw error;
  return error.cause instanceof WardflowError ? error.cause.code : error.code;
};

describe('the log of releases', () => {
  let env: TestEnvironment;
  const files: string[] = [];
  beforeEach(async () => {
    env = await testEnvironment();
    const a = await change(env.all, null, 'a');
    const b = await change(env.all, a.hash, 'b');
    await env.release(a, NOW);
    await env.release(b, NOW + HOUR);
    await env.release(a, NOW + 2 * HOUR);
    files.splice(0, files.length, ...(await readdir(logFolder(env.folder))).toSorted());
  });
  afterEach(() => env.remove());

  const path = (i: number): string => join(logFolder(env.folder), files[i] ?? '');
  const refusal = async (): Promise<string> => {
    try {
      await env.log();
      return 'read';
    } catch (error) {
      return codeOf(error);
    }
  };
  const edit = async (i: number, change: (file: Record<string, unknown>) => void): Promise<string> => {
    const file = JSON.parse(await readFile(path(i), 'utf8')) as Record<string, unknown>;
    change(file);
    await writeFile(path(i), JSON.stringify(file));
    return refusal();
  };

  it('reads what was ordered, oldest first', async () => {
    const releases = await env.log();
    assert.deepEqual(
      releases.map(({ sequence, person, ranBefore }) => [sequence, person, ranBefore]),
      [
        [1, 'otto', false],
        [2, 'otto', false],
        [3, 'otto', true],
      ],
    );
    assert.equal(releases[2]?.bundle, releases[0]?.bundle);
    assert.deepEqual(releases[2]?.first, releases[0]?.first);
  });

  it('refuses a release that was taken out of the middle', async () => {
    await rm(path(1));
    assert.equal(await refusal(), 'order-previous-differs');
  });

  it('misses broken glass that is over, though what came after does not need it', async () => {
    const [, second] = await env.log();
    const hurried = await unapproved(env.all, second?.previous ?? null, 'h');
    await env.put(await env.glass(hurried.hash, { at: at(NOW + 3 * HOUR) }), NOW + 3 * HOUR);
    const later = NOW + 3 * DAY;
    const back = (await env.log())[2]?.bundle ?? '';
    await env.put(await env.order(second?.bundle ?? '', { at: at(later), previous: back }), later);
    assert.equal((await env.log()).length, 5);
    await rm(join(logFolder(env.folder), '0000000004.json'));
    assert.equal(await refusal(), 'release-log-disordered');
  });

  it('refuses releases that were swapped', async () => {
    await rename(path(1), `${path(1)}.x`);
    await rename(path(2), path(1));
    await rename(`${path(1)}.x`, path(2));
    assert.notEqual(await refusal(), 'read');
  });

  it('refuses a release under another number', async () => {
    await rename(path(2), join(logFolder(env.folder), '0000000009.json'));
    assert.equal(await refusal(), 'release-log-disordered');
  });

  it('refuses a release carried out before the one before it', async () => {
    assert.equal(await edit(2, (file) => (file['acceptedAt'] = at(NOW))), 'release-log-disordered');
  });

  it('refuses a release carried out after its order had run out', async () => {
    assert.equal(await edit(2, (file) => (file['acceptedAt'] = at(NOW + 3 * DAY))), 'order-expired');
  });

  it('refuses a version of the trust store that never was', async () => {
    assert.equal(
      await edit(2, (file) => (file['trust'] = { version: 1, hash: 'f'.repeat(64) })),
      'trust-version-unknown',
    );
  });

  it('refuses what is no release at all', async () => {
    for (const content of ['', '[]', '{"kind":"release"}', `{"a":"${'x'.repeat(70_000)}"}`]) {
      await writeFile(path(0), content);
      assert.equal(await refusal(), 'release-invalid', content.slice(0, 20));
    }
  });

  it('refuses an order by somebody who may not, and one for another environment', async () => {
    const { all } = env;
    const last = (await env.log())[2]?.bundle ?? '';
    const by = env.put(await env.order(last, { actor: 'greta', at: at(NOW + 2 * HOUR) }, all.greta), NOW + 2 * HOUR);
    await assert.rejects(by, (error: unknown) => codeOf(error) === 'order-role-missing');
    const elsewhere = env.put(await env.order(last, { environment: 'west', at: at(NOW + 2 * HOUR) }), NOW + 2 * HOUR);
    await assert.rejects(elsewhere, (error: unknown) => codeOf(error) === 'order-of-another-environment');
  });

  it('refuses every change of a signed order, byte by byte', async () => {
    const before = await env.log();
    const content = await readFile(path(1));
    const start = content.indexOf('"entry"');
    const end = content.indexOf('"trust"');
    await hold(
      asyncProperty(integer({ min: start, max: end - 1 }), integer({ min: 0x20, max: 0x7e }), async (i, byte) => {
        pre(content[i] !== byte);
        const changed = Buffer.from(content);
        changed[i] = byte;
        await writeFile(path(1), changed);
        // A space more or less is no change of what was signed.
        if ((await refusal()) === 'read') assert.deepEqual(await env.log(), before);
      }),
      { numRuns: 150, seed: 20260301 },
    );
  });

  it('keeps what was ordered by a key that was revoked later, and takes no new order by it under the new trust', async () => {
    const { all } = env;
    const { store } = all;
    const draft = { revoke: [all.otto.key.id], by: 'ana', reason: 'has left', at: at(NOW + DAY) };
    let envelope = await signStatement(
      proposeTrust(store, {
        ...draft,
        add: [{ key: all.mallory.told, roles: ['operator'] }],
      }),
      all.ana.key,
    );
    for (const { key } of [all.greta, all.emil]) envelope = await addSignature(envelope, key);
    const next = await appendTrust(store, envelope);
    assert.equal((await readReleaseLog(env.folder, next)).length, 3);
    const entry = await env.order((await env.log())[0]?.bundle ?? '', { at: at(NOW + DAY) });
    const { version, hash } = next;
    const file = { kind: 'release', format: 1, entry, trust: { version, hash }, acceptedAt: at(NOW + DAY) };
    await writeFile(join(logFolder(env.folder), '0000000004.json'), JSON.stringify(file));
    await assert.rejects(readReleaseLog(env.folder, next), (error: unknown) => codeOf(error) === 'key-revoked');
    // And the version before it cannot be named after the newer one was.
    const back = { ...file, trust: { version: store.version, hash: store.hash } };
    await writeFile(join(logFolder(env.folder), '0000000004.json'), JSON.stringify(back));
    assert.equal((await readReleaseLog(env.folder, next)).length, 4, 'the log cannot tell: the runtime remembers');
  });
});

describe('the bundle of a release', () => {
  let env: TestEnvironment;
  beforeEach(async () => {
    env = await testEnvironment();
  });
  afterEach(() => env.remove());

  const judged = async (release: Release): Promise<readonly string[]> => {
    const file = await readBundleFile(env.folder, release.bundle);
    assert.ok(file, 'its file is there');
    const result = await verifyReleased(file, release, env.all.store);
    return result.ok ? [] : result.reasons.map(({ code }) => code);
  };

  it('may run where it changes what ran', async () => {
    const a = await change(env.all, null, 'a');
    assert.deepEqual(await judged(await env.release(a)), []);
    assert.deepEqual(await judged(await env.release(await change(env.all, a.hash, 'b'))), []);
  });

  it('may not run where it changes something else', async () => {
    const a = await change(env.all, null, 'a');
    await env.release(a);
    assert.deepEqual(await judged(await env.release(await change(env.all, null, 'b'))), ['release-base-differs']);
    assert.deepEqual(await judged(await env.release(await change(env.all, 'e'.repeat(64), 'c'))), [
      'release-base-differs',
    ]);
  });

  it('may run again years after its approvals have run out, and not for the first time', async () => {
    const a = await change(env.all, null, 'a');
    const b = await change(env.all, a.hash, 'b');
    await env.release(a);
    await env.release(b);
    const later = NOW + 1000 * DAY;
    const back = await env.release(a, later);
    assert.equal(back.ranBefore, true);
    assert.deepEqual(await judged(back), []);
    const stale = await env.release(await change(env.all, a.hash, 'c'), later);
    assert.ok((await judged(stale)).includes('approval-expired'));
  });

  it('is not what its file says, if that is another one', async () => {
    const a = await change(env.all, null, 'a');
    const b = await change(env.all, null, 'b');
    const release = await env.release(a);
    await writeBundleFile(env.folder, 'production', b);
    const other = await readBundleFile(env.folder, b.hash);
    assert.ok(other);
    const result = await verifyReleased(other, release, env.all.store);
    assert.deepEqual(!result.ok && result.reasons.map(({ code }) => code), ['release-invalid']);
  });

  it('needs no approval under broken glass, but an author and the right base', async () => {
    const a = await change(env.all, null, 'a');
    await env.release(a);
    const hurried = await unapproved(env.all, a.hash, 'h');
    await writeBundleFile(env.folder, 'production', hurried);
    assert.deepEqual(await judged(await env.put(await env.glass(hurried.hash))), []);
    const wrong = await unapproved(env.all, 'e'.repeat(64), 'w');
    await writeBundleFile(env.folder, 'production', wrong);
    const entry = await env.glass(wrong.hash, { at: at(NOW + HOUR) });
    assert.deepEqual(await judged(await env.put(entry, NOW + HOUR)), ['release-base-differs']);
  });

  it('can be approved and ordered while it runs under broken glass, or after', async () => {
    const a = await change(env.all, null, 'a');
    await env.release(a);
    const hurried = await unapproved(env.all, a.hash, 'h');
    await writeBundleFile(env.folder, 'production', hurried);
    await env.put(await env.glass(hurried.hash));
    assert.deepEqual(await judged(await env.release(hurried, NOW + HOUR)), ['approvals-missing'], 'not by itself');
    await rm(join(logFolder(env.folder), '0000000003.json'));
    const approvedNow = await approvedAt(env.all, a.hash, 'h', NOW + HOUR);
    assert.equal(approvedNow.hash, hurried.hash);
    const release = await env.release(approvedNow, NOW + HOUR);
    assert.deepEqual(await judged(release), []);
    assert.equal(release.ranBefore, false, 'running under broken glass is no approval');
  });
});
