import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ClaimedWork, Dispatcher, Escalation, EscalationService, LadderStep } from '../../engine/index.ts';
import type { EscalationRunner } from '../../engine/schedule/escalation-runner.ts';
import type { StartEscalation } from '../../engine/schedule/escalation-service.ts';
import { EscalationBench } from '../kit/escalation-bench.ts';
import type { QueueBench } from '../kit/queue-bench.ts';
import { DONE, RecordingSource } from '../kit/recording-source.ts';

const MINUTE = 60_000;
const step = (minutes: number, to: string): LadderStep => ({
  afterMs: minutes * MINUTE,
  to,
  channel: 'console',
  text: to,
});
const STEPS = [step(0, 'nurse'), step(10, 'doctor'), step(25, 'head')];

describe('escalations', () => {
  let all: EscalationBench;
  let bench: QueueBench;
  let dispatcher: Dispatcher;
  let ladder: RecordingSource;
  let work: ClaimedWork;
  let service: EscalationService;
  let runner: EscalationRunner;

  beforeEach(async () => {
    all = await EscalationBench.open();
    ({ bench, dispatcher, work, service, runner } = all);
    ladder = new RecordingSource('lab/critical', { capacity: 100 });
    ladder.onDeliver = (child) => void dispatcher.finish(child, DONE);
    dispatcher.addSource(ladder);
    runner.start();
  });
  afterEach(() => all.close());

  const request = (more: Partial<StartEscalation> = {}): StartEscalation => ({
    work,
    definition: 'lab',
    name: 'critical',
    discriminator: 'event-1',
    ladder: 'critical-results',
    ladderVersion: 'v1',
    steps: STEPS,
    exhausted: 'fallback',
    title: 'Critical result not answered',
    watch: null,
    carry: { event: 'kept' },
    ...more,
  });
  const start = async (more?: Partial<StartEscalation>): Promise<Escalation> =>
    (await service.start(request(more))).escalation;
  const now = async (id: string): Promise<Escalation> => {
    const found = await bench.store.escalations.get(id);
    assert.ok(found);
    return found;
  };
  const told = (): unknown[] => ladder.taken.map((child) => child.child?.data);
  const isTold = (count: number) => bench.until(`${count} child items`, () => ladder.taken.length === count);
  const pass = async (minutes: number): Promise<void> => {
    bench.clock.advance(minutes * MINUTE);
    await bench.rest();
  };

  it('is one for each of two results of one message that go by the same name, begun at once or redelivered', async () => {
    const both = (): Promise<Escalation[]> =>
      Promise.all(['event-1', 'event-2'].map((discriminator) => start({ discriminator, fact: 'potassium' })));
    const [first, second] = await both();
    assert.notEqual(first?.id, second?.id);
    assert.deepEqual(
      (await both()).map(({ id }) => id),
      [first?.id, second?.id],
    );
  });

  it('finds, of several about a fact, the one that is open before one that has ended, and the most urgent of the open', async () => {
    await all.runner.stop();
    const fact = 'potassium';
    const of = async (messageId: string, more: Partial<StartEscalation>): Promise<string> =>
      (await service.start(request({ fact, work: { ...work, messageId }, ...more }))).escalation.id;
    const found = async () =>
      (await service.ofFact({ definition: 'lab', name: 'critical', fact, messageId: 'now' }))?.id;
    const end = (id: string) => {
      const audit = { at: bench.clock.now(), type: 'escalation.acknowledged', actor: 'user:ana', details: {} };
      return bench.store.escalations.end(
        id,
        'acknowledged',
        { actor: 'user:ana', via: 'console' },
        audit.at,
        null,
        audit,
      );
    };
    const critical = await of('m1', { lane: 'stat' });
    const review = await of('m2', { ladder: 'review', lane: 'routine' });
    const later = await of('m3', { ladder: 'later review', lane: 'routine' });
    assert.equal(new Set([critical, review, later]).size, 3);
    assert.equal(await found(), critical);
    await end(critical);
    assert.equal(await found(), later);
    await end(later);
    assert.equal(await found(), review);
    await end(review);
    assert.equal(await found(), later);
  });

  it('finds and joins what is open of a fact after retention has taken what was before it', async () => {
    await all.runner.stop();
    const fact = 'potassium';
    const { store, clock } = bench;
    const first = await bench.accept({ controlId: 'F1' });
    const second = await bench.accept({ controlId: 'F2' });
    const of = ({ messageId, id }: { messageId: string; id: string }) =>
      service.start(request({ fact, work: { ...work, messageId, id } }));
    const end = (id: string) =>
      store.escalations.end(id, 'acknowledged', { actor: 'a', via: 'console' }, clock.now(), null, {
        at: clock.now(),
        type: 'escalation.acknowledged',
        actor: 'user:ana',
        details: {},
      });
    const old = await of(first);
    await end(old.escalation.id);
    const open = await of(second);
    assert.equal(open.kind, 'started');
    const discard = { at: clock.now(), type: 'work.discarded', actor: 'user:ana', details: {}, reason: 'test' };
    await store.work.discard(first.id, clock.now(), 'test', discard);
    await store.retention.purge({ bodiesBefore: null, messagesBefore: clock.now() + 1000, limit: 100 });
    assert.equal(await store.escalations.get(old.escalation.id), undefined, 'the first is gone');
    const about = { definition: 'lab', name: 'critical', fact, messageId: 'now' };
    assert.equal((await service.ofFact(about))?.id, open.escalation.id);
    const third = await service.start(request({ fact, work: { ...work, messageId: 'third' } }));
    assert.deepEqual([third.kind, third.escalation.id], ['joined', open.escalation.id]);
    await end(open.escalation.id);
    const next = await service.start(request({ fact, work: { ...work, messageId: 'next' } }));
    assert.deepEqual([next.kind, next.escalation.fact?.nth], ['started', 2]);
  });

  it('joins no escalation of the fact that climbs another ladder or is less urgent, also begun at once', async () => {
    const other = { ...work, messageId: 'another-message' };
    const fact = 'potassium';
    const [review, critical] = await Promise.all([
      service.start(request({ fact, ladder: 'review', lane: 'routine' })),
      service.start(request({ fact, work: other, lane: 'routine' })),
    ]);
    assert.deepEqual([review.kind, critical.kind], ['started', 'started']);
    assert.equal(critical.escalation.ladder, 'critical-results');
    const third = { ...work, messageId: 'third-message' };
    const sooner = await service.start(request({ fact, work: third, lane: 'stat' }));
    assert.equal(sooner.kind, 'started');
    const fourth = await service.start(request({ fact, work: { ...work, messageId: 'fourth' }, lane: 'urgent' }));
    assert.deepEqual([fourth.kind, fourth.escalation.id], ['joined', sooner.escalation.id]);
  });

  it('tells step after step at its time, then is exhausted', async () => {
    const { id } = await start();
    await isTold(1);
    await pass(9);
    assert.equal(ladder.taken.length, 1);
    await pass(1);
    await isTold(2);
    await pass(14);
    assert.equal((await now(id)).state, 'open');
    await pass(1);
    await isTold(3);
    assert.deepEqual(
      told(),
      [0, 1, 2].map((number) => ({ kind: 'step', escalationId: id, step: number })),
    );
    assert.equal((await now(id)).state, 'exhausted');
    await pass(600);
    assert.equal(ladder.taken.length, 3);
  });

  it('makes children without ordering key, in the lane of the work, for the source of its name', async () => {
    await start();
    await isTold(1);
    const child = ladder.taken[0];
    assert.equal(child?.orderingKey, null);
    assert.equal(child.lane, 'stat');
    assert.equal(child.messageId, work.messageId);
    assert.equal(child.child?.parentWorkId, work.id);
  });

  it('makes its children in the lane that it was started with, where that is another', async () => {
    await start({ lane: 'bulk' });
    await isTold(1);
    assert.equal(ladder.taken[0]?.lane, 'bulk');
  });

  it('starts once for a message, name and discriminator', async () => {
    const first = await service.start(request());
    const again = await service.start(request({ title: 'Another title' }));
    const other = await service.start(request({ discriminator: 'event-2' }));
    assert.deepEqual([first.kind, again.kind, other.kind], ['started', 'exists', 'started']);
    // By the time of the second start the first step of the ladder may have been taken already.
    const { nextAt: _at, nextStep: _step, ...same } = first.escalation;
    assert.partialDeepStrictEqual(again.escalation, same);
    assert.equal(first.escalation.key, service.keyOf(work.messageId, 'lab', 'critical', 'event-1'));
    await isTold(2);
    assert.equal((await bench.store.audit.list({ type: 'escalation.started' })).length, 2);
  });

  it('repeats the last step at its own interval where the ladder keeps it', async () => {
    const { id } = await start({ exhausted: 'keep-last' });
    await isTold(1);
    for (const minutes of [10, 15, 15, 15]) await pass(minutes);
    await isTold(5);
    assert.deepEqual(told().at(-1), { kind: 'step', escalationId: id, step: 4 });
    assert.equal((await now(id)).state, 'open');
  });

  it('repeats a single step without a wait once a minute and no faster', async () => {
    await start({ exhausted: 'keep-last', steps: [step(0, 'nurse')] });
    await isTold(1);
    await pass(0.99);
    assert.equal(ladder.taken.length, 1);
    await pass(0.01);
    await isTold(2);
  });

  it('tells the console by itself where no flow takes its steps', async () => {
    const { id } = await start({ name: 'renamed', discriminator: 'other' });
    await bench.until('the notice', () => all.notices.length === 1);
    assert.deepEqual(
      all.notices.map(({ escalationId, to }) => [escalationId, to]),
      [[id, 'nurse']],
    );
    await start();
    await isTold(1);
    assert.equal(all.notices.length, 1, 'a flow that is there tells people itself');
  });

  it('refuses a ladder without steps', async () => {
    await assert.rejects(service.start(request({ steps: [] })), { code: 'ladder-steps-invalid' });
  });

  describe('after a restart', () => {
    it('tells the steps that fell due meanwhile once each, in order, and goes on', async () => {
      const { id } = await start();
      await isTold(1);
      await runner.stop();
      await pass(20);
      assert.equal(ladder.taken.length, 1, 'nothing runs');
      await all.restart();
      await isTold(2);
      await pass(5);
      await isTold(3);
      assert.deepEqual(
        told(),
        [0, 1, 2].map((number) => ({ kind: 'step', escalationId: id, step: number })),
      );
    });

    it('tells nobody a hundred times of what was missed a hundred times', async () => {
      await start({ exhausted: 'keep-last' });
      for (const minutes of [0, 10, 15]) await pass(minutes);
      await isTold(3);
      await runner.stop();
      await pass(100 * 15 + 1);
      await all.restart();
      await isTold(4);
      await bench.rest();
      assert.equal(ladder.taken.length, 4);
      await pass(14);
      await isTold(5);
    });

    it('catches up with hundreds that are due together', async () => {
      await runner.stop();
      await Promise.all(Array.from({ length: 350 }, (_, i) => start({ discriminator: String(i) })));
      await all.restart();
      await isTold(350);
      assert.equal(new Set(ladder.taken.map((child) => child.child?.key)).size, 350);
    });
  });

  describe('when somebody answers', () => {
    it('stops at once, tells the flow, and says who it was', async () => {
      const { id } = await start();
      await isTold(1);
      assert.equal(await service.acknowledge(id, { actor: 'user:ana', via: 'console' }), 'acknowledged');
      await isTold(2);
      assert.deepEqual(told().at(-1), { kind: 'ended', escalationId: id, state: 'acknowledged' });
      await pass(600);
      assert.equal(ladder.taken.length, 2);
      const ended = await now(id);
      assert.equal(ended.state, 'acknowledged');
      assert.deepEqual(ended.endedBy, { actor: 'user:ana', via: 'console' });
      const [entry] = await bench.store.audit.list({ type: 'escalation.acknowledged' });
      assert.equal(entry?.actor, 'user:ana');
      assert.equal(entry?.details['via'], 'console');
    });

    it('counts the first answer and says so to the second', async () => {
      const { id } = await start();
      const answers = await Promise.all([
        service.acknowledge(id, { actor: 'user:ana', via: 'console' }),
        service.acknowledge(id, { actor: 'ehr', via: 'fhir-task' }),
      ]);
      assert.deepEqual(answers.toSorted(), ['acknowledged', 'already-ended']);
      assert.equal(await service.cancel(id, { actor: 'user:ana', via: 'console', reason: 'mistake' }), 'already-ended');
      assert.equal(await service.acknowledge('unknown', { actor: 'user:ana', via: 'console' }), 'unknown');
      await bench.until('the children', () => ladder.taken.some((child) => child.child?.key.endsWith('/ended')));
      assert.equal((await bench.store.audit.list({ type: 'escalation.acknowledged' })).length, 1);
    });

    it('is cancelled with a reason', async () => {
      const { id } = await start();
      await isTold(1);
      assert.equal(await service.cancel(id, { actor: 'flow:lab', via: 'flow', reason: 'corrected' }), 'cancelled');
      await isTold(2);
      assert.deepEqual(told().at(-1), { kind: 'ended', escalationId: id, state: 'cancelled' });
      const [entry] = await bench.store.audit.list({ type: 'escalation.cancelled' });
      assert.equal(entry?.reason, 'corrected');
    });

    it('can still answer when the ladder is exhausted', async () => {
      const { id } = await start({ steps: [step(0, 'nurse')] });
      await isTold(1);
      assert.equal((await now(id)).state, 'exhausted');
      assert.equal(await service.acknowledge(id, { actor: 'user:ana', via: 'console' }), 'acknowledged');
      await isTold(2);
    });

    it('ends each of many escalations once when answers race with due steps', async () => {
      const started = await Promise.all(Array.from({ length: 40 }, (_, i) => start({ discriminator: String(i) })));
      await isTold(40);
      bench.clock.advance(10 * MINUTE);
      const answers = await Promise.all(
        started.map(({ id }) => service.acknowledge(id, { actor: 'user:ana', via: 'console' })),
      );
      assert.ok(answers.every((answer) => answer === 'acknowledged'));
      await pass(0);
      await pass(600);
      const keys = ladder.taken.map((child) => child.child?.key ?? '');
      assert.equal(new Set(keys).size, keys.length);
      for (const { id } of started) {
        const own = keys.filter((key) => key.startsWith(id)).map((key) => key.slice(id.length));
        assert.equal(own.filter((key) => key === '/ended').length, 1);
        assert.ok(own.length <= 3, 'no step after the answer but the one that was due with it');
        assert.ok(!own.includes('/step/2'));
      }
    });
  });
});
