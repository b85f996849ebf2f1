/** Tasks with copies on a real FHIR server over a real socket: store, service, endpoint and rounds as the engine joins them. */
import { createFhirEndpoints, type ClosableFhirEndpoints } from '../../engine/endpoints/create-fhir-endpoints.ts';
import { ManualClock, silentLog, timeSortedIds } from '../../engine/index.ts';
import type {
  ClaimedWork,
  Clock,
  CreateTask,
  EhrCopies,
  EhrCopyPlan,
  TaskService,
  WorkflowTask,
} from '../../engine/index.ts';
import { createEhrCopies } from '../../engine/tasks/create-ehr-copies.ts';
import { createTaskService } from '../../engine/tasks/create-task-service.ts';
import { TASK_IDENTIFIER_SYSTEM } from '../../engine/tasks/fhir-task.ts';
import { CountingFhirServer, type Fault, type Held, type Searches } from './counting-fhir-server.ts';
import { eventually } from './eventually.ts';
import { acceptOne, claimOf, T0 } from './store-builders.ts';
import { TemporaryStore } from './temporary-store.ts';

export const ALL_ELEMENTS: readonly string[] = (
  'groupIdentifier partOf statusReason businessStatus priority code description focus for encounter ' +
  'authoredOn lastModified performerType owner restriction input output'
).split(' ');

const PLAN: EhrCopyPlan = {
  elements: ALL_ELEMENTS,
  for: { reference: 'Patient/1' },
  focus: null,
  encounter: null,
  rules: [{ table: 'critical', version: 'v7' }],
  event: 'event-1',
};

export class CopyBench {
  readonly clock = new ManualClock(T0);
  readonly place: TemporaryStore;
  readonly server: CountingFhirServer;
  readonly work: ClaimedWork;
  readonly failures: unknown[] = [];
  /** Asked for each request of the server. */
  fault: (method: string, type: string, url: string) => Fault | null = () => null;
  /** What the server makes of searches. */
  searches: Searches = 'all';
  /** Whose copy must not be made yet. */
  waits: (task: WorkflowTask) => boolean = () => false;
  /** Of the copies, begun by the time. */
  rounds = 0;
  /** An alarm of the rounds is set: none is under way. */
  #alarms = 0;
  /** A request hangs, or is tried again when the time that the server asked for is over: only time ends it. */
  #hangs = false;
  endpoints: ClosableFhirEndpoints;
  tasks: TaskService;
  copies: EhrCopies;

  private constructor(place: TemporaryStore, server: CountingFhirServer, work: ClaimedWork) {
    this.place = place;
    this.server = server;
    this.work = work;
    [this.endpoints, this.tasks, this.copies] = this.#life();
  }

  static async open(): Promise<CopyBench> {
    const place = await TemporaryStore.create();
    await acceptOne(place.store);
    const [work] = await claimOf(place.store, 1);
    if (!work) throw new Error('there is no work');
    const fault = (method: string, type: string, url: string): Fault | null => {
      const found = bench.fault(method, type, url);
      if (found === 'hang' || found === 'throttle') bench.#hangs = true;
      return found;
    };
    const server = await CountingFhirServer.start({ fault, searches: () => bench.searches });
    const bench: CopyBench = new CopyBench(place, server, work);
    return bench;
  }

  #life(): [ClosableFhirEndpoints, TaskService, EhrCopies] {
    const { clock, place } = this;
    const [log, random, live] = [silentLog, () => 0.5, { publish: () => undefined }];
    const endpoints = createFhirEndpoints({
      folder: place.folder,
      clock,
      log,
      live,
      random,
      held: () => undefined,
      onReady: () => undefined,
      bindings: { ehr: { base: this.server.base, timeoutMs: 2000, deadlineMs: 4000 } },
    });
    const parts = { tasks: place.store.tasks, clock, ids: timeSortedIds(clock), live };
    const tasks = createTaskService({ ...parts, onWork: () => undefined, onChange: ({ id }) => copies.wake(id) });
    const onStoreFailure = (error: unknown): void => void this.failures.push(error);
    this.#alarms = 0;
    const counted: Clock = {
      now: () => clock.now(),
      at: (at, task) => {
        this.#alarms++;
        const cancel = clock.at(at, () => {
          this.#alarms--;
          this.rounds++;
          task();
        });
        return () => {
          this.#alarms--;
          cancel();
        };
      },
    };
    const copies = createEhrCopies({
      ...parts,
      clock: counted,
      service: tasks,
      endpoints,
      waits: (task) => this.waits(task),
      released: () => Promise.resolve(null),
      random,
      log,
      onStoreFailure,
    });
    return [endpoints, tasks, copies];
  }

  /** Another life of the process on the same file. */
  async restart(): Promise<void> {
    await this.#end();
    await this.place.reopen();
    [this.endpoints, this.tasks, this.copies] = this.#life();
  }

  async newTask(over: Partial<CreateTask> = {}): Promise<WorkflowTask> {
    const { task } = await this.tasks.create({
      work: this.work,
      definitionVersion: 'v1',
      priority: 'urgent',
      name: 'review',
      discriminator: '',
      code: 'review',
      title: 'Review',
      serviceLine: null,
      dueAt: null,
      parts: [],
      decisions: [],
      escalationId: null,
      assigned: { role: 'nurse', unit: '4b', person: null },
      patientHint: null,
      endpoint: 'ehr',
      copy: PLAN,
      carry: null,
      ...over,
    });
    return task;
  }

  async task(id: string): Promise<WorkflowTask> {
    const found = await this.place.store.tasks.get(id);
    if (!found) throw new Error('there is no such task');
    return found;
  }

  /** Time goes on, and with it rounds, until it is so. */
  async until(what: string, holds: () => boolean | Promise<boolean>, stepMs = 5000): Promise<void> {
    await eventually(what, async () => {
      if (await holds()) return true;
      // Not while a round waits for answers that come: they would be late by the clock alone.
      if (this.#alarms > 0) this.clock.advance(stepMs);
      else if (this.#hangs) this.clock.advance(500);
      return false;
    });
  }

  inStep(id: string): Promise<void> {
    return this.until('its copy to be in step', async () => {
      const { version, ehr } = await this.task(id);
      return ehr?.syncedVersion === version && ehr.trouble === null;
    });
  }

  trouble(id: string, trouble: string): Promise<void> {
    return this.until(trouble, async () => (await this.task(id)).ehr?.trouble === trouble);
  }

  /** Tasks on the server that carry the id of ours: ever made. */
  madeFor(id: string): readonly Held[] {
    return this.server.bySystem('Task', TASK_IDENTIFIER_SYSTEM).get(id) ?? [];
  }

  async #end(): Promise<void> {
    // What hangs is given up when its time is over.
    let over = false;
    const stopped = this.copies.stop().then(() => (over = true));
    await eventually('the round to end', () => {
      this.clock.advance(1000);
      return over;
    });
    await stopped;
    await this.endpoints.close();
  }

  async close(): Promise<void> {
    await this.#end();
    await this.server.close();
    await this.place.close();
  }
}
