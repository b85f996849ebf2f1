import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { PROBLEM_STATES } from '../../engine/index.ts';
import type { NewWork, ProblemQuery, ProblemReport, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DONE, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeProblems(adapter: StoreAdapter): void {
  describe('reports of problems', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    let item: NewWork;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      item = await acceptOne(store);
    });
    afterEach(() => opened.clear());

    const report = (id: string, over: Partial<ProblemReport> = {}): ProblemReport => ({
      id,
      version: 1,
      kind: 'false-positive',
      text: 'It was said twice.',
      by: 'user:ana',
      at: T0,
      messageId: item.messageId,
      taskId: 'task-1',
      alertId: null,
      definition: 'flow-a',
      definitionVersion: 'v1',
      state: 'open',
      assignee: null,
      answer: null,
      proposal: null,
      changedAt: T0,
      ...over,
    });
    const create = (one: ProblemReport) => store.problems.create(one, auditEntry('problem.reported'));
    const changed = (one: ProblemReport, over: Partial<ProblemReport>, by = store) =>
      by.problems.change(
        one.version,
        { ...one, ...over, version: one.version + 1 },
        auditEntry('problem.changed', { actor: 'user:eve' }),
      );
    const idsOf = async (query: ProblemQuery): Promise<readonly string[]> =>
      (await store.problems.list(query)).map(({ id }) => id);
    const audited = async (): Promise<readonly string[]> =>
      (await store.audit.list({ order: 'oldest-first' })).map(({ type }) => type);

    it('are kept once, with their record', async () => {
      const one = report('p1');
      await create(one);
      await create({ ...one, text: 'Another text' });
      assert.deepEqual(await store.problems.get('p1'), one);
      assert.equal(await store.problems.get('none'), undefined);
      assert.deepEqual(await audited(), ['problem.reported']);
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await store.problems.get('p1'), one, 'also after a restart');
    });

    it('are changed by whoever has seen the latest version', async () => {
      const one = report('p1');
      await create(one);
      const first = await changed(one, { state: 'looked-at', assignee: 'eve' });
      assert.deepEqual(first.kind === 'changed' && [first.report.version, first.report.assignee], [2, 'eve']);
      const late = await changed(one, { state: 'mended' });
      assert.deepEqual(late.kind === 'stale' && late.report.state, 'looked-at');
      assert.deepEqual(await changed(report('p9'), {}), { kind: 'unknown' });
      assert.deepEqual(await audited(), ['problem.reported', 'problem.changed']);
    });

    it('take one of two that change them at the same moment, from two processes', async () => {
      const other = await opened.open(place);
      const one = report('p1');
      await create(one);
      const both = await Promise.all([changed(one, { state: 'mended' }), changed(one, { state: 'duplicate' }, other)]);
      assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['changed', 'stale']);
    });

    it('are listed newest first, by what they are about, and counted by state', async () => {
      const other = await acceptOne(store);
      const made = [
        report('old', { at: T0 - 1000, state: 'mended', by: 'user:bert' }),
        report('first'),
        report('second', { kind: 'too-late', definition: 'flow-b' }),
        report('other', { at: T0 + 1000, messageId: other.messageId }),
      ];
      for (const one of made) await create(one);
      assert.deepEqual(await idsOf({}), ['other', 'second', 'first', 'old']);
      assert.deepEqual(await idsOf({ states: ['mended'] }), ['old']);
      assert.deepEqual(await idsOf({ kind: 'too-late' }), ['second']);
      assert.deepEqual(await idsOf({ messageId: other.messageId }), ['other']);
      assert.deepEqual(await idsOf({ by: 'user:bert' }), ['old']);
      assert.deepEqual(await idsOf({ since: T0, before: T0 + 1000 }), ['second', 'first']);
      assert.deepEqual(await idsOf({ definitions: ['flow-b'] }), ['second']);
      assert.deepEqual(await idsOf({ definitions: [] }), []);
      assert.deepEqual(await idsOf({ limit: 2 }), ['other', 'second']);
      const none = Object.fromEntries(PROBLEM_STATES.map((state) => [state, 0]));
      assert.deepEqual(await store.problems.counts({}), { ...none, open: 3, mended: 1 });
      assert.deepEqual(await store.problems.counts({ definitions: ['flow-b'] }), { ...none, open: 1 });
    });

    it('keep their message and its body until they are closed, and go with it then', async () => {
      const one = report('p1');
      await create(one);
      const [claimed] = await claimOf(store, 1);
      assert.ok(claimed);
      await settleAs(store, claimed, DONE);
      const purge = () => store.retention.purge({ bodiesBefore: T0 + 1e9, messagesBefore: T0 + 1e9, limit: 10 });
      assert.deepEqual([(await purge()).messages, (await purge()).bodies], [0, 0]);
      const looked = await changed(one, { state: 'looked-at' });
      assert.ok(looked.kind === 'changed');
      assert.equal((await purge()).messages, 0);
      await changed(looked.report, { state: 'as-intended', answer: 'It is meant so.' });
      assert.equal((await purge()).messages, 1);
      assert.equal(await store.problems.get('p1'), undefined);
    });
  });
}
