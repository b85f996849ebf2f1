import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { definitionSet } from '../../engine/index.ts';
import type { Bundle } from '../../governance/bundle/index.ts';
import { bundlePath } from '../../governance/release/index.ts';
import { keepCopy, type Candidate } from '../../runtime/gate/candidate.ts';
import { GateBench } from './gate-bench.ts';
import { smallDefinitions, type Small } from './small-definitions.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Seconds, later than any file of a test. */
const NEVER_SO_OLD = 4_000_000_000;

describe('the gate', () => {
  let bench: GateBench;
  beforeEach(async () => {
    bench = new GateBench();
    await bench.start();
  });
  afterEach(() => bench.close());

  const bundle = (...small: readonly Small[]): Promise<Bundle> =>
    bench.kit.bundle({ definitions: smallDefinitions(...small) });
  const logFile = (sequence: number): string =>
    join(bench.kit.releases, 'log', `${String(sequence).padStart(10, '0')}.json`);
  /** Two releases have run; gives their bundles. */
  const twoRan = async (): Promise<readonly [Bundle, Bundle]> => {
    const first = await bundle({ name: 'alpha' });
    await bench.apply(await bench.kit.promote(first));
    const second = await bundle({ name: 'alpha' }, { name: 'beta' });
    await bench.apply(await bench.kit.promote(second));
    return [first, second];
  };

  describe('at start', () => {
    it('runs what the log says, and remembers it once', async () => {
      const one = await bundle({ name: 'alpha' });
      await bench.kit.promote(one);
      await bench.restart();
      assert.equal(bench.running, one.hash);
      await bench.restart();
      assert.equal((await bench.records('gate.applied')).length, 1);
    });

    it('runs nothing where the trust store cannot be verified, says so, and is mended by restoring it', async () => {
      const [, second] = await twoRan();
      const file = join(bench.kit.trust, 'trust-store.json');
      const whole = readFileSync(file);
      writeFileSync(file, whole.toString().replace(/("payload": ".{400})./, '$1_'));
      await bench.restart();
      assert.deepEqual([bench.running, bench.gate.nodes()], [undefined, []]);
      assert.equal(bench.gate.state().problem?.code, 'signature-malformed');
      assert.deepEqual(bench.drift(), ['trust-store-differs trust store']);
      writeFileSync(file, whole);
      await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift(), bench.gate.state().problem], [second.hash, [], null]);
    });

    it('runs what ran before, where the newest entry of the log cannot be carried out', async () => {
      const [, second] = await twoRan();
      const third = await bundle({
        name: 'alpha',
        extra: [{ id: 'x', type: 'of another time', z: 'alpha', wires: [] }],
      });
      await bench.kit.promote(third);
      await bench.restart();
      assert.equal(bench.running, second.hash);
      assert.equal(bench.gate.state().problem?.code, 'type-missing');
      assert.deepEqual(bench.drift(), ['running-differs production']);
    });

    it('takes the copy that it kept where the bundle’s file is gone, and tells', async () => {
      const [, second] = await twoRan();
      rmSync(bundlePath(bench.kit.releases, second.hash));
      await bench.restart();
      assert.equal(bench.running, second.hash);
      assert.deepEqual(bench.drift(), [`bundle-file-differs ${second.hash.slice(0, 12)}`]);
    });

    it('runs again what ran, whatever became of the versions around it, and tells', async () => {
      const [, second] = await twoRan();
      bench.has.modules.set('wardflow-nodes', '0.2.0');
      bench.has.version = '0.2.0';
      await bench.restart();
      assert.equal(bench.running, second.hash);
      assert.deepEqual(bench.drift(), ['modules-differ wardflow-nodes', 'engine-differs wardflow']);
    });
  });

  describe('told to apply', () => {
    it('says that it does not see an entry that is not there', async () => {
      await assert.rejects(bench.gate.apply({ sequence: 1, drain: false }, 'user:otto'), { code: 'release-unseen' });
    });

    it('leaves what runs where Node-RED refuses, records why once, and carries it out when it can', async () => {
      const [, second] = await twoRan();
      const third = await bundle({ name: 'gamma' });
      const sequence = await bench.kit.promote(third);
      bench.has.refusesDeploys = true;
      await assert.rejects(bench.apply(sequence), { code: 'deploy-failed' });
      for (let minute = 0; minute < 10; minute++) await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift()], [second.hash, ['running-differs production']]);
      assert.equal((await bench.records('gate.apply-failed')).length, 1);
      bench.has.refusesDeploys = false;
      await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift()], [third.hash, []]);
      assert.equal((await bench.records('gate.drift-ended')).length, 1);
    });

    it('refuses a bundle that names what is not bound, needs types that are not there, or was made with other versions', async () => {
      const one = await bundle({ name: 'alpha' });
      bench.has.feeds.clear();
      bench.has.types.delete('catch');
      bench.has.modules.set('node-red', '5.0.8');
      bench.has.version = '0.2.0';
      await bench.kit.keep(one);
      const { refusals, unbound } = await bench.gate.plan({ bundle: one.hash, kind: 'order' });
      assert.deepEqual(
        refusals.map(({ code }) => code),
        ['type-missing', 'binding-missing', 'module-differs', 'engine-version-differs'],
      );
      assert.deepEqual(unbound, [{ kind: 'feed', name: 'hospital' }]);
      await assert.rejects(bench.apply(await bench.kit.enter(await bench.kit.order(one.hash))), {
        code: 'type-missing',
      });
      assert.equal(bench.running, undefined);
    });

    it('refuses a bundle that names an endpoint which is bound as one of another kind', async () => {
      const receiver = { id: 'ward', type: 'wardflow-hl7-endpoint', name: 'ehr' };
      const definitions = smallDefinitions({ name: 'alpha', extra: [receiver] });
      bench.has.types.add('wardflow-hl7-endpoint');
      const plan = async () => {
        const made = await bench.kit.bundle({ definitions, base: null });
        await bench.kit.keep(made);
        return bench.gate.plan({ bundle: made.hash, kind: 'order' });
      };
      const { refusals, unbound } = await plan();
      assert.deepEqual(unbound, [{ kind: 'endpoint', name: 'ehr', speaks: 'mllp' }]);
      assert.deepEqual(
        refusals.map(({ title }) => title),
        ['The HL7 endpoint "ehr" is not bound in production.'],
      );
      bench.has.endpoints.set('ehr', 'mllp');
      assert.deepEqual((await plan()).refusals, []);
    });

    it('refuses a bundle that was made of something else than runs, in the plan and when it is ordered all the same', async () => {
      await twoRan();
      const other = await bench.kit.bundle({ definitions: smallDefinitions({ name: 'gamma' }), base: null });
      await bench.kit.keep(other);
      const { refusals } = await bench.gate.plan({ bundle: other.hash, kind: 'order' });
      assert.deepEqual(
        refusals.map(({ code }) => code),
        ['release-base-differs'],
      );
      const sequence = await bench.kit.enter(await bench.kit.order(other.hash));
      await assert.rejects(bench.apply(sequence), { code: 'release-base-differs' });
    });

    it('refuses a lower risk that only those have approved whom the lower one needs', async () => {
      await twoRan();
      const second = await bundle({ name: 'alpha', risk: 'high' });
      await bench.apply(await bench.kit.promote(second));
      const { ana, rita } = bench.kit.people;
      const definitions = smallDefinitions({ name: 'alpha', risk: 'low', code: 'msg.x = 1; return msg;' });
      const byAna = await bench.kit.signed(await bench.kit.unsigned({ definitions }), ana);
      const byOne = await bench.kit.approved(
        await bench.kit.approved(byAna, rita, 'reviewer'),
        bench.kit.people.emil,
        'engineer',
      );
      await bench.kit.keep(byOne);
      const { refusals } = await bench.gate.plan({ bundle: byOne.hash, kind: 'order' });
      const sequence = await bench.kit.enter(await bench.kit.order(byOne.hash));
      await assert.rejects(bench.apply(sequence), { code: 'approvals-missing' });
      await bench.restart();
      assert.deepEqual([bench.running, refusals.map(({ code }) => code)], [second.hash, ['approvals-missing']]);
    });

    it('says how much open work began under what is replaced', async () => {
      await twoRan();
      const third = await bundle({ name: 'alpha', code: 'msg.x = 1; return msg;' });
      await bench.kit.keep(third);
      const { definitions } = await bench.gate.plan({ bundle: third.hash, kind: 'order' });
      assert.deepEqual(
        definitions.map(({ name, what, openWork }) => [name, what, openWork]),
        [
          ['_shared', 'stays', 0],
          ['alpha', 'restarts', 3],
          ['beta', 'removed', 0],
        ],
      );
    });
  });

  describe('under broken glass', () => {
    const broken = async (): Promise<readonly [Bundle, Bundle]> => {
      const [, second] = await twoRan();
      const unapproved = await bench.kit.signed(
        await bench.kit.unsigned({ definitions: smallDefinitions({ name: 'emergency' }) }),
        bench.kit.people.emil,
      );
      await bench.kit.keep(unapproved);
      await bench.apply(await bench.kit.enter(await bench.kit.breakGlass(unapproved.hash, HOUR)));
      return [second, unapproved];
    };

    it('goes back by itself at the minute that was ordered', async () => {
      const [before, unapproved] = await broken();
      assert.equal(bench.running, unapproved.hash);
      const { until = 0 } = bench.gate.state().running ?? {};
      await bench.pass((until ?? 0) - bench.clock.now() - 1);
      assert.equal(bench.running, unapproved.hash);
      await bench.pass(1);
      await bench.settled();
      assert.equal(bench.running, before.hash);
      const last = (await bench.records('gate.applied')).at(-1);
      assert.deepEqual([last?.actor, last?.details['lastSequence'], last?.details['sequence']], ['system', 3, 2]);
    });

    it('has gone back when it is started after the time is over, whatever else differs by then', async () => {
      const [before] = await broken();
      bench.has.modules.set('wardflow-nodes', '0.2.0');
      bench.clock.advance(HOUR);
      await bench.restart();
      assert.equal(bench.running, before.hash);
    });

    it('stays as it was before once the time was over, also where the clock is set back', async () => {
      const [before] = await broken();
      await bench.pass(2 * HOUR);
      assert.equal(bench.running, before.hash);
      bench.clock.set(bench.clock.now() - 2 * HOUR);
      await bench.gate.check();
      assert.equal(bench.running, before.hash, 'while it runs');
      await bench.restart();
      assert.equal(bench.running, before.hash, 'after a start');
    });

    it('is not kept up by damaging the log: what ran before comes back all the same', async () => {
      const [before, unapproved] = await broken();
      await bench.kit.cut(3);
      await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift()], [unapproved.hash, ['log-differs log']]);
      await bench.pass(HOUR);
      assert.equal(bench.running, before.hash);
      assert.equal(bench.gate.state().problem?.code, 'log-cut');
    });
  });

  describe('looking for drift', () => {
    it('finds flows that are not those of the bundle, tells once, and tells the end', async () => {
      await twoRan();
      const good = bench.has.active;
      bench.has.active = good.map((one) => (one.id === 'alpha-work' ? { ...one, func: 'return null;' } : one));
      const told = bench.told.length;
      for (let minute = 0; minute < 3; minute++) await bench.pass(MINUTE);
      assert.deepEqual(bench.drift(), ['flows-differ alpha']);
      await bench.restart();
      bench.has.active = good.map((one) => (one.id === 'alpha-work' ? { ...one, func: 'return null;' } : one));
      assert.equal((await bench.records('gate.drift-found')).length, 1, 'a restart is no new finding');
      bench.has.active = good;
      await bench.pass(MINUTE);
      assert.deepEqual(bench.drift(), []);
      assert.equal((await bench.records('gate.drift-ended')).length, 1);
      assert.ok(bench.told.length > told, 'the console hears of it');
      assert.ok(bench.told.every((kind) => kind === 'release'));
    });

    it('finds a bundle’s file that somebody edited, also of one that does not run any more', async () => {
      const [first] = await twoRan();
      const file = bundlePath(bench.kit.releases, first.hash);
      const whole = readFileSync(file);
      const edited = Buffer.from(whole);
      edited[300] = (edited[300] ?? 0) ^ 1;
      writeFileSync(file, edited);
      await bench.pass(MINUTE);
      assert.deepEqual(bench.drift(), [`bundle-file-differs ${first.hash.slice(0, 12)}`]);
      writeFileSync(file, whole);
      await bench.pass(MINUTE);
      assert.deepEqual(bench.drift(), []);
    });

    it('finds a log that was cut, exchanged or replayed, and goes on running', async () => {
      const [, second] = await twoRan();
      const [one, two] = [readFileSync(logFile(1), 'utf8'), readFileSync(logFile(2), 'utf8')];
      await bench.kit.cut(2);
      await bench.pass(MINUTE);
      assert.equal(bench.gate.state().problem?.code, 'log-cut');
      // Another order of the same number, properly signed.
      const other = await bundle({ name: 'delta' });
      await bench.kit.promote(other);
      await bench.pass(MINUTE);
      assert.equal(bench.gate.state().problem?.code, 'log-exchanged');
      writeFileSync(logFile(2), two);
      const again = { ...(JSON.parse(one) as object), acceptedAt: new Date(bench.clock.now()).toISOString() };
      writeFileSync(logFile(3), JSON.stringify(again));
      await bench.pass(MINUTE);
      assert.equal(bench.gate.state().problem?.code, 'release-invalid');
      rmSync(logFile(3));
      await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift(), bench.gate.state().problem], [second.hash, [], null]);
      for (const record of await bench.records('gate.drift-found')) assert.equal(record.details['code'], 'log-differs');
    });

    it('finds a trust store that is older than it has seen, though its pin fits', async () => {
      const before = bench.kit.store;
      await twoRan();
      await bench.kit.changeTrust({ revoke: [bench.kit.people.mallory.told.id] });
      await bench.pass(MINUTE);
      await bench.kit.writeTrust(before);
      await bench.pass(MINUTE);
      assert.equal(bench.gate.state().problem?.code, 'trust-older');
      assert.deepEqual(bench.drift(), ['trust-store-differs trust store']);
    });

    it('finds a key that was revoked since it signed what runs', async () => {
      const [, second] = await twoRan();
      const { told } = bench.kit.people.ana;
      await bench.kit.changeTrust({ revoke: [told.id] });
      await bench.pass(MINUTE);
      assert.deepEqual([bench.running, bench.drift()], [second.hash, [`key-revoked-since ${told.id.slice(0, 12)}`]]);
    });
  });

  it('refuses a new entry that was judged by an older trust store than it has seen', async () => {
    const [, second] = await twoRan();
    const { version, hash } = bench.kit.store;
    const third = await bundle({ name: 'gamma' });
    await bench.kit.changeTrust({ roles: { [bench.kit.people.otto.told.id]: ['operator', 'reviewer'] } });
    await bench.pass(MINUTE);
    await bench.kit.keep(third);
    await bench.kit.enter(await bench.kit.order(third.hash), { trust: { version, hash } });
    await bench.pass(MINUTE);
    assert.equal(bench.gate.state().problem?.code, 'release-of-older-trust');
    await bench.restart();
    assert.deepEqual([bench.gate.state().problem?.code, bench.running], ['release-of-older-trust', second.hash]);
    // It stays in the log, and a good one after it runs.
    const fourth = await bundle({ name: 'delta' });
    await bench.apply(await bench.kit.promote(fourth));
    assert.deepEqual([bench.running, bench.gate.state().problem], [fourth.hash, null]);
  });

  it('refuses a new entry that says it was carried out before the log was looked at without it', async () => {
    const [, second] = await twoRan();
    const third = await bundle({ name: 'gamma' });
    // An order that was given and never carried out, and is found a day later, when it has expired.
    const order = await bench.kit.order(third.hash, { expires: new Date(bench.clock.now() + HOUR).toISOString() });
    const acceptedAt = new Date(bench.clock.now() + MINUTE).toISOString();
    await bench.pass(24 * HOUR);
    await bench.kit.keep(third);
    await bench.kit.enter(order, { acceptedAt });
    await bench.pass(MINUTE);
    await bench.pass(MINUTE);
    assert.deepEqual([bench.gate.state().problem?.code, bench.running], ['release-backdated', second.hash]);
  });

  it('takes such an entry where releases are fetched from another host, which the network may have kept from it', async () => {
    await twoRan();
    bench.pulls = true;
    await bench.restart();
    const third = await bundle({ name: 'gamma' });
    const order = await bench.kit.order(third.hash, { expires: new Date(bench.clock.now() + HOUR).toISOString() });
    const acceptedAt = new Date(bench.clock.now() + MINUTE).toISOString();
    await bench.pass(24 * HOUR);
    await bench.kit.keep(third);
    await bench.kit.enter(order, { acceptedAt });
    await bench.pass(MINUTE);
    assert.deepEqual([bench.gate.state().problem, bench.running], [null, third.hash]);
  });

  it('keeps copies of what ran in its own folder, the newest twenty', async () => {
    const [first, second] = await twoRan();
    const own = join(bench.data, 'production');
    for (const { hash } of [first, second]) assert.ok(existsSync(join(own, 'gate', `${hash}.wfb`)));
    const folders = { environment: 'production', trust: '', releases: '', own };
    const release = { bundle: second.hash } as Candidate['release'];
    const candidate = { release, bundle: second, definitions: definitionSet([]), nodes: [], keys: new Set<string>() };
    for (let nth = 0; nth < 22; nth++) {
      const hash = String(nth).padStart(64, '0');
      await keepCopy(folders, { ...candidate, bundle: { ...second, hash } });
      utimesSync(join(own, 'gate', `${hash}.wfb`), nth, NEVER_SO_OLD + nth);
    }
    await keepCopy(folders, candidate);
    const kept = readdirSync(join(own, 'gate'));
    assert.equal(kept.length, 20);
    assert.ok(kept.includes(`${second.hash}.wfb`));
    assert.equal(kept.includes(`${first.hash}.wfb`), false);
  });
});
