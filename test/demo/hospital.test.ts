import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { createMllpClient, type MllpClient } from '../../demo/hospital/mllp-client.ts';
import { DAY_MINUTES, planDay, type PlannedMessage } from '../../demo/hospital/plan-day.ts';
import { runHospital } from '../../demo/hospital/run-hospital.ts';
import { Hl7Message, frame, ManualClock, MllpFramer } from '../../engine/index.ts';

const START = Date.UTC(2026, 0, 5, 7);
const day = (more: object = {}): readonly PlannedMessage[] =>
  planDay({ seed: 7, run: 'T5K2QX', beginsAt: START, ...more });
const texts = (plan: readonly PlannedMessage[]): string[] => plan.map((one) => one.text(START + one.at * 60_000));
const read = (text: string): Hl7Message => Hl7Message.parse(Buffer.from(text));
const of = (plan: readonly PlannedMessage[], what: PlannedMessage['what']): PlannedMessage[] =>
  plan.filter((one) => one.what === what);

describe('a day of the synthetic hospital', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(texts(day()), texts(day()));
    assert.notDeepEqual(texts(day()), texts(day({ seed: 8 })));
  });

  it('has admissions, transfers, updates, discharges, results and appointments over the whole day', () => {
    const types = new Map<string, number>();
    for (const text of texts(day())) {
      const type = text.split('|')[8]?.split('^').slice(0, 2).join('^') ?? '';
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    assert.deepEqual([...types.keys()].toSorted(), ['ADT^A01', 'ADT^A02', 'ADT^A03', 'ADT^A08', 'ORU^R01', 'SIU^S12']);
    for (const [type, count] of types) assert.ok(count >= 5, `${type}: ${count}`);
    const at = day().map((one) => one.at);
    assert.ok(Math.max(...at) < DAY_MINUTES && Math.max(...at) > DAY_MINUTES / 2);
    assert.ok(at.filter((minute) => minute === 0).length >= 8, 'a first burst');
  });

  it('gives every message a control id of its own, short enough for HL7 2.5', () => {
    const plan = day().filter((one) => one.what !== 'resend');
    const ids = texts(plan).map((text) => text.split('|')[9] ?? '');
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => /^[A-Z0-9]{5,20}$/.test(id)));
  });

  it('resends the same bytes', () => {
    const plan = day();
    const [resend] = of(plan, 'resend');
    assert.ok(resend);
    const all = texts(plan);
    assert.equal(all.filter((text) => text === resend.text(0)).length, 2);
  });

  it('corrects a critical result under the same order, with status C', () => {
    const plan = day();
    texts(plan);
    const [corrected] = of(plan, 'corrected result');
    const text = corrected?.text(0) ?? '';
    const filler = /\rOBR\|1\|[^|]*\|([^|]*)/.exec(text)?.[1] ?? 'none';
    const same = texts(plan).filter((one) => one.includes(`|${filler}|`));
    assert.equal(same.length, 2);
    assert.match(text, /\|C\|\|\|\d{14}\+0000\r$/);
  });

  it('has one discharge that the EHR will refuse, of a patient with no other message, on the first day only', () => {
    const plan = day();
    const [refused, ...more] = of(plan, 'refused discharge');
    assert.equal(more.length, 0);
    const mrn = /\rPID\|1\|\|(\d+)\^/.exec(refused?.text(0) ?? '')?.[1] ?? 'none';
    assert.equal(texts(plan).filter((text) => text.includes(`|${mrn}^`)).length, 1);
    assert.equal(of(day({ withRefused: false }), 'refused discharge').length, 0);
  });

  it('has critical results of several kinds, none of them by chance', () => {
    const plan = day();
    const critical = of(plan, 'critical result');
    assert.ok(critical.length >= 4);
    for (const one of plan) assert.equal(/\|(HH|LL)\|/.test(one.text(START)), one.what === 'critical result', one.what);
  });

  it('is read by our own codec, names in their own letters', () => {
    const names = new Set<string>();
    for (const text of texts(day())) {
      const message = read(text);
      assert.equal(message.get('MSH-11'), 'P');
      names.add(message.get('PID-5.1') ?? '');
    }
    assert.ok(names.has('Bergström') && names.has("O'Malley"));
  });
});

describe('the hospital’s MLLP client', () => {
  const servers: Server[] = [];
  const clients: MllpClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
  });

  type Answer = (text: string, socket: Socket, nth: number) => string | null;
  const serve = async (answer: Answer): Promise<{ port: number; got: string[]; connections: () => number }> => {
    const got: string[] = [];
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      const framer = new MllpFramer();
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        for (const found of framer.push(chunk)) {
          if (found.kind !== 'frame') continue;
          const text = Buffer.from(found.bytes).toString();
          got.push(text);
          const ack = answer(text, socket, got.length);
          if (ack !== null) socket.write(frame(Buffer.from(ack)));
        }
      });
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, got, connections: () => connections };
  };
  const client = (port: number, ackWithinMs = 5_000): MllpClient => {
    const made = createMllpClient({ host: '127.0.0.1', port, retryMs: 10, ackWithinMs });
    clients.push(made);
    return made;
  };
  const adt = (id: string): string => `MSH|^~\\&|A|B|C|D|20260105||ADT^A08|${id}|P|2.5.1\r`;
  const ack = (id: string, code = 'AA'): string => `MSH|^~\\&|C|D|A|B|20260105||ACK|1|P|2.5.1\rMSA|${code}|${id}\r`;
  const idOf = (text: string): string => text.split('|')[9] ?? '';

  it('sends one message after the other over one connection', async () => {
    const { port, got, connections } = await serve((text) => ack(idOf(text)));
    const sender = client(port);
    const all = await Promise.all(['1', '2', '3'].map((id) => sender.send(adt(id))));
    assert.deepEqual(
      all,
      Array.from({ length: 3 }, () => ({ kind: 'acknowledged', code: 'AA', tries: 1 })),
    );
    assert.deepEqual(got.map(idOf), ['1', '2', '3']);
    assert.equal(connections(), 1);
  });

  it('sends again when the connection ends before the acknowledgement', async () => {
    const { port, got } = await serve((text, socket, nth) => (nth === 1 ? (socket.destroy(), null) : ack(idOf(text))));
    assert.deepEqual(await client(port).send(adt('1')), { kind: 'acknowledged', code: 'AA', tries: 2 });
    assert.equal(got[0], got[1]);
  });

  it('does not take the acknowledgement of another message for its own', async () => {
    const { port } = await serve((text, _socket, nth) => ack(nth === 1 ? 'other' : idOf(text)));
    assert.deepEqual(await client(port, 100).send(adt('1')), { kind: 'acknowledged', code: 'AA', tries: 2 });
  });

  it('takes a refusal for an answer', async () => {
    const { port, got } = await serve((text) => ack(idOf(text), 'AR'));
    assert.deepEqual(await client(port).send(adt('1')), { kind: 'acknowledged', code: 'AR', tries: 1 });
    assert.equal(got.length, 1);
  });

  it('waits for a server that is not there yet', async () => {
    const { port } = await serve(() => null);
    const first = servers.pop();
    first?.close();
    const sending = client(port).send(adt('1'));
    const late = createServer((socket) => socket.on('data', () => socket.write(frame(Buffer.from(ack('1'))))));
    servers.push(late);
    late.listen(port, '127.0.0.1');
    assert.equal((await sending).kind, 'acknowledged');
  });

  it('gives up what waits when it is closed', async () => {
    const { port } = await serve(() => null);
    const sender = client(port);
    const sending = sender.send(adt('1'));
    sender.close();
    assert.deepEqual(await sending, { kind: 'closed' });
  });

  it('a whole day goes out at its times, and the next day follows with numbers of its own', async () => {
    const clock = new ManualClock(START);
    const sent: string[] = [];
    const sink: MllpClient = {
      send: async (text) => {
        sent.push(text);
        return { kind: 'acknowledged', code: 'AA', tries: 1 };
      },
      close: () => undefined,
    };
    const hospital = runHospital({
      seed: 7,
      speed: 60,
      clock,
      withRefused: true,
      clients: { ADT1: sink, LAB1: sink, SCHED1: sink },
      onSent: () => undefined,
    });
    clock.advance(0);
    const burst = sent.length;
    assert.ok(burst >= 8 && burst <= 20, `${burst} at once`);
    const planned = day().length;
    clock.advance((DAY_MINUTES * 60_000) / 60 - 1);
    assert.equal(sent.length, planned);
    clock.advance((DAY_MINUTES * 60_000) / 60);
    assert.ok(sent.length > planned * 1.8);
    const ids = sent.map((text) => `${idOf(text)} ${text}`);
    const resends = ids.length - new Set(ids).size;
    assert.equal(new Set(sent.map(idOf)).size, sent.length - resends);
    hospital.stop();
    const before = sent.length;
    clock.advance(3_600_000);
    assert.equal(sent.length, before);
  });
});
