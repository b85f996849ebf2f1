import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError } from '../../../engine/index.ts';
import { signStatement, writeBundle, type Bundle, type Envelope } from '../../../governance/bundle/index.ts';
import {
  bundlePath,
  carryOut,
  createReleaseRuntime,
  logFolder,
  planRelease,
  whileLocked,
  type CarriedOut,
  type ReleaseOrder,
  type Site,
} from '../../../governance/release/index.ts';
import { trustFolderOf } from '../../../governance/trust/trust-folder.ts';
import { startFakeReleaseRuntime, type FakeReleaseRuntime } from '../../kit/fake-release-runtime.ts';
import { approved, at, DAY, NOW, signed, unsigned } from '../bundle/ceremony.ts';
import { change, HOUR, testEnvironment, unapproved, type TestEnvironment } from './environment.ts';

describe('carrying out an order', () => {
  let env: TestEnvironment;
  let runtime: FakeReleaseRuntime;
  let site: Site;
  let now: number;
  let audited: string[];
  let first: Bundle;
  beforeEach(async () => {
    now = NOW;
    env = await testEnvironment();
    runtime = await startFakeReleaseRuntime(env.data, () => now);
    audited = [];
    site = {
      dataFolder: env.data,
      environment: 'production',
      runtime: createReleaseRuntime({ environment: 'production', locate: () => runtime.locate(), actor: 'user:otto' }),
      now: () => now,
      audit: (type, details) => void audited.push(`${type}${'code' in details ? ` ${details['code']}` : ''}`),
    };
    first = await change(env.all, null, 'first');
  });
  afterEach(async () => {
    await runtime.stop();
    await env.remove();
  });

  const run = (entry: Envelope, bundle?: Bundle, more: Partial<ReleaseOrder> = {}): Promise<CarriedOut> =>
    carryOut(site, { entry, drain: false, ...(bundle ? { bundle: writeBundle(bundle) } : {}), ...more });
  const promote = async (bundle: Bundle): Promise<CarriedOut> =>
    run(await env.order(bundle.hash, { at: at(now) }), bundle);
  /** Refused, nothing written, and said so in the audit. */
  const refused = async (work: Promise<unknown>, code: string): Promise<void> => {
    const before = await env.log();
    const known = audited.length;
    await assert.rejects(work, { code });
    assert.deepEqual(await env.log(), before);
    assert.deepEqual(audited.slice(known), [`release.refused ${code}`]);
  };

  it('writes the bundle and the order, and tells the runtime', async () => {
    const { release, plan, applied } = await run(await env.order(first.hash), first, { drain: true });
    assert.equal(release.sequence, 1);
    assert.equal(plan?.definitions[0]?.what, 'restarts');
    assert.equal(applied.kind === 'applied' && applied.runtime.running?.bundle, first.hash);
    assert.deepEqual(
      (await env.log()).map(({ bundle }) => bundle),
      [first.hash],
    );
    assert.deepEqual(
      runtime.asked.map(({ what, actor, body }) => [what, actor, body]),
      [
        ['POST /release/plan', 'user:otto', { bundle: first.hash, kind: 'order' }],
        ['POST /release/apply', 'user:otto', { sequence: 1, drain: true }],
      ],
    );
    assert.deepEqual(audited, ['release.ordered']);
    const { mode } = await import('node:fs/promises').then(({ stat }) => stat(bundlePath(env.folder, first.hash)));
    assert.equal(mode & 0o077, 0, 'for its owner only');
  });

  it('is done once: the same order again is refused', async () => {
    const entry = await env.order(first.hash);
    await run(entry, first);
    await refused(run(entry, first), 'order-repeated');
  });

  it('refuses an order that leaves out numbers', async () => {
    await refused((async () => run(await env.order(first.hash, { sequence: 2 }), first))(), 'release-number-taken');
    await refused(
      (async () => run(await env.order(first.hash, { sequence: Number.MAX_SAFE_INTEGER }), first))(),
      'release-number-taken',
    );
  });

  it('refuses what nobody has approved, what was tampered with, and what is another bundle', async () => {
    const nobody = await unapproved(env.all, null, 'first');
    await refused((async () => run(await env.order(nobody.hash), nobody))(), 'approvals-missing');
    const authorTwice = await approved(nobody, env.all.store, env.all.ana, 'engineer');
    await refused((async () => run(await env.order(nobody.hash), authorTwice))(), 'approval-by-author');
    const bytes = writeBundle(first);
    bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
    const entry = await env.order(first.hash);
    await assert.rejects(carryOut(site, { entry, bundle: bytes, drain: false }), WardflowError);
    const other = await change(env.all, null, 'other');
    await refused(run(entry, other), 'release-invalid');
    await refused(run(entry), 'release-bundle-missing');
    assert.deepEqual(await readdir(logFolder(env.folder)).catch(() => []), []);
  });

  it('needs for a lower risk, and for taking something away, whom the higher risk needed', async () => {
    await promote(first);
    const { ana, rita, greta, emil, store } = env.all;
    const lowered = await signed(await unsigned({ base: first.hash, risk: 'low' }), ana);
    const byOne = await approved(lowered, store, rita, 'reviewer');
    const { refusals = [] } =
      (await planRelease(site, { bundle: byOne.hash, kind: 'order' }, writeBundle(byOne))) ?? {};
    assert.deepEqual(
      refusals.map(({ code }) => code),
      ['approvals-missing'],
    );
    await refused((async () => run(await env.order(byOne.hash, { at: at(now) }), byOne))(), 'approvals-missing');
    const byAll = await approved(await approved(byOne, store, greta, 'clinical-governance'), store, emil, 'engineer');
    await promote(byAll);
    const next = await signed(await unsigned({ base: byAll.hash, risk: 'low', types: ['mark-next'] }), ana);
    await promote(await approved(next, store, rita, 'reviewer'));
    assert.equal((await env.log()).length, 3, 'what is low by then needs no more');
  });

  it('does not forget what broken glass has covered: its risk counts, too', async () => {
    await promote(first);
    const { ana, rita, store } = env.all;
    const hurried = await signed(await unsigned({ base: first.hash, risk: 'low' }), ana);
    await run(await env.glass(hurried.hash, { at: at(now) }), hurried);
    const next = await signed(await unsigned({ base: hurried.hash, risk: 'low', types: ['mark-next'] }), ana);
    const byOne = await approved(next, store, rita, 'reviewer');
    await refused((async () => run(await env.order(byOne.hash, { at: at(now) }), byOne))(), 'approvals-missing');
  });

  it('refuses a bundle that changes something else than what runs', async () => {
    await promote(first);
    await refused((async () => promote(await change(env.all, null, 'second')))(), 'release-base-differs');
  });

  it('refuses orders by those who may not, and those whose time is over', async () => {
    const { all } = env;
    await refused(
      (async () => run(await env.order(first.hash, { actor: 'greta' }, all.greta), first))(),
      'order-role-missing',
    );
    await refused((async () => run(await env.order(first.hash, {}, all.mallory), first))(), 'key-unknown');
    await refused((async () => run(await env.order(first.hash, { at: at(now - 2 * DAY) }), first))(), 'order-expired');
    await refused(
      (async () => run(await env.order(first.hash, { environment: 'west' }), first))(),
      'order-of-another-environment',
    );
  });

  it('refuses an entry that no reader would take', async () => {
    const entry = await env.order(first.hash);
    await refused(run({ ...entry, extra: 'x'.repeat(70_000) } as Envelope, first), 'release-invalid');
  });

  it('refuses everything when the trust store is not the one that was pinned', async () => {
    const entry = await env.order(first.hash);
    await refused(
      carryOut({ ...site, pin: 'f'.repeat(64) }, { entry, bundle: writeBundle(first), drain: false }),
      'trust-store-not-pinned',
    );
    const file = join(trustFolderOf(env.data, 'production'), 'pin.json');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(env.all.store.first, 'e'.repeat(64)));
    await assert.rejects(run(entry, first), { code: 'trust-store-not-pinned' });
  });

  it('stops where the runtime says that it cannot', async () => {
    runtime.plan = {
      refusals: [{ code: 'unbound', title: 'The endpoint "ehr" is not bound.', remedy: 'Bind it.' }],
    };
    await refused((async () => promote(first))(), 'release-plan-refused');
    runtime.refuses = { status: 404, body: JSON.stringify({ code: 'no-gate', title: 'No gate.', remedy: 'None.' }) };
    await refused((async () => promote(first))(), 'no-gate');
    runtime.refuses = { status: 200, body: '<html>' };
    await refused((async () => promote(first))(), 'release-answer-unreadable');
  });

  it('does not promote blindly, but goes back blindly', async () => {
    await promote(first);
    const second = await change(env.all, first.hash, 'second');
    await promote(second);
    await runtime.stop();
    await refused((async () => promote(await change(env.all, second.hash, 'third')))(), 'release-runtime-silent');
    const { applied, plan, release } = await run(await env.order(first.hash));
    assert.deepEqual([applied.kind, plan, release.ranBefore], ['later', null, true]);
    assert.deepEqual(audited.slice(-2), ['release.rolled-back', 'release.not-applied release-runtime-silent']);
  });

  it('leaves a runtime elsewhere to fetch it', async () => {
    const entry = await env.order(first.hash);
    const { applied } = await carryOut(
      { ...site, runtime: 'elsewhere' },
      { entry, bundle: writeBundle(first), drain: false },
    );
    assert.equal(applied.kind, 'later');
    assert.equal(runtime.asked.length, 0);
    assert.equal((await env.log()).length, 1);
  });

  it('says when the runtime could not apply what is written', async () => {
    runtime.release = { problem: { code: 'deploy-failed', title: 'It did not start.', remedy: 'Roll back.' } };
    const { applied } = await promote(first);
    assert.equal(applied.kind === 'failed' && applied.problem.code, 'deploy-failed');
    assert.deepEqual(audited, ['release.ordered', 'release.not-applied deploy-failed']);
  });

  it('goes back with the signatures of then, whatever file is brought', async () => {
    await promote(first);
    const second = await change(env.all, first.hash, 'second');
    await promote(second);
    now += 90 * DAY;
    const kept = await readFile(bundlePath(env.folder, first.hash));
    const stripped = await unapproved(env.all, null, 'first');
    const { release } = await promote(stripped);
    assert.equal(release.ranBefore, true);
    assert.deepEqual(await readFile(bundlePath(env.folder, first.hash)), kept);
  });

  it('mends a damaged bundle with a file that is sound', async () => {
    await promote(first);
    await promote(await change(env.all, first.hash, 'second'));
    await writeFile(bundlePath(env.folder, first.hash), 'damaged');
    await refused((async () => run(await env.order(first.hash, { at: at(now) })))(), 'bundle-zip-malformed');
    await promote(first);
    assert.deepEqual(await readFile(bundlePath(env.folder, first.hash)), Buffer.from(writeBundle(first)));
  });

  it('carries out two at once one after the other: the second is refused, because something else runs', async () => {
    await promote(first);
    const [b, c] = [await change(env.all, first.hash, 'b'), await change(env.all, first.hash, 'c')];
    const entries = await Promise.all([env.order(b.hash), env.order(c.hash)]);
    const results = await Promise.allSettled([run(entries[0], b), run(entries[1], c)]);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const codes = results.map((one) => (one.status === 'rejected' ? (one.reason as WardflowError).code : null));
    assert.ok(codes.includes('order-repeated'), String(codes));
    assert.equal((await env.log()).length, 2);
  });

  it('waits for whoever else writes there', async () => {
    const order: string[] = [];
    const held = Promise.withResolvers<void>();
    const other = whileLocked(env.folder, 'production', async () => {
      await held.promise;
      order.push('other');
    });
    const ours = promote(first).then(() => order.push('ours'));
    held.resolve();
    await Promise.all([other, ours]);
    assert.deepEqual(order, ['other', 'ours']);
  });

  describe('by breaking glass', () => {
    let hurried: Bundle;
    beforeEach(async () => {
      await promote(first);
      hurried = await unapproved(env.all, first.hash, 'hurried');
    });

    it('runs what nobody approved, until the time is over', async () => {
      const { release } = await run(await env.glass(hurried.hash), hurried);
      assert.equal(release.kind === 'break-glass' && release.until, NOW + 2 * HOUR);
      assert.deepEqual(audited, ['release.ordered', 'release.glass-broken']);
    });

    it('refuses more time than the policy gives, and people whom it does not name', async () => {
      await refused(
        (async () => run(await env.glass(hurried.hash, { until: at(NOW + 9 * HOUR) }), hurried))(),
        'break-glass-too-long',
      );
      await refused(
        (async () => run(await env.glass(hurried.hash, { actor: 'emil' }, env.all.emil), hurried))(),
        'break-glass-role-missing',
      );
    });

    it('refuses what the policy forbids, what no trusted author signed, and another base', async () => {
      const forbidden = await unapprovedWith('exec');
      await refused((async () => run(await env.glass(forbidden.hash), forbidden))(), 'policy-forbids-node');
      const other = await unapproved(env.all, null, 'other');
      await refused((async () => run(await env.glass(other.hash), other))(), 'release-base-differs');
    });

    it('goes on when the runtime does not answer: it is an emergency', async () => {
      await runtime.stop();
      const { applied } = await run(await env.glass(hurried.hash), hurried);
      assert.equal(applied.kind, 'later');
    });

    it('is no way to have it run for good', async () => {
      await run(await env.glass(hurried.hash), hurried);
      await refused((async () => run(await env.order(hurried.hash)))(), 'approvals-missing');
      const entry = await signStatement(
        {
          kind: 'order',
          format: 1,
          environment: 'production',
          bundle: hurried.hash,
          previous: first.hash,
          sequence: 3,
          at: at(NOW + 3 * HOUR),
          expires: at(NOW + 4 * HOUR),
          actor: 'otto',
        },
        env.all.otto.key,
      );
      now = NOW + 3 * HOUR;
      await refused(run(entry, hurried), 'approvals-missing');
    });

    const unapprovedWith = async (type: string): Promise<Bundle> => {
      const { signed, unsigned } = await import('../bundle/ceremony.ts');
      return signed(await unsigned({ base: first.hash, types: [type] }), env.all.ana);
    };
  });

  describe('asked for its plan before', () => {
    const plan = (bundle: Bundle, kind: 'order' | 'break-glass' = 'order') =>
      planRelease(site, { bundle: bundle.hash, kind }, writeBundle(bundle));

    it('says what would happen and changes nothing that runs', async () => {
      assert.deepEqual((await plan(first))?.refusals, []);
      assert.deepEqual(await env.log(), []);
      assert.deepEqual(audited, []);
    });

    it('names what is missing', async () => {
      const nobody = await unapproved(env.all, 'e'.repeat(64), 'x');
      assert.deepEqual(
        (await plan(nobody))?.refusals.map(({ code }) => code),
        ['approvals-missing', 'release-base-differs'],
      );
      assert.deepEqual((await plan(await unapproved(env.all, null, 'y'), 'break-glass'))?.refusals, []);
    });

    it('leaves the signatures of what runs as they are', async () => {
      await promote(first);
      const kept = await readFile(bundlePath(env.folder, first.hash));
      await plan(await unapproved(env.all, null, 'first'));
      assert.deepEqual(await readFile(bundlePath(env.folder, first.hash)), kept);
    });

    it('cannot ask where nothing answers, but still refuses what may not run', async () => {
      await runtime.stop();
      assert.equal(await plan(first), null);
      await assert.rejects(plan(await unapproved(env.all, null, 'x')), { code: 'approvals-missing' });
    });
  });
});
