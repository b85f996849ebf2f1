import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { auditSentence } from '../../../engine/index.ts';
import type {
  ChangeList,
  EnvironmentList,
  EnvironmentView,
  PlanAnswer,
  PullAnswer,
  ReleaseAnswer,
} from '../../../governance/api/release-contract.ts';
import { readBundle, writeBundle, type Bundle, type Envelope } from '../../../governance/bundle/index.ts';
import { bundlePath, logFolder, writeBundleFile } from '../../../governance/release/index.ts';
import { openAuditTrail } from '../../../governance/server/local-audit.ts';
import type { JsonFeed } from '../../../governance/server/releases/feed.ts';
import type { Answer } from '../../kit/test-console.ts';
import { eventually } from '../../kit/eventually.ts';
import { at, NOW } from '../bundle/ceremony.ts';
import { consoleWithProduction, type ConsoleWithProduction } from './console-with-production.ts';
import { change, HOUR, unapproved } from './environment.ts';

const ROOT = '/api/v1';
const PRODUCTION = `${ROOT}/environments/production`;

describe('environments in the console', () => {
  let all: ConsoleWithProduction;
  let otto: string;
  beforeEach(async () => {
    all = await consoleWithProduction();
    otto = await all.sessionOf('otto', 'operator');
  });
  afterEach(() => all.stop());

  const get = async <T>(path: string, cookie = otto): Promise<T> => {
    const answer = await all.kit.call(path, { cookie });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<T>();
  };
  const post = (path: string, body: unknown, cookie = otto): Promise<Answer> =>
    all.kit.call(path, { method: 'POST', cookie, body });
  /** Puts the bundle where an earlier plan would have put it. */
  const placed = async (bundle: Bundle): Promise<Bundle> => {
    await writeBundleFile(all.env.folder, 'production', bundle);
    return bundle;
  };
  const order = async (entry: Envelope): Promise<ReleaseAnswer> => {
    const answer = await post(`${PRODUCTION}/releases`, { entry, drain: false });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<ReleaseAnswer>();
  };
  const now = (): string => at(all.clock.now());
  /** Newest first. */
  const audited = (): readonly string[] => {
    const { audit, close } = openAuditTrail(all.kit.folder);
    const records = audit.list({}).filter(({ type }) => /^(release|trust)\./.test(type));
    close();
    return records.map((record) => auditSentence(record));
  };

  it('says that nothing was ever ordered', async () => {
    const { environments } = await get<EnvironmentList>(`${ROOT}/environments`);
    assert.deepEqual(
      environments.map(({ name, place, inForce, releases, next }) => [name, place, inForce, releases, next]),
      [['production', 'here', null, [], { sequence: 1, previous: null }]],
    );
  });

  it('shows what runs, by whose word and approval', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const { environment, applied } = await order(await all.env.order(first.hash));
    assert.equal(applied, 'applied');
    assert.equal(environment.inForce?.bundle, first.hash);
    const [release] = environment.releases;
    assert.deepEqual(
      [release?.orderedBy, release?.author, release?.summary, release?.rollback, release?.acceptedAt],
      ['otto', 'ana', 'Says what it says.', false, NOW],
    );
    assert.deepEqual(release?.approvedBy, [
      { role: 'clinical-governance', person: 'greta' },
      { role: 'engineer', person: 'emil' },
    ]);
    assert.deepEqual(
      release?.definitions.map(({ name }) => name),
      ['_shared', 'alpha'],
    );
    assert.equal(environment.runtime?.running?.bundle, first.hash);
    assert.deepEqual(await get<EnvironmentView>(PRODUCTION), environment);
  });

  it('asks the runtime for its plan, in the name of who asks', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const answer = await post(`${PRODUCTION}/plan`, { bundle: first.hash, kind: 'order' });
    assert.equal(answer.json<PlanAnswer>()?.definitions[0]?.openWork, 2);
    assert.equal(all.runtime.asked.find(({ what }) => what === 'POST /release/plan')?.actor, 'user:otto');
    const unknown = await post(`${PRODUCTION}/plan`, { bundle: 'e'.repeat(64), kind: 'order' });
    assert.equal(unknown.json<{ code: string }>().code, 'release-bundle-missing');
  });

  it('goes back with one order', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const second = await placed(await change(all.env.all, first.hash, 'second'));
    await order(await all.env.order(first.hash));
    await order(await all.env.order(second.hash));
    const { environment } = await order(await all.env.order(first.hash));
    assert.deepEqual(
      environment.releases.map(({ sequence, rollback, bundle }) => [sequence, rollback, bundle]),
      [
        [3, true, first.hash],
        [2, false, second.hash],
        [1, false, first.hash],
      ],
    );
    assert.match(audited()[0] ?? '', /^otto had production go back to the bundle/);
  });

  it('refuses an order that does not count, says why, and keeps a record', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const { greta } = all.env.all;
    const entry = await all.env.order(first.hash, { actor: 'greta' }, greta);
    const answer = await post(`${PRODUCTION}/releases`, { entry, drain: false });
    assert.equal(answer.status, 422);
    assert.equal(answer.json<{ code: string }>().code, 'order-role-missing');
    assert.deepEqual(audited(), ['What otto wanted production to run was refused (order): order-role-missing.']);
    assert.deepEqual((await get<EnvironmentView>(PRODUCTION)).releases, []);
  });

  it('refuses what is no signed statement', async () => {
    for (const entry of [
      {},
      { payloadType: 'x', payload: 'AAAA', signatures: [] },
      { payloadType: 'x', payload: 'AAAA', signatures: [{ keyid: 'a', sig: 'b' }] },
    ]) {
      const answer = await post(`${PRODUCTION}/releases`, { entry, drain: false });
      assert.equal(answer.json<{ code: string }>().code, 'request-invalid');
    }
    const entry = {
      payloadType: 'application/vnd.wardflow.order+json',
      payload: Buffer.from('no json').toString('base64').padEnd(12, '='),
      signatures: [{ keyid: 'a'.repeat(64), sig: Buffer.alloc(64).toString('base64') }],
    };
    const answer = await post(`${PRODUCTION}/releases`, { entry, drain: false });
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(audited(), ['What otto wanted production to run was refused (order): key-unknown.']);
  });

  it('knows no environment that nobody has made', async () => {
    for (const path of ['west', '..%2fgovernance', 'staging'])
      assert.equal((await all.kit.call(`${ROOT}/environments/${path}`, { cookie: otto })).status, 404, path);
  });

  it('says what is wrong with a log that was tampered with, and orders nothing on top of it', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    await order(await all.env.order(first.hash));
    const file = join(logFolder(all.env.folder), '0000000001.json');
    const text = await readFile(file, 'utf8');
    const entry = await all.env.order(first.hash);
    await writeFile(file, text.replace(/"sig": "..../, '"sig": "AAAA'));
    const answer = await all.kit.call(PRODUCTION, { cookie: otto });
    assert.equal(answer.json<{ code: string }>().code, 'release-invalid');
    const refused = await post(`${PRODUCTION}/releases`, { entry, drain: false });
    assert.equal(refused.status, 422);
    await writeFile(file, text);
    await get(PRODUCTION);
  });

  it('gives a bundle that was ordered as the file it is', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const path = `${PRODUCTION}/bundles/${first.hash}`;
    assert.equal((await all.kit.call(path, { cookie: otto })).status, 422, 'placed is not ordered');
    await order(await all.env.order(first.hash));
    const response = await fetch(`${all.kit.console.url}${path}`, { headers: { cookie: otto } });
    assert.match(String(response.headers.get('content-disposition')), /^attachment; filename=production-\w{12}\.wfb$/);
    assert.equal((await readBundle(new Uint8Array(await response.arrayBuffer()))).hash, first.hash);
    assert.deepEqual(await readFile(bundlePath(all.env.folder, first.hash)), Buffer.from(writeBundle(first)));
  });

  it('gives programs with the scope what another host needs, page by page', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    const second = await placed(await change(all.env.all, first.hash, 'second'));
    await order(await all.env.order(first.hash));
    await order(await all.env.order(second.hash));
    const admin = await all.kit.cookieOf();
    const made = await post(`${ROOT}/service-accounts`, { name: 'west', scopes: ['release:read'], days: 30 }, admin);
    const { token } = made.json<{ token: string }>();
    const pull = async (after: number): Promise<PullAnswer> => {
      const answer = await all.kit.call(`${PRODUCTION}/pull?after=${after}`, {
        foreign: true,
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<PullAnswer>();
    };
    const answer = await pull(0);
    assert.deepEqual(
      answer.entries.map(({ sequence, bundle }) => [sequence, bundle]),
      [
        [1, first.hash],
        [2, second.hash],
      ],
    );
    assert.equal(answer.trust.versions.length, 1);
    assert.deepEqual(
      (await pull(1)).entries.map(({ sequence }) => sequence),
      [2],
    );
    assert.deepEqual((await pull(2)).entries, []);
    assert.equal((await pull(2)).lastSequence, 2);
  });

  it('tells clinicians in words what changed, and when an emergency was over', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    await order(await all.env.order(first.hash));
    const hurried = await placed(await unapproved(all.env.all, first.hash, 'hurried'));
    await order(await all.env.glass(hurried.hash, { at: now() }));
    const before = await get<ChangeList>(`${ROOT}/changes`);
    assert.deepEqual(
      before.changes.map(({ kind }) => kind),
      ['break-glass', 'order'],
    );
    all.clock.set(NOW + 3 * HOUR);
    const { changes } = await get<ChangeList>(`${ROOT}/changes`, await all.sessionOf('cora', 'coordinator'));
    assert.deepEqual(
      changes.map(({ kind, title, summary, at: when }) => [kind, title, summary, when]),
      [
        ['return', 'Back by itself after the emergency: T', '', NOW + 2 * HOUR],
        ['break-glass', 'Changed in an emergency: T', 'The laboratory changed its codes.', NOW],
        ['order', 'Changed: T', 'Says what it says.', NOW],
      ],
    );
    assert.deepEqual(changes.at(-1)?.definitions[0]?.lines, ['Is new. P']);
    assert.ok((changes[1]?.definitions[0]?.lines.length ?? 0) > 0);
    assert.doesNotMatch(JSON.stringify(changes), /[0-9a-f]{40}/, 'no hashes');
    const feed = await get<JsonFeed>(`${ROOT}/changes/feed.json`, await all.sessionOf('otto'));
    assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
    assert.deepEqual(
      feed.items.map(({ id, date_published }) => [id, date_published]),
      [
        ['urn:wardflow:change:production:2:return', at(NOW + 2 * HOUR)],
        ['urn:wardflow:change:production:2', at(NOW)],
        ['urn:wardflow:change:production:1', at(NOW)],
      ],
    );
    assert.match(feed.items[1]?.content_text ?? '', /^The laboratory changed its codes\.\n\nT\n- /);
  });

  it('says that what was written runs later where the runtime does not answer', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    await order(await all.env.order(first.hash));
    await all.runtime.stop();
    const { applied, environment } = await order(await all.env.order(first.hash));
    assert.equal(applied, 'later');
    assert.equal(environment.runtime, null);
    assert.equal(environment.inForce?.sequence, 2);
  });

  it('hands on why the runtime could not apply it', async () => {
    const first = await placed(await change(all.env.all, null, 'first'));
    all.runtime.release = { problem: { code: 'deploy-failed', title: 'It did not start.', remedy: 'Roll back.' } };
    const { applied, problem } = await order(await all.env.order(first.hash));
    assert.deepEqual([applied, problem?.code], ['failed', 'deploy-failed']);
  });

  it('opens one proposal after glass was broken at the command line', async () => {
    const first = await change(all.env.all, null, 'first');
    await all.env.release(first);
    const hurried = await placed(await unapproved(all.env.all, first.hash, 'hurried'));
    await all.env.put(await all.env.glass(hurried.hash));
    interface Shown {
      readonly title: string;
      readonly followsBreakGlass: boolean;
      readonly environment: string;
    }
    const proposals = async (): Promise<readonly Shown[]> =>
      (await get<{ proposals: readonly Shown[] }>(`${ROOT}/proposals`)).proposals;
    await eventually('a proposal is there', async () => {
      all.clock.advance(1_000);
      return (await proposals()).length > 0;
    });
    all.clock.advance(30_000);
    await order(await all.env.order(first.hash, { at: now() }));
    assert.deepEqual(
      (await proposals()).map(({ followsBreakGlass, environment }) => [followsBreakGlass, environment]),
      [[true, 'production']],
    );
  });

  it('tells the browsers when something was released at the command line', async () => {
    const told: string[] = [];
    const { io } = await import('socket.io-client');
    const socket = io(all.kit.console.url, {
      path: '/live',
      transports: ['websocket'],
      extraHeaders: { cookie: otto },
    });
    try {
      socket.on('environment', ({ environment }: { environment: string }) => told.push(environment));
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      await all.env.release(await change(all.env.all, null, 'first'));
      await eventually('the browser is told', () => {
        all.clock.advance(5_000);
        return told.length > 0;
      });
      assert.equal(told[0], 'production');
    } finally {
      socket.close();
    }
  });
});
