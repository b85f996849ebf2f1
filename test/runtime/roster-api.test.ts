/** Who is on for what, asked of a real engine with a real file. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { rosterPath } from '../../engine/index.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import type { RosterView, TaskList } from '../../runtime/api/task-contract.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { T0 } from '../kit/store-builders.ts';

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();

describe('the roster at the runtime API', () => {
  let api: TestApi;
  const covers = (entries: readonly object[]): Promise<void> =>
    writeFile(rosterPath(api.folder), JSON.stringify({ kind: 'roster', format: 1, entries }));

  beforeEach(async () => {
    api = await startTestApi();
    await covers([
      { role: 'nurse', unit: '4b', person: 'ana', from: iso(T0), to: iso(T0 + HOUR) },
      { role: 'nurse', unit: '4b', person: 'bert', from: iso(T0 + HOUR), to: null },
      { role: 'coordinator', person: 'carla' },
      { role: 'porter', unit: '5a', person: 'dora' },
    ]);
  });
  afterEach(() => api.stop());

  it('is who is on for what, now or at another time', async () => {
    const now = (await api.ask('GET', '/roster')).json<RosterView>();
    assert.deepEqual(
      now.entries.map(({ person, now: on }) => [person, on]),
      [
        ['ana', true],
        ['bert', false],
        ['carla', true],
        ['dora', true],
      ],
    );
    assert.equal(now.changesAt, T0 + HOUR);
    const later = (await api.ask('GET', `/roster?at=${T0 + HOUR}&unit=4b`)).json<RosterView>();
    assert.deepEqual(
      later.entries.map(({ person, now: on }) => [person, on]),
      [
        ['bert', true],
        ['carla', true],
      ],
    );
  });

  it('is read again when it has changed, and is not there where there is none', async () => {
    await covers([{ role: 'nurse', person: 'eve' }]);
    const { entries } = (await api.ask('GET', '/roster')).json<RosterView>();
    assert.deepEqual(
      entries.map(({ person, unit }) => [person, unit]),
      [['eve', null]],
    );
    await rm(rosterPath(api.folder));
    assert.equal((await api.ask('GET', '/roster')).status, 200, 'for a minute');
    api.clock.advance(60_000);
    assert.equal((await api.ask('GET', '/roster')).status, 404);
    assert.equal((await api.ask('GET', '/tasks?view=mine')).json<TaskList>().roster, false);
    assert.equal((await api.ask('GET', '/roster?at=soon')).status, 400);
  });

  it('is told as broken by the status and the audit trail, and keeps to the last good one', async () => {
    const covering = async () =>
      (await api.ask('GET', '/roster?role=coordinator')).json<RosterView>().entries.map(({ person }) => person);
    assert.deepEqual(await covering(), ['carla']);
    await writeFile(rosterPath(api.folder), '{"kind": "roster", "format": 1}');
    assert.deepEqual(await covering(), ['carla']);
    const trouble = async () => (await api.ask('GET', '/status')).json<RuntimeStatus>().rosterTrouble;
    const told = await trouble();
    assert.equal(told?.inForce, 'the last good one');
    assert.match(told.reason, /entries/);
    await covers([{ role: 'coordinator', person: 'fred' }]);
    assert.equal(await trouble(), null);
    const records = async () =>
      (await api.engine.store.audit.list({ order: 'oldest-first' })).flatMap(({ type }) =>
        type.startsWith('roster.') ? [type] : [],
      );
    await eventually('both are recorded', async () => (await records()).join(' ') === 'roster.broken roster.mended');
    await rm(rosterPath(api.folder));
    assert.deepEqual(await covering(), ['fred']);
    api.clock.advance(60_000);
    assert.equal((await api.ask('GET', '/roster')).status, 404);
    await eventually(
      'that it is gone is recorded',
      async () => (await records()).join(' ') === 'roster.broken roster.mended roster.broken roster.gone',
    );
  });
});
