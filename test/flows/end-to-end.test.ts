/** The two shipped definitions in a real runtime, over real MLLP, against the sandbox FHIR server. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import { packageRoot } from '../../engine/index.ts';
import type {
  EscalationList,
  EscalationView,
  MessageDetail,
  MessageList,
  RuntimeStatus,
} from '../../runtime/api/contract.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { copiesOf, IN_STEP_MS } from '../kit/copies-of.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

interface Resource {
  readonly id: string;
  readonly status: string;
  readonly [element: string]: unknown;
}

const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  'critical-lab-result': [
    'normal',
    'critical-potassium',
    'two-critical-results',
    'missing-value',
    'unit-mismatch',
    'text-value',
    'child-flagged',
    'withdrawn',
    'corrected',
    'preliminary-critical',
    'final-unchanged',
    'became-critical',
  ],
  'discharge-follow-up': ['ordinary', 'heart-failure', 'died', 'against-advice', 'unit-missing', 'old-and-long'],
};
const sample = (definition: string, name: string): Buffer =>
  readFileSync(join(packageRoot(), 'flows', definition, 'samples', `${name}.hl7`));

describe('the shipped flows', function () {
  this.timeout(180_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  let sender: MllpSender;

  const found = async (type: string, controlId: string): Promise<readonly Resource[]> => {
    const identifier = encodeURIComponent(`urn:wardflow:message-control-id|${controlId}`);
    const bundle = (await (await fetch(`${sandbox.url}/${type}?identifier=${identifier}`)).json()) as {
      entry?: { resource: Resource }[];
    };
    return (bundle.entry ?? []).map(({ resource }) => resource);
  };
  const copies = (controlId: string): Promise<readonly Resource[]> => copiesOf(runtime, sandbox.url, controlId);
  const settled = (): Promise<RuntimeStatus> =>
    runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
  const messageOf = async (controlId: string): Promise<MessageDetail> => {
    const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
    return runtime.api<MessageDetail>(`/messages/${messages[0]?.id ?? 'none'}`);
  };
  const escalationOf = async (controlId: string): Promise<EscalationView> => {
    const { id } = (await messageOf(controlId)).message;
    const { escalations } = await runtime.api<EscalationList>(`/escalations?message=${id}`);
    assert.ok(escalations[0], 'people are told of the task');
    return escalations[0];
  };

  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({ fhirBase: sandbox.url, env: { WARDFLOW_TASK_POLL_SECONDS: '1' } });
    sender = new MllpSender(runtime.mllpPort);
    for (const [definition, names] of Object.entries(SAMPLES))
      for (const name of names) assert.match(await sender.send(sample(definition, name)), /\rMSA\|AA\|/);
    // Steps at once follow the messages themselves.
    await runtime.until<RuntimeStatus>(
      '/status',
      ({ work, openEscalations }) => openEscalations === 9 + 5 && work.waiting + work.claimed === 0,
    );
  });

  after(async () => {
    sender?.close();
    await runtime?.dispose();
    await sandbox?.close();
  });

  it('end every message as done', async () => {
    const { messages, work } = await settled();
    assert.deepEqual([messages.total, messages.done, work.dead], [18, 18, 0]);
  });

  it('write one task for each result that somebody must answer, and none for the others', async () => {
    const tasks: Record<string, number> = {};
    for (let n = 1; n <= 12; n++) {
      const controlId = `WF-S-${String(n).padStart(4, '0')}`;
      tasks[controlId] = (await copies(controlId)).length;
    }
    assert.deepEqual(Object.values(tasks), [0, 1, 2, 0, 1, 1, 1, 1, 0, 1, 0, 1]);
  });

  it('say in the task what is to be done, for whom, by when and why', async () => {
    const [task] = await copies('WF-S-0002');
    assert.ok(task);
    assert.deepEqual([task.status, task['intent'], task['priority']], ['requested', 'order', 'stat']);
    assert.deepEqual(task['for'], {
      identifier: { system: 'urn:wardflow:authority:STMARY', value: '900100011' },
    });
    const { period } = task['restriction'] as { period: { end: string } };
    // From the decision; the task was made a moment after it.
    const within = Date.parse(period.end) - Date.parse(String(task['authoredOn']));
    assert.ok(within <= 15 * 60_000 && within > 14 * 60_000, `${within} ms`);
    const { decisions } = await messageOf('WF-S-0002');
    const input = task['input'] as { type: { text: string }; valueString: string }[];
    const stated = Object.fromEntries(input.map(({ type, valueString }) => [type.text, valueString]));
    const decision = decisions.find(({ matched }) => matched.includes('k-high'));
    assert.match(decision?.sentence ?? '', /Value 6\.9 is > 6\.2.*: row k-high \(hyperkalaemia\)$/);
    assert.equal(stated['rule table'], 'critical-results');
    assert.equal(stated['rule version'], decision?.version);
    assert.equal(stated['rule row'], 'k-high');
    assert.match(String(task['description']), /: .*6\.9.*\. Answer by \d{4}-/);
    assert.match(stated['event'] ?? '', /^[0-9a-f]{64}$/);
  });

  it('escalate a critical result in the lane that its rule gives', async () => {
    const { escalations, work } = await messageOf('WF-S-0002');
    assert.deepEqual([escalations.length, escalations[0]?.lane], [1, 'stat']);
    assert.deepEqual(
      work.filter(({ parentWorkId }) => parentWorkId !== null).map(({ lane }) => lane),
      ['stat', 'stat'],
      'the step of the ladder, and the page',
    );
  });

  it('tell the first of the ladder at once, at the console and in the EHR', async () => {
    const [communication, ...others] = await found('Communication', 'WF-S-0002');
    assert.equal(others.length, 0);
    assert.deepEqual(communication?.['recipient'], [{ display: 'charge nurse' }]);
    const [task] = await copies('WF-S-0002');
    interface Identifier {
      readonly system: string;
      readonly value: string;
    }
    const about = communication?.['about'] as readonly { type: string; identifier: Identifier }[] | undefined;
    const identifiers = task?.['identifier'] as readonly Identifier[] | undefined;
    assert.equal(about?.[0]?.type, 'Task');
    const named = about[0].identifier;
    assert.deepEqual(
      identifiers?.find(({ system }) => system === named.system),
      named,
    );
    const { effects } = await messageOf('WF-S-0002');
    assert.ok(effects.some(({ target, state }) => target === 'console: notice' && state === 'done'));
  });

  it('give a result that cannot be judged to the laboratory', async () => {
    for (const controlId of ['WF-S-0005', 'WF-S-0006', 'WF-S-0007']) {
      const [task] = await copies(controlId);
      assert.equal((task?.['owner'] as { display?: string } | undefined)?.display, 'laboratory duty desk');
      assert.equal((await escalationOf(controlId)).ladder, 'result-review');
    }
  });

  it('write task and communication side by side after a discharge, and nothing after a death', async () => {
    for (const [controlId, queue] of [
      ['WF-S-0101', 'general-follow-up'],
      ['WF-S-0102', 'heart-failure-clinic'],
      ['WF-S-0104', 'outreach'],
      ['WF-S-0105', 'discharge-desk'],
      ['WF-S-0106', 'community-nursing'],
    ] as const) {
      const [task, ...more] = await copies(controlId);
      const { display = '' } = (task?.['owner'] ?? {}) as { display?: string };
      assert.deepEqual([display.split(', ')[0], more.length], [queue, 0]);
      assert.deepEqual(
        (await found('Communication', controlId)).map((one) => one['recipient']),
        [[{ display: queue }]],
      );
    }
    assert.equal((await copies('WF-S-0103')).length + (await found('Communication', 'WF-S-0103')).length, 0);
  });

  it('write nothing twice when the same facts come in another message', async () => {
    const again = sample('discharge-follow-up', 'heart-failure').toString('utf8').replace('WF-S-0102', 'WF-S-0202');
    await sender.send(again);
    const lab = sample('critical-lab-result', 'critical-potassium').toString('utf8').replace('WF-S-0002', 'WF-S-0302');
    await sender.send(lab);
    await settled();
    assert.equal((await copies('WF-S-0202')).length + (await copies('WF-S-0302')).length, 0);
  });

  it('ask the discharge desk when a discharge is stated again with other content', async () => {
    const text = sample('discharge-follow-up', 'ordinary').toString('utf8').replace('WF-S-0101', 'WF-S-0201');
    await sender.send(text.replace('|MED^12^A', '|CARD^12^A'));
    await settled();
    assert.equal((await copies('WF-S-0201')).length, 0);
    const { effects } = await messageOf('WF-S-0201');
    assert.deepEqual(
      effects.map(({ name, state }) => [name, state]),
      [['changed-discharge', 'done']],
    );
  });

  it('accept the task in the EHR when somebody answers at the console', async () => {
    const { id } = await escalationOf('WF-S-0002');
    await runtime.api(`/escalations/${id}/acknowledge`, { method: 'POST', body: JSON.stringify({ reason: 'seen' }) });
    await settled();
    const [accepted] = await copies('WF-S-0002');
    assert.equal(accepted?.status, 'accepted');
    assert.deepEqual((accepted['owner'] as { display?: string }).display, 'test');
    assert.equal((await escalationOf('WF-S-0002')).state, 'acknowledged');
  });

  it('stop when the task is taken up in the EHR, and leave it as it is there', async () => {
    const [task] = await copies('WF-S-0008');
    assert.ok(task);
    await fetch(`${sandbox.url}/Task/${task.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...task, status: 'in-progress' }),
    });
    const { id } = (await messageOf('WF-S-0008')).message;
    const { escalations } = await runtime.until<EscalationList>(
      `/escalations?message=${id}`,
      (answer) => answer.escalations[0]?.state === 'acknowledged',
      IN_STEP_MS,
    );
    assert.equal(escalations[0]?.endedBy?.via, 'fhir-task');
    await settled();
    assert.equal((await copies('WF-S-0008'))[0]?.status, 'in-progress');
  });
});
