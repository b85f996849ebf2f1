import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Store, Switch } from '../../engine/index.ts';
import { auditEntry, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const one = (id: string, more: Partial<Switch> = {}): Switch => ({
  id,
  kind: 'feed',
  name: 'lab',
  mode: 'hold',
  reason: 'the interface engine is being replaced',
  actor: 'user:test',
  setAt: T0,
  from: T0,
  until: null,
  ...more,
});

export function describeSwitches(adapter: StoreAdapter): void {
  describe('switches', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    it('are kept as they were set, after reopening too, with their audit record', async () => {
      const window = one('s2', { kind: 'endpoint', name: 'ehr', setAt: T0 + 1, from: T0 + 500, until: T0 + 900 });
      const closed = one('s3', { mode: 'close', setAt: T0 + 2 });
      await store.switches.set(one('s1'), auditEntry('switch.set'));
      await store.switches.set(window, auditEntry('switch.set'));
      await store.switches.set(closed, auditEntry('switch.set'));
      const reopened = await opened.open(place);
      assert.deepEqual(await reopened.switches.list(T0 + 10), [one('s1'), window, closed]);
      assert.equal((await reopened.audit.list({ type: 'switch.set' })).length, 3);
    });

    it('are left out once their time is over', async () => {
      await store.switches.set(one('s1', { until: T0 + 100 }), auditEntry('switch.set'));
      assert.equal((await store.switches.list(T0 + 99)).length, 1);
      assert.deepEqual(await store.switches.list(T0 + 100), []);
    });

    it('are cleared once, and a clearing of what is not there leaves no record', async () => {
      await store.switches.set(one('s1'), auditEntry('switch.set'));
      assert.equal(await store.switches.clear('s1', auditEntry('switch.cleared')), true);
      assert.deepEqual(await store.switches.list(T0), []);
      assert.equal(await store.switches.clear('s1', auditEntry('switch.cleared')), false);
      assert.equal((await store.audit.list({ type: 'switch.cleared' })).length, 1);
    });
  });
}
