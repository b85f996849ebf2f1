import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { silentLog, type EscalationState } from '../../engine/index.ts';
import { answerOf } from '../../engine/schedule/task-status.ts';
import { createTaskWatcher, type TaskWatcher } from '../../engine/schedule/task-watcher.ts';
import { EscalationBench } from '../kit/escalation-bench.ts';
import { TaskServer } from '../kit/task-server.ts';

const POLL_MS = 15_000;

describe('task watcher', () => {
  let all: EscalationBench;
  let server: TaskServer;
  let watcher: TaskWatcher;

  beforeEach(async () => {
    all = await EscalationBench.open();
    server = new TaskServer();
    watcher = createTaskWatcher({
      escalations: all.bench.store.escalations,
      service: all.service,
      endpoints: server,
      clock: all.bench.clock,
      random: () => 0.5,
      log: silentLog,
      onStoreFailure: (error) => void all.bench.failures.push(error),
      pollMs: POLL_MS,
    });
    watcher.start();
  });
  afterEach(async () => {
    await watcher.stop();
    await all.close();
  });

  async function watch(task: string, endpoint = 'ehr'): Promise<string> {
    const started = await all.service.start({
      work: all.work,
      definition: 'lab',
      name: 'critical',
      discriminator: `${endpoint} ${task}`,
      ladder: 'critical-results',
      ladderVersion: 'v1',
      steps: [{ afterMs: 3_600_000, to: 'nurse', channel: 'console', text: 'look' }],
      exhausted: 'fallback',
      title: 'Critical result not answered',
      watch: { endpoint, reference: task },
      carry: null,
    });
    return started.escalation.id;
  }
  const round = async (): Promise<void> => {
    all.bench.clock.advance(POLL_MS);
    await all.bench.rest();
  };
  const stateOf = async (id: string): Promise<EscalationState | undefined> =>
    (await all.bench.store.escalations.get(id))?.state;

  for (const status of ['accepted', 'in-progress', 'completed']) {
    it(`acknowledges when the task is ${status}`, async () => {
      server.statuses.set('12', 'requested');
      const id = await watch('Task/12');
      await round();
      assert.equal(await stateOf(id), 'open');
      server.statuses.set('12', status);
      await round();
      assert.equal(await stateOf(id), 'acknowledged');
      assert.deepEqual((await all.bench.store.escalations.get(id))?.endedBy, { actor: 'ehr', via: 'fhir-task' });
      server.reads.length = 0;
      await round();
      assert.deepEqual(server.reads, [], 'what has ended is not watched');
    });
  }

  it('cancels when the task is cancelled or entered in error, and goes on when it is refused or failed', async () => {
    const expected = { cancelled: 'cancelled', 'entered-in-error': 'cancelled', rejected: 'open', failed: 'open' };
    const ids = new Map<string, string>();
    for (const status of Object.keys(expected)) {
      server.statuses.set(status, status);
      ids.set(status, await watch(`Task/${status}`));
    }
    await round();
    const found: Record<string, unknown> = {};
    for (const [status, id] of ids) found[status] = await stateOf(id);
    assert.deepEqual(found, expected);
  });

  it('goes on for a status that R4 does not have, or none', () => {
    for (const status of ['Completed', 'toString', '', null, undefined, 7]) {
      assert.equal(answerOf(status), 'keep-escalating', String(status));
    }
  });

  it('asks a server that does not answer once a round, and acknowledges when it answers again', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_, i) => watch(`Task/${i}`)));
    for (let i = 0; i < 20; i++) server.statuses.set(String(i), 'completed');
    server.down = 'transient';
    await round();
    assert.ok(server.reads.length >= 1 && server.reads.length <= 4, `${server.reads.length} reads`);
    server.down = null;
    all.bench.clock.advance(POLL_MS);
    await all.bench.until('all answers', async () => {
      const states = await Promise.all(ids.map(stateOf));
      return states.every((state) => state === 'acknowledged');
    });
  });

  it('is not kept from other tasks by one that is gone, an endpoint that is not bound, or no task at all', async () => {
    const odd = [await watch('Task/gone'), await watch('Task/1', 'unbound'), await watch('Communication/1')];
    server.statuses.set('2', 'completed');
    const id = await watch('Task/2');
    await round();
    assert.equal(await stateOf(id), 'acknowledged');
    for (const other of odd) assert.equal(await stateOf(other), 'open');
    assert.ok(!server.reads.includes('Task/1'));
  });

  it('takes turns where there are more tasks than one round may ask for', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => watch(`Task/${i}`)));
    for (let i = 0; i < 100; i++) server.statuses.set(String(i), 'requested');
    await round();
    assert.equal(server.reads.length, 60);
    await round();
    assert.equal(new Set(server.reads).size, 100);
  });

  it('finds a task by its identifier once it is written, and no other', async () => {
    const id = await watch('Task?identifier=urn:wardflow:event|e1');
    await round();
    assert.deepEqual(server.reads, ['Task?identifier=urn:wardflow:event|e1']);
    assert.equal(await stateOf(id), 'open');
    server.statuses.set('urn:wardflow:event|e1', 'accepted');
    await round();
    assert.equal(await stateOf(id), 'acknowledged');
  });

  it('asks nothing after it was stopped', async () => {
    await watch('Task/12');
    await watcher.stop();
    await round();
    assert.deepEqual(server.reads, []);
  });
});
