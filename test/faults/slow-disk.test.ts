import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { eventually } from '../kit/eventually.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField, MllpSender } from '../kit/mllp-sender.ts';
import { ownFlow, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { keptControlIds } from './kept.ts';

const CONNECTIONS = 64;
const FLUSH_MS = 10;
const MEASURED = 1500;

const message = (controlId: string): string =>
  oru({ controlId, patient: `P${controlId}`, observations: [potassium('4.1')] });

describe('a runtime whose disk takes its time to flush', function () {
  this.timeout(180_000);
  let disk: FaultyDisk;
  let runtime: RuntimeProcess;
  const acknowledged = new Set<string>();

  before(async function () {
    disk = FaultyDisk.build(this);
    runtime = await RuntimeProcess.start({
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(ownFlow('done', [])),
      env: (folder) => disk.env(join(folder, 'staging')),
    });
    disk.flushMs = FLUSH_MS;
  });
  afterEach(() => {
    if (disk) disk.stuck = false;
  });
  after(async () => {
    await runtime?.dispose();
    disk?.dispose();
  });

  const send = async (sender: MllpSender, controlId: string): Promise<void> => {
    const answer = await sender.send(message(controlId));
    assert.equal(answerField(answer, 'MSA', 1), 'AA');
    acknowledged.add(controlId);
  };

  it('acknowledges nothing before the flush that keeps it has ended', async () => {
    disk.stuck = true;
    const senders = Array.from({ length: 8 }, () => new MllpSender(runtime.mllpPort));
    const sent = Promise.all(senders.map((sender, index) => send(sender, `STUCK${index}`)));
    await eventually('a flush is held', () => disk.walHeld > 0);
    const flushes = disk.walFlushes;
    // The runtime answers other questions meanwhile: it is the disk that the acknowledgements wait for.
    for (let i = 0; i < 20; i++) await runtime.fetch('/definitions');
    assert.equal(acknowledged.size, 0);
    assert.equal(disk.walFlushes, flushes);
    disk.stuck = false;
    await sent;
    assert.equal(acknowledged.size, 8);
    assert.ok(disk.walFlushes > flushes);
    for (const sender of senders) sender.close();
  });

  it('keeps many messages with one flush when many send at once', async () => {
    const before = { flushes: disk.walFlushes, acknowledged: acknowledged.size };
    let next = 0;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const sender = new MllpSender(runtime.mllpPort);
        while (next < MEASURED) await send(sender, `MANY${next++}`);
        sender.close();
      }),
    );
    assert.equal(acknowledged.size - before.acknowledged, MEASURED);
    const flushes = disk.walFlushes - before.flushes;
    assert.ok(flushes > 0);
    assert.ok(MEASURED / flushes > 8, `${MEASURED} messages took ${flushes} flushes`);
  });

  it('loses nothing that it acknowledged when it is killed in the middle', async () => {
    let killing: Promise<void> | undefined;
    let next = 0;
    const ended = await Promise.allSettled(
      Array.from({ length: CONNECTIONS }, async () => {
        const sender = new MllpSender(runtime.mllpPort);
        for (;;) {
          await send(sender, `KILLED${next++}`);
          if (acknowledged.size > MEASURED + 500) killing ??= runtime.kill9();
        }
      }),
    );
    assert.equal(ended.filter(({ status }) => status === 'rejected').length, CONNECTIONS);
    await killing;
    assert.equal(runtime.ended, true);
    await runtime.restart();
    const kept = await keptControlIds(runtime);
    assert.deepEqual(
      [...acknowledged].filter((id) => !kept.has(id)),
      [],
    );
    const { work } = await runtime.until<RuntimeStatus>('/status', (now) => now.work.waiting + now.work.claimed === 0);
    assert.equal(work.dead, 0);
  });
});
