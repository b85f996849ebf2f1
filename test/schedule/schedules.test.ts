import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgendaBackend, JobParameters } from 'agenda';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { ManualClock, silentLog, type PurgeRequest } from '../../engine/index.ts';
import { createSchedules, type ScheduledJob, type Schedules } from '../../engine/schedule/agenda/create-schedules.ts';
import { mongoBackend } from '../../engine/schedule/agenda/mongo-backend.ts';
import { retentionJob } from '../../engine/schedule/agenda/retention-job.ts';
import { sqliteBackend } from '../../engine/schedule/agenda/sqlite-backend.ts';
import { adapter as mongo, removeAllPlaces } from '../contract/mongo-adapter.ts';
import { eventually } from '../kit/eventually.ts';
import { stopMongod } from '../kit/mongod.ts';
import { requireMongod } from '../kit/requires.ts';
import { T0 } from '../kit/store-builders.ts';

interface Storage {
  readonly name: string;
  before(context: Mocha.Context): Promise<void>;
  newPlace(): Promise<string>;
  removePlace(place: string): Promise<void>;
  open(place: string): AgendaBackend;
  after(): Promise<void>;
}

const STORAGES: readonly Storage[] = [
  {
    name: 'SQLite',
    before: () => Promise.resolve(),
    newPlace: () => mkdtemp(join(tmpdir(), 'wardflow-schedules-')),
    removePlace: (place) => rm(place, { recursive: true }),
    open: (place) => sqliteBackend(join(place, 'schedules.db')),
    after: () => Promise.resolve(),
  },
  {
    name: 'MongoDB',
    before: async (context) => {
      context.timeout(60_000);
      await requireMongod(context)();
    },
    newPlace: () => mongo.newPlace(),
    removePlace: (place) => mongo.removePlace(place),
    open: mongoBackend,
    after: async () => {
      await removeAllPlaces();
      await stopMongod();
    },
  },
];

/** Real time: Agenda has no other. Everything is due at once or in an hour. */
const HOUR = 3_600_000;

for (const storage of STORAGES) {
  describe(`schedules on ${storage.name}`, () => {
    let place: string;
    const backends: AgendaBackend[] = [];
    const running: Schedules[] = [];
    before(async function () {
      await storage.before(this);
    });
    beforeEach(async () => {
      place = await storage.newPlace();
    });
    afterEach(async () => {
      for (const schedules of running.splice(0)) await schedules.stop(1000);
      for (const backend of backends.splice(0)) await backend.disconnect();
      await storage.removePlace(place);
    });
    after(function () {
      this.timeout(180_000);
      return storage.after();
    });

    const open = async (): Promise<AgendaBackend> => {
      const backend = storage.open(place);
      backends.push(backend);
      await backend.connect();
      return backend;
    };
    const job = (over: Partial<JobParameters> = {}): JobParameters => ({
      name: 'a job',
      type: 'single',
      priority: 0,
      nextRunAt: new Date(Date.now() - 1000),
      repeatInterval: HOUR,
      data: {},
      ...over,
    });
    const next = (backend: AgendaBackend, at = Date.now(), lockMs = HOUR) =>
      backend.repository.getNextJobToRun('a job', new Date(at), new Date(at - lockMs), new Date(at), undefined);
    const start = async (jobs: readonly ScheduledJob[]): Promise<Schedules> => {
      const schedules = createSchedules({ backend: open, jobs, log: silentLog, lookEveryMs: 20 });
      running.push(schedules);
      await schedules.start();
      return schedules;
    };

    it('hands a due job to one of two that ask, and to nobody while it is locked', async () => {
      const [one, two] = [await open(), await open()];
      await one.repository.saveJob(job(), undefined);
      const got = (await Promise.all([next(one), next(two)])).filter((found) => found !== undefined);
      assert.equal(got.length, 1);
      assert.equal(got[0]?.name, 'a job');
      assert.ok(got[0]?.lockedAt instanceof Date);
      assert.equal(await next(one), undefined);
    });

    it('gives a job back when the lock of a process that died has run out, after reopening', async () => {
      const at = Date.now();
      const first = await open();
      await first.repository.saveJob(job(), undefined);
      assert.ok(await next(first, at));
      await first.disconnect();
      const second = await open();
      assert.equal(await next(second, at + HOUR - 1), undefined);
      assert.ok(await next(second, at + HOUR));
    });

    it('keeps the moment of a job that is declared again at a restart', async () => {
      const later = new Date(Date.now() + HOUR);
      const backend = await open();
      await backend.repository.saveJob(job({ nextRunAt: later }), undefined);
      await backend.repository.saveJob(job(), undefined);
      const { jobs, total } = await backend.repository.queryJobs({ name: 'a job' });
      assert.equal(total, 1);
      assert.deepEqual(jobs[0]?.nextRunAt, later);
    });

    it('runs a job at its time and again after its interval', async () => {
      let runs = 0;
      await start([{ name: 'counts', everyMs: 50, run: () => Promise.resolve(void runs++) }]);
      await eventually('three runs', () => runs >= 3);
    });

    it('runs a job on one of two runtimes', async () => {
      let [runs, inside, most] = [0, 0, 0];
      const counting: ScheduledJob = {
        name: 'counts',
        everyMs: 30,
        async run() {
          most = Math.max(most, ++inside);
          await new Promise(setImmediate);
          inside--;
          runs++;
        },
      };
      await start([counting]);
      await start([counting]);
      await eventually('several runs', () => runs >= 5);
      assert.equal(most, 1);
    });

    it('runs a job again that has failed', async () => {
      let runs = 0;
      const failing = () => Promise.reject(runs++ === 0 ? new Error('the first run fails') : new Error('so does this'));
      await start([{ name: 'fails', everyMs: 30, run: failing }]);
      await eventually('another run', () => runs >= 2);
      const { jobs } = await (await open()).repository.queryJobs({ name: 'fails' });
      assert.equal(jobs[0]?.failReason ?? null, null, 'no text of an error is kept');
    });

    it('takes up where it was after a restart, and forgets what is no more declared', async () => {
      let runs = 0;
      const counting: ScheduledJob = { name: 'counts', everyMs: HOUR, run: () => Promise.resolve(void runs++) };
      const first = await start([counting, { ...counting, name: 'other' }]);
      await first.stop(1000);
      const backend = await open();
      const [waiting] = (await backend.repository.queryJobs({ name: 'counts' })).jobs;
      assert.ok(waiting?.nextRunAt && waiting.nextRunAt.getTime() > Date.now() + HOUR / 2, 'not at once');
      await backend.repository.saveJob({ ...waiting, nextRunAt: new Date(Date.now() - 1) }, undefined);
      const others = await backend.repository.queryJobs({ name: 'other' });
      for (const other of others.jobs)
        await backend.repository.saveJob({ ...other, nextRunAt: new Date(0) }, undefined);
      await start([counting]);
      await eventually('the run that fell due meanwhile', () => runs === 1);
    });

    it('waits for what runs when it is stopped', async () => {
      const events: string[] = [];
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const schedules = await start([
        {
          name: 'slow',
          everyMs: 20,
          async run() {
            events.push('begun');
            await held;
            events.push('ended');
          },
        },
      ]);
      await eventually('it runs', () => events.length > 0);
      const stopped = schedules.stop(5000).then(() => events.push('stopped'));
      release();
      await stopped;
      assert.deepEqual(events, ['begun', 'ended', 'stopped']);
    });

    it('removes and pauses what is named, and nothing where nothing is', async () => {
      const { repository } = await open();
      for (const name of ['a', 'b', 'c']) await repository.saveJob(job({ name, data: { of: name } }), undefined);
      assert.equal(await repository.removeJobs({}), 0);
      assert.equal(await repository.removeJobs({ data: { of: 'a' } }), 1);
      assert.equal(await repository.disableJobs({ name: 'b' }), 1);
      assert.deepEqual(
        (await repository.queryJobs({ includeDisabled: false })).jobs.map(({ name }) => name),
        ['c'],
      );
      assert.equal(await repository.removeJobs({ notNames: ['b'] }), 1);
      assert.deepEqual(await repository.getDistinctJobNames(), ['b']);
      assert.equal((await repository.getJobsOverview())[0]?.paused, 1);
      assert.equal(await repository.enableJobs({ names: ['b'] }), 1);
      assert.equal(await repository.purgeAllJobs(), 1);
    });
  });
}

describe('the retention schedule', () => {
  const DAY = 24 * HOUR;
  const clock = new ManualClock(T0);

  it('is not there when everything is kept', () => {
    const retention = { purge: () => assert.fail('nothing is purged') };
    assert.equal(retentionJob({ retention, clock, log: silentLog, bodiesDays: null, messagesDays: null }), null);
  });

  it('purges in small steps, until there is no more', async () => {
    const asked: PurgeRequest[] = [];
    const retention = {
      purge: (request: PurgeRequest) => {
        asked.push(request);
        return Promise.resolve({ bodies: 1, messages: 0, more: asked.length < 3 });
      },
    };
    const job = retentionJob({ retention, clock, log: silentLog, bodiesDays: 30, messagesDays: null });
    await job?.run();
    assert.equal(asked.length, 3);
    for (const { bodiesBefore, messagesBefore, limit } of asked) {
      assert.deepEqual([bodiesBefore, messagesBefore], [T0 - 30 * DAY, null]);
      assert.ok(limit <= 1000);
    }
  });
});
