/** Escalations over the death of the runtime: the next step still comes, and an answer ends it on both sides. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { EscalationList, EscalationView, RuntimeStatus } from '../../runtime/api/contract.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { IN_STEP_MS, isInStep } from '../kit/copies-of.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const STEPS = ['PT0S', 'PT4S', 'PT30S', 'PT1H'];
/** Long enough that a restart on a loaded machine falls before it. */
const THIRD_STEP_MS = 30_000;

interface Resource {
  readonly id: string;
  readonly status: string;
  readonly recipient?: readonly { readonly display: string }[];
}

describe('an escalation whose runtime is killed with SIGKILL', function () {
  this.timeout(400_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;

  beforeEach(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({
      fhirBase: sandbox.url,
      prepareFlows: hurry,
      env: { WARDFLOW_TASK_POLL_SECONDS: '1' },
    });
    const sender = new MllpSender(runtime.mllpPort);
    const message = oru({ controlId: 'LADDER1', patient: 'P1', observations: [potassium('7.1', 'HH')] });
    assert.equal(answerField(await sender.send(message), 'MSA', 1), 'AA');
    sender.close();
  });
  afterEach(async () => {
    await runtime?.dispose();
    await sandbox?.close();
  });

  const all = async (type: string): Promise<readonly Resource[]> => {
    const bundle = (await (await fetch(`${sandbox.url}/${type}?_count=100`)).json()) as {
      entry?: readonly { readonly resource: Resource }[];
    };
    return (bundle.entry ?? []).map(({ resource }) => resource);
  };
  const task = async (): Promise<Resource> => {
    const [only, ...more] = await all('Task');
    assert.ok(only);
    assert.equal(more.length, 0, 'one task only');
    return only;
  };
  const told = async (): Promise<readonly string[]> =>
    (await all('Communication')).map(({ recipient }) => recipient?.[0]?.display ?? 'nobody').toSorted();
  const comesTo = async (check: (escalation: EscalationView) => boolean): Promise<EscalationView> => {
    const { escalations } = await runtime.until<EscalationList>(
      '/escalations',
      (answer) => answer.escalations.some(check),
      IN_STEP_MS,
    );
    const [only, ...more] = escalations;
    assert.ok(only);
    assert.equal(more.length, 0, 'one escalation only');
    return only;
  };
  const settled = (): Promise<RuntimeStatus> =>
    runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
  /** Nothing is left to do, and what the EHR is told of the task is written. */
  const rest = async (): Promise<void> => {
    await settled();
    await runtime.until<TaskList>(
      '/tasks?view=all',
      ({ tasks }) => tasks.length === 1 && tasks.every(isInStep),
      IN_STEP_MS,
    );
  };
  const killAfterFirstStep = async (): Promise<void> => {
    await comesTo(({ nextStep }) => nextStep === 1);
    await settled();
    assert.deepEqual(await told(), ['charge nurse']);
    await runtime.kill9();
  };

  it('takes its next step after the restart, and none after it was acknowledged through the API, which accepts the task', async () => {
    await killAfterFirstStep();
    await runtime.restart();
    const { id, startedAt, nextAt } = await comesTo(({ nextStep }) => nextStep === 2);
    assert.equal(nextAt, startedAt + THIRD_STEP_MS);
    await settled();
    assert.deepEqual(await told(), ['charge nurse', 'ward doctor']);

    const answer = await runtime.api<{ outcome: string }>(`/escalations/${id}/acknowledge`, {
      method: 'POST',
      body: JSON.stringify({ reason: 'seen' }),
    });
    assert.equal(answer.outcome, 'acknowledged');
    await rest();
    assert.equal((await task()).status, 'accepted');
    const ended = await comesTo(({ state }) => state === 'acknowledged');
    assert.deepEqual([ended.nextAt, ended.endedBy?.actor, ended.endedBy?.via], [null, 'user:test', 'console']);
    await runtime.until<EscalationList>('/escalations', ({ asOf }) => asOf > startedAt + THIRD_STEP_MS + 500);
    await rest();
    assert.deepEqual(await told(), ['charge nurse', 'ward doctor']);
  });

  it('is acknowledged when the task was accepted on the FHIR server while the runtime was dead', async () => {
    await rest();
    await runtime.kill9();
    const open = await task();
    assert.equal(open.status, 'requested');
    const put = await fetch(`${sandbox.url}/Task/${open.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...open, status: 'accepted' }),
    });
    assert.equal(put.status, 200);
    await runtime.restart();
    const ended = await comesTo(({ state }) => state === 'acknowledged');
    assert.deepEqual([ended.nextAt, ended.endedBy?.actor, ended.endedBy?.via], [null, 'ehr', 'fhir-task']);
    await rest();
    const before = await told();
    await runtime.until<EscalationList>('/escalations', ({ asOf }) => asOf > ended.startedAt + THIRD_STEP_MS + 500);
    await rest();
    assert.deepEqual(await told(), before);
    assert.equal((await task()).status, 'accepted');
  });
});

/** The same ladder with its steps seconds apart. */
function hurry(flows: string): void {
  const file = join(flows, 'critical-lab-result', 'ladders', 'critical-result.json');
  const ladder = JSON.parse(readFileSync(file, 'utf8')) as { steps: { after: string }[] };
  assert.equal(ladder.steps.length, STEPS.length);
  writeFileSync(
    file,
    JSON.stringify({ ...ladder, steps: ladder.steps.map((step, index) => ({ ...step, after: STEPS[index] })) }),
  );
}
