import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  defineErrors,
  LARGEST_REQUEST_BYTES,
  silentLog,
  type ActionOutcome,
  type ClaimedWork,
  type Dispatcher,
  type EffectResult,
  type EffectRunner,
  type EffectSpec,
  type EffectTry,
  type Store,
} from '../../engine/index.ts';
import { createEffectRunner } from '../../engine/effects/effect-runner.ts';
import { QueueBench } from '../kit/queue-bench.ts';
import { RecordingSource } from '../kit/recording-source.ts';

const CREATED: ActionOutcome = { kind: 'done', result: { reference: 'Task/12' }, summary: 'Task/12 created, 201' };
const failing = (failureClass: 'transient' | 'ambiguous' | 'permanent'): ActionOutcome => ({
  kind: 'failed',
  failure: { class: failureClass, code: `test-${failureClass}`, text: 'The test says so.' },
});

describe('effect runner', () => {
  let bench: QueueBench;
  let dispatcher: Dispatcher;
  let source: RecordingSource;
  let work: ClaimedWork;
  let runner: EffectRunner;
  let tries: EffectTry[];

  beforeEach(async () => {
    bench = await QueueBench.open();
    dispatcher = bench.dispatcher();
    source = new RecordingSource('lab/results', { leaseMs: 60_000 });
    dispatcher.addSource(source);
    await bench.accept({ controlId: 'A1' });
    dispatcher.start();
    await bench.until('the delivery', () => source.taken.length === 1);
    work = source.of('A1');
    runner = life('first');
    tries = [];
  });
  afterEach(() => bench.close());

  function life(owner: string, { effects }: Pick<Store, 'effects'> = bench.store): EffectRunner {
    const { audit } = bench.store;
    return createEffectRunner({ effects, audit, dispatcher, owner, clock: bench.clock, log: silentLog });
  }
  const spec = (more: Partial<EffectSpec> = {}): EffectSpec => ({
    work,
    name: 'create-task',
    target: 'ehr: create Task',
    discriminator: 'event-1',
    version: '1',
    onAmbiguous: 'look-first',
    ...more,
  });
  /** Acts, and keeps what each try was told. */
  const acting =
    (outcome: ActionOutcome) =>
    (effect: EffectTry): Promise<ActionOutcome> => {
      tries.push(effect);
      return Promise.resolve(outcome);
    };
  const once = (outcome: ActionOutcome, more?: Partial<EffectSpec>, by = runner): Promise<EffectResult> =>
    by.once(spec(more), acting(outcome));
  const failureOf = (result: EffectResult): string => (result.kind === 'failed' ? result.failure.code : 'none');

  it('acts once and gives the recorded outcome to every repeat, in this life and the next', async () => {
    const first = await once(CREATED);
    assert.equal(first.kind === 'done' && first.repeated, false);
    for (const by of [runner, life('second')]) {
      const again = await once(failing('permanent'), {}, by);
      assert.equal(again.kind === 'done' && again.repeated, true);
      assert.deepEqual(again.kind === 'done' && again.record, first.kind === 'done' && first.record);
    }
    assert.deepEqual(tries, [{ key: runner.keyOf({ ...spec(), ...work }), attempt: 1, maybeDone: false }]);
  });

  it('keeps the key over a new work item, and makes another for every other part of it', () => {
    const parts = { messageId: 'm', definition: 'd', name: 'n', target: 't', discriminator: 'x', version: '1' };
    const key = runner.keyOf(parts);
    assert.match(key, /^[0-9a-f]{64}$/);
    assert.equal(runner.keyOf({ ...spec(), ...parts }), key, 'what is no part of it does not count');
    const others = Object.keys(parts).map((part) => runner.keyOf({ ...parts, [part]: 'other' }));
    assert.equal(new Set([key, ...others]).size, 7);
  });

  it('does not run two actions of one key at a time: the second waits for the outcome of the first', async () => {
    const acted = Promise.withResolvers<ActionOutcome>();
    const first = runner.once(spec(), () => acted.promise);
    const second = once(CREATED);
    await bench.rest();
    acted.resolve(CREATED);
    const results = await Promise.all([first, second]);
    assert.deepEqual(
      results.map((result) => result.kind === 'done' && result.repeated),
      [false, true],
    );
    assert.equal(tries.length, 0);
  });

  it('tries a failed action again, without suspecting that it happened', async () => {
    assert.equal(failureOf(await once(failing('transient'))), 'test-transient');
    assert.equal((await once(CREATED)).kind, 'done');
    assert.deepEqual(
      tries.map(({ attempt, maybeDone }) => ({ attempt, maybeDone })),
      [
        { attempt: 1, maybeDone: false },
        { attempt: 2, maybeDone: false },
      ],
    );
  });

  for (const onAmbiguous of ['look-first', 'send-again'] as const) {
    it(`says with the next try that it may have happened (${onAmbiguous})`, async () => {
      assert.equal(failureOf(await once(failing('ambiguous'), { onAmbiguous })), 'test-ambiguous');
      assert.equal((await bench.store.effects.get(runner.keyOf({ ...spec(), ...work })))?.state, 'ambiguous');
      await once(CREATED, { onAmbiguous });
      assert.deepEqual(
        tries.map((effect) => effect.maybeDone),
        [false, true],
      );
    });
  }

  it('gives each try the request of the first, in this life and the next', async () => {
    const asking = (text: string) =>
      ({ request: new Uint8Array(Buffer.from(text)), onAmbiguous: 'send-again' }) as const;
    await once(failing('ambiguous'), asking('first'));
    await once(failing('transient'), asking('second'));
    await once(CREATED, asking('third'), life('second'));
    assert.deepEqual(
      tries.map(({ request }) => Buffer.from(request ?? []).toString()),
      ['first', 'first', 'first'],
    );
  });

  it('refuses a request that cannot be kept, and does not act', async () => {
    const request = new Uint8Array(LARGEST_REQUEST_BYTES + 1);
    assert.equal(failureOf(await once(CREATED, { request })), 'effect-request-too-large');
    assert.deepEqual(tries, []);
  });

  it('leaves an ambiguous outcome to a person where nothing may be repeated', async () => {
    const result = await once(failing('ambiguous'), { onAmbiguous: 'person-decides' });
    assert.equal(failureOf(result), 'outcome-unknown');
    assert.equal(result.kind === 'failed' && result.failure.class, 'permanent');
    const again = await once(CREATED, { onAmbiguous: 'person-decides' });
    assert.equal(failureOf(again), 'outcome-unknown');
    assert.equal(tries.length, 1, 'not done again');
    assert.equal((await bench.store.effects.get(runner.keyOf({ ...spec(), ...work })))?.state, 'ambiguous');
  });

  it('looks first after a crash in the middle of the action', async () => {
    void runner.once(spec(), () => new Promise<never>(() => undefined));
    const key = runner.keyOf({ ...spec(), ...work });
    await bench.until(
      'the start of the action',
      async () => (await bench.store.effects.get(key))?.state === 'in-flight',
    );
    assert.equal((await once(CREATED, {}, life('second'))).kind, 'done');
    assert.deepEqual(tries, [{ key, attempt: 2, maybeDone: true }]);
  });

  it('looks first when the outcome of an earlier try in this life could not be recorded', async () => {
    const effects = {
      ...bench.store.effects,
      begin: bench.store.effects.begin.bind(bench.store.effects),
      finish: () => Promise.reject(new Error('disk full')),
    };
    const broken = life('third', { effects });
    await assert.rejects(broken.once(spec(), acting(CREATED)), /disk full/);
    Object.assign(effects, { finish: bench.store.effects.finish.bind(bench.store.effects) });
    assert.equal((await once(CREATED, {}, broken)).kind, 'done');
    assert.deepEqual(
      tries.map(({ maybeDone }) => maybeDone),
      [false, true],
    );
  });

  it('refuses other contents under one key in one delivery, and takes them in the next', async () => {
    assert.equal((await once(CREATED, { content: 'for the ward' })).kind, 'done');
    assert.equal((await once(CREATED, { content: 'for the ward' })).kind, 'done', 'the same again is a repeat');
    assert.equal(failureOf(await once(CREATED, { content: 'for the pharmacy' })), 'effect-content-differs');
    const redelivered = { ...spec().work, fence: spec().work.fence + 1 };
    const later = await once(CREATED, { content: 'for the pharmacy', work: redelivered });
    assert.equal(later.kind === 'done' && later.repeated, true);
    assert.equal(tries.length, 1);
  });

  it('counts a throw that is no catalogued error as ambiguous, without its words', async () => {
    const result = await runner.once(spec(), () => Promise.reject(new Error('PID-5 is DOE^JANE')));
    assert.equal(result.kind === 'failed' && result.failure.class, 'ambiguous');
    assert.doesNotMatch(JSON.stringify(result), /DOE/);
    await once(CREATED);
    assert.equal(tries[0]?.maybeDone, true);
  });

  it('takes class and code of a catalogued error that is thrown', async () => {
    const errors = defineErrors({ 'test-refused': { class: 'permanent', text: 'Refused.', remedy: 'None.' } });
    const result = await runner.once(spec(), () => Promise.reject(errors.create('test-refused')));
    assert.equal(failureOf(result), 'test-refused');
    await once(CREATED);
    assert.equal(tries[0]?.maybeDone, false);
  });

  it('keeps the lease while the action runs', async () => {
    const acted = Promise.withResolvers<ActionOutcome>();
    const result = runner.once(spec(), () => acted.promise);
    await bench.rest();
    for (let i = 0; i < 5; i++) {
      bench.clock.advance(30_000);
      await bench.rest();
    }
    acted.resolve(CREATED);
    await result;
    assert.equal(source.taken.length, 1);
    const view = await bench.store.work.get(work.id);
    assert.equal(view?.state, 'claimed');
    assert.ok((view.leaseUntil ?? 0) > bench.clock.now());
  });

  it('writes an audit entry for what was done, and none for what was not', async () => {
    await once(failing('transient'));
    assert.equal((await bench.store.audit.list({ type: 'effect.done' })).length, 0);
    await once(CREATED);
    await once(CREATED);
    const entries = await bench.store.audit.list({ type: 'effect.done' });
    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.actor, 'flow:lab');
    assert.equal(entries[0]?.details['effect'], 'create-task');
  });

  describe('the result', () => {
    const done = (result: unknown): ActionOutcome => ({ kind: 'done', result, summary: 'done' });
    const resultOf = async (result: unknown): Promise<unknown[]> => {
      const first = await once(done(result));
      const again = await once(done('never'));
      assert.equal(again.kind === 'done' && again.repeated, true);
      return [first, again].map((outcome) => outcome.kind === 'done' && outcome.record.result);
    };

    it('is returned as a repeat will return it', async () => {
      const at = new Date(0);
      const [first, again] = await resultOf({ at, nothing: undefined });
      assert.deepEqual(first, { at: '1970-01-01T00:00:00.000Z' });
      assert.deepEqual(again, first);
    });

    it('is kept up to 64 KiB', async () => {
      const large = 'x'.repeat(64 * 1024 - 2);
      assert.deepEqual(await resultOf(large), [large, large]);
    });

    it('is dropped above 64 KiB, and the action still counts as done', async () => {
      assert.deepEqual(await resultOf('x'.repeat(64 * 1024 - 1)), [null, null]);
    });

    it('is dropped where it is no JSON, and the action still counts as done', async () => {
      const circle: Record<string, unknown> = {};
      circle['circle'] = circle;
      assert.deepEqual(await resultOf(circle), [null, null]);
    });
  });
});
