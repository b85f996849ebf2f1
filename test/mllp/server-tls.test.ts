import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, describe, it } from 'mocha';
import { ManualClock } from '../../engine/base/clock.ts';
import { timeSortedIds } from '../../engine/base/ids.ts';
import { createLog, type Log } from '../../engine/base/log.ts';
import type { FrameHandler } from '../../engine/mllp/connection.ts';
import {
  startMllpServer,
  type MllpRefusal,
  type MllpServer,
  type MllpServerOptions,
} from '../../engine/mllp/server.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { eventually } from '../kit/eventually.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';

const echo: FrameHandler = (framed) => Promise.resolve({ kind: 'answer', bytes: framed.bytes });

describe('the MLLP server over TLS', () => {
  const clock = new ManualClock();
  const own = makeCertificate();
  const sender = makeCertificate({ subject: 'analyser-7' });
  const plain = { cert: own.cert, key: own.key, clientCa: null };
  const mutual = { ...plain, clientCa: sender.cert };
  const servers: MllpServer[] = [];
  const ends: (() => void)[] = [];
  let refusals: MllpRefusal[] = [];
  let lines: string[] = [];

  const start = async (options: Partial<MllpServerOptions> = {}): Promise<MllpServer> => {
    const log: Log = createLog('info', { write: (line: string) => void lines.push(line) });
    const server = await startMllpServer({
      port: 0,
      tls: plain,
      clock,
      ids: timeSortedIds(clock),
      log,
      handler: echo,
      refused: (refusal) => void refusals.push(refusal),
      ...options,
    });
    servers.push(server);
    return server;
  };

  /** A sender; `wait` of it fails where the connection ends. */
  const open = async ({ port }: MllpServer, options: ConnectionOptions = {}): Promise<MllpPeer> => {
    const peer = await MllpPeer.openTls(port, { ca: own.cert, ...options });
    ends.push(() => peer.close());
    return peer;
  };
  const raw = ({ port }: MllpServer): ReturnType<typeof connectSocket> => {
    const socket = connectSocket({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    ends.push(() => socket.destroy());
    return socket;
  };
  const answered = async (peer: MllpPeer): Promise<void> => {
    peer.frame('one');
    assert.deepEqual(await peer.wait(1), ['one']);
  };
  /** It gets no answer, whenever it notices. */
  const refused = async (server: MllpServer, options: ConnectionOptions): Promise<void> => {
    const before = refusals.length;
    const peer = await open(server, options).catch(() => undefined);
    peer?.frame('one');
    await peer?.ended();
    assert.deepEqual(peer?.answers ?? [], []);
    await eventually('it was counted', () => refusals.length === before + 1 && server.connections === 0);
    assert.equal(refusals.at(-1), 'handshake');
  };

  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await Promise.all(servers.splice(0).map((server) => server.close()));
    refusals = [];
    lines = [];
  });

  it('answers frames of a sender that trusts its certificate', async () => {
    const server = await start();
    const peer = await open(server);
    await answered(peer);
    assert.equal((peer.socket as TLSSocket).getProtocol(), 'TLSv1.3');
    assert.equal(server.connections, 1);
    await answered(await open(server, { maxVersion: 'TLSv1.2' }));
    assert.deepEqual(refusals, []);
    peer.close();
    await eventually('it has left', () => server.connections === 1);
  });

  it('isolates frames over TLS as in clear: good, malformed and good in one piece, and one and a half', async () => {
    const peer = await open(await start());
    peer.write('junk', '\x0bMSH|1\x1c\r', '\x0bhello\x1c\r', '\x0bMSH|2\x1c\r', '\x0bMSH|');
    assert.deepEqual(await peer.wait(3), ['MSH|1', 'hello', 'MSH|2']);
    peer.write('3\x1c');
    peer.write('\r');
    assert.equal((await peer.wait(4))[3], 'MSH|3');
    assert.deepEqual(refusals, ['junk']);
  });

  it('answers what is under way when the sender has closed its half', async () => {
    const release: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
      });
    const server = await start({ handler });
    const half = await open(server);
    half.socket.allowHalfOpen = true;
    half.frame('half');
    half.socket.end();
    await eventually('it is under way', () => release.length === 1);
    await new Promise(setImmediate);
    release[0]?.();
    assert.deepEqual(await half.wait(1), ['half']);
    await half.ended();
  });

  it('closes as in clear: what is under way is answered first', async () => {
    const release: (() => void)[] = [];
    const handler: FrameHandler = (framed) =>
      new Promise((resolve) => {
        release.push(() => resolve({ kind: 'answer', bytes: framed.bytes }));
      });
    const server = await start({ handler });
    const peer = await open(server);
    const shaking = raw(server);
    peer.frame('one');
    await eventually('it is under way', () => release.length === 1 && server.connections === 2);
    const closing = server.close();
    release[0]?.();
    assert.deepEqual(await peer.wait(1), ['one']);
    await closing;
    await eventually('the one without TLS is gone', () => shaking.destroyed);
    assert.equal(server.connections, 0);
  });

  it('demands a certificate of an authority that it knows, and says in the log whose it was', async () => {
    const server = await start({ tls: mutual });
    await refused(server, {});
    await refused(server, { maxVersion: 'TLSv1.2' });
    const stranger = makeCertificate({ subject: 'stranger' });
    await refused(server, { cert: stranger.cert, key: stranger.key });
    const late = makeCertificate({ subject: 'late', from: Date.now() - 9e8, until: Date.now() - 1e6 });
    await refused(await start({ tls: { ...plain, clientCa: late.cert } }), { cert: late.cert, key: late.key });
    await answered(await open(server, { cert: sender.cert, key: sender.key }));
    assert.equal(refusals.length, 4);
    const said = lines.map(
      (line) => JSON.parse(line) as { level: number; code?: string; host?: string; subject?: string },
    );
    assert.deepEqual(
      said.flatMap(({ subject }) => (subject === undefined ? [] : [subject])),
      ['analyser-7'],
    );
    assert.deepEqual(
      said.flatMap(({ level, code, host }) => (level === 40 ? [`${code ?? ''} ${host ?? ''}`] : [])),
      [
        'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE 127.0.0.1',
        'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE 127.0.0.1',
        'ECONNRESET 127.0.0.1',
        'DEPTH_ZERO_SELF_SIGNED_CERT ',
        'ECONNRESET 127.0.0.1',
        'CERT_HAS_EXPIRED ',
      ],
    );
  });

  it('speaks no TLS older than 1.2, and nothing in clear', async () => {
    const server = await start();
    await refused(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    const clear = raw(server);
    clear.write('\x0bMSH|1\x1c\r');
    await eventually('it was turned away', () => clear.destroyed && refusals.length === 2);
    assert.deepEqual(refusals, ['handshake', 'handshake']);
  });

  it('waits no longer for a handshake than it says, and counts it once', async () => {
    const server = await start({ handshakeMs: 10_000 });
    const silent = raw(server);
    const slow = raw(server);
    slow.write(Buffer.from([0x16, 0x03, 0x01]));
    await eventually('both are there', () => server.connections === 2);
    clock.advance(9_999);
    await new Promise(setImmediate);
    assert.equal(server.connections, 2);
    clock.advance(1);
    await eventually('both are gone', () => silent.destroyed && slow.destroyed && server.connections === 0);
    await answered(await open(server));
    assert.deepEqual(refusals, ['handshake', 'handshake']);
  });

  it('lets nobody begin a handshake who is not on its list or for whom there is no room', async () => {
    const closedTo = await start({ allow: ['192.0.2.0/24'] });
    await assert.rejects(open(closedTo));
    assert.deepEqual(refusals, ['connection']);
    const server = await start({ maxConnections: 2 });
    const known = await open(server);
    await answered(known);
    const waiting = raw(server);
    await eventually('it counts', () => server.connections === 2);
    // Whoever is in a handshake has sent no message, and makes room.
    const fresh = await open(server);
    await answered(fresh);
    await eventually('it was closed', () => waiting.destroyed);
    await assert.rejects(open(server));
    assert.deepEqual(refusals, ['connection', 'handshake', 'connection']);
    known.frame('two');
    assert.equal((await known.wait(2)).length, 2);
  });

  it('takes a renewed certificate for connections from then on, and keeps those that are open', async () => {
    const server = await start();
    const before = await open(server);
    await answered(before);
    const next = makeCertificate();
    server.renewTls({ cert: next.cert, key: next.key, clientCa: null });
    await assert.rejects(open(server), 'it has the old certificate no more');
    await answered(await open(server, { ca: next.cert }));
    before.frame('two');
    assert.equal((await before.wait(2)).length, 2);
  });

  it('takes renewed authorities, and the senders of the old ones no more, whatever session they offer', async () => {
    const server = await start({ tls: mutual });
    let session: Buffer | undefined;
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: own.cert, cert: sender.cert, key: sender.key });
    ends.push(() => socket.destroy());
    socket.on('session', (given) => {
      session = given;
    });
    socket.resume();
    await eventually('a session was given', () => session !== undefined);
    const other = makeCertificate({ subject: 'analyser-8' });
    server.renewTls({ ...plain, clientCa: other.cert });
    socket.destroy();
    await eventually('it has left', () => server.connections === 0);
    await refused(server, { cert: sender.cert, key: sender.key, ...(session && { session }) });
    await answered(await open(server, { cert: other.cert, key: other.key }));
  });

  it('notices at once who leaves during the handshake or right behind it', async () => {
    const server = await start({ tls: mutual });
    const cut = raw(server);
    await eventually('it counts', () => server.connections === 1);
    cut.end();
    await eventually('it is gone', () => server.connections === 0);
    const options = { port: server.port, host: '127.0.0.1', ca: own.cert, cert: sender.cert, key: sender.key };
    for (let i = 0; i < 20; i++) {
      const socket = connect(options);
      socket.on('error', () => undefined);
      if (i % 2 === 0) socket.once('secureConnect', () => socket.destroy());
      else socket.once('connect', () => socket.destroy());
      await once(socket, 'close');
    }
    await eventually('all are gone', () => server.connections === 0);
    await answered(await open(server, options));
  });

  it('outlives rubbish, resets and cut handshakes', async () => {
    const server = await start();
    for (let i = 0; i < 30; i++) {
      const socket = raw(server);
      socket.write(Buffer.from(Array.from({ length: 1 + ((i * 37) % 200) }, (_, at) => (at * 31 + i * 17) & 255)));
      if (i % 3 === 0) socket.resetAndDestroy();
      else socket.end();
    }
    await eventually('all are gone', () => server.connections === 0 && refusals.length >= 20);
    await answered(await open(server));
  });
});
