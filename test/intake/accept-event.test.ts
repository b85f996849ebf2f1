import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { EventFeedSettings, NewEvent } from '../../engine/index.ts';
import { feedSettings, IntakeBench, subscription } from '../kit/intake-bench.ts';

const FEED: EventFeedSettings = {
  name: 'ehr-encounters',
  format: 'fhir',
  lane: 'routine',
  afterDead: 'hold',
  resendWindowMs: 86_400_000,
};

const event = (more: Partial<NewEvent> = {}): NewEvent => ({
  feed: FEED.name,
  format: 'fhir',
  connection: 'poll',
  bytes: Buffer.from('{"resourceType":"Encounter","id":"e1"}'),
  controlId: 'Encounter/e1/1',
  type: 'Encounter',
  sender: 'ehr',
  messageTime: '2026-01-05T08:00:00Z',
  keys: [{ kind: 'visit', value: 'V-1' }],
  patientHint: null,
  orderingValue: 'Encounter/e1',
  ...more,
});

describe('taking over an event', () => {
  let bench: IntakeBench;
  afterEach(() => bench.stop());

  async function start(
    types: readonly (readonly string[])[] = [[]],
    options: Parameters<typeof IntakeBench.start>[0] = {},
    feed: EventFeedSettings = FEED,
  ): Promise<void> {
    bench = await IntakeBench.start(options);
    const wanted = types.map((some, n) => subscription(`flow-${n}/in`, some, FEED.name));
    await bench.intake.configure([feedSettings()], wanted, [feed]);
  }
  const accept = (more: Partial<NewEvent> = {}): ReturnType<typeof bench.intake.acceptEvent> =>
    bench.intake.acceptEvent(event(more));

  it('keeps it with one work item for each subscription that wants it, in the order of its key', async () => {
    await start([['Encounter'], ['Enc*'], ['Patient'], []]);
    const outcome = await accept();
    assert.equal(outcome.kind, 'accepted');
    assert.ok('id' in outcome);
    const stored = await bench.store.journal.get(outcome.id);
    assert.equal(stored?.format, 'fhir');
    assert.equal(stored.type, 'Encounter');
    assert.deepEqual(stored.definitions, ['flow-0', 'flow-1', 'flow-3']);
    assert.equal((await bench.store.journal.list({ key: { kind: 'visit', value: 'V-1' } })).length, 1);
    assert.equal(bench.wakes, 1);
    await accept({ controlId: 'Encounter/e1/2', sameAs: 'v2' });
    const claimed = await bench.store.work.claim([
      { subscription: 'flow-0/in', limit: 5, owner: 'o', now: bench.clock.now(), leaseUntil: bench.clock.now() + 1 },
    ]);
    assert.deepEqual(
      claimed.map(({ message }) => message.controlId),
      ['Encounter/e1/1'],
      'the second waits for it',
    );
  });

  it('is unrouted where nobody wants it, and a resend where it is the same again', async () => {
    await start([['Patient']]);
    assert.equal((await accept({ sameAs: 'v1' })).kind, 'unrouted');
    await bench.stop();
    await start([[]]);
    const first = await accept({ sameAs: 'v1', bytes: Buffer.from('{"sent":1}') });
    const again = await accept({ sameAs: 'v1', bytes: Buffer.from('{"sent":2}') });
    assert.ok('id' in first && again.kind === 'resend');
    assert.equal(again.first, first.id);
  });

  it('keeps what cannot be worked on in quarantine, with its reason', async () => {
    await start();
    const quarantine = { code: 'x-unreadable', text: 'It is not JSON.' };
    const outcome = await accept({ bytes: Buffer.from('?'), controlId: null, quarantine });
    assert.ok(outcome.kind === 'quarantined');
    assert.deepEqual((await bench.store.journal.get(outcome.id))?.reason, quarantine);
    const answer = await bench.intake.reread(outcome.id, { actor: 'user:a', reason: 'mended' });
    assert.ok(answer.kind === 'unreadable');
    assert.equal(answer.code, 'intake-not-read-again');
  });

  it('reads what was in quarantine again where its source can', async () => {
    const { feed: _, format: __, connection: ___, bytes: ____, ...described } = event();
    let readable = false;
    const reread = (): ReturnType<NonNullable<EventFeedSettings['reread']>> =>
      readable ? described : { ...described, quarantine: { code: 'still', text: 'Still not.' } };
    await start([[]], {}, { ...FEED, reread });
    const outcome = await accept({ quarantine: { code: 'x', text: 'y' } });
    assert.ok(outcome.kind === 'quarantined');
    const request = { actor: 'user:a', reason: 'mended' };
    assert.equal((await bench.intake.reread(outcome.id, request)).kind, 'unreadable');
    readable = true;
    const read = await bench.intake.reread(outcome.id, request);
    assert.ok(read.kind === 'accepted' && read.id !== null);
    assert.equal((await bench.store.journal.get(read.id))?.format, 'fhir');
    assert.equal((await bench.store.journal.get(outcome.id))?.state, 'discarded');
  });

  it('withholds at the limit of the backlog, and takes events again when there is room', async () => {
    await start([[]], { backlogLimit: 2 });
    let taken = 0;
    // It is counted beside: how far the limit is passed depends on that.
    for (; taken < 100; taken++) {
      const outcome = await accept({ controlId: `c${taken}` });
      if (outcome.kind === 'withheld') {
        assert.equal(outcome.why, 'backlog');
        break;
      }
    }
    assert.ok(taken >= 2 && taken < 100, `${taken} were taken over`);
    assert.equal(bench.intake.status().find(({ name }) => name === FEED.name)?.withholding, true);
  });

  it('obeys an operator: held is taken over, refused says why, closed is withheld', async () => {
    let mode: 'hold' | 'refuse' | 'close' = 'hold';
    await start([[]], { stopped: () => ({ mode, reason: 'maintenance' }) });
    assert.equal((await accept()).kind, 'accepted');
    mode = 'refuse';
    assert.deepEqual(await accept(), { kind: 'refused', reason: 'maintenance' });
    mode = 'close';
    assert.deepEqual(await accept(), { kind: 'withheld', why: 'stopped' });
    const status = bench.intake.status().find(({ name }) => name === FEED.name);
    assert.equal(status?.state, 'stopped');
    assert.equal(status.refused.stopped, 2);
  });

  it('withholds where no flow has the feed, and where the journal fails', async () => {
    await start();
    assert.deepEqual(await accept({ feed: 'other' }), { kind: 'withheld', why: 'no-feed' });
    await bench.store.close();
    assert.deepEqual(await accept(), { kind: 'withheld', why: 'not-kept' });
  });

  it('does not share a name with another feed', async () => {
    await start([[]], {}, { ...FEED, name: 'hospital' });
    const [hl7, taken] = bench.intake.status();
    assert.equal(hl7?.state, 'listening');
    assert.equal(taken?.state, 'failed');
    assert.equal(taken.error?.code, 'intake-feed-twice');
    assert.deepEqual(await accept({ feed: 'hospital' }), { kind: 'withheld', why: 'no-feed' });
  });
});
