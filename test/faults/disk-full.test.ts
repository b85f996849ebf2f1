import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { eventually } from '../kit/eventually.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField } from '../kit/mllp-sender.ts';
import { ownFlow, ownTask, taskDescriptions, writeOwnFlow } from '../kit/own-flow.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { keptControlIds } from './kept.ts';
import { sendUntilAnswered, trySend } from './patient-sender.ts';

const SENDERS = 8;
const BEFORE = 40;
const DURING = 24;

const message = (controlId: string): string =>
  oru({ controlId, patient: `P${controlId}`, observations: [potassium('4.1')] });

describe('a runtime whose disk is full', function () {
  this.timeout(180_000);
  let disk: FaultyDisk;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  const acknowledged: string[] = [];
  let pid = 0;

  before(async function () {
    disk = FaultyDisk.build(this);
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({
      fhirBase: sandbox.url,
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(ownFlow('task', [ownTask('task', {})]), { deadlineSeconds: 5 }),
      // The whole data folder, and in it the log.
      env: (folder) => disk.env(folder),
    });
    pid = runtime.pid;
  });
  after(async () => {
    await runtime?.dispose();
    await sandbox?.close();
    disk?.dispose();
  });

  /** All of them over a few connections; gives the answers, in no order. */
  const sendAll = async (ids: readonly string[], send: typeof trySend): Promise<(string | null)[]> => {
    const answers: (string | null)[] = [];
    const left = [...ids];
    await Promise.all(
      Array.from({ length: SENDERS }, async () => {
        for (let id = left.shift(); id !== undefined; id = left.shift()) {
          const answer = await send(runtime.mllpPort, message(id));
          answers.push(answer);
          if (answer !== null && answerField(answer, 'MSA', 1) === 'AA') acknowledged.push(id);
        }
      }),
    );
    return answers;
  };
  const status = (): Promise<RuntimeStatus> => runtime.api<RuntimeStatus>('/status');

  it('answers nothing once nothing more fits, and says why', async () => {
    // Some are still worked on when it happens.
    await sendAll(
      Array.from({ length: BEFORE }, (_, index) => `BEFORE${index}`),
      sendUntilAnswered,
    );
    assert.equal(acknowledged.length, BEFORE);
    assert.equal((await status()).storeTrouble, null);
    disk.full = true;
    const answers = await sendAll(
      Array.from({ length: DURING }, (_, index) => `DURING${index}`),
      trySend,
    );
    // The first may still have fitted into the room that the files had.
    assert.ok(answers.filter((answer) => answer === null).length > DURING / 2);
    assert.ok(disk.refused > 0);
    const { storeTrouble, feeds } = await status();
    assert.equal(storeTrouble?.code, 'store-disk-full');
    assert.match(storeTrouble.text, /The disk that holds the database .*wardflow\.db is full\. Free space on the disk/);
    assert.ok((feeds[0]?.refused.notKept ?? 0) >= answers.filter((answer) => answer === null).length);
  });

  it('runs on, though not even its log can be written', async () => {
    assert.equal(await trySend(runtime.mllpPort, message('DURING0')), null);
    assert.equal(runtime.ended, false);
    const { feeds } = await status();
    assert.equal(feeds[0]?.state, 'listening');
  });

  it('goes on by itself once there is room, accepts what is sent again, and has lost nothing', async () => {
    disk.full = false;
    await sendAll(
      Array.from({ length: DURING }, (_, index) => `DURING${index}`),
      sendUntilAnswered,
    );
    assert.equal(new Set(acknowledged).size, BEFORE + DURING);
    const now = await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0, 30_000);
    assert.equal(now.storeTrouble, null);
    assert.equal(now.work.dead, 0);
    assert.equal(runtime.pid, pid);
    const kept = await keptControlIds(runtime);
    assert.deepEqual(
      acknowledged.filter((id) => !kept.has(id)),
      [],
    );
    const expected = [...new Set(acknowledged)].map((id) => `${id} task`);
    assert.deepEqual(await taskDescriptions(sandbox.url), expected.toSorted());
  });

  it('has told it all in its log', async () => {
    const log = (): string => readFileSync(join(runtime.folder, 'runtime.log'), 'utf8');
    await eventually('the end is in the log', () => log().includes('The store keeps again what it is given.'));
    assert.match(log(), /The store failed; .* Free space on the disk of [^"]*"/);
    const refused = log().match(/"intake-journal-failed"/g) ?? [];
    assert.ok(refused.length >= 1 && refused.length <= 3, `said ${refused.length} times`);
  });

  it('starts again, after a crash on the full disk, as soon as there is room', async () => {
    disk.full = true;
    await runtime.kill9();
    await assert.rejects(runtime.restart(), /the runtime ended with 1/);
    disk.full = false;
    await runtime.restart();
    assert.equal((await keptControlIds(runtime)).size, BEFORE + DURING);
  });
});
