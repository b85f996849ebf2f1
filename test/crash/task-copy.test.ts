/** A process killed while it writes the copy of a task: the EHR has one Task in the end. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createEngine, silentLog, type Engine } from '../../engine/index.ts';
import { TASK_IDENTIFIER_SYSTEM } from '../../engine/tasks/fhir-task.ts';
import { CountingFhirServer, type Fault } from '../kit/counting-fhir-server.ts';
import { eventually } from '../kit/eventually.ts';
import { acceptOne, claimOf } from '../kit/store-builders.ts';

const LIFE = join(import.meta.dirname, '../kit/copies-life.ts');

describe('a process killed while it writes the copy of a task', function () {
  this.timeout(90_000);
  let folder: string;
  let server: CountingFhirServer;
  let life: ChildProcess | undefined;
  let onRequest: (method: string) => Fault | null = () => null;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-task-copy-'));
    server = await CountingFhirServer.start({ fault: (method) => onRequest(method) });
  });
  afterEach(async () => {
    onRequest = () => null;
    await end();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = (): void => {
    life = spawn(process.execPath, [LIFE, folder, server.base], { stdio: 'inherit' });
  };
  async function end(): Promise<void> {
    if (!life || life.exitCode !== null || life.signalCode !== null) return;
    const gone = once(life, 'exit');
    life.kill('SIGKILL');
    await gone;
  }
  const opened = (): Promise<Engine> => {
    const bindings = { feeds: {}, endpoints: {} };
    return createEngine({ environment: 'staging', dataFolder: folder, bindings, log: silentLog });
  };

  for (const [when, fault] of [
    ['before the server has it', 'reset-before'],
    ['after the server has it, before its answer', 'lost'],
  ] as const)
    it(`leaves one Task: ${when}`, async () => {
      const engine = await opened();
      await acceptOne(engine.store);
      const [work] = await claimOf(engine.store, 1);
      assert.ok(work);
      const { task } = await engine.tasks.create({
        work,
        definitionVersion: 'v1',
        name: 'review',
        discriminator: '',
        code: 'review',
        title: 'Review',
        priority: 'urgent',
        assigned: { role: 'nurse', unit: null, person: null },
        serviceLine: null,
        dueAt: null,
        parts: [],
        decisions: [],
        escalationId: null,
        patientHint: null,
        endpoint: 'ehr',
        carry: null,
      });
      await engine.stop(0);
      let kills = 0;
      onRequest = (method) => {
        if (method !== 'POST' || kills > 0) return null;
        kills++;
        life?.kill('SIGKILL');
        return fault;
      };
      start();
      await eventually('the kill', () => life?.signalCode === 'SIGKILL');
      assert.equal(kills, 1);
      const made = (): number => server.bySystem('Task', TASK_IDENTIFIER_SYSTEM).get(task.id)?.length ?? 0;
      const looked = server.lookUps;
      start();
      await eventually('the Task', () => made() > 0 && server.lookUps > looked);
      // A third life finds what the second knew, or looks again.
      await end();
      const known = await opened();
      const reference = (await known.store.tasks.get(task.id))?.ehr?.reference ?? null;
      await known.stop(0);
      if (reference !== null) assert.equal(reference, 'Task/1');
      start();
      await eventually('another look or nothing to do', () => reference !== null || server.lookUps > looked + 1);
      assert.equal(made(), 1);
    });
});
