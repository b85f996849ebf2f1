/** Differences over the runtime's own API; what finds them is tested in test/reconcile. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Difference, NewWork } from '../../engine/index.ts';
import type { DifferenceList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { startTestApi, type TestApi } from '../kit/runtime-api.ts';
import { acceptOne, auditEntry, T0 } from '../kit/store-builders.ts';

describe('differences at the runtime API', () => {
  let api: TestApi;
  let item: NewWork;
  beforeEach(async () => {
    api = await startTestApi();
    item = await acceptOne(api.engine.store);
  });
  afterEach(() => api.stop());

  async function keep(id: string, over: Partial<Difference> = {}): Promise<void> {
    const difference: Difference = {
      id,
      version: 1,
      state: 'open',
      found: 'missing',
      endpoint: 'ehr',
      resourceType: 'Task',
      resourceId: '12',
      wroteVersion: '1',
      foundVersion: null,
      copies: 0,
      effectKey: id,
      messageId: item.messageId,
      workId: item.id,
      definition: 'flow-a',
      writtenAt: T0,
      since: T0,
      checkedAt: T0,
      settled: null,
      ...over,
    };
    await api.engine.store.differences.put(0, difference, auditEntry('difference.found'));
  }
  const list = async (query: string): Promise<DifferenceList> => (await api.ask('GET', `/differences?${query}`)).json();
  const settle = (id: string, body: object) => api.ask('POST', `/differences/${id}/settle`, { body });
  const GOOD = { seen: T0, how: 'accepted', reason: 'They wanted it so.' };

  it('are listed by state, page by page, and counted in the status', async () => {
    await keep('a');
    await keep('b', { since: T0 + 1 });
    await keep('c', { since: T0 + 2, state: 'alike', found: 'as-written', messageId: 'other' });
    const open = await list('state=open&limit=1');
    assert.deepEqual(
      open.differences.map(({ id }) => id),
      ['b'],
    );
    assert.deepEqual([open.counts.open, open.counts.alike, open.next], [2, 1, T0 + 1]);
    assert.deepEqual(
      (await list(`state=open&before=${open.next}`)).differences.map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(
      (await list('message=other')).differences.map(({ id }) => id),
      ['c'],
    );
    assert.equal((await api.ask('GET', '/differences?state=wrong')).status, 400);
    assert.equal((await api.ask('GET', '/status')).json<RuntimeStatus>().openDifferences, 2);
  });

  it('are settled by a person who saw the latest, with a reason, in the audit', async () => {
    await keep('a');
    for (const body of [
      { ...GOOD, reason: '' },
      { ...GOOD, how: 'gone' },
      { how: 'accepted', reason: 'x' },
    ])
      assert.equal((await settle('a', body)).status, 400);
    assert.equal((await settle('none', GOOD)).status, 404);
    assert.equal((await settle('a', { ...GOOD, seen: 1 })).status, 409);
    assert.equal((await settle('a', { ...GOOD, how: 'again' })).status, 409, 'its effect is not known');
    const settled = (await settle('a', GOOD)).json<Difference>();
    assert.deepEqual([settled.state, settled.settled?.by, settled.settled?.how], ['settled', 'user:ana', 'accepted']);
    assert.equal((await settle('a', GOOD)).status, 409);
    const audit = await api.engine.store.audit.list({ order: 'oldest-first' });
    assert.deepEqual(
      audit
        .filter(({ type }) => type.startsWith('difference.'))
        .map(({ type, actor }) => `${type} ${actor}`)
        .at(-1),
      'difference.settled user:ana',
    );
  });
});
