import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { enhancedOru, said } from '../kit/enhanced-bench.ts';
import { eventually } from '../kit/eventually.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';
import { ends, frame, node, usePalette } from '../kit/palette-runtime.ts';

const ack = (more: object = {}, id = 'ack', to: readonly string[] = ['done']): object => node(id, 'hl7 ack', more, to);

describe('hl7 ack', () => {
  const runtime = usePalette(() => Promise.resolve({ ehr: 'http://127.0.0.1:1/fhir' }));
  const peers: MllpPeer[] = [];
  afterEach(() => {
    for (const peer of peers.splice(0)) peer.close();
  });

  const deploy = async (flow: readonly object[], first = 'ack', mode: object = { acknowledgement: 'enhanced' }) => {
    const nodes = frame(first).map((one) => ('id' in one && one.id === 'c-feed' ? { ...one, ...mode } : one));
    await runtime.deploy({ flow: [...nodes, ...flow] });
    await eventually('the feed listens', () => runtime.engine.intake.status()[0]?.state === 'listening');
  };
  const connect = async (): Promise<MllpPeer> => {
    const peer = await MllpPeer.open(runtime.engine.intake.status()[0]?.port ?? 0);
    peers.push(peer);
    return peer;
  };
  const last = async (controlId: string): Promise<string> => {
    const [newest] = await runtime.engine.store.journal.list({ text: controlId });
    assert.ok(newest);
    return newest.id;
  };

  it('answers, says so in the trace, and goes on', async () => {
    await deploy([
      ack({ code: 'AA', text: '"filed " & payload.controlId', textKind: 'jsonata' }, 'ack', ['note']),
      node('note', 'audit log', {
        text: 'acknowledgement.outcome & " " & acknowledgement.code',
        textKind: 'jsonata',
        finish: true,
      }),
    ]);
    const peer = await connect();
    peer.frame(enhancedOru('N1', 'AL', 'AL'));
    const frames = await peer.wait(2);
    assert.deepEqual(said(frames), ['CA N1', 'AA N1']);
    assert.equal(Hl7Message.parse(frames[1] ?? '').get('MSA-3'), 'filed N1');
    const id = await last('N1');
    const [item] = await runtime.settled(id);
    assert.deepEqual(
      [item?.state, item?.attempts[0]?.steps.find(({ node: { type } }) => type === 'hl7 ack')?.note],
      ['done', 'answered AA'],
    );
    const [noted] = await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' });
    assert.equal(noted?.details['text'], 'made AA');
    const record = await runtime.engine.store.acknowledgements.get(id);
    assert.deepEqual([record?.madeBy, record?.definition], ['flow', 'lab']);
  });

  it('ends the message where it is told to, and states the error where the version has it', async () => {
    await deploy([
      ack({ code: 'AE', text: 'No such patient', errorCode: '204', location: 'PID-3.1', finish: true }, 'ack', []),
    ]);
    const peer = await connect();
    peer.frame(enhancedOru('N2', 'NE', 'AL'));
    const [answer = ''] = await peer.wait(1);
    const message = Hl7Message.parse(answer);
    assert.deepEqual(
      ['MSA-1', 'MSA-3', 'ERR-2', 'ERR-3', 'ERR-4', 'ERR-8'].map((path) => message.raw(path)),
      ['AE', 'No such patient', 'PID^1^3^1^1', '204^Unknown key identifier^HL70357', 'E', 'No such patient'],
    );
    assert.deepEqual(ends({ id: '', work: await runtime.settled(await last('N2')) }), ['done']);
  });

  it('makes a response of it: another type and more segments', async () => {
    const segments = '["QAK|Q1|OK", "PID|1||" & payload.get("PID-3.1")]';
    await deploy([ack({ messageType: 'RSP^K11^RSP_K11', segments })]);
    const peer = await connect();
    peer.frame(enhancedOru('N3', 'NE', 'AL'));
    const [answer = ''] = await peer.wait(1);
    assert.deepEqual(
      answer.split('\r').map((segment) => segment.slice(0, 3)),
      ['MSH', 'MSA', 'QAK', 'PID', ''],
    );
    const message = Hl7Message.parse(answer);
    assert.deepEqual([message.raw('MSH-9'), message.get('PID-3.1')], ['RSP^K11^RSP_K11', 'N3']);
  });

  for (const [nth, [what, segments, code]] of [
    ['that is none', '"not a segment"', 'acknowledgement-bad-segment'],
    ['that would be a second header', '"MSH|^~\\\\&|X"', 'acknowledgement-bad-segment'],
    ['that would end the frame', '"NTE|1||\\u001c"', 'acknowledgement-bad-segment'],
    ['that is far too long', '"NTE|1||" & $pad("", 70000, "x")', 'acknowledgement-too-large'],
  ].entries())
    it(`refuses a segment ${what}, and the sender hears AE`, async () => {
      await deploy([ack({ segments })]);
      const peer = await connect();
      peer.frame(enhancedOru(`N4${nth}`, 'NE', 'AL'));
      assert.deepEqual(said(await peer.wait(1)), [`AE N4${nth}`]);
      assert.deepEqual(ends({ id: '', work: await runtime.settled(await last(`N4${nth}`)) }), [
        `dead permanent ${code}`,
      ]);
    });

  it('passes a message on whose sender asks for no answer, and one that was answered before', async () => {
    await deploy([ack({}, 'ack', ['second']), ack({ code: 'AE' }, 'second')]);
    const peer = await connect();
    peer.frame(enhancedOru('N5', 'AL', 'NE'));
    peer.frame(enhancedOru('N6', 'AL', 'AL'));
    await peer.wait(3);
    assert.deepEqual(
      said(peer.answers).toSorted((a, b) => (a < b ? -1 : 1)),
      ['AA N6', 'CA N5', 'CA N6'],
    );
    const notes = async (id: string) =>
      (await runtime.settled(await last(id)))[0]?.attempts[0]?.steps.flatMap(({ note }) => note ?? []);
    assert.deepEqual(await notes('N5'), ['its sender waits for no answer', 'its sender waits for no answer']);
    assert.deepEqual(await notes('N6'), ['answered AA', 'answered AA before']);
  });

  it('says at the deploy that its feed is in original mode, and refuses its messages', async () => {
    await deploy([ack()], 'ack', {});
    await eventually('it says so', () =>
      runtime.statuses.some(({ id, text }) => id === 'ack' && text === 'hospital: original mode'),
    );
    const peer = await connect();
    peer.frame(enhancedOru('N7', 'AL', 'AL'));
    assert.deepEqual(said(await peer.wait(1)), ['AA N7']);
    const work = await runtime.settled(await last('N7'));
    assert.deepEqual(ends({ id: '', work }), ['dead permanent ack-feed-original']);
  });

  it('answers AE for a dead letter before anybody has looked at it', async () => {
    await deploy(
      [node('break', 'function', { func: 'throw new Error("broken")', outputs: 1 }, ['ack']), ack()],
      'break',
    );
    const peer = await connect();
    peer.frame(enhancedOru('N8', 'AL', 'ER'));
    assert.deepEqual(said(await peer.wait(2)), ['CA N8', 'AE N8']);
  });
});
