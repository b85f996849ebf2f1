/**
 * What somebody may do who writes into production's folders of releases and trust, and holds some of the keys: each is
 * refused, shows as drift and is in the audit trail, and production goes on with what it ran.
 */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { AuditRecord, Definition } from '../../engine/index.ts';
import { writeBundle, type Bundle } from '../../governance/bundle/index.ts';
import { bundlePath } from '../../governance/release/index.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { smallDefinitions } from '../gate/small-definitions.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const EVIL = smallDefinitions({ name: 'alpha', code: 'return null;' });

describe('files and keys before production', function () {
  this.timeout(120_000);
  let runtime: RuntimeProcess;
  let kit: ReleaseKit;
  let good: Bundle;
  let sender: MllpSender;
  let sent = 0;

  before(async () => {
    runtime = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
        const first = await kit.bundle({ definitions: smallDefinitions({ name: 'beta' }) });
        await kit.promote(first);
        good = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }) });
        await kit.promote(good);
      },
    });
    sender = new MllpSender(runtime.mllpPort);
  });
  after(async () => {
    sender?.close();
    await runtime?.dispose();
  });

  const check = (): Promise<RuntimeRelease> => runtime.api('/release/check', { method: 'POST' });
  const records = async (type: string): Promise<readonly AuditRecord[]> =>
    (await runtime.api<{ records: AuditRecord[] }>(`/audit?type=${type}&limit=1000`)).records;
  const logFile = (sequence: number): string => join(kit.releases, 'log', `${String(sequence).padStart(10, '0')}.json`);

  /** The attack is refused with `code` and recorded, and what ran runs on, also through a restart where asked. */
  async function refused(code: string, attack: () => Promise<() => unknown>, restart = false): Promise<void> {
    const before = (await records('gate.apply-failed')).length + (await records('gate.drift-found')).length;
    const undo = await attack();
    const release = await check();
    assert.equal(release.problem?.code, code);
    assert.equal(release.running?.bundle, good.hash);
    const after = (await records('gate.apply-failed')).length + (await records('gate.drift-found')).length;
    assert.ok(after > before, 'it is in the audit trail');
    assert.ok(release.drift.length > 0, 'it shows as drift');
    if (restart) {
      sender.close();
      await runtime.kill9();
      await runtime.restart();
      assert.equal((await runtime.api<RuntimeRelease>('/release')).running?.bundle, good.hash);
    }
    assert.match(await sender.send(adt('A01', `F${++sent}`, String(sent))), /MSA\|AA\|F/);
    await undo();
    const { problem, drift } = await check();
    assert.deepEqual([problem, drift], [null, []]);
  }

  /** An entry that orders `bundle`, and whatever file lies there as it. */
  const entered = async (bundle: Bundle, file: Uint8Array = writeBundle(bundle)): Promise<() => void> => {
    await kit.keep(bundle);
    writeFileSync(bundlePath(kit.releases, bundle.hash), file);
    const sequence = await kit.enter(await kit.order(bundle.hash));
    return () => rmSync(logFile(sequence));
  };
  const evil = (
    more: { readonly base?: string | null; readonly definitions?: readonly Definition[] } = {},
  ): Promise<Bundle> => kit.unsigned({ definitions: EVIL, ...more });

  it('a bundle whose content was changed after it was approved', async () => {
    const approved = await kit.bundle({ definitions: smallDefinitions({ name: 'gamma' }) });
    const files = new Map(approved.files);
    files.set('gamma/README.md', new TextEncoder().encode('# Other\n\n## Runbook\n'));
    await refused('bundle-file-changed', () => entered(approved, writeBundle({ ...approved, files })), true);
  });

  it('a bundle without its author’s signature', () =>
    refused('author-missing', async () => {
      const approved = await kit.bundle({ definitions: EVIL });
      return entered(approved, writeBundle({ ...approved, author: undefined }));
    }));

  it('a bundle without an approval that it had', () =>
    refused('approvals-missing', async () => {
      const approved = await kit.bundle({ definitions: EVIL });
      return entered(approved, writeBundle({ ...approved, approvals: new Map() }));
    }));

  it('a bundle that its author approved, twice', () =>
    refused('approval-by-author', async () => {
      const { ana } = kit.people;
      const written = await kit.signed(await evil(), ana);
      return entered(await kit.approved(await kit.approved(written, ana, 'engineer'), ana, 'analyst'));
    }));

  it('approvals of the same change of another base, put to it', () =>
    refused('approval-of-another-bundle', async () => {
      const approved = await kit.bundle({ definitions: EVIL, base: null });
      const written = await kit.signed(await evil(), kit.people.ana);
      return entered({ ...written, approvals: approved.approvals });
    }));

  it('approvals under a policy that is not in force any more', async () => {
    const written = await kit.signed(await evil(), kit.people.ana);
    const approved = await kit.approvedByAll(written);
    const { policy } = kit.store.policy;
    await kit.changeTrust({ policy: { ...policy, approvalValidFor: 'P20D' } });
    await refused('approval-under-another-policy', () => entered(approved));
  });

  it('an old order, carried out once more', () =>
    refused('release-invalid', async () => {
      const old = JSON.parse(readFileSync(logFile(1), 'utf8')) as { entry: Parameters<ReleaseKit['enter']>[0] };
      const again = {
        ...old,
        trust: { version: kit.store.version, hash: kit.store.hash },
        acceptedAt: new Date().toISOString(),
      };
      writeFileSync(logFile(3), JSON.stringify(again));
      return () => rmSync(logFile(3));
    }));

  it('an order by somebody who may not order', () =>
    refused('release-invalid', async () => {
      const bundle = await kit.bundle({ definitions: EVIL });
      await kit.keep(bundle);
      const sequence = await kit.enter(await kit.order(bundle.hash, { actor: 'ana' }, kit.people.ana));
      return () => rmSync(logFile(sequence));
    }));

  it('an order by a key that nobody trusts', () =>
    refused('release-invalid', async () => {
      const bundle = await kit.bundle({ definitions: EVIL });
      await kit.keep(bundle);
      const sequence = await kit.enter(await kit.order(bundle.hash, { actor: 'mallory' }, kit.people.mallory));
      return () => rmSync(logFile(sequence));
    }));

  it('a log from which the last entry was cut, to go back to what ran before', () =>
    refused('log-cut', async () => {
      const entry = readFileSync(logFile(2));
      rmSync(logFile(2));
      return () => writeFileSync(logFile(2), entry);
    }));

  it('a log whose last entry was exchanged for another that is signed as well', () =>
    refused('log-exchanged', async () => {
      const entry = readFileSync(logFile(2));
      rmSync(logFile(2));
      const other = await kit.bundle({ definitions: EVIL });
      await kit.promote(other);
      return () => writeFileSync(logFile(2), entry);
    }));

  it('an older trust store, with a pin that fits, to get a weaker policy back', async () => {
    const before = kit.store;
    const { policy } = before.policy;
    await kit.changeTrust({ policy: { ...policy, approvalValidFor: 'P10D' } });
    await check();
    await refused('trust-older', async () => {
      const newest = kit.store;
      await kit.writeTrust(before);
      return () => kit.writeTrust(newest);
    });
  });

  it('a trust store of somebody’s own making, with a pin that fits', async () => {
    const foreign = await ReleaseKit.create(join(runtime.folder, '..', 'foreign'));
    await refused('trust-exchanged', async () => {
      await kit.writeTrust(foreign.store);
      return () => kit.writeTrust();
    });
  });

  it('the file of what runs, edited on disk', async () => {
    const file = bundlePath(kit.releases, good.hash);
    const whole = readFileSync(file);
    const edited = Buffer.from(whole);
    edited[400] = (edited[400] ?? 0) ^ 1;
    writeFileSync(file, edited);
    const { drift, problem, running } = await check();
    assert.deepEqual([problem, running?.bundle], [null, good.hash]);
    assert.deepEqual(
      drift.map(({ code, subject }) => [code, subject]),
      [['bundle-file-differs', good.hash.slice(0, 12)]],
    );
    writeFileSync(file, whole);
    assert.deepEqual((await check()).drift, []);
  });

  it('leave a trail whose chain is whole', async () => {
    const { intact } = await runtime.api<{ intact: boolean }>('/audit/verify');
    assert.equal(intact, true);
    const codes = new Set((await records('gate.apply-failed')).map(({ details }) => details['code']));
    assert.ok(codes.size >= 10, [...codes].join(', '));
  });
});
