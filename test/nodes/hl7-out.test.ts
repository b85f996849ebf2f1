import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { AA, CountingReceiver, fieldOf } from '../kit/counting-receiver.ts';
import { eventually } from '../kit/eventually.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const WARD = { id: 'c-ward', type: 'wardflow-hl7-endpoint', name: 'ward' };
const out = (more: object = {}, id = 'out'): object =>
  node(id, 'hl7 out', { effect: 'to-ward', endpoint: 'c-ward', ...more }, ['next']);
const next = node('next', 'audit log', {
  text: 'hl7.sent & " " & hl7.code & " " & hl7.controlId & " " & hl7.repeated',
  textKind: 'jsonata',
  finish: true,
});
/** Writes a time into the message that is another at each delivery. */
const stamped = (id: string, to: string): object =>
  node(
    id,
    'function',
    {
      func: "const n = (flow.get('n') ?? 0) + 1; flow.set('n', n); msg.payload.set('MSH-7', String(20260105080000 + n)); return msg;",
      outputs: 1,
    },
    [to],
  );

describe('hl7 out', () => {
  let receiver: CountingReceiver;
  before(async () => {
    receiver = await CountingReceiver.start();
  });
  after(() => receiver.close());
  const runtime = usePalette(async () => ({ ward: { port: receiver.port }, ehr: 'http://127.0.0.1:1/fhir' }));
  beforeEach(async () => {
    if (!receiver.isOpen) await receiver.open();
    receiver.received.length = 0;
    receiver.answering = () => AA;
  });

  const deploy = async (flow: readonly object[] = [out(), next], first = 'out'): Promise<void> =>
    void (await runtime.deploy({ flow: [WARD, ...frame(first), ...flow] }));
  const noted = async ({ id }: Pick<Settled, 'id'>): Promise<readonly unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const later = (): void => runtime.clock.advance(3_600_000);
  const settled = async (id: string): Promise<readonly string[]> => ends({ id, work: await runtime.settled(id) });
  /** Time passes only to where put off work is due: a claim that is under way must not lose its lease. */
  const eventuallySettled = async (id: string): Promise<readonly string[]> => {
    await eventually('it is settled', async () => {
      runtime.catchUp();
      const work = await runtime.engine.store.work.ofMessage(id);
      const due = work.flatMap(({ state, notBefore }) => (state === 'waiting' ? (notBefore ?? []) : []));
      if (due.length > 0) runtime.clock.set(Math.max(runtime.clock.now(), ...due));
      return work.every(({ state }) => state === 'done' || state === 'dead');
    });
    return settled(id);
  };
  const arrived = (count: number): Promise<void> =>
    eventually(`${count} have arrived`, () => {
      runtime.catchUp();
      return receiver.received.length >= count;
    });

  it('passes a message on as it is, once for all that it states, and says what the receiver said', async () => {
    await deploy();
    const body = oru({ controlId: 'H1', patient: 'H1', observations: [potassium('4'), potassium('7', 'HH')] });
    const sent = await runtime.sendAndSettle(body);
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(
      receiver.received.map(({ bytes }) => bytes.toString('latin1')),
      [body],
    );
    assert.deepEqual((await noted(sent)).map(String).toSorted(), [
      'H1 AA AH1 false',
      'H1 AA AH1 true',
      'H1 AA AH1 true',
    ]);
    const [effect] = await runtime.engine.store.effects.ofMessage(sent.id);
    assert.deepEqual(
      [effect?.state, effect?.name, effect?.target, effect?.discriminator, effect?.summary],
      ['done', 'to-ward', 'ward: send', '', 'ORU^R01 sent, AA'],
    );
  });

  it('sends the same bytes again after a lost answer, although the flow writes another time', async () => {
    await deploy([stamped('stamp', 'out'), out(), next], 'stamp');
    receiver.answering = () => (receiver.received.length === 1 ? 'close' : AA);
    const { id, work } = await runtime.sendAndSettle(adt('A01', 'H2', 'H2'), ['waiting']);
    assert.deepEqual(ends({ id, work }), ['waiting ambiguous mllp-no-answer']);
    later();
    assert.deepEqual(await settled(id), ['done']);
    const [first, second] = receiver.received;
    assert.equal(receiver.received.length, 2);
    assert.ok(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0)));
    assert.match(fieldOf(first?.bytes ?? Buffer.alloc(0), 6), /^20260105080\d{3}$/);
  });

  it('holds what is of one patient in its order while its head is refused for now, and lets others go on', async () => {
    await deploy();
    let locked = true;
    receiver.answering = ({ controlId }) => (locked && controlId === 'H3A' ? { code: 'AE', error: '206' } : AA);
    const first = await runtime.send(adt('A01', 'H3A', 'H3'));
    await arrived(1);
    const second = await runtime.send(adt('A02', 'H3B', 'H3'));
    const other = await runtime.send(adt('A01', 'H3C', 'H3-other'));
    assert.deepEqual(await settled(other), ['done']);
    assert.deepEqual(receiver.controlIds(), ['H3A', 'H3C']);
    locked = false;
    later();
    assert.deepEqual(await settled(second), ['done']);
    assert.deepEqual(await settled(first), ['done']);
    assert.deepEqual(receiver.controlIds(), ['H3A', 'H3C', 'H3A', 'H3B']);
  });

  it('sends everything in the order of each patient when a receiver that was down is back', async () => {
    await deploy();
    await receiver.close();
    const ids: string[] = [];
    for (const [controlId, patient] of [
      ['P1A', 'P1'],
      ['P2A', 'P2'],
      ['P1B', 'P1'],
      ['P3A', 'P3'],
      ['P2B', 'P2'],
      ['P1C', 'P1'],
    ] as const)
      ids.push(await runtime.send(adt('A08', controlId, patient)));
    await eventually('the heads have failed', async () => {
      runtime.catchUp();
      const all = await Promise.all(ids.map((id) => runtime.engine.store.work.ofMessage(id)));
      return all.flat().filter(({ failure }) => failure?.code === 'mllp-unreachable').length === 3;
    });
    assert.equal(runtime.engine.endpointHealth().find(({ name }) => name === 'ward')?.state, 'down');
    await receiver.open();
    for (const id of ids) assert.deepEqual(await eventuallySettled(id), ['done']);
    const order = receiver.controlIds();
    assert.deepEqual([...order].toSorted(), ['P1A', 'P1B', 'P1C', 'P2A', 'P2B', 'P3A']);
    for (const patient of ['P1', 'P2'])
      assert.deepEqual(
        order.filter((one) => one.startsWith(patient)),
        order.filter((one) => one.startsWith(patient)).toSorted(),
      );
  });

  it('gives up on what the receiver refuses, says why, and sends the same again at a redrive', async () => {
    await deploy([stamped('stamp', 'out'), out(), next], 'stamp');
    receiver.answering = () => ({ code: 'AE', error: '101' });
    const refused = await runtime.sendAndSettle(adt('A01', 'H4', 'H4'));
    assert.deepEqual(ends(refused), ['dead permanent hl7-ack-refused']);
    assert.match(refused.work[0]?.failure?.text ?? '', /^ward refused the message \(MSA-1 AE, error code 101\)/);
    receiver.answering = () => AA;
    await redrive(refused);
    assert.deepEqual(await settled(refused.id), ['done']);
    assert.ok(receiver.received[0]?.bytes.equals(receiver.received[1]?.bytes ?? Buffer.alloc(0)));
  });

  it('sends what the mended flow makes after a refusal once the version is another', async () => {
    await deploy();
    receiver.answering = () => ({ code: 'AR', error: '203' });
    const refused = await runtime.sendAndSettle(adt('A01', 'H5', 'H5'));
    assert.deepEqual(ends(refused), ['dead permanent hl7-ack-refused']);
    receiver.answering = () => AA;
    const mend = node('mend', 'function', { func: "msg.payload.set('PV1-2', 'O'); return msg;", outputs: 1 }, ['out']);
    await deploy([mend, out({ version: '2' }), next], 'mend');
    await redrive(refused);
    assert.deepEqual(await settled(refused.id), ['done']);
    const sent = receiver.received.map(({ bytes }) => /PV1\|1\|(\w)/.exec(bytes.toString('latin1'))?.[1]);
    assert.deepEqual(sent, ['I', 'O']);
  });

  it('sends one message where a deploy with new nodes comes between sending and the answer', async () => {
    await deploy();
    const answer = Promise.withResolvers<{ readonly code: string }>();
    receiver.answering = () => answer.promise;
    const id = await runtime.send(adt('A01', 'H6', 'H6'));
    await arrived(1);
    const pasted = [
      node('in-2', 'hl7 in', { name: 'Renamed', subscription: 'results', feed: 'c-feed' }, ['out-2']),
      node('out-2', 'hl7 out', { name: 'Renamed, too', effect: 'to-ward', endpoint: 'c-ward-2' }, ['next']),
    ];
    const kept = frame('out').filter((one) => (one as { id: string }).id !== 'in');
    await runtime.deploy({ flow: [{ ...WARD, id: 'c-ward-2' }, ...kept, ...pasted, next] });
    answer.resolve(AA);
    assert.deepEqual(await eventuallySettled(id), ['done']);
    assert.deepEqual(receiver.controlIds(), ['H6']);
    assert.deepEqual(await noted({ id }), ['H6 AA AH6 true']);
  });

  it('makes a control id where it is asked for one, the same at each try, and leaves all else', async () => {
    await deploy([out({ controlId: 'new' }), next]);
    receiver.answering = () => (receiver.received.length === 1 ? 'cut' : AA);
    const body = adt('A01', 'H7', 'H7');
    const { id } = await runtime.sendAndSettle(body, ['waiting']);
    later();
    assert.deepEqual(await settled(id), ['done']);
    const [first, second] = receiver.received.map(({ bytes }) => bytes.toString('latin1'));
    assert.equal(first, second);
    const controlId = receiver.controlIds()[0] ?? '';
    assert.match(controlId, /^WF[0-9A-F]{18}$/);
    const time = fieldOf(Buffer.from(first ?? ''), 6);
    assert.match(time, /^\d{14}\+0000$/);
    assert.equal(first?.replace(controlId, 'H7').replace(time, '20260105081500+0000'), body);
    assert.deepEqual(await noted({ id }), [`${controlId} AA A${controlId} false`]);
  });

  it('sends each of several messages that a flow makes of one, told apart', async () => {
    const three = node(
      'three',
      'function',
      {
        func: "return [['1', '2', '3'].map((part) => { const m = RED.util.cloneMessage(msg); m.part = part; m.payload.set('PV1-2', 'P' + part); return m; })];",
        outputs: 1,
      },
      ['out'],
    );
    await deploy([three, out({ controlId: 'new', discriminator: 'part' }), next], 'three');
    const sent = await runtime.sendAndSettle(adt('A01', 'H8', 'H8'));
    assert.deepEqual(ends(sent), ['done']);
    assert.equal(new Set(receiver.controlIds()).size, 3);
    await deploy([three, out({ controlId: 'new' }), next], 'three');
    const mixed = await runtime.sendAndSettle(adt('A01', 'H9', 'H9'));
    assert.deepEqual(ends(mixed), ['dead permanent effect-content-differs']);
    assert.equal(receiver.received.length, 4);
  });

  it('sends text that an expression gives, its lines as segments', async () => {
    const message =
      '"MSH|^~\\\\&|WF|GH|WARD|GH|" & "20260105||ADT^A08|" & payload.fields.MSH[0][10] & "X|P|2.5\\nPID|1||X1"';
    await deploy([out({ message, messageKind: 'jsonata' }), next]);
    const sent = await runtime.sendAndSettle(adt('A01', 'H10', 'H10'));
    assert.deepEqual(ends(sent), ['done'], JSON.stringify(sent.work[0]?.failure));
    assert.match(receiver.received[0]?.bytes.toString('latin1') ?? '', /^MSH\|.*\rPID\|1\|\|X1\r$/);
  });

  const REFUSED = [
    ['text that is no HL7', "msg.payload = 'hello'", 'hl7-no-msh'],
    ['a message without a control id', "msg.payload.set('MSH-10', '')", 'hl7-not-sendable'],
    ['a message without a type', "msg.payload.setRaw('MSH-9', '')", 'hl7-not-sendable'],
    ['an object', "msg.payload = { some: 'thing' }", 'expression-kind'],
    ['nothing', 'delete msg.payload', 'expression-empty'],
    [
      'what would end its frame',
      "msg.payload = 'MSH|^~\\\\&|||||||ADT^A01|1|P|2.5\\rNTE|1||\\x1c'",
      'hl7-not-sendable',
    ],
  ] as const;
  for (const [i, [what, code, error]] of REFUSED.entries())
    it(`refuses ${what}, and records no try`, async () => {
      await deploy(
        [node('spoil', 'function', { func: `${code}; return msg;`, outputs: 1 }, ['out']), out(), next],
        'spoil',
      );
      const sent = await runtime.sendAndSettle(adt('A01', `R${i}`, `R${i}`));
      assert.deepEqual(ends(sent), [`dead permanent ${error}`]);
      assert.deepEqual([receiver.received.length, await runtime.engine.store.effects.ofMessage(sent.id)], [0, []]);
    });

  it('refuses a receiver that is not bound, or is bound to a FHIR server', async () => {
    for (const [i, name] of ['nobody', 'ehr'].entries()) {
      await runtime.deploy({ flow: [{ ...WARD, name }, ...frame('out'), out(), next] });
      assert.ok(
        runtime.statuses.some(({ id, fill, text }) => id === 'out' && fill === 'red' && text === 'endpoint-unbound'),
        'said at the node before a message comes',
      );
      const sent = await runtime.sendAndSettle(adt('A01', `U${i}`, `U${i}`));
      assert.deepEqual(ends(sent), ['dead permanent endpoint-unbound']);
      assert.match(sent.work[0]?.failure?.text ?? '', new RegExp(`No HL7 endpoint named "${name}"`));
    }
  });

  it('refuses to share its effect with another node of the flow', async () => {
    await deploy([out(), out({}, 'out-too'), next]);
    const sent = await runtime.sendAndSettle(adt('A01', 'S1', 'S1'));
    assert.deepEqual(ends(sent), ['dead permanent node-name-taken']);
  });

  it('ends the message where it is told to', async () => {
    await deploy([node('out', 'hl7 out', { effect: 'to-ward', endpoint: 'c-ward', finish: true })]);
    assert.deepEqual(ends(await runtime.sendAndSettle(adt('A01', 'F1', 'F1'))), ['done']);
    assert.deepEqual(receiver.controlIds(), ['F1']);
  });

  async function redrive({ work }: Settled): Promise<void> {
    const { clock, store, dispatcher } = runtime.engine;
    for (const { id, messageId } of work) {
      const entry = { at: clock.now(), type: 'work.redriven', actor: 'user:ana', messageId, workId: id, details: {} };
      await store.work.redrive(id, clock.now(), entry);
    }
    dispatcher.wake();
  }
});
