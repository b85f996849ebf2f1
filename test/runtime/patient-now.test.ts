/** Whose a task or an alert is by now, over the runtime's own API: merges after it was made, and what else is open of the patient. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AlertRecord, PersonStatement } from '../../engine/index.ts';
import type { AlertDetail, PatientNow, TaskDetail } from '../../runtime/api/task-contract.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, auditEntry, claimOf, newChild, T0 } from '../kit/store-builders.ts';
import { openTask } from '../kit/task-api.ts';

const said = (...keys: readonly string[]): PersonStatement => ({
  chosen: keys[0] ?? '',
  keys,
  at: T0,
  marks: {},
  compare: [],
  alike: null,
  findBy: [],
});

describe('the patient of a task or an alert', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
  });
  afterEach(() => api.stop());

  const taskOf = async (patient: string | undefined, definition: string, title = 'Look'): Promise<string> => {
    const { subscription } = await acceptOne(api.engine.store, { definition, subscription: `${definition}/in` });
    const [work] = await claimOf(api.engine.store, 1, { subscription });
    assert.ok(work);
    return (await openTask(api.engine, work, { title, ...(patient !== undefined && { patient }) })).id;
  };
  const merge = async (prior: string, survivor: string, hint: string, definition: string): Promise<void> => {
    const { messageId } = await acceptOne(api.engine.store, { definition }, { patientHint: hint });
    const links = [{ prior, survivor, kind: 'merged', at: T0 }] as const;
    await api.engine.store.identities.take(messageId, { people: [said(survivor)], links }, api.clock.now());
  };
  const seen = async (id: string, part?: readonly string[]): Promise<PatientNow | null> =>
    (await api.ask('GET', `/tasks/${id}`, part ? { part } : {})).json<TaskDetail>().patient;
  const titles = (patient: PatientNow | null): readonly string[] => patient?.tasks.map(({ title }) => title) ?? [];

  it('is told under the number that is used now, with what else is open under any number', async () => {
    const task = await taskOf('old', 'ward');
    await taskOf('new', 'ward', 'Of the other number');
    await taskOf('else', 'ward', 'Of somebody else');
    const over = await taskOf('new', 'ward', 'Ended');
    await api.engine.tasks.take(
      over,
      1,
      'cancel',
      { actor: 'user:ana', via: 'console' },
      { code: 'not-needed', text: null },
    );
    assert.deepEqual([(await seen(task))?.merged, titles(await seen(task))], [null, []]);
    api.clock.advance(60_000);
    await merge('old', 'new', 'J.D. …0815', 'ward');
    const after = await seen(task);
    assert.deepEqual(
      [after?.merged?.at, after?.merged?.by, after?.merged?.hint],
      [T0 + 60_000, 'message', 'J.D. …0815'],
    );
    assert.deepEqual(titles(after), ['Of the other number']);
    const [link] = await api.engine.store.identities.links({});
    assert.ok(link);
    await api.engine.identities.undo(link.id, link.version, { by: 'user:ana', reason: 'The wrong record.' });
    assert.deepEqual([(await seen(task))?.merged, titles(await seen(task))], [null, []]);
  });

  it('is of the part: neither tasks nor numbers of elsewhere are shown', async () => {
    const task = await taskOf('old', 'ward');
    await taskOf('new', 'lab', 'Of the laboratory');
    await merge('old', 'new', 'J.D. …0815', 'lab');
    const ward = await seen(task, ['ward']);
    assert.deepEqual([ward?.merged?.by, ward?.merged?.hint, titles(ward)], ['message', null, []]);
    const both = await seen(task, ['ward', 'lab']);
    assert.deepEqual([both?.merged?.hint, titles(both)], ['J.D. …0815', ['Of the laboratory']]);
  });

  it('is merged by a chain, and not by two numbers in one message', async () => {
    const task = await taskOf('second', 'ward');
    const { identities } = api.engine.store;
    await identities.take('states both', { people: [said('first', 'second')], links: [] }, T0);
    await taskOf('first', 'ward', 'Of the first number');
    assert.deepEqual([(await seen(task))?.merged, titles(await seen(task))], [null, ['Of the first number']]);
    await merge('first', 'third', 'J.D. …0003', 'ward');
    await merge('third', 'fourth', 'J.D. …0004', 'ward');
    assert.equal((await seen(task))?.merged?.hint, 'J.D. …0004');
  });

  it('is not known where no message said so, and has no more than a page of tasks', async () => {
    assert.equal(await seen(await taskOf(undefined, 'ward')), null);
    const first = await taskOf('busy', 'ward', 'A');
    for (let n = 0; n < 10; n++) await taskOf('busy', 'ward', `B${n}`);
    const ten = await seen(first);
    assert.deepEqual([ten?.tasks.length, ten?.more], [10, false]);
    await taskOf('busy', 'ward', 'C');
    const eleven = await seen(first);
    assert.deepEqual([eleven?.tasks.length, eleven?.more, titles(eleven).includes('A')], [10, true, false]);
  });

  it('is told at an alert as well', async () => {
    const { store } = api.engine;
    const item = await acceptOne(store, { definition: 'ward' });
    const alert: AlertRecord = {
      id: 'alert-1',
      version: 1,
      group: 'group-1',
      policy: 'critical',
      policyVersion: 'v1',
      definition: 'ward',
      patient: 'old',
      messageId: item.messageId,
      tier: 'page',
      title: 'Something to look at',
      state: 'open',
      count: 1,
      startedAt: T0,
      lastAt: T0,
      coolUntil: T0,
      deliveries: [],
      openedAt: null,
      acknowledged: null,
      actedAt: null,
      ended: null,
      runbook: null,
    };
    await store.alerts.raise(alert, newChild(item, 'deliver'), auditEntry('alert.started'));
    await taskOf('new', 'ward', 'Of the other number');
    await merge('old', 'new', 'J.D. …0815', 'ward');
    const { patient } = (await api.ask('GET', '/alerts/alert-1')).json<AlertDetail>();
    assert.deepEqual([patient?.merged?.hint, titles(patient)], ['J.D. …0815', ['Of the other number']]);
  });
});
