import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/base/clock.ts';
import { WardflowError } from '../../engine/base/errors.ts';
import { silentLog } from '../../engine/base/log.ts';
import { frame, MllpFramer } from '../../engine/mllp/framer.ts';
import { createMllpSender, type MllpSender, type MllpSenderOptions } from '../../engine/mllp/sender.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { eventually } from '../kit/eventually.ts';

const message = (id: string): Buffer => Buffer.from(`MSH|^~\\&|W|W|R|R|20260310||ORU^R01|${id}|P|2.5.1\r`);
const answerTo = (id: string, code = 'AA'): Buffer =>
  frame(Buffer.from(`MSH|^~\\&|R|R|W|W|20260310||ACK|A${id}|P|2.5.1\rMSA|${code}|${id}\r`));
const idOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString().split('|')[9] ?? '';
const told = async (answer: Promise<Uint8Array>): Promise<string> => Buffer.from(await answer).toString();
const code = (expected: string) => (error: unknown) => error instanceof WardflowError && error.code === expected;
const failureOf = async (answer: Promise<unknown>): Promise<WardflowError> => {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WardflowError, 'it should have failed');
  return error;
};

interface Receiver {
  readonly port: number;
  readonly arrived: string[];
  readonly sockets: Socket[];
  stop(): Promise<void>;
}

type OnMessage = (socket: Socket, id: string, connection: number) => void;
const acknowledge: OnMessage = (socket, id) => socket.write(answerTo(id));

describe('the MLLP sender', () => {
  const stop: (() => unknown)[] = [];
  let clock = new ManualClock();

  afterEach(async () => {
    for (const end of stop.splice(0).toReversed()) await end();
    clock = new ManualClock();
  });

  async function receiver(
    onMessage: OnMessage,
    port = 0,
    tls?: Parameters<typeof createTlsServer>[0],
  ): Promise<Receiver> {
    const sockets: Socket[] = [];
    const arrived: string[] = [];
    const serve = (socket: Socket): void => {
      const connection = sockets.push(socket);
      const framer = new MllpFramer();
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        for (const found of framer.push(chunk)) {
          if (found.kind !== 'frame') continue;
          arrived.push(idOf(found.bytes));
          onMessage(socket, idOf(found.bytes), connection);
        }
      });
    };
    const server = tls ? createTlsServer(tls, serve) : createServer(serve);
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    const end = async (): Promise<void> => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    stop.push(end);
    return { port: (server.address() as AddressInfo).port, arrived, sockets, stop: end };
  }

  function sender(port: number, options: Partial<MllpSenderOptions> = {}): MllpSender {
    const made = createMllpSender({
      host: '127.0.0.1',
      port,
      tls: null,
      answerMs: 5_000,
      idleMs: 0,
      clock,
      random: () => 0.5,
      log: silentLog,
      ...options,
    });
    stop.push(() => made.close());
    return made;
  }

  it('sends one message after the other on one connection, in the order of the calls', async () => {
    let most = 0;
    let open = 0;
    const there = await receiver((socket, id) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        socket.write(answerTo(id));
      });
    });
    const one = sender(there.port);
    assert.equal(one.busy, false);
    const ids = Array.from({ length: 20 }, (_, i) => `M${i}`);
    const answers = ids.map((id) => told(one.exchange(message(id), id)));
    assert.equal(one.busy, true);
    for (const [i, id] of ids.entries()) assert.match((await answers[i]) ?? '', new RegExp(`MSA\\|AA\\|${id}\\r`));
    assert.deepEqual(there.arrived, ids);
    assert.equal(there.sockets.length, 1);
    assert.equal(most, 1);
    assert.equal(one.busy, false);
  });

  it('never takes a late answer for the answer to the next message', async () => {
    let late: () => void = () => undefined;
    const there = await receiver((socket, id, connection) => {
      if (connection === 1) late = () => socket.destroyed || socket.write(answerTo(id));
      else setImmediate(() => socket.write(answerTo(id, 'AE')));
    });
    const one = sender(there.port);
    const first = failureOf(one.exchange(message('1'), '1'));
    await eventually('the first has arrived', () => there.arrived.length === 1);
    clock.advance(5_000);
    const missing = await first;
    assert.equal(missing.code, 'mllp-no-answer');
    assert.equal(missing.failureClass, 'ambiguous');
    late();
    clock.advance(1_000);
    assert.match(await told(one.exchange(message('2'), '2')), /MSA\|AE\|2/);
    assert.deepEqual(there.arrived, ['1', '2']);
  });

  it('drops and counts answers to other messages, and waits past them for its own', async () => {
    const there = await receiver((socket, id) => {
      // In front of it, behind it in the same chunk, and a message of the receiver's own.
      socket.write(Buffer.concat([answerTo('foreign'), frame(message('theirs')), answerTo(id), answerTo('behind')]));
    });
    const one = sender(there.port);
    assert.match(await told(one.exchange(message('1'), '1')), /MSA\|AA\|1\r/);
    assert.match(await told(one.exchange(message('2'), '2')), /MSA\|AA\|2\r/);
    assert.equal(one.dropped, 6);
    assert.equal(there.sockets.length, 1);
  });

  it('drops what comes while nothing is in flight', async () => {
    const there = await receiver(acknowledge);
    const one = sender(there.port);
    await one.exchange(message('1'), '1');
    there.sockets[0]?.write(answerTo('2', 'AA'));
    await eventually('it was dropped', () => one.dropped === 1);
    const second = one.exchange(message('2'), '2');
    assert.match(await told(second), /A2/);
  });

  it('gives a receiver up that talks past it without an end', async () => {
    const there = await receiver((socket) =>
      socket.write(Buffer.concat(Array.from({ length: 150 }, () => answerTo('x')))),
    );
    const one = sender(there.port);
    await assert.rejects(one.exchange(message('1'), '1'), code('mllp-no-answer'));
    assert.equal(one.dropped, 100);
  });

  it('hands over an answer that says nothing of its message, and trusts the connection no further', async () => {
    const there = await receiver((socket, id, connection) =>
      socket.write(connection === 1 ? frame(Buffer.from('hello')) : answerTo(id)),
    );
    const one = sender(there.port);
    assert.equal(await told(one.exchange(message('1'), '1')), 'hello');
    assert.match(await told(one.exchange(message('2'), '2')), /AA\|2/);
    assert.equal(there.sockets.length, 2);
  });

  it('takes whatever comes first for the answer to a message without MSH-10', async () => {
    const there = await receiver((socket) => socket.write(answerTo('made-up')));
    assert.match(await told(sender(there.port).exchange(message(''), '')), /made-up/);
  });

  it('reads no answer larger than its limit', async () => {
    const there = await receiver((socket) => socket.write(`\x0bMSH|${'x'.repeat(5_000)}`));
    const one = sender(there.port, { maxAnswerBytes: 1_000 });
    await assert.rejects(one.exchange(message('1'), '1'), code('mllp-no-answer'));
  });

  it('says at once that nobody is there, and connects again after a wait that grows', async () => {
    const there = await receiver(acknowledge);
    await there.stop();
    const one = sender(there.port);
    const first = await failureOf(one.exchange(message('1'), '1'));
    assert.deepEqual([first.code, first.failureClass], ['mllp-unreachable', 'transient']);
    assert.equal(first.retryAfterMs, undefined);
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const { code: kind, retryAfterMs = 0 } = await failureOf(one.exchange(message('1'), '1'));
      assert.equal(kind, 'mllp-unreachable');
      waits.push(retryAfterMs);
      clock.advance(retryAfterMs);
      assert.equal((await failureOf(one.exchange(message('1'), '1'))).retryAfterMs, undefined, 'a try of its own');
    }
    assert.deepEqual(waits, [188, 375, 750, 1500, 3000, 6000, 6000, 6000]);
    await receiver(acknowledge, there.port);
    const { retryAfterMs = 0 } = await failureOf(one.exchange(message('1'), '1'));
    clock.advance(retryAfterMs);
    assert.match(await told(one.exchange(message('1'), '1')), /AA\|1/);
    assert.deepEqual(there.arrived, []);
  });

  it('spreads its tries between half of the wait and all of it', async () => {
    const there = await receiver(acknowledge);
    await there.stop();
    for (const [random, wait] of [
      [0, 125],
      [0.999_999, 250],
    ] as const) {
      const one = sender(there.port, { random: () => random });
      await failureOf(one.exchange(message('1'), '1'));
      assert.equal((await failureOf(one.exchange(message('1'), '1'))).retryAfterMs, wait);
    }
  });

  it('connects again without a wait where the receiver has closed a connection that worked', async () => {
    const there = await receiver((socket, id) => socket.end(answerTo(id)));
    const one = sender(there.port);
    for (const id of ['1', '2', '3']) {
      assert.match(await told(one.exchange(message(id), id)), new RegExp(`AA\\|${id}`));
      await eventually('the receiver has closed', () => there.sockets.every(({ destroyed }) => destroyed));
    }
    assert.equal(there.sockets.length, 3);
  });

  it('waits after a connection that ends without any answer, as a proxy without its receiver gives', async () => {
    const there = await receiver((socket) => socket.destroy());
    const one = sender(there.port);
    await assert.rejects(one.exchange(message('1'), '1'), code('mllp-no-answer'));
    const put = await failureOf(one.exchange(message('1'), '1'));
    assert.equal(put.code, 'mllp-unreachable');
    assert.ok((put.retryAfterMs ?? 0) > 0);
    assert.equal(there.sockets.length, 1);
  });

  it('closes a connection that was not used for some time, and opens another for the next message', async () => {
    const there = await receiver(acknowledge);
    const one = sender(there.port, { idleMs: 60_000 });
    await one.exchange(message('1'), '1');
    clock.advance(59_999);
    await one.exchange(message('2'), '2');
    clock.advance(59_999);
    await one.exchange(message('3'), '3');
    assert.equal(there.sockets.length, 1);
    clock.advance(60_000);
    await eventually('it is closed', () => there.sockets[0]?.destroyed === true);
    await one.exchange(message('4'), '4');
    assert.equal(there.sockets.length, 2);
  });

  it('gives connecting up in time', async () => {
    // In clear, so that it waits for a message where we wait for a handshake.
    const silent = await receiver(() => undefined);
    const secure = sender(silent.port, { tls: () => ({ serverName: null }) });
    const unshaken = failureOf(secure.exchange(message('1'), '1'));
    await eventually('it is connected', () => silent.sockets.length === 1);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    clock.advance(5_000);
    assert.equal((await unshaken).code, 'mllp-tls-refused');
  });

  it('closes when what is in flight is answered; whoever waits is told that nothing was sent', async () => {
    const release: (() => void)[] = [];
    const there = await receiver((socket, id) => release.push(() => socket.write(answerTo(id))));
    const one = sender(there.port);
    const first = told(one.exchange(message('1'), '1'));
    const second = failureOf(one.exchange(message('2'), '2'));
    await eventually('the first has arrived', () => release.length === 1);
    const closing = one.close();
    for (const go of release) go();
    assert.match(await first, /AA\|1/);
    assert.equal((await second).code, 'mllp-closed');
    await closing;
    assert.equal((await failureOf(one.exchange(message('3'), '3'))).code, 'mllp-closed');
    assert.deepEqual(there.arrived, ['1']);
  });

  it('cuts what is in flight when it closes and no answer comes in time', async () => {
    const there = await receiver(() => undefined);
    const one = sender(there.port);
    const first = failureOf(one.exchange(message('1'), '1'));
    await eventually('the first has arrived', () => there.arrived.length === 1);
    const closing = one.close();
    clock.advance(5_000);
    await closing;
    assert.equal((await first).code, 'mllp-no-answer');
  });

  describe('over TLS', () => {
    const theirs = makeCertificate();
    const ours = makeCertificate({ names: ['sender.example.org'], addresses: [] });
    const trusting = { ca: theirs.cert, serverName: null };

    it('sends to a receiver whose certificate it trusts', async () => {
      const there = await receiver(acknowledge, 0, theirs);
      const one = sender(there.port, { tls: () => trusting });
      assert.match(await told(one.exchange(message('1'), '1')), /AA\|1/);
      assert.match(await told(one.exchange(message('2'), '2')), /AA\|2/);
      assert.equal(there.sockets.length, 1);
    });

    it('sends nothing to a receiver that it does not trust, whose name is another, or that is in clear', async () => {
      const there = await receiver(acknowledge, 0, theirs);
      const clear = await receiver((socket) => socket.destroy());
      const elsewhere = await receiver(
        acknowledge,
        0,
        makeCertificate({ names: ['other.example.org'], addresses: [] }),
      );
      const cases: readonly [number, ReturnType<NonNullable<MllpSenderOptions['tls']>>, RegExp][] = [
        [there.port, { serverName: null }, /nobody that we trust/],
        [there.port, { ca: theirs.cert, serverName: 'other.example.org' }, /another name/],
        [elsewhere.port, { ca: theirs.cert, serverName: null }, /nobody that we trust/],
        [clear.port, trusting, /does not speak TLS/],
        [there.port, { ...trusting, cert: 'rubbish', key: 'rubbish' }, /our own certificate/],
      ];
      for (const [port, tls, reason] of cases) {
        if (port === clear.port) clear.sockets.length = 0;
        const waiting = failureOf(sender(port, { tls: () => tls }).exchange(message('1'), '1'));
        if (port === clear.port) {
          await eventually('it is connected', () => clear.sockets.length === 1);
          clear.sockets[0]?.end('no TLS here\r\n');
        }
        const error = await waiting;
        assert.deepEqual([error.code, error.failureClass], ['mllp-tls-refused', 'transient']);
        assert.match(error.message, reason);
      }
      assert.deepEqual([...there.arrived, ...clear.arrived, ...elsewhere.arrived], []);
    });

    it('trusts no receiver more where the environment tells Node.js to verify nothing', async () => {
      const there = await receiver(acknowledge, 0, theirs);
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        const error = await failureOf(
          sender(there.port, { tls: () => ({ serverName: null }) }).exchange(message('1'), '1'),
        );
        assert.equal(error.code, 'mllp-tls-refused');
      } finally {
        if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
        else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      }
      assert.deepEqual(there.arrived, []);
    });

    it('finds a receiver by the name that its certificate has, wherever it listens', async () => {
      const named = makeCertificate({ names: ['lab.example.org'], addresses: [] });
      const there = await receiver(acknowledge, 0, named);
      const one = sender(there.port, { tls: () => ({ ca: named.cert, serverName: 'lab.example.org' }) });
      assert.match(await told(one.exchange(message('1'), '1')), /AA\|1/);
    });

    it('shows its own certificate to a receiver that asks for one', async () => {
      const there = await receiver(acknowledge, 0, { ...theirs, requestCert: true, ca: ours.cert });
      const one = sender(there.port, { tls: () => ({ ...trusting, cert: ours.cert, key: ours.key }) });
      assert.match(await told(one.exchange(message('1'), '1')), /AA\|1/);
    });

    it('knows that nothing was taken where a receiver refuses it for want of a certificate', async () => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const there = await receiver(acknowledge, 0, { ...theirs, requestCert: true, ca: ours.cert, maxVersion });
        const error = await failureOf(sender(there.port, { tls: () => trusting }).exchange(message('1'), '1'));
        assert.deepEqual([error.code, maxVersion], ['mllp-tls-refused', maxVersion]);
        assert.deepEqual(there.arrived, []);
      }
    });

    it('does not speak TLS older than 1.2', async () => {
      const there = await receiver(acknowledge, 0, {
        ...theirs,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
      });
      const error = await failureOf(sender(there.port, { tls: () => trusting }).exchange(message('1'), '1'));
      assert.equal(error.code, 'mllp-tls-refused');
    });

    it('takes renewed files at the next connecting, and says what is wrong with them', async () => {
      const there = await receiver((socket, id) => socket.end(answerTo(id)), 0, theirs);
      let files: () => typeof trusting = () => {
        throw new WardflowError('of-the-files', { class: 'transient', text: 'x', remedy: 'y' });
      };
      const one = sender(there.port, { tls: () => files() });
      await assert.rejects(one.exchange(message('1'), '1'), code('of-the-files'));
      clock.advance(10_000);
      files = () => trusting;
      assert.match(await told(one.exchange(message('1'), '1')), /AA\|1/);
    });
  });
});
