import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createEngine, ManualClock, silentLog, type ClaimedWork, type Engine } from '../../engine/index.ts';
import { eventually } from '../kit/eventually.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer } from '../kit/local-http-server.ts';
import { DONE, RecordingSource } from '../kit/recording-source.ts';
import { effectSpec, post } from './outside-world.ts';

describe('an engine whose process was killed', function () {
  this.timeout(180_000);
  let folder: string;
  let server: LocalHttpServer;
  let engine: Engine;
  let taskStatus = 'requested';
  const clock = new ManualClock(Date.now());
  const source = new RecordingSource('lab/results');
  const ladder = new RecordingSource('lab/critical');
  /** Effects that were told that they may have happened. */
  const looked: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-engine-'));
    server = await startLocalHttpServer((request, response) =>
      request.method === 'GET'
        ? answerJson(response, 200, { resourceType: 'Task', id: '12', status: taskStatus, intent: 'order' })
        : answerJson(response, 201, {}),
    );
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts'), folder, server.origin], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(line.toString(), 'reached\n');
    child.kill('SIGKILL');
    await once(child, 'exit');

    clock.set(Date.now());
    const ehr = {
      kind: 'fhir',
      base: `${server.origin}/fhir`,
      auth: { kind: 'none' },
      timeoutMs: 5000,
      concurrency: 4,
    } as const;
    const bindings = { feeds: {}, endpoints: { ehr } };
    engine = await createEngine({ environment: 'staging', dataFolder: folder, bindings, clock, log: silentLog });
    source.onDeliver = (work) => void processAgain(work);
    ladder.onDeliver = (work) => void engine.dispatcher.finish(work, DONE);
    engine.dispatcher.addSource(source);
    engine.dispatcher.addSource(ladder);
    engine.start();
  });
  after(async () => {
    await engine.stop(0);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function processAgain(work: ClaimedWork): Promise<void> {
    const names = work.message.controlId === 'BRANCHES' ? ['first-branch', 'second-branch'] : ['in-the-middle'];
    for (const name of names) {
      await engine.effects.once(effectSpec(work, name), (effect) => {
        if (!effect.maybeDone) return post(server.origin, name);
        looked.push(name);
        return Promise.resolve({ kind: 'done', result: { name }, summary: 'found' });
      });
    }
    await engine.dispatcher.finish(work, DONE);
  }
  const until = (what: string, condition: () => boolean | Promise<boolean>): Promise<void> =>
    eventually(what, () => {
      clock.advance(0);
      return condition();
    });
  const posts = (name: string): number =>
    server.seen.filter(({ method, url }) => method === 'POST' && url === `/${name}`).length;

  it('delivers at once what was in flight, as a further attempt', async () => {
    await until('both deliveries', () => source.taken.length === 2);
    assert.deepEqual(
      source.taken.map((work) => work.attempt),
      [2, 2],
    );
  });

  it('does the second branch and does not repeat the first', async () => {
    await until('the second branch', () => posts('second-branch') === 1);
    assert.equal(posts('first-branch'), 1);
  });

  it('looks first where the action may have happened', async () => {
    await until('the look', () => looked.length === 1);
    assert.deepEqual(looked, ['in-the-middle']);
    assert.equal(posts('in-the-middle'), 1);
  });

  it('ends with every item done', async () => {
    await until('both ends', async () => (await engine.store.work.counts()).done === 2);
    assert.equal((await engine.store.work.counts()).claimed, 0);
  });

  it('tells the step of an escalation that was started before', async () => {
    assert.equal(ladder.taken.length, 0);
    clock.advance(600_000);
    await until('the first step', () => ladder.taken.length === 1);
    assert.match(ladder.taken[0]?.child?.key ?? '', /\/step\/0$/);
  });

  it('stops telling when the FHIR Task is accepted on the server', async () => {
    taskStatus = 'accepted';
    await until('the end', () => {
      // The next look at the task is at most 16 s away; the next step is ten minutes away.
      clock.advance(20);
      return ladder.taken.length === 2;
    });
    assert.match(ladder.taken[1]?.child?.key ?? '', /\/ended$/);
    const [escalation] = await engine.store.escalations.list({});
    assert.equal(escalation?.state, 'acknowledged');
    assert.deepEqual(escalation.endedBy, { actor: 'ehr', via: 'fhir-task' });
  });
});
