/** Rounds against a real HTTP server and a real store: effects are recorded as nodes record them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  EFFECT_IDENTIFIER_SYSTEM,
  silentLog,
  WardflowError,
  type Difference,
  type FhirAnswer,
  type FhirResource,
  type FhirResult,
  type Store,
} from '../../engine/index.ts';
import { createReconciler } from '../../engine/reconcile/create-reconciler.ts';
import type { Reconciler, SettleDifference } from '../../engine/reconcile/reconciler.ts';
import { endpointTo, type EndpointUnderTest } from '../fhir/kit.ts';
import { FhirSimulator } from '../kit/fhir-simulator.ts';
import { acceptOne, claimOf } from '../kit/store-builders.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const HOUR = 3_600_000;
const TASK: FhirResource = { resourceType: 'Task', status: 'requested', intent: 'order', description: 'x' };

describe('the reconciler', function () {
  this.timeout(60_000);
  let server: FhirSimulator;
  let ehr: EndpointUnderTest;
  let temporary: TemporaryStore;
  let store: Store;
  let messageId: string;
  let workId: string;
  let reconciler: Reconciler;
  let told: string[];

  beforeEach(async () => {
    server = await FhirSimulator.start();
    ehr = endpointTo(server.base);
    temporary = await TemporaryStore.create();
    store = temporary.store;
    const item = await acceptOne(store);
    [messageId, workId] = [item.messageId, item.id];
    await begunUnder({});
    told = [];
    reconciler = make();
  });
  afterEach(async () => {
    await ehr.close();
    await temporary.close();
    await server.close();
  });

  function make(more: { windowMs?: number | null; perRound?: number } = {}): Reconciler {
    const { clock, endpoints } = ehr;
    const live = { publish: (change: { kind: string }) => void told.push(change.kind) };
    return createReconciler({ store, endpoints, clock, log: silentLog, live, windowMs: 24 * HOUR, ...more });
  }

  /** The item is pinned to a version with this in its intent; a later version may send everything. */
  async function begunUnder(intent: object): Promise<void> {
    const [claimed] = await claimOf(store);
    const pinned = JSON.stringify(intent);
    await store.definitions.put('flow-a', pinned, { 'intent.json': pinned }, 1);
    await store.definitions.put('flow-a', 'later', { 'intent.json': '{}' }, 2);
    if (claimed) await store.work.pin(claimed.id, claimed.fence, pinned);
  }

  async function effect(key: string, target: string, act: () => Promise<FhirResult>): Promise<FhirAnswer> {
    const { clock } = ehr;
    const identity = { key, messageId, workId, name: key, definition: 'flow-a', discriminator: '', version: '1' };
    await store.effects.begin({ ...identity, target }, 'life', clock.now());
    const done = await act();
    assert.ok(done.ok);
    const { status, etag, resource } = done.answer;
    const id = resource?.id ?? null;
    const result = { status, id, reference: `Task/${id}`, etag, resource };
    await store.effects.finish(key, { state: 'done', result, summary: key }, clock.now());
    return done.answer;
  }
  const create = (key: string): Promise<FhirAnswer> =>
    effect(key, 'ehr: create Task', () => ehr.ehr.createOnce(TASK, { system: EFFECT_IDENTIFIER_SYSTEM, value: key }));
  const idOf = async (key: string): Promise<string> => (await create(key)).resource?.id ?? '';
  /** Later, when writes have settled. */
  async function round(): Promise<void> {
    ehr.clock.advance(6 * 60_000);
    await reconciler.round();
  }
  const difference = async (id: string): Promise<Difference> => {
    const found = await store.differences.get(id);
    assert.ok(found, `nothing is known of ${id}`);
    return found;
  };
  const stateOf = async (id: string): Promise<string> => {
    const { state, found } = await difference(id);
    return `${state}, ${found}`;
  };
  const audited = async (): Promise<readonly string[]> =>
    (await store.audit.list({ order: 'oldest-first' })).map(({ type }) => type);
  const settle = async (id: string, over: Partial<SettleDifference> = {}): Promise<Difference> =>
    reconciler.settle(id, {
      seen: (await difference(id)).since,
      how: 'accepted',
      reason: 'They removed it on purpose.',
      actor: 'user:ana',
      ...over,
    });
  const code = async (asked: Promise<unknown>): Promise<string> => {
    try {
      await asked;
      return 'none';
    } catch (error) {
      return error instanceof WardflowError ? error.code : String(error);
    }
  };

  it('finds what is as it was written, changed by others, gone, there twice and rewritten', async () => {
    const ids = [];
    for (const key of ['same', 'changed', 'removed', 'twice', 'rewritten']) ids.push(await idOf(key));
    const [, changed = '', removed = '', twice = '', rewritten = ''] = ids;
    server.change(`Task/${changed}`, { status: 'accepted' });
    server.remove(`Task/${removed}`);
    const copy = server.stored('Task').find(({ id }) => id === twice);
    assert.ok(copy);
    server.put({ ...copy, id: 'copy' });
    const last = server.records.versionsOf('Task', rewritten).at(-1);
    assert.ok(last?.resource);
    // Without a new version, as a server that was mended by hand.
    Object.assign(last.resource, { description: 'y' });
    await round();
    assert.equal(await stateOf('same'), 'alike, as-written');
    assert.equal(await stateOf('changed'), 'alike, changed');
    assert.equal(await stateOf('removed'), 'open, missing');
    assert.equal(await stateOf('twice'), 'open, duplicate');
    assert.equal((await difference('twice')).copies, 2);
    assert.equal(await stateOf('rewritten'), 'open, differs');
    assert.deepEqual(await audited(), ['difference.found', 'difference.found', 'difference.found']);
    assert.deepEqual(told, ['message', 'message', 'message']);
    assert.equal(JSON.stringify(await store.differences.list({})).includes('requested'), false, 'no content is kept');
  });

  it('finds a server that went back to an earlier version', async () => {
    const id = await idOf('task');
    await effect('more', 'ehr: update Task', () =>
      ehr.ehr.update('Task', id, (now) => ({ ...now, status: 'accepted' })),
    );
    const all = server.records.versionsOf('Task', id);
    assert.equal(all.length, 2);
    (all as unknown[]).pop();
    await round();
    assert.equal(await stateOf('more'), 'open, differs');
    assert.equal(await stateOf('task'), 'alike, as-written');
  });

  it('looks at what is open in every round, and says when it is gone by itself', async () => {
    const id = await idOf('task');
    const gone = server.stored('Task')[0];
    assert.ok(gone);
    server.remove(`Task/${id}`);
    await round();
    await round();
    assert.deepEqual(await audited(), ['difference.found'], 'once');
    server.put(gone);
    await round();
    assert.equal(await stateOf('task'), 'gone, changed');
    assert.deepEqual(await audited(), ['difference.found', 'difference.gone']);
    server.remove(`Task/${id}`);
    ehr.clock.advance(7 * HOUR);
    await round();
    assert.equal(await stateOf('task'), 'open, missing', 'and when it is back');
  });

  it('leaves alone what was just written, what is too old, and other effects', async () => {
    await create('fresh');
    await effect('sent', 'lab: send', () => ehr.ehr.read('Task', server.put(TASK).slice(5)));
    server.requests.length = 0;
    assert.deepEqual(await reconciler.round(), { looked: 0, unknown: 0, found: 0 });
    ehr.clock.advance(25 * HOUR);
    assert.deepEqual(await reconciler.round(), { looked: 0, unknown: 0, found: 0 });
    assert.equal(server.requests.length, 0);
    await create('other');
    ehr.clock.advance(HOUR);
    assert.equal((await make({ windowMs: null }).round()).looked, 0, 'switched off');
    assert.equal((await reconciler.round()).looked, 1);
  });

  it('asks about a few in a round, and goes on behind them in the next', async () => {
    for (let i = 0; i < 130; i += 1) await create(`t${i}`);
    ehr.clock.advance(HOUR);
    const slow = make({ perRound: 30 });
    const looked = [];
    for (let i = 0; i < 6; i += 1) looked.push((await slow.round()).looked);
    assert.ok(
      looked.every((one) => one <= 60),
      looked.join(),
    );
    assert.equal((await store.differences.list({ limit: 1000 })).length, 130);
  });

  it('says nothing of a server that does not answer, and asks it no more in that round', async () => {
    for (const key of ['a', 'b', 'c']) await create(key);
    server.fault({ method: 'GET' }, { kind: 'status', status: 500 });
    ehr.clock.advance(HOUR);
    server.requests.length = 0;
    assert.deepEqual(await reconciler.round(), { looked: 1, unknown: 1, found: 0 });
    assert.equal(server.requests.length, 1);
    assert.deepEqual(await store.differences.list({}), []);
  });

  it('looks at the others where a server keeps one resource from us', async () => {
    const [removed, kept] = [await idOf('removed'), await idOf('kept')];
    server.fault({ method: 'GET', path: new RegExp(`Task/${kept}$`) }, { kind: 'status', status: 403 });
    server.remove(`Task/${removed}`);
    await round();
    assert.equal(await stateOf('removed'), 'open, missing');
    assert.equal(await store.differences.get('kept'), undefined);
  });

  it('is settled by a person with a reason, once', async () => {
    server.remove(`Task/${await idOf('task')}`);
    await round();
    assert.equal(await code(settle('task', { reason: ' ' })), 'difference-reason-wrong');
    assert.equal(await code(settle('task', { seen: 1 })), 'difference-stale');
    assert.equal(await code(settle('task', {})), 'none');
    assert.equal(await code(settle('task', {})), 'difference-not-open');
    assert.equal(
      await code(reconciler.settle('no', { seen: 1, how: 'accepted', reason: 'x', actor: 'y' })),
      'difference-unknown',
    );
    ehr.clock.advance(7 * HOUR);
    await round();
    assert.equal(await stateOf('task'), 'settled, missing', 'it stays so');
    assert.deepEqual(await audited(), ['difference.found', 'difference.settled']);
  });

  it('opens again where another difference is found than the one that was settled', async () => {
    const id = await idOf('task');
    server.remove(`Task/${id}`);
    await round();
    await settle('task');
    for (const copy of ['one', 'two']) {
      const identifier = [{ system: EFFECT_IDENTIFIER_SYSTEM, value: 'task' }];
      server.put({ ...TASK, id: copy, identifier });
    }
    ehr.clock.advance(7 * HOUR);
    await round();
    assert.equal(await stateOf('task'), 'open, duplicate');
  });

  it('writes what is missing again, once, with the same identifier', async () => {
    server.remove(`Task/${await idOf('task')}`);
    await round();
    assert.equal((await settle('task', { how: 'again' })).settled?.how, 'again');
    const [made, ...more] = server.stored('Task');
    assert.deepEqual(more, []);
    assert.equal(made?.['description'], 'x');
    assert.equal(JSON.stringify(made['identifier']).includes('"task"'), true);
    ehr.clock.advance(7 * HOUR);
    await round();
    assert.equal(await stateOf('task'), 'settled, changed');
    assert.equal(server.stored('Task').length, 1);
  });

  it('writes again only what the definition that wrote it may send, at the version that the message began under', async () => {
    const item = await acceptOne(store);
    [messageId, workId] = [item.messageId, item.id];
    await begunUnder({ sends: { ehr: { Task: ['status', 'intent'] } } });
    server.remove(`Task/${await idOf('task')}`);
    await round();
    assert.equal((await settle('task', { how: 'again' })).settled?.how, 'again');
    const [made] = server.stored('Task');
    assert.equal(made?.['status'], 'requested');
    assert.equal('description' in (made ?? {}), false, 'it stays at home');
    const settled = (await store.audit.list({ order: 'oldest-first' })).at(-1);
    assert.deepEqual(settled?.details['removed'], ['Task.description']);
  });

  it('does not write again where nothing says what may be sent, or where the type may not be', async () => {
    const item = await acceptOne(store);
    [messageId, workId] = [item.messageId, item.id];
    await begunUnder({ sends: { lab: { Task: ['*'] } } });
    server.remove(`Task/${await idOf('task')}`);
    workId = (await acceptOne(store)).id;
    server.remove(`Task/${await idOf('unpinned')}`);
    await round();
    assert.equal(await code(settle('task', { how: 'again' })), 'fhir-not-in-sends');
    assert.equal(await code(settle('unpinned', { how: 'again' })), 'difference-not-repeatable');
    assert.deepEqual(server.stored('Task'), []);
  });

  it('does not write again what is there, or what was not created by us', async () => {
    const id = await idOf('task');
    await effect('more', 'ehr: update Task', () =>
      ehr.ehr.update('Task', id, (now) => ({ ...now, status: 'accepted' })),
    );
    server.remove(`Task/${id}`);
    await round();
    assert.equal(await code(settle('more', { how: 'again' })), 'difference-not-repeatable');
    assert.equal(await stateOf('more'), 'open, missing');
    server.fault({ method: 'POST' }, { kind: 'status', status: 422 });
    assert.match(await code(settle('task', { how: 'again' })), /^fhir-/);
    assert.equal(await stateOf('task'), 'open, missing', 'it was not written');
  });

  it('finds the resources of a transaction by what the server answered', async () => {
    const entry = [1, 2].map(() => ({ resource: TASK, request: { method: 'POST', url: 'Task' } }));
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
    await effect('both', 'ehr: transaction', () =>
      ehr.ehr.transaction(bundle, { system: EFFECT_IDENTIFIER_SYSTEM, value: 'both' }),
    );
    const [first] = server.stored('Task');
    server.remove(`Task/${String(first?.['id'])}`);
    await round();
    const states = await Promise.all(['both.1', 'both.2'].map(stateOf));
    assert.deepEqual(states.toSorted(), ['alike, as-written', 'open, missing']);
  });
});
