import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { readConfig } from '../../engine/index.ts';
import {
  addSignature,
  firstTrust,
  initialTrust,
  proposeTrust,
  signStatement,
  type TrustChange,
} from '../../governance/bundle/index.ts';
import { DEMO_TRUST_REASON, demoPeopleIn } from '../../governance/trust/demo-trust.ts';
import { installTrust, keepTrust, readTrustFolder, trustFolderOf } from '../../governance/trust/trust-folder.ts';
import { runsProduction } from '../../supervisor/processes.ts';
import { at, cast, person, ROLES, type Cast, type Person } from '../governance/bundle/ceremony.ts';

describe('production on keys of the demo', () => {
  let data: string;
  let folder: string;
  let all: Cast;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'wardflow-demo-keys-'));
    folder = trustFolderOf(data, 'production');
    all = await cast();
  });
  afterEach(() => rm(data, { recursive: true }));

  const runs = (demo: boolean): Promise<boolean | 'demo-keys'> =>
    runsProduction(readConfig({ WARDFLOW_DATA: data }), demo);
  const made = async (reason?: string): Promise<void> => {
    const statement = initialTrust({
      environment: 'production',
      keys: (['ana', 'greta', 'emil', 'otto'] as const).map((name) => ({ key: all[name].told, roles: ROLES[name] })),
      policy: all.store.policy.policy,
      by: 'ana',
      at: at(),
      ...(reason === undefined ? {} : { reason }),
    });
    await keepTrust(folder, await firstTrust(await signStatement(statement, all.ana.key)));
  };
  const change = async (by: Person, approvers: readonly Person[], more: Partial<TrustChange>): Promise<void> => {
    const before = await readTrustFolder(folder, 'production');
    const draft = { by: by.key.person, reason: 'handed over', at: at(), ...more };
    let envelope = await signStatement(proposeTrust(before, draft), by.key);
    for (const { key } of approvers) envelope = await addSignature(envelope, key);
    await installTrust(folder, 'production', envelope);
  };

  it('runs in the demo only', async () => {
    await made(DEMO_TRUST_REASON);
    assert.deepEqual([await runs(true), await runs(false)], [true, 'demo-keys']);
  });

  it('runs where people have made the trust store, or nobody can read it, and not where there is none', async () => {
    assert.equal(await runs(false), false);
    await made();
    assert.equal(await runs(false), true);
    await writeFile(join(folder, 'trust-store.json'), '{');
    assert.equal(await runs(false), true, 'it says itself what is wrong');
  });

  it('runs once the last key of the demo is revoked', async () => {
    await made(DEMO_TRUST_REASON);
    const { ana, greta, emil, otto } = all;
    const [nina, nora, nils] = [await person('nina'), await person('nora'), await person('nils')];
    await change(ana, [greta, emil], {
      add: [
        { key: nina.told, roles: ROLES.greta },
        { key: nora.told, roles: ROLES.emil },
        { key: nils.told, roles: ROLES.otto },
      ],
      revoke: [otto.key.id],
    });
    assert.deepEqual(await demoPeopleIn(await readTrustFolder(folder, 'production')), ['ana', 'greta', 'emil']);
    assert.equal(await runs(false), 'demo-keys');
    await change(nils, [nina, nora], { revoke: [ana.key.id, greta.key.id, emil.key.id] });
    assert.equal(await runs(false), true);
  });
});
