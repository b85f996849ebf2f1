import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import { packageRoot } from '../../engine/index.ts';
import type { EscalationList, NoticeList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { IN_STEP_MS, isInStep } from '../kit/copies-of.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { freePort, RuntimeProcess } from '../kit/runtime-process.ts';

const SAMPLE = join(packageRoot(), 'flows/critical-lab-result/samples/critical-potassium.hl7');

interface Task {
  readonly id: string;
  readonly status: string;
}

describe('a critical result while the EHR is away', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let sandbox: Awaited<ReturnType<typeof startSandbox>> | undefined;
  let port: number;

  before(async () => {
    port = await freePort();
    runtime = await RuntimeProcess.start({
      fhirBase: `http://127.0.0.1:${port}/fhir`,
      env: { WARDFLOW_TASK_POLL_SECONDS: '1' },
    });
    const sender = new MllpSender(runtime.mllpPort);
    assert.match(await sender.send(readFileSync(SAMPLE)), /\rMSA\|AA\|/);
    sender.close();
  });
  after(async () => {
    await runtime?.dispose();
    await sandbox?.close();
  });

  it('is told to people all the same', async () => {
    const { escalations } = await runtime.until<EscalationList>('/escalations', (now) => now.escalations.length > 0);
    assert.deepEqual(
      escalations.map(({ state }) => state),
      ['open'],
    );
    const { notices } = await runtime.until<NoticeList>('/notices', (now) => now.notices.length > 0);
    assert.equal(notices[0]?.to, 'charge nurse');
  });

  it('gets its task when the EHR is back, once, and an answer there is heard', async () => {
    sandbox = await startSandbox({ port });
    const base = sandbox.url;
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0, 60_000);
    await runtime.until<TaskList>(
      '/tasks?view=all',
      ({ tasks }) => tasks.length === 1 && tasks.every(isInStep),
      IN_STEP_MS,
    );
    const bundle = (await (await fetch(`${base}/Task`)).json()) as { entry?: { resource: Task }[] };
    const tasks = (bundle.entry ?? []).map(({ resource }) => resource);
    assert.deepEqual(
      tasks.map(({ status }) => status),
      ['requested'],
    );
    await fetch(`${base}/Task/${tasks[0]?.id ?? ''}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...tasks[0], status: 'accepted' }),
    });
    const { escalations } = await runtime.until<EscalationList>(
      '/escalations',
      (now) => now.escalations.every(({ state }) => state === 'acknowledged'),
      IN_STEP_MS,
    );
    assert.deepEqual(
      escalations.map(({ endedBy }) => endedBy?.via),
      ['fhir-task'],
    );
  });
});
