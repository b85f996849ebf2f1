import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { requireShared } from '../kit/requires.ts';
import { IntakeBench, subscription } from '../kit/intake-bench.ts';
import { answerField } from '../kit/mllp-sender.ts';
import { corpus } from '../kit/shared-corpus.ts';

describe('messages of real systems, as stored', () => {
  it('are each answered by name, in order, and kept byte for byte', async function () {
    const messages = corpus(requireShared(this, 'data'));
    const bench = await IntakeBench.start({}, undefined, [subscription('one/in', ['ORU^R01'])]);
    try {
      const peer = await bench.connect();
      for (const { bytes } of messages) peer.frame(bytes);
      const answers = await peer.wait(messages.length);
      const expected = messages.map(({ controlId }) => [controlId === '' ? 'AE' : 'AA', controlId]);
      assert.deepEqual(
        answers.map((answer) => [answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)]),
        expected,
      );
      const kept: string[] = [];
      for (let before = Number.MAX_SAFE_INTEGER, page = 1000; page === 1000;) {
        const entries = await bench.store.journal.list({ before, limit: 1000 });
        for (const { id } of entries) {
          kept.push(Buffer.from((await bench.store.journal.bytes(id)) ?? []).toString('latin1'));
        }
        page = entries.length;
        before = entries.at(-1)?.seq ?? 0;
      }
      assert.deepEqual(
        kept.toReversed(),
        messages.map(({ bytes }) => bytes.toString('latin1')),
      );
    } finally {
      await bench.stop();
    }
  });
});
