import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { packageRoot } from '../../engine/index.ts';
import type { Bundle } from '../../governance/bundle/index.ts';
import { bundlePath, inForce, readBundleFile, readReleaseLog, verifyReleased } from '../../governance/release/index.ts';
import { readTrustFolder } from '../../governance/trust/read-trust-folder.ts';
import { ReleaseKit } from '../kit/release-kit.ts';

const FLOWS = join(packageRoot(), 'flows');
const HOUR = 3_600_000;

describe('the log of releases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-releases-'));
  let now = Date.now();
  let kit: ReleaseKit;
  let first: Bundle;

  before(async () => {
    kit = await ReleaseKit.create(folder, { now: () => now });
    first = await kit.bundle({ definitions: FLOWS, names: ['critical-lab-result'] });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const log = async (): ReturnType<typeof readReleaseLog> =>
    readReleaseLog(kit.releases, await readTrustFolder(kit.trust, 'production'));

  it('is empty before anything was ordered', async () => {
    assert.deepEqual(inForce(await log(), now), { bundle: null, by: null, until: null, lastSequence: 0 });
  });

  it('says what was ordered, and that its bundle may run', async () => {
    assert.equal(await kit.promote(first), 1);
    const [release] = await log();
    assert.ok(release);
    assert.deepEqual([release.person, release.bundle, release.previous], ['otto', first.hash, null]);
    const file = await readBundleFile(kit.releases, first.hash);
    assert.ok(file);
    assert.equal((await verifyReleased(file, release, kit.store)).ok, true);
  });

  it('judges what runs by the trust store of its own time', async () => {
    await kit.changeTrust({ revoke: [kit.people.ana.told.id] });
    const [release] = await log();
    assert.ok(release);
    const file = await readBundleFile(kit.releases, first.hash);
    assert.ok(file);
    assert.equal((await verifyReleased(file, release, kit.store)).ok, true);
  });

  it('goes back to what ran before a break-glass when its time is over', async () => {
    const unsigned = await kit.unsigned({ definitions: FLOWS, names: ['discharge-follow-up'] });
    const emergency = await kit.signed(unsigned, kit.people.emil);
    await kit.keep(emergency);
    await kit.enter(await kit.breakGlass(emergency.hash, HOUR));
    assert.equal(inForce(await log(), now).bundle, emergency.hash);
    const later = inForce(await log(), now + HOUR);
    assert.deepEqual([later.bundle, later.lastSequence], [first.hash, 2]);
    now += HOUR;
  });

  it('refuses an order that was carried out before', async () => {
    const entry = JSON.parse(readFileSync(join(kit.releases, 'log', '0000000001.json'), 'utf8')) as {
      entry: Parameters<ReleaseKit['enter']>[0];
    };
    const file = join(kit.releases, 'log', '0000000003.json');
    writeFileSync(file, JSON.stringify({ ...entry, acceptedAt: new Date(now).toISOString() }));
    await assert.rejects(log(), { code: 'release-log-disordered' });
    rmSync(file);
  });

  it('refuses a bundle whose file was changed', async () => {
    const path = bundlePath(kit.releases, first.hash);
    const whole = readFileSync(path);
    const changed = Buffer.from(whole);
    changed[changed.length - 200] = (changed[changed.length - 200] ?? 0) ^ 1;
    const [release] = await log();
    assert.ok(release);
    assert.equal((await verifyReleased(new Uint8Array(changed), release, kit.store)).ok, false);
  });
});
