import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createEngine, ManualClock, silentLog, type Engine } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { wanted } from '../kit/subscription-bench.ts';

describe('a server that hangs', () => {
  const clock = new ManualClock();
  let folder: string;
  let engine: Engine;
  let [well, hung]: FhirSimulator[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-turns-'));
    [well, hung] = await Promise.all([FhirSimulator.start(), FhirSimulator.start()]);
    const bound = (base = '') =>
      ({
        kind: 'fhir',
        base,
        auth: { kind: 'none' },
        concurrency: 4,
        timeoutMs: 3_600_000,
        deadlineMs: 3_600_000,
      }) as const;
    engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      clock,
      log: silentLog,
      bindings: { feeds: {}, endpoints: { well: bound(well?.base), hung: bound(hung?.base) } },
    });
    const names = ['well', 'hung'];
    await engine.intake.configure(
      [],
      [],
      names.map((name) => ({
        name,
        format: 'fhir',
        lane: 'routine',
        afterDead: 'continue',
        resendWindowMs: 60_000,
      })),
    );
    hung?.fault({}, { kind: 'hang' });
    await engine.subscriptions.configure(names.map((name) => wanted({ name, endpoint: name, pollMs: 60_000 })));
    engine.start();
  });
  after(async () => {
    await Promise.all([well?.close(), hung?.close()]);
    await engine.stop(1_000);
    await rm(folder, { recursive: true });
  });

  it('keeps no other subscription waiting', async () => {
    const polledAt = (name: string) => engine.subscriptions.status().find((one) => one.name === name)?.polledAt;
    await eventually('the hanging server is asked', () => hung?.requests.length === 1);
    for (let poll = 0, last = 0; poll < 3; poll++) {
      await eventually('the other is polled', () => {
        clock.advance(1_000);
        return (polledAt('well') ?? 0) > last;
      });
      last = polledAt('well') ?? 0;
    }
    assert.equal(polledAt('hung'), null);
  });
});
