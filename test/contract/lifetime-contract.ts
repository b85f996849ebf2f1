/** What retention promises of every copy: looked for in the files and collections themselves, not through the contract. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { KEPT_COPIES, type NewWork, type Store } from '../../engine/index.ts';
import { decisionOf, effectOf } from '../kit/decision-builders.ts';
import { alertOf, escalationOf, taskOf } from '../kit/people-builders.ts';
import { acceptOne, auditEntry, claimOf, DONE, newChild, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const NOW = T0 + 100 * 86_400_000;

export function describeLifetimes(adapter: StoreAdapter): void {
  describe('lifetimes', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    /** Stand in every copy that ends with the body, and in every other one. */
    let [inBody, inEntry] = ['', ''];
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      [inBody, inEntry] = [marker(), marker()];
    });
    afterEach(() => opened.clear());

    const where = (text: string): Promise<readonly string[]> => adapter.holding(place, text);
    const purge = async (bodiesBefore: number | null, messagesBefore: number | null): Promise<void> => {
      for (let more = true; more;)
        ({ more } = await store.retention.purge({ bodiesBefore, messagesBefore, limit: 10 }));
    };

    async function leaveCopies(): Promise<NewWork> {
      // Too large to be kept packed: it stands in the file as it is.
      const body = `MSH|${inBody}|${'x'.repeat(70_000)}`;
      const keys = [{ kind: 'patient', value: inEntry }] as const;
      const item = await acceptOne(store, {}, { body, keys, patientHint: inEntry });
      const { messageId } = item;
      await store.effects.begin(effectOf(item), 'life', T0, Buffer.from(body));
      const resource = { resourceType: 'Patient', id: 'p1', name: [{ family: inBody }], active: true };
      const result = { status: 200, id: 'p1', etag: 'W/"3"', reference: 'Patient/p1', resource, text: inBody };
      await store.effects.finish(effectOf(item).key, { state: 'done', result, summary: 'done' }, T0);
      const open = { ...effectOf(item), key: 'second' };
      await store.effects.begin(open, 'life', T0, Buffer.from(body));
      const failure = { class: 'permanent', code: 'test-failed', text: 'The test said so.' } as const;
      await store.effects.finish('second', { state: 'failed', failure }, T0);
      const fields = { place: inBody };
      for (const key of ['visit:a', 'visit:b'])
        await store.eventStates.advance(messageId, [{ key, at: T0, happened: T0, fields, moved: ['place'] }]);
      const inputs = { unit: inEntry.repeat(40) };
      await store.decisions.record({ ...decisionOf(item, 'd1'), inputs });
      await store.tasks.create(
        taskOf(item, 't1', { state: 'completed', endedAt: T0, patientHint: inEntry, carry: { v: inEntry } }),
        { kind: 'created', at: T0, actor: 'system', via: 'system', reason: { code: 'x', text: inEntry } },
        auditEntry('task.opened'),
      );
      await store.escalations.start(escalationOf(item, 'e1', { carry: { v: inEntry } }));
      const by = { actor: 'user:ana', via: 'console' };
      await store.escalations.end('e1', 'acknowledged', by, T0, null, auditEntry('escalation.acknowledged'));
      const ended = { state: 'resolved', ended: { at: T0, by: 'system', how: 'resolved' } } as object;
      const child = newChild(item, 'alert', { subscription: 'flow-a/alert', child: carrying(item, 'alert', inBody) });
      await store.alerts.raise(alertOf(item, 'a1', { title: inEntry, ...ended }), child, auditEntry('alert.started'));
      const [claimed] = await claimOf(store);
      assert.ok(claimed);
      const children = [newChild(item, 'later', { child: carrying(item, 'later', inBody) })];
      const { id: workId, fence } = claimed;
      await store.work.settle({ workId, fence, at: T0, settlement: DONE, trace: [], version: null, children });
      for (const subscription of ['flow-a/alert', 'flow-a/child'])
        for (const one of await claimOf(store, 10, { subscription })) await settleAs(store, one, DONE);
      return item;
    }

    it('lists every place that the store keeps anything in, once', async () => {
      const listed = KEPT_COPIES.flatMap((copy): readonly string[] => copy[adapter.copies]);
      assert.deepEqual(listed.filter((name) => !name.includes('.')).toSorted(), await adapter.kept(place));
      assert.equal(new Set(listed).size, listed.length);
    });

    it('ends with the body of the message for what came in, what was answered and what was carried on', async () => {
      const item = await leaveCopies();
      assert.ok((await where(inBody)).length >= (adapter.copies === 'mongo' ? 5 : 1), 'they are there before');
      await purge(NOW, null);
      assert.deepEqual(await where(inBody), []);
      assert.notDeepEqual(await where(inEntry), [], 'the entry stays');
      const [effect] = await store.effects.ofMessage(item.messageId);
      const found = { status: 200, id: 'p1', etag: 'W/"3"', reference: 'Patient/p1' };
      assert.deepEqual(effect?.result, { ...found, resource: null, text: null }, 'what was written can be found');
    });

    it('ends with the entry for all the rest', async () => {
      await leaveCopies();
      const bare = await acceptOne(store, {}, { receivedAt: NOW + 1 });
      assert.notDeepEqual(await where(inEntry), []);
      await purge(null, NOW);
      assert.deepEqual(await where(inEntry), []);
      assert.deepEqual(await where(inBody), [], 'also what ends with the body');
      assert.ok(await store.journal.get(bare.messageId));
    });

    it('leaves nothing of a message that is not said to be left', async () => {
      await leaveCopies();
      await purge(null, NOW);
      const left = new Set<string>(KEPT_COPIES.flatMap((copy) => (copy.until === 'none' ? copy[adapter.copies] : [])));
      assert.deepEqual(
        (await adapter.kept(place, 'with rows')).filter((name) => !left.has(name)),
        [],
      );
    });
  });
}

/** Random, so that it is nowhere by chance, and nothing clinical. */
const marker = (): string => `marker${randomBytes(12).toString('hex')}`;

const carrying = (item: NewWork, key: string, text: string): NonNullable<NewWork['child']> => ({
  parentWorkId: item.id,
  key: `${item.id}/${key}`,
  kind: 'queue',
  data: { carried: text },
});
