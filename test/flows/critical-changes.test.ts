/** One result through its life, in the shipped flow: what is written for whom when it becomes final or is corrected. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type {
  EscalationList,
  EscalationView,
  MessageDetail,
  MessageList,
  NoticeList,
  RuntimeStatus,
} from '../../runtime/api/contract.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { copiesOf } from '../kit/copies-of.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const CRITICAL = '7.1';
const NORMAL = '4.2';
/** Milliseconds of nothing due: all steps that are due at once have been told. */
const NOW = '/status';

describe('a result that changes', function () {
  this.timeout(180_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  let sender: MllpSender;
  let minute = 0;

  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({ fhirBase: sandbox.url, definitions: ['_shared', 'critical-lab-result'] });
    sender = new MllpSender(runtime.mllpPort);
  });
  after(async () => {
    sender?.close();
    await runtime?.dispose();
    await sandbox?.close();
  });

  /** States the potassium of the order; each statement is a minute later than the one before. */
  const state = async (controlId: string, order: string, value: string, status: string): Promise<void> =>
    stateAll(controlId, order, [`2823-3^Potassium^LN||${value}|mmol/L|3.5-5.1||||${status}`]);
  /** Potassium and sodium of one order. */
  const statePanel = (controlId: string, order: string, k: string, na: string, status: string): Promise<void> =>
    stateAll(controlId, order, [
      `2823-3^Potassium^LN||${k}|mmol/L|3.5-5.1||||${status}`,
      `2951-2^Sodium^LN||${na}|mmol/L|135-145||||${status}`,
    ]);
  const stateAll = async (controlId: string, order: string, results: readonly string[]): Promise<void> => {
    const time = `202601051000${String(minute++ % 60).padStart(2, '0')}`;
    const text = [
      `MSH|^~\\&|LAB|NORTH|WF|NORTH|${time}||ORU^R01^ORU_R01|${controlId}|P|2.5.1`,
      `PID|1||${order}^^^NORTH^MR||Example^Alex||19700101|U`,
      `OBR|1|P${order}|${order}|24323-8^Panel^LN|||20260105100000`,
      ...results.map((result, index) => `OBX|${index + 1}|NM|${result}`),
      '',
    ].join('\r');
    assert.match(await sender.send(text), /\rMSA\|AA\|/);
    await runtime.until<RuntimeStatus>(NOW, ({ work }) => work.waiting + work.claimed === 0);
  };
  const detail = async (controlId: string): Promise<MessageDetail> => {
    const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
    return runtime.api<MessageDetail>(`/messages/${messages[0]?.id ?? 'none'}`);
  };
  /** Tasks and Communications written for a message: `Task` or the text of the Communication's payload. */
  const written = async (controlId: string): Promise<{ tasks: number; said: string[] }> => {
    const search = async (type: string): Promise<readonly Record<string, unknown>[]> => {
      const identifier = encodeURIComponent(`urn:wardflow:message-control-id|${controlId}`);
      const bundle = (await (await fetch(`${sandbox.url}/${type}?identifier=${identifier}`)).json()) as {
        entry?: { resource: Record<string, unknown> }[];
      };
      return (bundle.entry ?? []).map(({ resource }) => resource);
    };
    const said = (await search('Communication')).flatMap(({ payload }) =>
      (payload as { contentString: string }[]).map(({ contentString }) => contentString),
    );
    return { tasks: (await copiesOf(runtime, sandbox.url, controlId)).length, said };
  };
  const noticesOf = async (controlId: string): Promise<string[]> => {
    const { message } = await detail(controlId);
    const { notices } = await runtime.api<NoticeList>('/notices');
    return notices.filter(({ messageId }) => messageId === message.id).map(({ to, text }) => `${to}: ${text}`);
  };
  const escalation = async (controlId: string): Promise<EscalationView | undefined> => {
    const { message } = await detail(controlId);
    const { escalations } = await runtime.api<EscalationList>(`/escalations?message=${message.id}`);
    return escalations[0];
  };
  const answer = async (controlId: string): Promise<void> => {
    const { id } = (await escalation(controlId)) ?? { id: 'none' };
    await runtime.api(`/escalations/${id}/acknowledge`, { method: 'POST', body: JSON.stringify({ reason: 'seen' }) });
    await runtime.until<RuntimeStatus>(NOW, ({ work }) => work.waiting + work.claimed === 0);
  };
  const NOBODY = { tasks: 0, said: [] };

  it('final after preliminary, as critical as before: one task, one ladder, and it goes on', async () => {
    await state('A1', 'A', CRITICAL, 'P');
    await state('A2', 'A', CRITICAL, 'F');
    assert.equal((await written('A1')).tasks, 1);
    assert.deepEqual(await written('A2'), NOBODY);
    assert.deepEqual([await noticesOf('A2'), await escalation('A2')], [[], undefined]);
    assert.equal((await escalation('A1'))?.state, 'open');
  });

  it('final after preliminary, and somebody has answered: nobody is told twice', async () => {
    await answer('A1');
    await state('A3', 'A', CRITICAL, 'U');
    assert.deepEqual([await written('A3'), await noticesOf('A3'), await escalation('A3')], [NOBODY, [], undefined]);
  });

  it('final and critical after a preliminary one that was not: task and ladder', async () => {
    await state('B1', 'B', NORMAL, 'P');
    await state('B2', 'B', CRITICAL, 'F');
    assert.deepEqual(await written('B1'), NOBODY);
    assert.equal((await written('B2')).tasks, 1);
    assert.equal((await escalation('B2'))?.state, 'open');
  });

  it('corrected to critical: task and ladder', async () => {
    await state('C1', 'C', NORMAL, 'F');
    await state('C2', 'C', CRITICAL, 'C');
    assert.deepEqual([(await written('C2')).tasks, (await escalation('C2'))?.state], [1, 'open']);
  });

  it('corrected to normal: whoever has the task is told, and the ladder is not cancelled', async () => {
    await state('D1', 'D', CRITICAL, 'F');
    await state('D2', 'D', NORMAL, 'C');
    const { tasks, said } = await written('D2');
    assert.equal(tasks, 0);
    assert.match(said.join(), /^Potassium was 7\.1, is now 4\.2 mmol\/L\. It is not critical any more\. Corrects/);
    const [notice, ...more] = await noticesOf('D2');
    assert.match(notice ?? '', /^responsible ward: .* not critical as it stands now\./);
    assert.equal(more.length, 0);
    assert.equal((await escalation('D1'))?.state, 'open');
  });

  it('withdrawn after somebody answered: the one who answered is told', async () => {
    await answer('D1');
    await state('D3', 'D', CRITICAL, 'W');
    assert.match((await written('D3')).said.join(), /is now withdrawn/);
    assert.match((await noticesOf('D3')).join(), /^user:test: /);
  });

  it('corrected to another critical value: told while the ladder goes on, a new ladder after an answer', async () => {
    await state('E1', 'E', CRITICAL, 'F');
    await state('E2', 'E', '7.9', 'C');
    assert.equal((await written('E2')).tasks, 0);
    assert.match((await noticesOf('E2')).join(), /has changed/);
    await answer('E1');
    await state('E3', 'E', '8.4', 'C');
    assert.deepEqual([(await written('E3')).tasks, (await escalation('E3'))?.state], [1, 'open']);
  });

  it('unclear first and then critical: the review ends, and a critical ladder begins', async () => {
    await state('F1', 'F', '>7.5', 'P');
    assert.equal((await escalation('F1'))?.ladder, 'result-review');
    await state('F2', 'F', CRITICAL, 'F');
    const [review, critical] = [await escalation('F1'), await escalation('F2')];
    assert.deepEqual([review?.state, review?.endedBy?.via], ['cancelled', 'flow']);
    assert.deepEqual([critical?.state, critical?.ladder], ['open', 'critical-result']);
    assert.equal((await written('F2')).tasks, 1);
  });

  it('normal all along, or the same again: nothing', async () => {
    await state('G1', 'G', NORMAL, 'P');
    await state('G2', 'G', '4.4', 'F');
    await state('G3', 'G', '4.4', 'F');
    for (const one of ['G1', 'G2', 'G3']) assert.deepEqual([await written(one), await noticesOf(one)], [NOBODY, []]);
  });

  it('critical again after it was corrected to normal: people hear of it, and climb a ladder if they had answered', async () => {
    await state('H1', 'H', CRITICAL, 'F');
    await state('H2', 'H', NORMAL, 'C');
    await state('H3', 'H', CRITICAL, 'C');
    assert.match((await noticesOf('H3')).join(), /has changed/);
    await answer('H1');
    await state('H4', 'H', NORMAL, 'C');
    await state('H5', 'H', CRITICAL, 'C');
    assert.deepEqual([(await written('H5')).tasks, (await escalation('H5'))?.state], [1, 'open']);
  });

  it('critical, told as normal, and critical when final: people hear of it', async () => {
    await state('I1', 'I', CRITICAL, 'P');
    await state('I2', 'I', NORMAL, 'P');
    assert.match((await noticesOf('I2')).join(), /not critical as it stands now/);
    await state('I3', 'I', CRITICAL, 'F');
    assert.match((await noticesOf('I3')).join(), /has changed/);
  });

  it('not to be had after it was critical: whoever was told hears of it, and the ladder goes on', async () => {
    await state('M1', 'M', CRITICAL, 'F');
    await state('M2', 'M', '', 'X');
    assert.match((await written('M2')).said.join(), /^Potassium was 7\.1, is now without a value/);
    const [notice, ...more] = await noticesOf('M2');
    assert.match(notice ?? '', /^responsible ward: .* not critical as it stands now\./);
    assert.equal(more.length, 0);
    assert.equal((await escalation('M1'))?.state, 'open');
  });

  it('not to be had and never told: nobody hears of it', async () => {
    await state('N1', 'N', '', 'X');
    assert.deepEqual([await written('N1'), await noticesOf('N1')], [NOBODY, []]);
  });

  it('normal by an older message that comes late: nobody is told that it is not critical', async () => {
    await state('L1', 'L', CRITICAL, 'F');
    await state('L2', 'L', NORMAL, 'P');
    const [notice, ...more] = await noticesOf('L2');
    assert.match(notice ?? '', /nothing says that it replaces it/);
    assert.equal(more.length, 0);
    assert.match(
      (await written('L2')).said.join(),
      /^Potassium was 7\.1, and another message says 4\.2 mmol\/L\. Says less/,
    );
    assert.equal((await escalation('L1'))?.state, 'open');
  });

  it('final and much worse after somebody answered the preliminary one: a ladder of its own', async () => {
    await state('J1', 'J', '6.4', 'P');
    await answer('J1');
    await state('J2', 'J', '9.0', 'F');
    assert.deepEqual([(await written('J2')).tasks, (await escalation('J2'))?.state], [1, 'open']);
  });

  it('as told before, beside another result that changes: nobody is told of that one again', async () => {
    await statePanel('K1', 'K', CRITICAL, '140', 'P');
    await statePanel('K2', 'K', CRITICAL, '110', 'P');
    assert.equal((await written('K2')).tasks, 1);
    await statePanel('K3', 'K', CRITICAL, '110', 'F');
    assert.deepEqual([await written('K3'), await noticesOf('K3')], [NOBODY, []]);
  });
});
