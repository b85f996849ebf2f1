import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import type { Bundle } from '../../governance/bundle/index.ts';
import { bundlePath } from '../../governance/release/index.ts';
import type { MessageDetail, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { smallDefinitions } from './small-definitions.ts';

const post = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

describe('a promotion', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let kit: ReleaseKit;
  let first: Bundle;
  let second: Bundle;
  let sender: MllpSender;

  before(async () => {
    runtime = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
      },
    });
    sender = new MllpSender(runtime.mllpPort);
  });
  after(async () => {
    sender?.close();
    await runtime?.dispose();
  });

  const plan = (bundle: Bundle): Promise<ReleasePlan> =>
    runtime.api('/release/plan', post({ bundle: bundle.hash, kind: 'order' }));
  const apply = (sequence: number, drain = false): Promise<RuntimeRelease> =>
    runtime.api('/release/apply', post({ sequence, drain }));
  const running = async (): Promise<string | undefined> =>
    (await runtime.api<RuntimeRelease>('/release')).running?.bundle;
  const audit = async (type: string): Promise<readonly { details: Record<string, unknown>; actor: string }[]> =>
    (await runtime.api<{ records: { details: Record<string, unknown>; actor: string }[] }>(`/audit?type=${type}`))
      .records;

  const attemptsOf = async (controlId: string): Promise<readonly (readonly [string | null, string])[]> => {
    const { messages } = await runtime.api<{ messages: { id: string }[] }>(`/messages?q=${controlId}`);
    const detail = await runtime.api<MessageDetail>(`/messages/${messages[0]?.id ?? ''}`);
    return detail.work.flatMap((work) => work.attempts.map((one) => [one.version, one.outcome] as const));
  };
  const versionIn = (bundle: Bundle): string | undefined =>
    bundle.manifest.definitions.find(({ name }) => name === 'alpha')?.hash;

  it('is planned first: what is added, which feeds open, nothing in the way', async () => {
    first = await kit.bundle({
      definitions: smallDefinitions({ name: 'alpha' }, { name: 'beta', takes: 'ADT^A03' }),
    });
    await kit.keep(first);
    const found = await plan(first);
    assert.deepEqual(found.refusals, []);
    assert.equal(found.running, null);
    assert.deepEqual(
      found.definitions.map(({ name, what }) => [name, what]),
      [
        ['_shared', 'added'],
        ['alpha', 'added'],
        ['beta', 'added'],
      ],
    );
    assert.deepEqual(found.feeds, [{ name: 'hospital', what: 'opens' }]);
    assert.equal(await running(), undefined, 'a plan changes nothing');
  });

  it('runs what was ordered when it is told, and takes messages', async () => {
    const sequence = await kit.promote(first);
    const release = await apply(sequence);
    assert.equal(release.running?.bundle, first.hash);
    assert.equal(release.problem, null);
    assert.deepEqual(release.drift, []);
    assert.match(await sender.send(adt('A01', 'P1', '1')), /MSA\|AA\|P1/);
    await runtime.until<RuntimeStatus>('/status', ({ messages }) => messages.done === 1);
    const [record] = await audit('gate.applied');
    assert.equal(record?.details['bundle'], first.hash);
  });

  it('leaves a definition that did not change alone: its message in work ends under the version that it began with', async () => {
    // A message that takes its time, in the definition that stays.
    second = await kit.bundle({
      definitions: smallDefinitions(
        { name: 'alpha', code: 'await new Promise((done) => setTimeout(done, 1500)); return msg;' },
        { name: 'beta', takes: 'ADT^A03' },
      ),
    });
    await apply(await kit.promote(second));
    const third = await kit.bundle({
      definitions: smallDefinitions(
        { name: 'alpha', code: 'await new Promise((done) => setTimeout(done, 1500)); return msg;' },
        { name: 'beta', takes: 'ADT^A03', code: 'msg.other = 1; return msg;' },
      ),
    });
    await kit.keep(third);
    const found = await plan(third);
    assert.deepEqual(
      found.definitions.map(({ name, what }) => [name, what]),
      [
        ['_shared', 'stays'],
        ['alpha', 'stays'],
        ['beta', 'restarts'],
      ],
    );
    assert.deepEqual(found.feeds, [{ name: 'hospital', what: 'stays' }]);
    assert.match(await sender.send(adt('A01', 'P2', '2')), /MSA\|AA\|P2/);
    const before = await runtime.api<RuntimeStatus>('/status');
    assert.equal(before.inFlight, 1);
    await apply(await kit.promote(third));
    const { feeds, inFlight } = await runtime.api<RuntimeStatus>('/status');
    assert.deepEqual([feeds[0]?.state, feeds[0]?.connections, inFlight], ['listening', 1, 1]);
    // On the connection that was open before.
    assert.match(await sender.send(adt('A03', 'P3', '3')), /MSA\|AA\|P3/);
    await runtime.until<RuntimeStatus>('/status', ({ messages }) => messages.done === 3);
    assert.deepEqual(await attemptsOf('P2'), [[versionIn(second), 'done']], 'one attempt, never interrupted');
  });

  it('lets a definition that starts again finish what it has in work, under the version that it began with', async () => {
    const slow = 'await new Promise((done) => setTimeout(done, 1000)); return msg;';
    const old = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha', code: slow }) });
    await apply(await kit.promote(old));
    const next = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha', code: `msg.new = 1; ${slow}` }) });
    assert.match(await sender.send(adt('A01', 'Q1', '11')), /MSA\|AA\|Q1/);
    assert.match(await sender.send(adt('A01', 'Q2', '12')), /MSA\|AA\|Q2/);
    await runtime.until<RuntimeStatus>('/status', ({ inFlight }) => inFlight === 2);
    const applied = apply(await kit.promote(next));
    // Accepted meanwhile: nobody is told to wait.
    assert.match(await sender.send(adt('A01', 'Q3', '13')), /MSA\|AA\|Q3/);
    await applied;
    assert.match(await sender.send(adt('A01', 'Q4', '14')), /MSA\|AA\|Q4/);
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
    assert.deepEqual(await attemptsOf('Q1'), [[versionIn(old), 'done']]);
    assert.deepEqual(await attemptsOf('Q2'), [[versionIn(old), 'done']]);
    assert.equal((await attemptsOf('Q3')).length, 1);
    assert.deepEqual(await attemptsOf('Q4'), [[versionIn(next), 'done']]);
  });

  it('touches no flow where only what a flow looks up has changed: its message ends under the old version', async () => {
    const slow = 'msg.new = 1; await new Promise((done) => setTimeout(done, 1000)); return msg;';
    const words = (text: string): Promise<Bundle> =>
      kit.bundle({ definitions: smallDefinitions({ name: 'alpha', code: slow, words: text }) });
    const old = await words('one');
    await apply(await kit.promote(old));
    const next = await words('two');
    await kit.keep(next);
    const { definitions } = await plan(next);
    const alpha = definitions.find(({ name }) => name === 'alpha');
    assert.deepEqual([alpha?.what, alpha?.from, alpha?.to], ['stays', versionIn(old), versionIn(next)]);
    assert.match(await sender.send(adt('A01', 'R1', '21')), /MSA\|AA\|R1/);
    await runtime.until<RuntimeStatus>('/status', ({ inFlight }) => inFlight === 1);
    await apply(await kit.promote(next));
    assert.equal((await runtime.api<RuntimeStatus>('/status')).inFlight, 1, 'nobody waited for it');
    assert.match(await sender.send(adt('A01', 'R2', '22')), /MSA\|AA\|R2/);
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
    assert.deepEqual(await attemptsOf('R1'), [[versionIn(old), 'done']]);
    assert.deepEqual(await attemptsOf('R2'), [[versionIn(next), 'done']]);
  });

  it('finishes what is in work first, when that is wished', async () => {
    const fourth = await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }) });
    assert.match(await sender.send(adt('A01', 'P4', '4')), /MSA\|AA\|P4/);
    await apply(await kit.promote(fourth), true);
    const { work, inFlight } = await runtime.api<RuntimeStatus>('/status');
    assert.deepEqual([work.done, inFlight], [10, 0]);
    // And work is taken up again afterwards.
    assert.match(await sender.send(adt('A01', 'P5', '5')), /MSA\|AA\|P5/);
    await runtime.until<RuntimeStatus>('/status', ({ messages }) => messages.done === 11);
  });

  it('goes back in one step, by another order', async () => {
    await apply(await kit.enter(await kit.order(second.hash)));
    assert.equal(await running(), second.hash);
  });

  it('runs the same after a restart, without the folder of releases having its bundle', async () => {
    await runtime.kill9();
    rmSync(bundlePath(kit.releases, second.hash));
    await runtime.restart();
    assert.equal(await running(), second.hash);
    assert.equal((await audit('gate.applied')).length, 9, 'nothing came into force anew');
  });
});
