import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AlertRecord, HeldBackAlert, NewWork, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DONE, newChild, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const COOL = 30 * 60_000;

export function describeAlerts(adapter: StoreAdapter): void {
  describe('alerts', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    let item: NewWork;
    let serial = 0;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      item = await acceptOne(store);
      serial = 0;
    });
    afterEach(() => opened.clear());

    const alert = (over: Partial<AlertRecord> = {}): AlertRecord => {
      const at = over.startedAt ?? T0;
      return {
        id: `a${++serial}`,
        version: 1,
        group: 'group-1',
        policy: 'critical',
        policyVersion: 'v1',
        definition: 'flow-a',
        messageId: item.messageId,
        tier: 'page',
        title: 'Something to look at',
        state: 'open',
        count: 1,
        startedAt: at,
        lastAt: at,
        coolUntil: at + COOL,
        deliveries: [],
        openedAt: null,
        acknowledged: null,
        actedAt: null,
        ended: null,
        runbook: null,
        ...over,
      };
    };
    const raise = (one: AlertRecord, into = store) =>
      into.alerts.raise(
        one,
        newChild(item, `deliver-${one.id}`, { subscription: 'flow-a/alert' }),
        auditEntry('alert.started'),
      );
    const change = (from: AlertRecord, over: Partial<AlertRecord>, by = store) =>
      by.alerts.change(
        from.id,
        from.version,
        { ...from, ...over, version: from.version + 1 },
        null,
        auditEntry('alert.changed'),
      );
    const another = async (): Promise<string> => (await acceptOne(store)).messageId;
    const delivered = async (): Promise<number> =>
      (await claimOf(store, 1000, { subscription: 'flow-a/alert' })).length;

    it('start once in a group, are counted up by what follows, and deliver once', async () => {
      const first = alert();
      assert.deepEqual(await raise(first), { kind: 'started', alert: first });
      const second = await raise(alert({ messageId: await another(), startedAt: T0 + 1000 }));
      assert.deepEqual([second.kind, second.alert.id, second.alert.count], ['joined', first.id, 2]);
      const redelivered = await raise(alert({ messageId: second.alert.messageId }));
      assert.deepEqual([redelivered.kind, redelivered.alert.count], ['exists', 2]);
      assert.equal((await raise(alert({ group: 'group-2' }))).kind, 'started');
      const now = await store.alerts.ofGroup('group-1');
      assert.deepEqual(now, { ...first, version: 2, count: 2, lastAt: T0 + 1000 });
      assert.deepEqual(await store.alerts.get(first.id), now);
      assert.equal(await delivered(), 2);
      assert.deepEqual(
        (await store.audit.list({})).map(({ type }) => type),
        ['alert.started', 'alert.started'],
      );
    });

    it('are held back while they cool down after their end, and start again afterwards', async () => {
      const first = alert();
      await raise(first);
      const ended = { by: 'user:ana', at: T0 + 5, dismissal: { reason: 'false-positive', text: null } } as const;
      assert.equal((await change(first, { state: 'closed', ended })).kind, 'changed');
      const soon = await raise(alert({ messageId: await another(), startedAt: T0 + COOL - 1 }));
      assert.deepEqual([soon.kind, soon.alert.count], ['cooling-down', 1]);
      const later = await raise(alert({ messageId: await another(), startedAt: T0 + COOL }));
      assert.equal(later.kind, 'started');
      assert.equal((await store.alerts.ofGroup('group-1'))?.id, later.alert.id);
      assert.equal(await delivered(), 2);
      const long = await raise(alert({ messageId: await another(), startedAt: T0 + 3 * COOL }));
      assert.equal(long.kind, 'started', 'one that nobody has ended does not swallow what comes for ever');
    });

    it('start once where a storm comes at the same moment by two processes', async () => {
      const other = await opened.open(place);
      const messages = await Promise.all(Array.from({ length: 30 }, another));
      const raised = await Promise.all(
        messages.map((messageId, i) => raise(alert({ messageId }), i % 2 === 0 ? store : other)),
      );
      assert.equal(raised.filter(({ kind }) => kind === 'started').length, 1);
      assert.equal((await store.alerts.ofGroup('group-1'))?.count, 30);
      assert.equal(await delivered(), 1);
    });

    it('are changed by whoever has seen the latest version', async () => {
      const first = alert();
      await raise(first);
      const other = await opened.open(place);
      const by = (name: string) => ({ state: 'acknowledged' as const, acknowledged: { by: name, at: T0 + 1 } });
      const both = await Promise.all([change(first, by('ana')), change(first, by('bert'), other)]);
      assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['changed', 'stale']);
      assert.deepEqual(await change(alert({ id: 'none' }), {}), { kind: 'unknown' });
      assert.deepEqual(
        (await store.alerts.list({ states: ['acknowledged'] })).map(({ id }) => id),
        [first.id],
      );
      assert.deepEqual(await store.alerts.list({ states: ['open'] }), []);
    });

    it('are listed newest first, by policy, definition, message and time', async () => {
      const messageId = await another();
      await raise(alert({ group: 'g1' }));
      await raise(alert({ group: 'g2', startedAt: T0 + 10, messageId, policy: 'other' }));
      await raise(alert({ group: 'g3', startedAt: T0 + 20, definition: 'flow-b' }));
      const groups = async (query: Parameters<Store['alerts']['list']>[0]) =>
        (await store.alerts.list(query)).map(({ group }) => group);
      assert.deepEqual(await groups({}), ['g3', 'g2', 'g1']);
      assert.deepEqual(await groups({ policy: 'other' }), ['g2']);
      assert.deepEqual(await groups({ messageId }), ['g2']);
      assert.deepEqual(await groups({ definitions: ['flow-b'] }), ['g3']);
      assert.deepEqual(await groups({ definitions: [] }), []);
      assert.deepEqual(await groups({ since: T0 + 10, before: T0 + 20 }), ['g2']);
      assert.deepEqual(await groups({ limit: 1 }), ['g3']);
      assert.deepEqual(await groups({ group: 'g2' }), ['g2']);
      const [oldest] = await store.alerts.list({ group: 'g1' });
      assert.ok(oldest);
      await change(oldest, { state: 'acknowledged', acknowledged: { by: 'user:ana', at: T0 } });
      const none = { open: 0, acknowledged: 0, closed: 0, resolved: 0 };
      assert.deepEqual(await store.alerts.counts({}), { ...none, open: 2, acknowledged: 1 });
      assert.deepEqual(await store.alerts.counts({ definitions: ['flow-b'] }), { ...none, open: 1 });
      assert.deepEqual(await store.alerts.counts({ definitions: [] }), none);
      assert.deepEqual(await store.alerts.counts({ since: T0 + 10, policy: 'other' }), { ...none, open: 1 });
    });

    it('say what was held back, and by which rule', async () => {
      const held = (at: number, over: Partial<HeldBackAlert> = {}): HeldBackAlert => ({
        at,
        group: 'group-1',
        policy: 'critical',
        definition: 'flow-a',
        messageId: item.messageId,
        tier: 'page',
        because: 'suppressed',
        by: 'The analyser is being mended.',
        ...over,
      });
      const all = [
        held(T0),
        held(T0 + 1, { because: 'cooling-down', by: 'a1' }),
        held(T0 + 2, { definition: 'flow-b', group: 'group-2' }),
      ];
      for (const one of all) await store.alerts.heldBack(one);
      assert.deepEqual(await store.alerts.heldBackList({}), all.toReversed());
      assert.deepEqual(await store.alerts.heldBackList({ definitions: ['flow-b'] }), [all[2]]);
      assert.deepEqual(await store.alerts.heldBackList({ group: 'group-2' }), [all[2]]);
      assert.deepEqual(await store.alerts.heldBackList({ since: T0 + 1, before: T0 + 2 }), [all[1]]);
    });

    it('keep their message while they are open, and go with it then', async () => {
      const first = alert();
      await raise(first);
      for (const [claimed] of [await claimOf(store, 1), await claimOf(store, 1, { subscription: 'flow-a/alert' })]) {
        assert.ok(claimed);
        await settleAs(store, claimed, DONE);
      }
      const purge = () => store.retention.purge({ bodiesBefore: null, messagesBefore: T0 + 1e9, limit: 10 });
      assert.equal((await purge()).messages, 0);
      await change(first, { state: 'closed', ended: { by: 'user:ana', at: T0, dismissal: null } });
      assert.equal((await purge()).messages, 1);
      assert.deepEqual(await store.alerts.list({}), []);
      assert.equal(await store.alerts.ofGroup('group-1'), undefined);
    });
  });
}
