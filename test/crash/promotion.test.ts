import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { MessageList, RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { smallDefinitions } from '../gate/small-definitions.ts';
import { adt } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';
import { ReleaseKit } from '../kit/release-kit.ts';
import { longRun } from '../kit/requires.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';

const KIT = join(import.meta.dirname, '..', 'kit', 'kill-at-step');
const STEPS = [
  'copy keeping',
  'copy kept',
  'flows giving',
  'definitions enforcing',
  'definitions.put asked',
  'definitions.put answered',
  'definitions enforced',
  'flows started',
  'audit.append asked',
  'audit.append asked#2',
  'audit.append answered#2',
] as const;
/** Each takes a start of the runtime: the others run with WARDFLOW_TEST_LONG. */
const SHORT: ReadonlySet<string> = new Set(['copy kept', 'definitions enforced', 'flows started']);

describe('a kill in the middle of a promotion', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-promotion-'));
  const armed = join(folder, 'step');
  let runtime: RuntimeProcess;
  let kit: ReleaseKit;
  let sent = 0;

  before(async () => {
    runtime = await RuntimeProcess.start({
      environment: 'production',
      definitions: [],
      env: { KILL_AT_STEP: armed },
      execArgv: ['--import', pathToFileURL(join(KIT, 'preload.ts')).href],
      also: { reads: [KIT], writes: [folder] },
      prepareData: async (data) => {
        kit = await ReleaseKit.create(data);
        await kit.promote(await kit.bundle({ definitions: smallDefinitions({ name: 'alpha' }, { name: 'beta' }) }));
      },
    });
  });
  after(async () => {
    await runtime?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What runs, whole: the release, the definitions in force, and no node of another. */
  const whole = async (): Promise<string | undefined> => {
    const { running, problem, drift } = await runtime.api<RuntimeRelease>('/release/check', { method: 'POST' });
    assert.deepEqual([problem, drift], [null, []]);
    const { definitions } = await runtime.api<RuntimeStatus>('/status');
    assert.deepEqual(
      definitions.map(({ name, version }) => ({ name, version })),
      running?.definitions,
    );
    return running?.bundle;
  };
  const send = async (stop?: AbortSignal): Promise<string> => {
    const id = `K${++sent}`;
    const sender = new MllpSender(runtime.mllpPort);
    try {
      assert.match(await sender.sendUntilAnswered(adt('A01', id, id), stop), new RegExp(`MSA\\|AA\\|${id}`));
    } finally {
      sender.close();
    }
    return id;
  };

  for (const [nth, step] of STEPS.filter((one) => longRun || SHORT.has(one)).entries())
    it(`at "${step}" leaves what was ordered or what ran, whole, and loses no message`, async () => {
      const before_ = await whole();
      const next = await kit.bundle({
        definitions: smallDefinitions(
          { name: 'alpha', code: `msg.step = ${nth}; return msg;` },
          nth % 2 === 0 ? { name: 'gamma', takes: 'ADT^A08' } : { name: 'beta' },
        ),
      });
      const sequence = await kit.promote(next);
      await send();
      writeFileSync(armed, step);
      await assert.rejects(
        runtime.api('/release/apply', { method: 'POST', body: JSON.stringify({ sequence, drain: false }) }),
        'the runtime died before it could answer',
      );
      await runtime.gone();
      assert.equal(runtime.endedBy, 'SIGKILL');
      assert.equal(readFileSync(`${armed}.reached`, 'utf8').trimEnd().split('\n').at(-1), step);
      writeFileSync(armed, '');
      const during = send();
      await runtime.restart();
      await during;
      assert.notEqual(next.hash, before_);
      // Its entry was in the log before the runtime was told.
      assert.equal(await whole(), next.hash);
      await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
      const { messages } = await runtime.api<MessageList>('/messages?limit=1000');
      assert.equal(messages.filter(({ state }) => state !== 'resend').length, sent);
    });
});
