import assert from 'node:assert/strict';
import type { MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { createConnection } from 'mongoose';
import { after, before, describe, it } from 'mocha';
import { startSandbox } from '../../demo/sandbox-fhir/start-sandbox.ts';
import type { AuditVerification, RuntimeStatus } from '../../runtime/api/contract.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { answerField } from '../kit/mllp-sender.ts';
import { startReplicaSet } from '../kit/mongod.ts';
import { ownFlow, ownTask, taskDescriptions, writeOwnFlow } from '../kit/own-flow.ts';
import { requireMongodBinary } from '../kit/requires.ts';
import { RuntimeProcess } from '../kit/runtime-process.ts';
import { keptControlIds } from './kept.ts';
import { trySend } from './patient-sender.ts';

const SENDERS = 6;

const message = (controlId: string, patient: string): string =>
  oru({ controlId, patient, observations: [potassium('4.1')] });

describe('a runtime on MongoDB with three members', function () {
  this.timeout(120_000);
  let servers: MongoMemoryReplSet;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let runtime: RuntimeProcess;
  let pid = 0;
  const acknowledged = new Set<string>();
  /** No majority can keep anything. */
  let frozen = false;
  /** Of tries that began while it was so. */
  const whileFrozen = { answered: 0, unanswered: 0 };
  const stop = new AbortController();
  let traffic: Promise<unknown> = Promise.resolve();

  before(async function () {
    requireMongodBinary(this);
    servers = await startReplicaSet(3);
    sandbox = await startSandbox({ port: 0 });
    runtime = await RuntimeProcess.start({
      fhirBase: sandbox.url,
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(ownFlow('task', [ownTask('task', {})]), { deadlineSeconds: 5 }),
      env: { WARDFLOW_STORE: 'mongodb', WARDFLOW_MONGODB_URL: servers.getUri('faults') },
    });
    pid = runtime.pid;
    traffic = Promise.all(Array.from({ length: SENDERS }, (_, lane) => send(lane)));
  });
  after(async () => {
    stop.abort();
    await traffic.catch(() => undefined);
    await runtime?.dispose();
    await sandbox?.close();
    await servers?.stop();
  });

  /** Each sends the same until it is accepted, as hospitals do. */
  async function send(lane: number): Promise<void> {
    for (let n = 0; !stop.signal.aborted; n++) {
      const controlId = `S${lane}N${n}`;
      while (!stop.signal.aborted && !acknowledged.has(controlId)) {
        const began = frozen;
        const answer = await trySend(runtime.mllpPort, message(controlId, `P${lane}`));
        if (began && frozen) whileFrozen[answer === null ? 'unanswered' : 'answered']++;
        if (answer === null) continue;
        assert.equal(answerField(answer, 'MSA', 1), 'AA');
        acknowledged.add(controlId);
      }
    }
  }

  /** Until so many more are acknowledged; fails with whatever the traffic failed with. */
  const acknowledges = (more: number): Promise<void> =>
    until(
      (
        (at) => () =>
          acknowledged.size >= at + more
      )(acknowledged.size),
    );

  const until = async (condition: () => boolean): Promise<void> => {
    let failed: unknown;
    traffic.catch((error: unknown) => (failed = error));
    while (!condition()) {
      if (failed !== undefined) throw failed;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('goes on by itself when the primary steps down', async () => {
    await acknowledges(40);
    await stepDown(servers);
    await acknowledges(40);
    assert.equal(runtime.pid, pid);
    assert.equal(runtime.ended, false);
  });

  it('acknowledges nothing while no majority can keep it, and goes on by itself afterwards', async () => {
    const secondaries = await secondaryPids(servers);
    assert.equal(secondaries.length, 2);
    for (const one of secondaries) process.kill(one, 'SIGSTOP');
    frozen = true;
    try {
      await until(() => whileFrozen.unanswered >= SENDERS * 6);
    } finally {
      // A stopped process takes no request to end either.
      frozen = false;
      for (const one of secondaries) process.kill(one, 'SIGCONT');
    }
    assert.equal(whileFrozen.answered, 0);
    await acknowledges(40);
    assert.equal(runtime.pid, pid);
    assert.equal(runtime.ended, false);
  });

  it('has lost nothing that it acknowledged, and has written nothing twice', async () => {
    stop.abort();

    await traffic;
    const settled = ({ work }: RuntimeStatus): boolean => work.waiting + work.claimed === 0;
    const { work, storeTrouble } = await runtime.until<RuntimeStatus>('/status', settled, 30_000);
    assert.equal(work.dead, 0);
    assert.equal(storeTrouble, null);
    const kept = await keptControlIds(runtime);
    assert.deepEqual(
      [...acknowledged].filter((id) => !kept.has(id)),
      [],
    );
    // The last of a sender may have been kept without its answer.
    assert.deepEqual(await taskDescriptions(sandbox.url), [...kept].map((id) => `${id} task`).toSorted());
    assert.equal((await runtime.api<AuditVerification>('/audit/verify')).intact, true);
  });
});

async function stepDown(servers: MongoMemoryReplSet): Promise<void> {
  const connection = await createConnection(servers.getUri('admin')).asPromise();
  await connection.getClient().db('admin').command({ replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true });
  await connection.close();
}

async function secondaryPids(servers: MongoMemoryReplSet): Promise<readonly number[]> {
  const connection = await createConnection(servers.getUri('admin')).asPromise();
  const { me } = (await connection.getClient().db('admin').command({ hello: 1 })) as { me?: string };
  await connection.close();
  const primary = Number(me?.split(':')[1]);
  return servers.servers
    .filter((server) => server.instanceInfo?.port !== primary)
    .flatMap((server) => server.instanceInfo?.instance.mongodProcess?.pid ?? []);
}
