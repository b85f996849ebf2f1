import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { requireShared } from '../kit/requires.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { corpus, type CorpusMessage } from '../kit/shared-corpus.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('1,307 messages of real systems, sent by a plain MLLP client', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let messages: CorpusMessage[];
  let pid: number;
  const answers: string[] = [];

  before(async function () {
    messages = corpus(requireShared(this, 'data'));
    runtime = await RuntimeProcess.start();
    pid = runtime.pid;
    const sender = new MllpSender(runtime.mllpPort);
    for (const message of messages) answers.push(await sender.send(message.bytes));
    sender.close();
  });

  after(() => runtime?.dispose());

  it('are each answered with their own control id', () => {
    assert.ok(messages.length > 1300);
    const wrong = messages.filter(
      (message, index) => answerField(answers[index] ?? '', 'MSA', 2) !== message.controlId,
    );
    assert.deepEqual(
      wrong.map((message) => message.name),
      [],
    );
  });

  it('are answered AA where they have a control id, and AE where they have none', () => {
    const codes = messages.map((message, index) => [
      message.controlId !== '',
      answerField(answers[index] ?? '', 'MSA', 1),
    ]);
    assert.ok(codes.every(([readable, code]) => code === (readable ? 'AA' : 'AE')));
    assert.ok(codes.some(([, code]) => code === 'AE'));
  });

  it('are all in the journal, byte for byte', async () => {
    const kept = new Map<string, number>();
    for (let before: number | null = null; ;) {
      const page: MessageList = await runtime.api(`/messages?limit=500${before === null ? '' : `&before=${before}`}`);
      for (const { id } of page.messages) {
        const hash = sha256(await runtime.bytes(`/messages/${id}/raw`));
        kept.set(hash, (kept.get(hash) ?? 0) + 1);
      }
      if (page.next === null) break;
      before = page.next;
    }
    const sent = new Map<string, number>();
    for (const { bytes } of messages) sent.set(sha256(bytes), (sent.get(sha256(bytes)) ?? 0) + 1);
    assert.deepEqual(kept, sent);
  });

  it('leave the process alive, with most of them done or unrouted', async () => {
    const status = await runtime.until<RuntimeStatus>(
      '/status',
      (now) => now.messages.done + now.messages.unrouted > 200,
    );
    assert.equal(runtime.pid, pid);
    assert.equal(runtime.exitCode, null);
    assert.equal(status.messages.total, messages.length);
    assert.equal(status.messages.quarantined, 1);
  });
});
