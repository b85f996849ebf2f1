/** What a hostile or unlucky outside does to a real runtime over real sockets, and what it keeps of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';
import { copiesOf } from '../kit/copies-of.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { freePort, RuntimeProcess } from '../kit/runtime-process.ts';

const START = Buffer.of(0x0b);
const END = Buffer.of(0x1c, 0x0d);
const FRAME_LIMIT = 32 * 1024 * 1024;

const critical = (controlId: string): string =>
  oru({ controlId, patient: controlId, observations: [potassium('7.1', 'HH')] });
const framed = (body: string): Buffer => Buffer.concat([START, Buffer.from(body), END]);

describe('a real runtime that is sent bad input', function () {
  this.timeout(180_000);
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  let pid: number;
  const peers: MllpPeer[] = [];
  const peer = async (): Promise<MllpPeer> => {
    const opened = await MllpPeer.open(runtime.mllpPort);
    peers.push(opened);
    return opened;
  };

  before(async () => {
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({ fhirBase: sandbox.url });
    ({ pid } = runtime);
  });
  after(async () => {
    for (const opened of peers) opened.close();
    await runtime?.dispose();
    await sandbox?.close();
  });

  /** The newest message of the journal. */
  const newest = async (): Promise<MessageDetail['message']> => {
    const { messages } = await runtime.api<MessageList>('/messages?limit=1');
    const { message } = await runtime.api<MessageDetail>(`/messages/${messages[0]?.id ?? 'none'}`);
    return message;
  };
  const settled = (controlId: string): Promise<MessageList> =>
    runtime.until<MessageList>(`/messages?q=${controlId}`, ({ messages }) => messages[0]?.state === 'done');

  for (const [what, body] of [
    ['without MSH', 'PID|1||P1^^^NORTH^MR\rPV1|1|I\r'],
    ['of bytes that are no HL7', '\u0000\u0001GET / HTTP/1.1\r\n\r\n'],
    ['with nothing in it', ''],
    ['without MSH-10', critical('')],
    ['of an MSH cut short', 'MSH|^~'],
  ] as const)
    it(`answers a frame ${what} with a framed AE, an empty MSA-2 and a reason, and quarantines its bytes`, async () => {
      const { messages: earlier } = await runtime.api<RuntimeStatus>('/status');
      const sender = await peer();
      sender.frame(body);
      const [answer = ''] = await sender.wait(1);
      assert.match(answer, /^MSH\|\^~\\&\|/);
      assert.deepEqual([answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)], ['AE', '']);
      assert.match(`${answerField(answer, 'MSA', 3)}${answerField(answer, 'ERR', 8)}`, /[a-z]{3,} [a-z]{2,}/);
      const message = await newest();
      assert.equal(message.state, 'quarantined');
      assert.match(message.reason?.text ?? '', /\.$/);
      assert.equal((await runtime.bytes(`/messages/${message.id}/raw`)).toString('latin1'), body);
      const { messages: now } = await runtime.api<RuntimeStatus>('/status');
      assert.deepEqual([now.total, now.quarantined], [earlier.total + 1, earlier.quarantined + 1]);
    });

  it('accepts a message that no flow wants, and shows it as unrouted', async () => {
    const sender = await peer();
    sender.frame(adt('A01', 'NOBODY1', 'P1'));
    const [answer = ''] = await sender.wait(1);
    assert.deepEqual([answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)], ['AA', 'NOBODY1']);
    const { messages } = await runtime.api<MessageList>('/messages?state=unrouted');
    assert.deepEqual(
      messages.map(({ controlId }) => controlId),
      ['NOBODY1'],
    );
  });

  it('takes good, malformed and good in one write, each by itself and in order', async () => {
    const sender = await peer();
    sender.write(framed(critical('CHUNK1')), framed('NOT HL7\r'), framed(critical('CHUNK2')));
    const answers = await sender.wait(3);
    assert.deepEqual(
      answers.map((answer) => [answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)]),
      [
        ['AA', 'CHUNK1'],
        ['AE', ''],
        ['AA', 'CHUNK2'],
      ],
    );
    await settled('CHUNK1');
    await settled('CHUNK2');
  });

  it('refuses a frame beyond the limit by name, without keeping it whole, and takes the next one on the same line', async () => {
    const sender = await peer();
    const head = Buffer.from(critical('TOOLARGE1'));
    sender.write(START, head);
    const block = Buffer.alloc(1024 * 1024, 'NTE|1||filler ');
    for (let sent = 0; sent <= FRAME_LIMIT; sent += block.length) sender.write(block);
    sender.write(END, framed(critical('AFTERLARGE')));
    const [refused = '', next = ''] = await sender.wait(2);
    assert.deepEqual([answerField(refused, 'MSA', 1), answerField(refused, 'MSA', 2)], ['AE', 'TOOLARGE1']);
    assert.equal(answerField(next, 'MSA', 2), 'AFTERLARGE');
    const { messages } = await runtime.api<MessageList>('/messages?q=TOOLARGE1');
    assert.equal(messages[0]?.reason?.code, 'mllp-frame-too-large');
    assert.ok(messages[0].size < block.length, `${messages[0].size} bytes are kept`);
    await settled('AFTERLARGE');
  });

  it('serves others while two hundred connections have begun a frame and say no more', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, peer));
    for (const one of slow) one.write(START, 'MSH|^~\\&|SLOW');
    const quick = await peer();
    const began = Date.now();
    quick.frame(critical('QUICK1'));
    const [answer = ''] = await quick.wait(1);
    assert.equal(answerField(answer, 'MSA', 2), 'QUICK1');
    assert.ok(Date.now() - began < 5000);
    await settled('QUICK1');
    // One address holds at most 128 connections: of those that never sent a whole frame the oldest made room.
    assert.equal(
      slow.every(({ answers }) => answers.length === 0),
      true,
    );
    assert.ok(slow.some(({ closed }) => !closed));
    for (const one of slow) one.close();
  });

  it('is the same process after all of it', async () => {
    assert.equal((await runtime.api<RuntimeStatus>('/status')).work.dead, 0);
    assert.equal(runtime.exitCode, null);
    assert.equal(runtime.pid, pid);
    process.kill(pid, 0);
  });

  it('has written nothing of a patient into its log', () => {
    const log = readFileSync(join(runtime.folder, 'runtime.log'), 'utf8');
    assert.match(log, /the runtime is ready/);
    assert.doesNotMatch(log, /Example\^|CHUNK1\^|7\.1|P1\^\^\^/);
  });
});

describe('a real runtime whose FHIR server is not there', function () {
  this.timeout(400_000);
  const MESSAGES = 5;
  let sandbox: Awaited<ReturnType<typeof startSandbox>> | undefined;
  let runtime: RuntimeProcess | undefined;
  after(async () => {
    await runtime?.dispose();
    await sandbox?.close();
  });

  it('accepts, waits and retries, says so, and writes everything once when the server comes', async () => {
    const port = await freePort();
    runtime = await RuntimeProcess.start({ fhirBase: `http://127.0.0.1:${port}/fhir` });
    const sender = new MllpSender(runtime.mllpPort);
    const ids = Array.from({ length: MESSAGES }, (_, index) => `DOWN${index}`);
    for (const id of ids) assert.equal(answerField(await sender.send(critical(id)), 'MSA', 1), 'AA');
    sender.close();

    const down = await runtime.until<RuntimeStatus>(
      '/status',
      // Each escalation's first step waits with its Communication; the copy of its task is no work of the message.
      ({ endpoints, work }) => endpoints.some(({ state }) => state === 'down') && work.waiting === MESSAGES,
    );
    assert.deepEqual([down.endpoints[0]?.name, down.messages.done, down.work.dead], ['ehr', 0, 0]);
    assert.equal(down.endpoints[0]?.lastFailureCode, 'endpoint-unreachable');
    // Some may be trying at the very moment one looks.
    const { messages: waiting } = await runtime.until<MessageList>(
      '/messages?state=waiting',
      ({ messages }) => messages.length === MESSAGES,
    );
    for (const { reason, retryAt } of waiting) {
      // The first have seen it themselves; the others were spared the try.
      assert.match(reason?.code ?? '', /^endpoint-(unreachable|circuit-open)$/);
      assert.ok(retryAt !== null);
    }
    const retried = await runtime.until<MessageDetail>(`/messages/${waiting[0]?.id ?? 'none'}`, ({ work }) =>
      work.some(({ attempts }) => attempts.length >= 2),
    );
    assert.notEqual(retried.message.state, 'done');

    sandbox = await startSandbox({ port });
    const up = await runtime.until<RuntimeStatus>(
      '/status',
      ({ messages, work }) => messages.done === MESSAGES && work.waiting + work.claimed === 0,
    );
    assert.deepEqual([up.endpoints[0]?.state, up.work.dead], ['up', 0]);
    for (const id of ids) assert.equal((await copiesOf(runtime, sandbox.url, id)).length, 1, id);
    const answer = await fetch(`${sandbox.url}/Task?_count=100`);
    assert.equal(((await answer.json()) as { entry?: readonly unknown[] }).entry?.length, MESSAGES);
    const { messages: done } = await runtime.api<MessageList>('/messages?state=done');
    assert.ok(done.every(({ recovered }) => recovered));
  });
});
