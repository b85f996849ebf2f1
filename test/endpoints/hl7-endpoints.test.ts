import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  createHl7Endpoints,
  ManualClock,
  silentLog,
  type ClosableHl7Endpoints,
  type Hl7SendResult,
  type MllpEndpointBinding,
} from '../../engine/index.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { AA, acknowledgement, CountingReceiver } from '../kit/counting-receiver.ts';
import { eventually } from '../kit/eventually.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const message = (id: string, more = ''): Uint8Array =>
  bytesOf(`MSH|^~\\&|WF|GH|THEIRS|RX|20260105080000||ORU^R01|${id}|P|2.5.1\rPID|1||${id}${more}\r`);

describe('HL7 endpoints', () => {
  let receiver: CountingReceiver;
  let clock: ManualClock;
  let endpoints: ClosableHl7Endpoints;
  let held: boolean;
  let ready: number[];
  let changes: number;

  const bound = (more: Partial<MllpEndpointBinding> = {}, folder = '/nowhere'): ClosableHl7Endpoints =>
    createHl7Endpoints({
      bindings: {
        lab: {
          kind: 'mllp',
          host: '127.0.0.1',
          port: receiver.port,
          tls: null,
          answerMs: 30_000,
          connections: 1,
          idleMs: 0,
          ...more,
        },
      },
      folder,
      clock,
      log: silentLog,
      live: { publish: () => void changes++ },
      random: () => 0.5,
      held: () => (held ? { until: null } : undefined),
      onReady: (_name, places) => void ready.push(places),
    });
  beforeEach(async () => {
    receiver = await CountingReceiver.start();
    clock = new ManualClock();
    held = false;
    ready = [];
    changes = 0;
    endpoints = bound();
  });
  afterEach(async () => {
    await endpoints.close();
    await receiver.close();
  });

  const send = (id: string, more?: string): Promise<Hl7SendResult> => endpoints.get('lab').send(message(id, more));
  const short = (result: Hl7SendResult): string =>
    result.ok ? result.receipt.code : `${result.failure.class} ${result.failure.code}`;
  const health = () => {
    const [one] = endpoints.health();
    assert.ok(one);
    return one;
  };

  it('send a message as it is, and give what the receiver said', async () => {
    const odd = message('M1', '^\\XC3\\\x80\xff');
    const result = await endpoints.get('lab').send(odd);
    assert.deepEqual(result, { ok: true, receipt: { code: 'AA', controlId: 'AM1', at: clock.now() } });
    assert.ok(receiver.received[0]?.bytes.equals(odd));
    assert.deepEqual([health().kind, health().state, health().lastSuccess], ['mllp', 'up', clock.now()]);
  });

  it('use one connection for one message after the other', async () => {
    const all = await Promise.all(['M1', 'M2', 'M3'].map((id) => send(id)));
    assert.deepEqual(all.map(short), ['AA', 'AA', 'AA']);
    assert.deepEqual([receiver.controlIds(), receiver.connections], [['M1', 'M2', 'M3'], 1]);
  });

  it('use as many connections as they may, each for one message at a time', async () => {
    await endpoints.close();
    endpoints = bound({ connections: 3 });
    const open = Promise.withResolvers<{ readonly code: string }>();
    receiver.answering = () => open.promise;
    const all = Promise.all(['M1', 'M2', 'M3', 'M4'].map((id) => send(id)));
    await eventually('three are in flight', () => receiver.received.length === 3);
    assert.deepEqual([health().inFlight, health().waiting, health().mostAtOnce], [3, 1, 3]);
    open.resolve(AA);
    assert.deepEqual((await all).map(short), ['AA', 'AA', 'AA', 'AA']);
    assert.deepEqual([receiver.received.length, receiver.connections], [4, 3]);
  });

  const CLASSES = [
    [{ code: 'CA' }, 'CA', 'up'],
    [{ code: 'AE', error: '101' }, 'permanent hl7-ack-refused', 'up'],
    [{ code: 'AE', error: '207' }, 'transient hl7-ack-later', 'up'],
    [{ code: 'AR', error: '200' }, 'permanent hl7-ack-refused', 'up'],
    [{ code: 'AR' }, 'transient hl7-ack-later', 'up'],
    [{ code: 'CR', error: '101' }, 'permanent hl7-ack-refused', 'up'],
    ['close', 'ambiguous mllp-no-answer', 'down'],
    ['cut', 'ambiguous mllp-no-answer', 'down'],
  ] as const;
  for (const [answer, outcome, state] of CLASSES) {
    const said = typeof answer === 'string' ? answer : Object.values(answer).join(' with error ');
    it(`take ${said} for ${outcome}`, async () => {
      receiver.answering = () => answer;
      assert.equal(short(await send('M1')), outcome);
      assert.equal(health().state, state);
    });
  }

  it('say that nothing was sent where nobody listens', async () => {
    await receiver.close();
    assert.equal(short(await send('M1')), 'transient mllp-unreachable');
    assert.deepEqual([health().state, health().lastFailureCode], ['down', 'mllp-unreachable']);
  });

  it('take no answer to another message for this one, and none that comes too late', async () => {
    receiver.answering = ({ controlId }) => (controlId === 'M1' ? 'silence' : AA);
    const first = send('M1');
    await eventually('it is there', () => receiver.received.length === 1);
    receiver.say(acknowledgement('M0', AA));
    clock.advance(30_000);
    assert.equal(short(await first), 'ambiguous mllp-no-answer');
    receiver.say(acknowledgement('M1', { code: 'AE', error: '101' }));
    clock.advance(1_000);
    assert.equal(short(await send('M2')), 'AA');
    assert.deepEqual(receiver.controlIds(), ['M1', 'M2']);
    assert.equal(receiver.connections, 2);
  });

  it('leave a receiver alone that fails again and again, and say when it may be tried', async () => {
    receiver.answering = () => ({ code: 'AR' });
    for (const id of ['1', '2', '3', '4', '5']) assert.equal(short(await send(id)), 'transient hl7-ack-later');
    const refused = await send('6');
    assert.equal(short(refused), 'throttled endpoint-circuit-open');
    assert.deepEqual(refused.ok ? null : refused.failure.waitsFor, { endpoint: 'lab', held: false });
    assert.deepEqual([health().circuit, health().state, receiver.received.length], ['open', 'up', 5]);
    receiver.answering = () => AA;
    clock.advance(1_250);
    assert.deepEqual(ready.slice(-2), [0, 1]);
    assert.equal(short(await send('7')), 'AA');
    assert.equal(health().circuit, 'closed');
    assert.ok(changes >= 3);
  });

  it('send nothing while an operator has stopped them', async () => {
    held = true;
    endpoints.reconsider();
    const refused = await send('M1');
    assert.equal(short(refused), 'throttled endpoint-held');
    assert.equal(receiver.received.length, 0);
    held = false;
    endpoints.reconsider();
    assert.deepEqual(ready, [2]);
    assert.equal(short(await send('M1')), 'AA');
  });

  it('give back what gets no connection in time, without having sent it', async () => {
    const open = Promise.withResolvers<{ readonly code: string }>();
    await endpoints.close();
    endpoints = bound({ answerMs: 60_000 });
    receiver.answering = () => open.promise;
    const first = send('M1');
    await eventually('it is there', () => receiver.received.length === 1);
    const second = send('M2');
    clock.advance(30_000);
    assert.equal(short(await second), 'throttled hl7-endpoint-busy');
    open.resolve(AA);
    assert.equal(short(await first), 'AA');
    assert.deepEqual([receiver.controlIds(), health().state], [['M1'], 'up']);
  });

  const UNSENDABLE = [
    ['nothing', ''],
    ['no message', 'hello'],
    ['a batch', 'BHS|^~\\&|\rMSH|^~\\&|||||||ADT^A01|1|P|2.5\r'],
    ['a message without a control id', 'MSH|^~\\&|||||||ADT^A01||P|2.5\r'],
    ['a message without a type', 'MSH|^~\\&|||||||\r'],
    ['a message with a control id that nobody can keep', `MSH|^~\\&|||||||ADT^A01|${'9'.repeat(200)}|P|2.5\r`],
    ['a message that would end its frame', 'MSH|^~\\&|||||||ADT^A01|1|P|2.5\rNTE|1||\x1c\rx\r'],
    ['a message that would begin another frame', 'MSH|^~\\&|||||||ADT^A01|1|P|2.5\rNTE|1||\x0bx\r'],
  ] as const;
  for (const [what, text] of UNSENDABLE)
    it(`send no frame for ${what}`, async () => {
      const result = await endpoints.get('lab').send(bytesOf(text));
      assert.equal(short(result), 'permanent hl7-not-sendable');
      assert.deepEqual([receiver.connections, health().state], [0, 'unknown']);
    });

  it('speak TLS by the files of the environment, read again at each try', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-hl7-endpoints-'));
    const certificate = makeCertificate();
    const guarded = await CountingReceiver.start(certificate);
    await endpoints.close();
    const tls = { ca: 'receiver.pem', client: null, serverName: null };
    endpoints = bound({ port: guarded.port, tls }, folder);
    try {
      assert.equal(short(await send('M1')), 'transient mllp-tls-file');
      await mkdir(join(folder, 'tls'));
      await writeFile(join(folder, 'tls/receiver.pem'), certificate.cert);
      clock.advance(10_000);
      assert.equal(short(await send('M2')), 'AA');
      assert.deepEqual(guarded.controlIds(), ['M2']);
    } finally {
      await endpoints.close();
      await guarded.close();
      await rm(folder, { recursive: true });
    }
  });

  it('refuse a name that is not bound', () => {
    assert.throws(() => endpoints.get('ehr'), { code: 'endpoint-unbound' });
  });

  it('close while a message is in flight, which may then have arrived', async () => {
    receiver.answering = () => 'silence';
    const first = send('M1');
    await eventually('it is there', () => receiver.received.length === 1);
    const closed = endpoints.close();
    clock.advance(2_000);
    await closed;
    clock.advance(30_000);
    assert.equal(short(await first), 'ambiguous mllp-no-answer');
    assert.equal(short(await send('M2')), 'transient mllp-closed');
  });
});
