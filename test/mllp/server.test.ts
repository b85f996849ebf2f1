import assert from 'node:assert/strict';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/base/clock.ts';
import { timeSortedIds } from '../../engine/base/ids.ts';
import { silentLog } from '../../engine/base/log.ts';
import type { FrameHandler, FrameOutcome } from '../../engine/mllp/connection.ts';
import { startMllpServer, type MllpServer, type MllpServerOptions } from '../../engine/mllp/server.ts';
import { eventually } from '../kit/eventually.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';

const echo: FrameHandler = (framed) => Promise.resolve({ kind: 'answer', bytes: framed.bytes });

describe('the MLLP server', () => {
  const clock = new ManualClock();
  const servers: MllpServer[] = [];
  const peers: MllpPeer[] = [];

  const start = async (options: Partial<MllpServerOptions> = {}): Promise<MllpServer> => {
    const ids = timeSortedIds(clock);
    const server = await startMllpServer({ port: 0, clock, ids, log: silentLog, handler: echo, ...options });
    servers.push(server);
    return server;
  };
  const connect = async (server: MllpServer): Promise<MllpPeer> => {
    const peer = await MllpPeer.open(server.port);
    peers.push(peer);
    return peer;
  };

  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('listens on loopback unless told otherwise', async () => {
    assert.equal((await start()).host, '127.0.0.1');
  });

  it('rejects when the port is taken, naming the port and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const { port } = other.address() as AddressInfo;
    await assert.rejects(start({ port }), {
      code: 'mllp-port-taken',
      message: new RegExp(String(port)),
      remedy: /another port/,
    });
    await new Promise((resolve) => {
      other.close(resolve);
    });
  });

  it('rejects an address that the machine does not have', async () => {
    await assert.rejects(start({ host: '192.0.2.1' }), { code: 'mllp-address-unknown' });
  });

  it('answers in the order of arrival, whichever is ready first', async () => {
    const release: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
      });
    const peer = await connect(await start({ handler }));
    for (const name of ['one', 'two', 'three']) peer.frame(name);
    while (release.length < 3) await new Promise(setImmediate);
    for (const go of release.toReversed()) go();
    assert.deepEqual(await peer.wait(3), ['one', 'two', 'three']);
  });

  it('reads no more from a connection while too many of its frames are unanswered, and then goes on', async () => {
    const open: (() => void)[] = [];
    let most = 0;
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        open.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
        most = Math.max(most, open.length);
      });
    const peer = await connect(await start({ handler, maxUnanswered: 3 }));
    const large = 'x'.repeat(300_000);
    for (let i = 0; i < 40; i++) peer.frame(`${i} ${large}`);
    for (let answered = 0; answered < 40;) {
      await new Promise(setImmediate);
      for (const go of open.splice(0)) {
        go();
        answered++;
      }
    }
    const answers = await peer.wait(40);
    assert.deepEqual(
      answers.map((answer) => Number.parseInt(answer, 10)),
      Array.from({ length: 40 }, (_, i) => i),
    );
    // One chunk may end several frames, so that the limit is passed by what was already read.
    assert.ok(most <= 4, `${most} at once`);
  });

  it('closes a connection some time after an answer was withheld, and answers nothing behind it', async () => {
    let frames = 0;
    const handler: FrameHandler = (framed): Promise<FrameOutcome> =>
      Promise.resolve(frames++ === 1 ? { kind: 'withhold' } : { kind: 'answer', bytes: framed.bytes });
    const peer = await connect(await start({ handler, withholdMs: 5000 }));
    for (const name of ['one', 'two', 'three']) peer.frame(name);
    await peer.wait(1);
    await eventually('all three frames were handled', () => frames === 3);
    clock.advance(4999);
    await new Promise(setImmediate);
    assert.equal(peer.closed, false);
    clock.advance(1);
    await peer.ended();
    assert.deepEqual(peer.answers.map(String), ['one']);
  });

  it('says of each answer behind a withheld one that it did not leave', async () => {
    const told: boolean[] = [];
    let frames = 0;
    const handler: FrameHandler = (framed) =>
      Promise.resolve(
        frames++ === 0
          ? { kind: 'withhold' }
          : { kind: 'answer', bytes: framed.bytes, written: (delivered) => void told.push(delivered) },
      );
    const peer = await connect(await start({ handler, withholdMs: 5000 }));
    for (const name of ['one', 'two', 'three']) peer.frame(name);
    await eventually('both are told', () => told.length === 2);
    assert.deepEqual(told, [false, false]);
    assert.deepEqual(peer.answers, []);
  });

  it('takes a handler that throws for a withheld answer, and serves other connections on', async () => {
    const handler: FrameHandler = (framed, connection) =>
      framed.bytes.length === 4 ? Promise.reject(new Error('boom')) : echo(framed, connection);
    const server = await start({ handler, withholdMs: 10 });
    const [bad, good] = [await connect(server), await connect(server)];
    bad.frame('boom');
    good.frame('fine!');
    assert.deepEqual(await good.wait(1), ['fine!']);
    while (!bad.closed) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
    assert.deepEqual(bad.answers, []);
  });

  it('closes a connection on which nothing has moved for too long, and no other', async () => {
    const server = await start({ idleMs: 60_000 });
    const [quiet, busy] = [await connect(server), await connect(server)];
    busy.frame('one');
    quiet.frame('one');
    await Promise.all([busy.wait(1), quiet.wait(1)]);
    clock.advance(40_000);
    busy.frame('two');
    await busy.wait(2);
    clock.advance(30_000);
    await quiet.ended();
    busy.frame('three');
    assert.equal((await busy.wait(3)).length, 3);
  });

  it('closes a connection whose frame does not end in time, however busily it trickles in, and no other', async () => {
    const server = await start({ frameMs: 30_000 });
    const [slow, steady] = [await connect(server), await connect(server)];
    slow.frame('whole');
    steady.frame('one');
    await Promise.all([slow.wait(1), steady.wait(1)]);
    slow.write('\x0bMSH|');
    steady.write('\x0bMSH|');
    await eventually('both frames have begun', () => clock.waiting >= 4);
    clock.advance(20_000);
    slow.write('x'.repeat(100));
    steady.write('2\x1c\r');
    await steady.wait(2);
    steady.write('\x0bMSH|');
    await eventually('its next frame has begun', () => clock.waiting >= 4);
    clock.advance(10_000);
    await slow.ended();
    steady.write('3\x1c\r');
    assert.equal((await steady.wait(3)).length, 3);
    clock.advance(100_000);
    steady.frame('idle between frames');
    assert.equal((await steady.wait(4)).length, 4);
  });

  it('does not count against a frame the time in which it was not read', async () => {
    const open: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        open.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
      });
    const peer = await connect(await start({ handler, maxUnanswered: 1, frameMs: 30_000 }));
    peer.write('\x0bMSH|1\x1c\r\x0bMSH|');
    await eventually('the first is under way', () => open.length === 1);
    clock.advance(60_000);
    open.shift()?.();
    await peer.wait(1);
    clock.advance(20_000);
    peer.write('2\x1c\r');
    await eventually('the second is under way', () => open.length === 1);
    open.shift()?.();
    assert.deepEqual(await peer.wait(2), ['MSH|1', 'MSH|2']);
  });

  it('closes first who has never sent a message when it is full, and takes a new sender in', async () => {
    const server = await start({ maxConnections: 4 });
    const known = await connect(server);
    known.frame('one');
    await known.wait(1);
    const silent = [await connect(server), await connect(server), await connect(server)];
    for (const one of silent) one.write('\x0bMSH|');
    const fresh = await connect(server);
    fresh.frame('first');
    assert.deepEqual(await fresh.wait(1), ['first']);
    await silent[0]?.ended();
    known.frame('two');
    assert.equal((await known.wait(2)).length, 2);
    assert.equal(server.connections, 4);
    assert.deepEqual(
      silent.map(({ closed }) => closed),
      [true, false, false],
    );
  });

  it('takes no more connections of one address than it may have', async () => {
    const server = await start({ maxPerAddress: 2 });
    const known = [await connect(server), await connect(server)];
    for (const one of known) one.frame('one');
    await Promise.all(known.map((one) => one.wait(1)));
    const third = await connect(server);
    await third.ended();
    assert.equal(server.connections, 2);
  });

  it('ends the largest unfinished frame when all together take too much memory, and no other', async () => {
    const server = await start({ maxPendingBytes: 400_000 });
    const peers = [await connect(server), await connect(server), await connect(server)];
    const [small, large, last] = peers;
    assert.ok(small && large && last);
    small.write('\x0bMSH|', 'x'.repeat(50_000));
    large.write('\x0bMSH|', 'x'.repeat(190_000));
    await eventually('both frames have begun', () => clock.waiting >= 5);
    last.write('\x0bMSH|', 'x'.repeat(100_000));
    while (!peers.some(({ closed }) => closed)) {
      last.write('x'.repeat(10_000));
      large.write('x'.repeat(10_000));
      await new Promise(setImmediate);
    }
    assert.equal(small.closed, false);
    small.write('\x1c\r');
    assert.equal((await small.wait(1))[0]?.length, 50_004);
  });

  it('refuses connections beyond its limit', async () => {
    const server = await start({ maxConnections: 1 });
    const first = await connect(server);
    first.frame('one');
    await first.wait(1);
    const second = await connect(server);
    await second.ended();
    first.frame('two');
    assert.equal((await first.wait(2)).length, 2);
  });

  it('refuses addresses that are not on its list', async () => {
    const closedTo = await start({ allow: ['192.0.2.0/24', '2001:db8::1'] });
    await (await connect(closedTo)).ended();
    const openTo = await connect(await start({ allow: ['127.0.0.0/8'] }));
    openTo.frame('one');
    assert.deepEqual(await openTo.wait(1), ['one']);
  });

  it('answers what is under way when the sender has closed its half, and when the server closes', async () => {
    const release: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
      });
    const server = await start({ handler });
    const half = await connect(server);
    half.frame('half');
    half.socket.end();
    const whole = await connect(server);
    whole.frame('whole');
    while (release.length < 2) await new Promise(setImmediate);
    const closing = server.close();
    for (const go of release) go();
    assert.deepEqual(await half.wait(1), ['half']);
    assert.deepEqual(await whole.wait(1), ['whole']);
    await closing;
    await assert.rejects(MllpPeer.open(server.port));
    assert.equal(server.connections, 0);
  });

  it('closes in time, whatever a sender does not read and a handler does not answer', async () => {
    const server = await start({ handler: () => new Promise(() => undefined) });
    const stubborn = connectSocket({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    stubborn.on('error', () => undefined);
    stubborn.write('\x0bMSH|1\x1c\r');
    await eventually('it is connected', () => server.connections === 1);
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    assert.equal(closed, false);
    clock.advance(5000);
    await closing;
    assert.equal(server.connections, 0);
    stubborn.destroy();
  });

  it('loses no answer when it closes over frames that it has not read', async () => {
    const release: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answer', bytes: framed.bytes.subarray(0, 4) }));
      });
    const server = await start({ handler, maxUnanswered: 1 });
    const peer = await connect(server);
    for (let i = 0; i < 30; i++) peer.frame(`${String(i).padStart(4, '0')}${'x'.repeat(100_000)}`);
    await eventually('the first is under way', () => release.length > 0);
    const taken = release.length;
    const closing = server.close();
    for (const go of release) go();
    await closing;
    await peer.ended();
    assert.deepEqual(
      peer.answers.map(String),
      Array.from({ length: taken }, (_, i) => String(i).padStart(4, '0')),
    );
  });

  it('delivers and answers the good frames of a stream with bad ones between', async () => {
    const handler: FrameHandler = (framed) =>
      Promise.resolve({ kind: 'answer', bytes: Buffer.from(`${framed.kind} ${framed.bytes.length}`) });
    const peer = await connect(await start({ handler, maxFrameBytes: 50, keepOfBroken: 10 }));
    peer.write('junk', '\x0bMSH|1\x1c\r', '\x0bhello\x1c\r', '\x0bMSH|cut', '\x0bMSH|2\x1c\r');
    peer.write(`\x0b${'x'.repeat(100)}\x1c\r`, '\x0bMSH|3\x1c\r');
    assert.deepEqual(await peer.wait(6), [
      'frame 5',
      'frame 5',
      'unterminated 7',
      'frame 5',
      'too-large 10',
      'frame 5',
    ]);
  });
});
