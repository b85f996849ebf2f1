import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createLog, ManualClock, tlsFolderOf, type FeedStatus, type ListenTls } from '../../engine/index.ts';
import { makeCertificate, type TestCertificate } from '../kit/certificates.ts';
import { eventually } from '../kit/eventually.ts';
import { IntakeBench } from '../kit/intake-bench.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';

const DAY = 86_400_000;
const MESSAGE = 'MSH|^~\\&|LAB|NORTH|W|W|20260310101500||ORU^R01|C1|P|2.5.1\r';
const NAMES: ListenTls = { certificate: 'feed.pem', key: 'feed-key.pem', clientCa: null };

describe('a feed over TLS', () => {
  let folder: string;
  let bench: IntakeBench;
  let lines: string[];
  const own = makeCertificate();
  const sender = makeCertificate({ subject: 'analyser-7' });

  const put = ({ cert, key }: TestCertificate, mode = 0o600): void => {
    writeFileSync(join(folder, NAMES.certificate), cert);
    writeFileSync(join(folder, NAMES.key), key);
    chmodSync(join(folder, NAMES.key), mode);
  };
  const start = async (tls: ListenTls = NAMES, allow: readonly string[] = []): Promise<void> => {
    bench = await IntakeBench.start({
      bindings: { hospital: { listen: { host: '127.0.0.1', port: 0, tls, allow } } },
      tlsFolder: folder,
      log: createLog('info', { write: (line: string) => void lines.push(line) }),
    });
  };
  const status = (): FeedStatus => {
    const [feed] = bench.intake.status();
    assert.ok(feed);
    return feed;
  };
  const said = (): number => bench.changes.filter(({ kind }) => kind === 'feed').length;
  const answer = async (options: ConnectionOptions): Promise<string> => {
    const peer = await MllpPeer.openTls(bench.port(), options);
    try {
      peer.frame(MESSAGE);
      return (await peer.wait(1))[0]?.split('\r')[1] ?? '';
    } finally {
      peer.close();
    }
  };

  beforeEach(() => {
    folder = tlsFolderOf(mkdtempSync(join(tmpdir(), 'wardflow-feed-tls-')));
    mkdirSync(folder);
    lines = [];
  });
  afterEach(async () => {
    await bench.stop();
    rmSync(join(folder, '..'), { recursive: true });
  });

  it('takes messages, and says how it speaks and until when', async () => {
    const until = Math.floor(Date.now() / 1000) * 1000 + 40 * DAY;
    const certificate = makeCertificate({ until });
    put(certificate);
    await start();
    assert.equal(await answer({ ca: certificate.cert }), 'MSA|AA|C1');
    assert.deepEqual(status().tls, { mutual: false, validUntil: until, problem: null });
    assert.equal((await bench.store.journal.list({})).length, 1);
    await assert.rejects(MllpPeer.openTls(bench.port(), {}), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('demands a certificate where its binding names authorities, and counts who has none', async () => {
    put(own);
    writeFileSync(join(folder, 'senders.pem'), `for people\n${sender.cert}`);
    await start({ ...NAMES, clientCa: 'senders.pem' });
    assert.equal(status().tls?.mutual, true);
    assert.equal(await answer({ ca: own.cert, cert: sender.cert, key: sender.key }), 'MSA|AA|C1');
    await assert.rejects(answer({ ca: own.cert }));
    await eventually('it was counted', () => status().refused.handshakes === 1);
    assert.equal(status().refused.connections, 0);
  });

  it('says what is wrong with its files, and listens as soon as they can be used', async () => {
    await start();
    for (const [what, prepare] of [
      [/"feed\.pem" for MLLP over TLS cannot be used: it cannot be read \(ENOENT\)/, () => undefined],
      [/"feed\.pem".*not a certificate in PEM form/, () => put({ cert: 'rubbish', key: own.key })],
      [/"feed-key\.pem".*not a private key/, () => put({ cert: own.cert, key: 'rubbish' })],
      [/"feed-key\.pem".*not the key of the certificate/, () => put({ cert: own.cert, key: sender.key })],
    ] as const) {
      prepare();
      bench.clock.advance(30_000);
      await eventually('it has tried', () => what.test(status().error?.text ?? ''));
      assert.deepEqual([status().state, status().error?.code], ['failed', 'mllp-tls-file']);
      assert.deepEqual(status().tls, { mutual: false, validUntil: null, problem: null });
      assert.match(status().error?.text ?? '', /folder "tls"/, 'the remedy is said');
    }
    put(own);
    bench.clock.advance(30_000);
    await eventually('it listens', () => status().state === 'listening');
    assert.equal(status().error, null);
    assert.equal(await answer({ ca: own.cert }), 'MSA|AA|C1');
  });

  it('takes a renewed certificate within a minute, and no half of one', async () => {
    put(own);
    await start();
    const open = await MllpPeer.openTls(bench.port(), { ca: own.cert });
    open.frame(MESSAGE);
    await open.wait(1);
    const next = makeCertificate();
    put({ cert: next.cert, key: own.key });
    const before = said();
    bench.clock.advance(60_000);
    assert.match(status().tls?.problem?.text ?? '', /not the key of the certificate/);
    assert.equal(said(), before + 1);
    assert.equal(await answer({ ca: own.cert }), 'MSA|AA|C1', 'the one in force stays');
    bench.clock.advance(60_000);
    assert.equal(said(), before + 1, 'once');
    put(next);
    bench.clock.advance(60_000);
    assert.equal(status().tls?.problem, null);
    await assert.rejects(answer({ ca: own.cert }));
    assert.equal(await answer({ ca: next.cert }), 'MSA|AA|C1');
    open.frame(MESSAGE);
    assert.equal((await open.wait(2)).length, 2, 'who is connected stays so');
    open.close();
    // And again: looking goes on.
    put(own);
    bench.clock.advance(60_000);
    assert.equal(await answer({ ca: own.cert }), 'MSA|AA|C1');
  });

  it('warns of a certificate that runs out and of a key that others may read, without what is in them', async () => {
    const now = new ManualClock().now();
    put(makeCertificate({ from: now - DAY, until: now + 29 * DAY }), 0o644);
    await start();
    const texts = lines.map((line) => (JSON.parse(line) as { text: string }).text);
    assert.ok(
      texts.some((text) => /runs out on \d{4}-\d\d-\d\d/.test(text)),
      'the date',
    );
    assert.ok(
      texts.some((text) => text.includes('may read or change the key')),
      'the key',
    );
    assert.ok(!lines.some((line) => line.includes('BEGIN') || line.includes(folder)), 'neither contents nor places');
  });

  it('closes without leaving anything that looks at its files', async () => {
    put(own);
    await start();
    assert.ok(bench.clock.waiting > 0);
    await bench.intake.close();
    assert.equal(bench.clock.waiting, 0);
  });
});
