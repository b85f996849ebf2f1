/** What other servers were seen to fail on, over real sockets to a feed with a real store, in clear and over TLS. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { IntakeBench, subscription } from '../kit/intake-bench.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';

const own = makeCertificate();
const message = (controlId: string, text = 'Ünïcode ☃ 漢'): Buffer =>
  Buffer.from(`${oru({ controlId, patient: 'MRN1', observations: [potassium('4.1')] }).trimEnd()}\rNTE|1||${text}\r`);
const framed = (content: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.of(0x0b), Buffer.from(content), Buffer.of(0x1c, 0x0d)]);

for (const way of ['in clear', 'over TLS']) {
  describe(`what senders do on the wire, ${way}`, () => {
    let bench: IntakeBench;
    let folder: string;
    let peer: MllpPeer;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wardflow-wire-'));
      writeFileSync(join(folder, 'own.pem'), own.cert);
      writeFileSync(join(folder, 'own-key.pem'), own.key, { mode: 0o600 });
      const tls = { certificate: 'own.pem', key: 'own-key.pem', clientCa: null };
      const listen = { host: '127.0.0.1', port: 0, tls: way === 'over TLS' ? tls : null };
      const more = { bindings: { hospital: { listen } }, tlsFolder: folder };
      bench = await IntakeBench.start(more, undefined, [subscription('one/in')]);
      peer = await (way === 'over TLS'
        ? MllpPeer.openTls(bench.port(), { ca: own.cert })
        : MllpPeer.open(bench.port()));
      peer.socket.setNoDelay(true);
    });
    afterEach(async () => {
      peer.close();
      await bench.stop();
      rmSync(folder, { recursive: true });
    });

    /** Each piece by itself, as far as a sender can bring that about. */
    const inPieces = async (...pieces: readonly Uint8Array[]): Promise<void> => {
      for (const piece of pieces) {
        await new Promise<void>((done) => peer.socket.write(piece, () => done()));
        await new Promise(setImmediate);
      }
    };
    const answers = async (count: number): Promise<readonly string[]> =>
      (await peer.wait(count)).map((text) => {
        const answer = Hl7Message.parse(Buffer.from(text));
        return `${answer.get('MSA-1')} ${answer.get('MSA-2')}`.trim();
      });
    /** The bodies that were accepted, oldest first. */
    const accepted = async (): Promise<readonly Buffer[]> => {
      const kept = await bench.store.journal.list({ order: 'oldest-first', states: ['accepted'] });
      return Promise.all(kept.map(async ({ id }) => Buffer.from((await bench.store.journal.bytes(id)) ?? [])));
    };

    it('good, malformed and good in one piece: each is answered for itself', async () => {
      await inPieces(Buffer.concat([framed(message('A')), framed('PID|1||x\r'), framed(message('B'))]));
      assert.deepEqual(await answers(3), ['AA A', 'AE', 'AA B']);
      assert.deepEqual(await accepted(), [message('A'), message('B')]);
    });

    it('a frame that is no HL7 at all: it is answered, and the connection goes on', async () => {
      await inPieces(framed('hello'), framed(''), framed(message('A')));
      assert.deepEqual(await answers(3), ['AE', 'AE', 'AA A']);
    });

    it('one and a half messages in a piece: the second is taken when it is whole, and as it is', async () => {
      const both = Buffer.concat([framed(message('A')), framed(message('B'))]);
      const cut = framed(message('A')).length + 200;
      await inPieces(both.subarray(0, cut));
      assert.deepEqual(await answers(1), ['AA A']);
      assert.deepEqual(await accepted(), [message('A')]);
      await inPieces(both.subarray(cut));
      assert.deepEqual(await answers(2), ['AA A', 'AA B']);
      assert.deepEqual(await accepted(), [message('A'), message('B')]);
    });

    it('half a message, and then the sender is gone: nothing is taken', async () => {
      await inPieces(framed(message('A')), framed(message('B')).subarray(0, 100));
      await answers(1);
      peer.socket.end();
      await peer.ended();
      assert.equal((await bench.store.journal.counts()).total, 1);
    });

    it('characters and the end block cut between two pieces', async () => {
      const whole = framed(message('A'));
      const snowman = whole.indexOf('☃');
      await inPieces(
        whole.subarray(0, snowman + 1),
        whole.subarray(snowman + 1, snowman + 2),
        whole.subarray(snowman + 2, -1),
        whole.subarray(-1),
      );
      assert.deepEqual(await answers(1), ['AA A']);
      await inPieces(...Array.from(framed(message('B', '漢字')), (byte) => Buffer.of(byte)));
      assert.deepEqual(await answers(2), ['AA A', 'AA B']);
      assert.deepEqual(await accepted(), [message('A'), message('B', '漢字')]);
    });

    it('junk before, between and behind: it is counted and costs nothing', async () => {
      await inPieces(Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n\r\n'), framed(message('A')), Buffer.from('junk')]));
      await inPieces(Buffer.from('\r\n'), framed(message('B')));
      assert.deepEqual(await answers(2), ['AA A', 'AA B']);
      assert.deepEqual(await accepted(), [message('A'), message('B')]);
      assert.equal(bench.intake.status()[0]?.refused.junk, 2);
    });
  });
}
