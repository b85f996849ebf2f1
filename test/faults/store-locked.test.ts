import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'mocha';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { eventually } from '../kit/eventually.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { keptControlIds } from './kept.ts';
import { sendUntilAnswered } from './patient-sender.ts';

const message = (controlId: string): string =>
  oru({ controlId, patient: `P${controlId}`, observations: [potassium('4.1')] });

describe('a runtime whose database another process keeps locked', function () {
  this.timeout(180_000);
  let runtime: RuntimeProcess;
  let other: DatabaseSync | undefined;

  before(async () => {
    runtime = await RuntimeProcess.start({
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(ownFlow('done', [])),
    });
    await sendUntilAnswered(runtime.mllpPort, message('BEFORE'));
    // Nothing of it is left to write: what waits for the lock are the messages of the test.
    const [first] = (await runtime.api<MessageList>('/messages')).messages;
    const path = `/messages/${first?.id ?? ''}`;
    await runtime.until<MessageDetail>(
      path,
      ({ message: { answeredAt, state } }) => answeredAt !== null && state === 'done',
    );
  });
  after(async () => {
    other?.close();
    await runtime?.dispose();
  });

  it('answers nothing, says who is to blame, and goes on by itself when the lock is gone', async () => {
    other = new DatabaseSync(join(runtime.folder, 'staging', 'wardflow.db'), { timeout: 5000 });
    other.exec('BEGIN IMMEDIATE');
    const sender = new MllpSender(runtime.mllpPort);
    const sent = sender.send(message('DURING')).then(
      () => 'answered',
      () => 'not answered',
    );
    // As long as the store waits for the lock; senders may wait longer.
    await runtime.until<RuntimeStatus>('/status', (now) => now.feeds[0]?.refused.notKept === 1, 30_000);
    sender.close();
    assert.equal(await sent, 'not answered');
    const { storeTrouble, messages } = await runtime.api<RuntimeStatus>('/status');
    assert.equal(storeTrouble?.code, 'store-locked');
    assert.match(storeTrouble.text, /stayed locked by another process\. See which other process holds/);
    assert.equal(messages.total, 1);
    const { pid } = runtime;

    other.exec('ROLLBACK');
    for (const controlId of ['DURING', 'AFTER']) {
      const answer = await sendUntilAnswered(runtime.mllpPort, message(controlId));
      assert.equal(answerField(answer, 'MSA', 1), 'AA');
    }
    const now = await runtime.until<RuntimeStatus>('/status', ({ work }) => work.done === 3, 15_000);
    assert.equal(now.storeTrouble, null);
    assert.equal(runtime.pid, pid);
    assert.deepEqual([...(await keptControlIds(runtime))].toSorted(), ['AFTER', 'BEFORE', 'DURING']);
    await eventually('the end is in the log', () =>
      readFileSync(join(runtime.folder, 'runtime.log'), 'utf8').includes('"code":"store-locked"'),
    );
  });
});
