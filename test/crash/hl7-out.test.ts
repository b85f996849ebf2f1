/**
 * A runtime that kills itself (SIGKILL) between sending an HL7 message and knowing that it was sent: the receiver gets the
 * same bytes again, or nothing more, although the flow writes another time into the message at each delivery.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { MessageDetail, MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { CountingReceiver, fieldOf } from '../kit/counting-receiver.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { receiverDefinition } from '../kit/receiver-definition.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const KIT = join(import.meta.dirname, '../kit/kill-at-step');

/** Step -> how often the message is at the receiver in the end. */
const STEPS = [
  ['effects.begin committed', 1],
  ['effects.finish asked', 2],
  ['effects.finish committing', 2],
  ['effects.finish committed', 1],
] as const;

describe('a runtime killed between sending an HL7 message and knowing that it was sent', function () {
  this.timeout(40_000);
  let folder: string;
  let step: string;
  let receiver: CountingReceiver;
  let runtime: RuntimeProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-hl7-out-'));
    step = join(folder, 'step');
    receiver = await CountingReceiver.start();
    runtime = await RuntimeProcess.start({
      definitions: [],
      prepareFlows(flows) {
        for (const [path, text] of Object.entries(receiverDefinition({}))) {
          const file = join(flows, 'to-ward', path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text);
        }
      },
      async prepareData(data) {
        const listen = { host: '127.0.0.1', port: '${WARDFLOW_MLLP_PORT}' };
        const ward = { kind: 'mllp', host: '127.0.0.1', port: receiver.port };
        const bindings = { kind: 'bindings', format: 1, feeds: { hospital: { listen } }, endpoints: { ward } };
        writeFileSync(join(data, 'staging/bindings.json'), JSON.stringify(bindings), { mode: 0o600 });
        await Promise.resolve();
      },
      env: { KILL_AT_STEP: step },
      execArgv: ['--import', pathToFileURL(join(KIT, 'preload.ts')).href],
      also: { reads: [KIT], writes: [folder] },
    });
  });
  after(async () => {
    await runtime?.dispose();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [i, [at, arrivals]] of STEPS.entries())
    it(`sends the same bytes, or nothing more, after: ${at}`, async () => {
      const controlId = `K${i}`;
      writeFileSync(step, at);
      const sender = new MllpSender(runtime.mllpPort);
      const gone = runtime.gone();
      const sending = sender.sendUntilAnswered(adt('A01', controlId, `K${i}`));
      await gone;
      writeFileSync(step, '');
      assert.equal(runtime.endedBy, 'SIGKILL');
      assert.equal(readFileSync(`${step}.reached`, 'utf8').trimEnd().split('\n').at(-1), at);
      const before = receiver.received.filter((one) => one.controlId === controlId).length;
      assert.equal(before, at === 'effects.begin committed' ? 0 : 1);
      await runtime.restart();
      await sending;
      sender.close();
      await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
      const came = receiver.received.filter((one) => one.controlId === controlId);
      assert.equal(came.length, arrivals);
      const [first] = came;
      assert.ok(first && came.every(({ bytes }) => bytes.equals(first.bytes)));
      assert.match(fieldOf(first.bytes, 6), /^\d{6,}$/, 'the flow wrote its time');
      const { messages } = await runtime.api<MessageList>(`/messages?q=${controlId}`);
      const { effects, message } = await runtime.api<MessageDetail>(`/messages/${messages.at(-1)?.id ?? ''}`);
      assert.deepEqual([message.state, effects.map(({ state }) => state)], ['done', ['done']]);
    });
});
