/**
 * What people owe, as the worklist shows it: a real engine with a roster and tasks that its own service makes, behind the
 * runtime's own API. The clock is the machine's, because the browser's is.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createEngine,
  definitionSet,
  loadDefinitions,
  rosterPath,
  silentLog,
  systemClock,
  type ClaimedWork,
  type CreateTask,
  type DefinitionSet,
  type Engine,
  type WorkflowTask,
} from '../../engine/index.ts';
import { createRuntimeApi } from '../../runtime/api/index.ts';
import { createPinnedSamples } from '../../runtime/samples/pinned-samples.ts';
import { newMessage, newWork, WINDOW } from './store-builders.ts';

const FLOWS = resolve(import.meta.dirname, '../../flows');
const MINUTE = 60_000;

export interface WorklistBench {
  readonly url: string;
  readonly engine: Engine;
  readonly definitions: DefinitionSet;
  /** One task, made by the engine because of a message of its own unless `work` is given. */
  task(over?: Partial<CreateTask>): Promise<WorkflowTask>;
  /** So many, due a minute after another, in turn late and early. */
  tasks(count: number, over?: (n: number) => Partial<CreateTask>): Promise<readonly WorkflowTask[]>;
  /** A message and its claimed work, for tasks of one message. */
  message(definition?: string): Promise<ClaimedWork>;
  /** A decision of the shipped table about the message. */
  decide(work: ClaimedWork): Promise<string>;
  stop(): Promise<void>;
}

/** @param roster entries of `roster.json`; `null`: there is none */
export async function startWorklistBench(roster: readonly object[] | null = ROSTER): Promise<WorklistBench> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-worklist-'));
  if (roster) await writeFile(rosterPath(folder), JSON.stringify({ kind: 'roster', format: 1, entries: roster }));
  const engine = await createEngine({
    environment: 'staging',
    dataFolder: folder,
    bindings: { feeds: {}, endpoints: {} },
    clock: systemClock,
    log: silentLog,
  });
  const definitions = definitionSet((await loadDefinitions(FLOWS)).all);
  const api = createRuntimeApi(() => true, 'staging', silentLog);
  api.open({
    engine,
    version: '0',
    startedAt: Date.now(),
    definitions: () => definitions,
    drain: () => Promise.resolve(),
    samples: createPinnedSamples(folder),
  });
  const server = createServer((request, response) => api.handle(request, response, () => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  let made = 0;
  async function message(definition = CRITICAL): Promise<ClaimedWork> {
    const n = ++made;
    const entry = newMessage({
      controlId: `LAB${10_000 + n}`,
      patientHint: `T.P. …${4000 + n}`,
      receivedAt: Date.now(),
    });
    const item = newWork(entry, { definition, subscription: `${definition}/in`, createdAt: Date.now() });
    await engine.store.journal.accept(entry, [item], WINDOW);
    const now = Date.now();
    const [work] = await engine.store.work.claim([
      { subscription: item.subscription, limit: 1, owner: 'bench', now, leaseUntil: now + 60 * MINUTE },
    ]);
    if (!work) throw new Error('no work was claimed');
    return work;
  }

  async function task(over: Partial<CreateTask> = {}): Promise<WorkflowTask> {
    const work = over.work ?? (await message());
    const n = ++made;
    const { task: opened } = await engine.tasks.create({
      definitionVersion: definitions.byName(work.definition)?.version ?? 'v1',
      name: 'review',
      discriminator: String(n),
      code: 'review-result',
      title: `Review the result ${n}`,
      priority: 'routine',
      assigned: { role: 'coordinator', unit: 'Ward 4b', person: null },
      serviceLine: 'laboratory',
      dueAt: Date.now() + 30 * MINUTE,
      parts: [],
      decisions: [],
      escalationId: null,
      patientHint: `T.P. …${4000 + n}`,
      endpoint: null,
      carry: null,
      ...over,
      work,
    });
    return opened;
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    definitions,
    message,
    task,
    async tasks(count, over = () => ({})) {
      const works = await Promise.all(Array.from({ length: Math.min(count, 20) }, () => message()));
      const one = (n: number): Promise<WorkflowTask> => {
        const work = works[n % works.length];
        return task({ ...(work && { work }), dueAt: Date.now() + (n - count / 4) * MINUTE, ...over(n) });
      };
      // Together, as a store commits them best.
      const tasks: WorkflowTask[] = [];
      for (let n = 0; n < count; n += 50)
        tasks.push(...(await Promise.all(Array.from({ length: Math.min(50, count - n) }, (_, k) => one(n + k)))));
      return tasks;
    },
    async decide(work) {
      const table = definitions.byName(CRITICAL)?.files['rules/critical-results.json'] ?? '{"rows":[]}';
      const { rows } = JSON.parse(table) as { rows: readonly { readonly id: string }[] };
      const row = rows[0]?.id ?? 'none';
      const id = `decision-${++made}`;
      await engine.store.decisions.record({
        id,
        messageId: work.messageId,
        workId: work.id,
        definition: work.definition,
        node: { id: 'decide', name: 'Critical?' },
        table: 'critical-results',
        version: 'f'.repeat(64),
        at: Date.now(),
        inputs: { status: 'F', code: '2823-3', value: 6.6, unit: 'mmol/L', age: null, flags: ['HH'] },
        matched: [row],
        outputs: { lane: 'stat', ackMinutes: 15 },
        missing: ['age'],
        deterministic: true,
        error: null,
        sentence: 'Potassium is at or above 6.2: the ward’s coordinator is asked to answer within 15 minutes.',
      });
      return id;
    },
    async stop() {
      api.close();
      server.closeAllConnections();
      server.close();
      await engine.stop(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const CRITICAL = 'critical-lab-result';
export const DISCHARGE = 'discharge-follow-up';

/** Cora coordinates ward 4b, as Ben does; Nora is its nurse; Max is somewhere else. */
export const ROSTER: readonly object[] = [
  { role: 'coordinator', unit: 'Ward 4b', person: 'cora' },
  { role: 'coordinator', unit: 'Ward 4b', person: 'ben' },
  { role: 'nurse', unit: 'Ward 4b', person: 'nora' },
  { role: 'bed-manager', unit: null, person: 'max' },
];
