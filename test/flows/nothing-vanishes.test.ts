/** Results as no standard has them, and reports of any length, through the shipped flow: none ends as if it had not been. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { copiesOf } from '../kit/copies-of.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const OBR = 'OBR|1|P1|F1|24323-8^Panel^LN|||20260105100000';
const potassium = (flag: string, status: string, value = '7.9'): string =>
  `OBX|1|NM|2823-3^Potassium^LN||${value}|mmol/L|3.5-5.1|${flag}|||${status}`;
let patients = 0;
const message = (id: string, born: string, segments: readonly string[]): string =>
  [
    `MSH|^~\\&|LAB|NORTH|WF|NORTH|20260105100000||ORU^R01^ORU_R01|${id}|P|2.5.1`,
    `PID|1||T${++patients}^^^NORTH^MR||Example^Alex||${born}|U`,
    ...segments,
    '',
  ].join('\r');

/** What the table is to say of each: the rows that match. */
const CASES: readonly (readonly [id: string, segments: readonly string[], rows: readonly string[], born?: string])[] = [
  ['UNKNOWN-STATUS', [OBR, potassium('HH', 'Z')], ['k-high']],
  ['UNKNOWN-FLAGGED', [OBR, potassium('HH', 'Z', '4.1')], ['flagged']],
  ['NO-STATUS', [OBR, potassium('H', '')], ['k-high']],
  ['NOT-OBTAINED-FLAGGED', [OBR, potassium('HH', 'X', '')], ['flagged-without-value']],
  ['NOT-OBTAINED', [OBR, potassium('', 'X', '')], ['not-obtained-empty']],
  ['PENDING-FLAGGED', [OBR, potassium('LL', 'I', '')], ['flagged-without-value']],
  ['BEHIND-SPECIMEN', [OBR, 'SPM|1', potassium('HH', 'F')], ['k-high']],
  ['WITHOUT-REQUEST', [potassium('HH', 'F')], ['k-high']],
  ['BEFORE-REQUEST', [potassium('HH', 'F'), OBR], ['k-high']],
  ['COMMON-ORDER-ALONE', ['ORC|RE|P1|F1', potassium('HH', 'F')], ['k-high']],
  ['COMPARATOR', [OBR, potassium('H', 'P', '>7.5')], ['value-text']],
  [
    'LONG-TEXT',
    [OBR, `OBX|1|ST|600-7^Culture^LN||${'grown '.repeat(34_000)}||||HH|||F`.replace('||||HH', '|||HH')],
    ['flagged-without-value'],
  ],
  ['BORN-LATER', [OBR, potassium('H', 'F')], ['k-high'], '20600101'],
  ['CODES', [OBR, `OBX|1|CE|X^Y||${'a^b~'.repeat(12_000)}||||||F`], []],
  ['PENDING', [OBR, potassium('', 'I', '')], []],
  ['NO-RESULTS', [OBR], []],
];

describe('a result that a laboratory states in its own way', function () {
  this.timeout(180_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  let sender: MllpSender;

  const settled = (): Promise<RuntimeStatus> =>
    runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0, 40_000);
  const detailOf = async (controlId: string): Promise<MessageDetail> => {
    const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
    return runtime.api<MessageDetail>(`/messages/${messages.find((one) => one.controlId === controlId)?.id ?? 'none'}`);
  };

  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({ fhirBase: sandbox.url, definitions: ['_shared', 'critical-lab-result'] });
    sender = new MllpSender(runtime.mllpPort);
    for (const [id, segments, , born = '19700101'] of CASES)
      assert.match(await sender.send(message(id, born, segments)), /\rMSA\|AA\|/);
    await settled();
  });

  after(async () => {
    sender?.close();
    await runtime?.dispose();
    await sandbox?.close();
  });

  const tasksOf = async (message: string): Promise<TaskList['tasks']> =>
    (await runtime.api<TaskList>(`/tasks?view=all&message=${message}`)).tasks;

  for (const [id, , rows] of CASES)
    it(`is judged, or known to be none: ${id}`, async () => {
      const { message: stored, decisions } = await detailOf(id);
      assert.equal(stored.state, 'done');
      assert.deepEqual(
        decisions.flatMap(({ matched }) => matched),
        rows,
      );
      assert.equal((await tasksOf(stored.id)).length, rows.filter((row) => !row.startsWith('not-obtained')).length);
    });

  it('is found among 1,100 others of one report, which holds nobody up', async () => {
    const others = Array.from({ length: 1100 }, (_, i) => `OBX|${i + 1}|NM|${i}^Test^L||1|mmol/L||N|||F`);
    await sender.send(message('LONG', '19700101', [OBR, ...others, potassium('HH', 'F')]));
    const { work } = await runtime.until<RuntimeStatus>(
      '/status',
      ({ work: all }) => all.waiting + all.claimed === 0,
      15_000,
    );
    assert.equal(work.dead, 0);
    assert.equal((await copiesOf(runtime, sandbox.url, 'LONG')).length, 1);
  });

  it('goes to a person where there are more than can be judged', async () => {
    const many = 'OBX|1|NM|X^Test^L||1|mmol/L||N|||F';
    await sender.send(message('TOO-LONG', '19700101', [OBR, ...Array.from({ length: 10_001 }, () => many)]));
    await runtime.until<RuntimeStatus>('/status', ({ work }) => work.dead === 1, 20_000);
    const { messages } = await runtime.api<MessageList>('/messages?q=TOO-LONG');
    assert.equal(messages[0]?.reason?.code, 'too-many-results');
  });
});
