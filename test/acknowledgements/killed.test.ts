import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, it } from 'mocha';
import { EnhancedBench, enhancedOru, said } from '../kit/enhanced-bench.ts';
import { MllpPeer } from '../kit/mllp-peer.ts';

describe('a process in enhanced mode that was killed', function () {
  this.timeout(60_000);
  let bench: EnhancedBench | undefined;
  afterEach(async () => {
    await bench?.stop();
    bench = undefined;
  });

  /** Sends K1 to a process that dies at the step; gives what its sender had heard, and starts an engine on its data. */
  const killedAt = async (
    step: string,
  ): Promise<{ readonly heard: readonly string[]; readonly bench: EnhancedBench }> => {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-killed-'));
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts'), folder, step], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    const peer = await MllpPeer.open(Number(await next()));
    peer.frame(enhancedOru('K1', 'AL', 'AL'));
    if (step === 'made') await peer.wait(1);
    assert.equal(await next(), step);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await peer.ended();
    bench = await EnhancedBench.start({ folder });
    return { heard: said(peer.answers), bench };
  };

  it('after the commit and before CA: the resend hears CA, and the answer when the flow has made it', async () => {
    const { heard, bench: up } = await killedAt('accepted');
    assert.deepEqual(heard, []);
    const peer = await up.connect();
    peer.frame(enhancedOru('K1', 'AL', 'AL'));
    assert.deepEqual(said(await peer.wait(1)), ['CA K1']);
    await up.answer('K1');
    assert.deepEqual(said(await peer.wait(2)), ['CA K1', 'AA K1']);
    assert.equal((await up.engine.store.journal.counts()).resend, 1);
  });

  it('after the answer was made and before it left: the resend hears it, and no other is made', async () => {
    const { heard, bench: up } = await killedAt('made');
    assert.deepEqual(heard, ['CA K1']);
    assert.equal((await up.record('K1'))?.state, 'made');
    // Its work had not ended: it is delivered again, and answers again.
    const again = await up.answer('K1', { code: 'AE', text: 'after the end' });
    assert.equal(again.kind, 'made-before');
    const peer = await up.connect();
    peer.frame(enhancedOru('K1', 'AL', 'AL'));
    const frames = await peer.wait(2);
    assert.deepEqual(said(frames), ['CA K1', 'AA K1']);
    assert.match(frames[1] ?? '', /before the end/);
    await up.becomes('K1', 'delivered');
  });
});
