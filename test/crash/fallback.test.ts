/**
 * A runtime that kills itself (SIGKILL) while a flow goes into fallback, while a message is held with its task, and while a person
 * decides: nothing is lost, nothing is there twice, and the receiver gets the message once.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { AuditList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { FallbackList, HeldDecisions, HeldList, TaskList } from '../../runtime/api/task-contract.ts';
import { CountingReceiver } from '../kit/counting-receiver.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { receiverDefinition } from '../kit/receiver-definition.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const KIT = join(import.meta.dirname, '../kit/kill-at-step');
const REASON = 'the ward moves';

describe('a runtime killed around a fallback', function () {
  this.timeout(60_000);
  let folder: string;
  let step: string;
  let receiver: CountingReceiver;
  let runtime: RuntimeProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-fallback-kill-'));
    step = join(folder, 'step');
    receiver = await CountingReceiver.start();
    runtime = await RuntimeProcess.start({
      definitions: [],
      prepareFlows(flows) {
        for (const [path, text] of Object.entries(receiverDefinition({}))) {
          const file = join(flows, 'to-ward', path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, path === 'intent.json' ? reviewed(text) : text);
        }
      },
      async prepareData(data) {
        const listen = { host: '127.0.0.1', port: '${WARDFLOW_MLLP_PORT}' };
        const ward = { kind: 'mllp', host: '127.0.0.1', port: receiver.port };
        const bindings = { kind: 'bindings', format: 1, feeds: { hospital: { listen } }, endpoints: { ward } };
        writeFileSync(join(data, 'staging/bindings.json'), JSON.stringify(bindings), { mode: 0o600 });
        await Promise.resolve();
      },
      env: { KILL_AT_STEP: step },
      execArgv: ['--import', pathToFileURL(join(KIT, 'preload.ts')).href],
      also: { reads: [KIT], writes: [folder] },
    });
  });
  after(async () => {
    await runtime?.dispose();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  const reviewed = (intent: string): string => {
    const { fallback, ...rest } = JSON.parse(intent) as { readonly fallback: object };
    return JSON.stringify({ ...rest, fallback: { ...fallback, mode: 'manual-review' } });
  };
  const post = <T>(path: string, body: object): Promise<T> =>
    runtime.api<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'wardflow-actor': 'user:ana' },
      body: JSON.stringify(body),
    });
  const inForce = async () => (await runtime.api<FallbackList>('/fallbacks')).inForce;
  const held = async () => (await runtime.api<HeldList>('/held')).items;
  const audited = async (type: string) => (await runtime.api<AuditList>(`/audit?type=${type}`)).records.length;
  const arrived = (controlId: string): number => receiver.received.filter((one) => one.controlId === controlId).length;
  const at = async (armed: string, act: () => Promise<unknown>): Promise<void> => {
    writeFileSync(step, armed);
    const gone = runtime.gone();
    const acting = act().catch(() => undefined);
    await gone;
    writeFileSync(step, '');
    assert.equal(runtime.endedBy, 'SIGKILL');
    assert.equal(readFileSync(`${step}.reached`, 'utf8').trimEnd().split('\n').at(-1), armed);
    await runtime.restart();
    await acting;
  };

  for (const [moment, kept] of [
    ['committing', 0],
    ['committed', 1],
  ] as const)
    it(`is in fallback, or is not, with its record: killed with the entering ${moment}`, async () => {
      await at(`fallbacks.set ${moment}`, () => post('/fallbacks/to-ward/enter', { seen: 0, reason: REASON }));
      assert.deepEqual([(await inForce()).length, await audited('fallback.entered')], [kept, kept]);
    });

  for (const [n, moment] of ['committing', 'committed'].entries())
    it(`holds the message once, with one task: killed with the holding ${moment}`, async () => {
      const sender = new MllpSender(runtime.mllpPort);
      const sending = sender.sendUntilAnswered(adt('A01', `K${n}`, `P${n}`));
      await at(`work.settle ${moment}`, () => sending);
      sender.close();
      await runtime.until<RuntimeStatus>('/status', ({ work }) => work.parked === n + 1 && work.claimed === 0);
      const items = await held();
      const { tasks } = await runtime.api<TaskList>('/tasks?view=all&limit=100');
      assert.deepEqual([items.length, tasks.length, await audited('review.held')], [n + 1, n + 1, n + 1]);
      assert.equal(arrived(`K${n}`), 0);
    });

  for (const [n, moment] of ['committing', 'committed'].entries())
    it(`does what was decided once, or not at all: killed with the decision ${moment}`, async () => {
      const [first] = await held();
      assert.ok(first);
      const decision = { work: [first.workId], decision: 'process', reason: 'looked at' };
      await at(`fallbacks.decide ${moment}`, () => post('/held/decide', decision));
      const { outcomes } = await post<HeldDecisions>('/held/decide', decision);
      assert.deepEqual(
        outcomes.map(({ outcome }) => outcome),
        [moment === 'committing' ? 'processed' : 'decided-before'],
      );
      await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
      assert.equal(arrived(`K${n}`), 1);
      assert.deepEqual([(await held()).length, await audited('review.decided')], [1 - n, n + 1]);
      const { tasks } = await runtime.api<TaskList>('/tasks?view=all&state=completed&limit=100');
      assert.equal(tasks.length, n + 1);
    });
});
