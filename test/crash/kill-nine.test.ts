import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { AuditVerification, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { oru, potassium, sodium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const MESSAGES = 5000;
const SENDERS = 8;
/** One in eight is critical: 625 Tasks. */
const CRITICAL_EVERY = 8;
const KILL_WHEN_ANSWERED = [1000, 2400, 3800];

const controlId = (index: number): string => `KILL${String(index).padStart(5, '0')}`;
const isCritical = (index: number): boolean => index % CRITICAL_EVERY === 0;

function message(index: number): string {
  return oru({
    controlId: controlId(index),
    patient: `K${index % 400}`,
    observations: isCritical(index) ? [potassium('7.1', 'HH'), sodium('140')] : [potassium('4.2'), sodium('139')],
  });
}

describe('a runtime killed with SIGKILL three times in the middle of 5,000 messages', function () {
  this.timeout(300_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  const answered = new Set<string>();
  let kills = 0;

  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({ fhirBase: sandbox.url });
    let killing: Promise<void> | undefined;
    const killWhenDue = (): void => {
      const due = KILL_WHEN_ANSWERED[kills];
      if (due === undefined || answered.size < due || killing) return;
      kills++;
      killing = runtime
        .kill9()
        .then(() => runtime.restart())
        .finally(() => (killing = undefined));
    };
    const send = async (lane: number): Promise<void> => {
      const sender = new MllpSender(runtime.mllpPort);
      for (let index = lane; index < MESSAGES; index += SENDERS) {
        const answer = await sender.sendUntilAnswered(message(index));
        assert.equal(answerField(answer, 'MSA', 1), 'AA');
        assert.equal(answerField(answer, 'MSA', 2), controlId(index));
        answered.add(controlId(index));
        killWhenDue();
      }
      sender.close();
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, lane) => send(lane)));
    await killing;
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0, 200_000);
  });

  after(async () => {
    await runtime?.dispose();
    await sandbox?.close();
  });

  it('was killed three times and answered every message', () => {
    assert.equal(kills, 3);
    assert.equal(answered.size, MESSAGES);
  });

  it('holds every acknowledged message in its journal', async () => {
    const kept = new Set<string>();
    for (let before: number | null = null; ;) {
      const page: MessageList = await runtime.api(`/messages?limit=1000${before === null ? '' : `&before=${before}`}`);
      for (const entry of page.messages) if (entry.controlId !== null) kept.add(entry.controlId);
      if (page.next === null) break;
      before = page.next;
    }
    assert.deepEqual(
      [...answered].filter((id) => !kept.has(id)),
      [],
    );
  });

  it('has left no work undone and none dead', async () => {
    const { work, messages } = await runtime.api<RuntimeStatus>('/status');
    assert.equal(work.dead, 0);
    assert.equal(messages.done + messages.resend, messages.total);
    assert.ok(messages.done >= MESSAGES);
  });

  it('has written exactly the expected Tasks to the FHIR server, none twice', async () => {
    const expected = Array.from({ length: MESSAGES }, (_, index) => index)
      .filter(isCritical)
      .map(controlId);
    assert.ok(expected.length > 500);
    const found: string[] = [];
    for (const resource of await allTasks(sandbox.url)) found.push(controlIdOf(resource));
    assert.deepEqual(found.toSorted(), expected.toSorted());
  });

  it('has an intact audit chain', async () => {
    const verification = await runtime.api<AuditVerification>('/audit/verify');
    assert.equal(verification.intact, true);
    assert.ok(verification.records > 500);
  });
});

interface TaskResource {
  readonly identifier?: readonly { readonly system?: string; readonly value?: string }[];
}

const CONTROL_ID_SYSTEM = 'urn:wardflow:message-control-id';

function controlIdOf(task: TaskResource): string {
  return task.identifier?.find((identifier) => identifier.system === CONTROL_ID_SYSTEM)?.value ?? 'without control id';
}

async function allTasks(base: string): Promise<TaskResource[]> {
  const out: TaskResource[] = [];
  let url: string | undefined = `${base}/Task?_count=200`;
  while (url) {
    const response: Response = await fetch(url);
    assert.equal(response.status, 200);
    const bundle = (await response.json()) as {
      entry?: { resource: TaskResource }[];
      link?: { relation: string; url: string }[];
    };
    out.push(...(bundle.entry ?? []).map((entry) => entry.resource));
    url = bundle.link?.find((link) => link.relation === 'next')?.url;
  }
  return out;
}
