/** Tasks and a roster for tests of the runtime's API (startTestApi). */
import { writeFile } from 'node:fs/promises';
import { rosterPath, type ClaimedWork, type CreateTask, type Engine, type WorkflowTask } from '../../engine/index.ts';
import type { TestApi } from './runtime-api.ts';
import { T0 } from './store-builders.ts';

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();

/** Who is on from T0: ana on 4b until an hour later, then bert; carla for the whole house. */
export const ROSTER = [
  { role: 'nurse', unit: '4b', person: 'ana', from: iso(T0), to: iso(T0 + HOUR) },
  { role: 'nurse', unit: '4b', person: 'bert', from: iso(T0 + HOUR), to: null },
  { role: 'coordinator', person: 'carla' },
  { role: 'porter', unit: '5a', person: 'dora' },
];

export const writeRoster = (api: Pick<TestApi, 'folder'>, entries: readonly object[]): Promise<void> =>
  writeFile(rosterPath(api.folder), JSON.stringify({ kind: 'roster', format: 1, entries }));

let made = 0;

/** For the nurse of 4b, due ten minutes after T0. */
export async function openTask(
  engine: Engine,
  work: ClaimedWork,
  over: Partial<CreateTask> = {},
): Promise<WorkflowTask> {
  const { task } = await engine.tasks.create({
    work,
    definitionVersion: 'v1',
    name: 'review',
    discriminator: String(++made),
    code: 'review-result',
    title: 'A result to look at',
    priority: 'stat',
    assigned: { role: 'nurse', unit: '4b', person: null },
    serviceLine: 'laboratory',
    dueAt: T0 + 600_000,
    parts: [],
    decisions: [],
    escalationId: null,
    patientHint: 'J.D. …4711',
    endpoint: null,
    carry: { event: 'clinical' },
    ...over,
  });
  return task;
}
