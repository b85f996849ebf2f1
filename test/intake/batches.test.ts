import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Hl7Message, type FeedSettings } from '../../engine/index.ts';
import { adt } from '../kit/hl7-messages.ts';
import { IntakeBench, feedSettings, subscription } from '../kit/intake-bench.ts';

const BHS = 'BHS|^~\\&|LAB|NORTH|WARDFLOW|SOUTH|20260105||||B77\r';
const batch = (messages: readonly string[], stated: string | number = messages.length): string =>
  `${BHS}${messages.join('')}BTS|${stated}\r`;
const msa = (answer: string | undefined): readonly string[] => {
  const message = Hl7Message.parse(answer ?? '');
  return [message.get('MSA-1'), message.get('MSA-2'), message.get('MSA-3')];
};

describe('a batch', () => {
  let bench: IntakeBench | undefined;
  const start = async (settings: Partial<FeedSettings> = { batches: 'split' }): Promise<IntakeBench> => {
    bench = await IntakeBench.start({}, [feedSettings(settings)], [subscription('all/messages')]);
    return bench;
  };
  const states = async ({ store }: IntakeBench): Promise<readonly string[]> =>
    (await store.journal.list({})).map(({ state, controlId }) => `${state} ${controlId ?? '-'}`).toReversed();
  afterEach(() => bench?.stop());

  it('is taken apart: each message as if it had come alone, in order, and one answer for all', async () => {
    const bench = await start();
    const peer = await bench.connect();
    const messages = ['M1', 'M2', 'M3'].map((id) => adt('A01', id, id));
    peer.frame(batch(messages));
    const answer = Hl7Message.parse((await peer.wait(1))[0] ?? '');
    assert.deepEqual(msa(answer.toString()), ['AA', 'B77', '']);
    assert.deepEqual(
      [answer.get('MSH-3'), answer.get('MSH-4'), answer.get('MSH-5'), answer.get('MSH-6')],
      ['WARDFLOW', 'SOUTH', 'LAB', 'NORTH'],
    );
    assert.deepEqual(await states(bench), ['accepted M1', 'accepted M2', 'accepted M3']);
    const entries = (await bench.store.journal.list({})).toReversed();
    for (const [at, { id }] of entries.entries()) {
      assert.equal(Buffer.from((await bench.store.journal.bytes(id)) ?? []).toString(), messages[at]);
      assert.equal((await bench.store.work.ofMessage(id)).length, 1);
    }
    const stored = await Promise.all(entries.map(({ id }) => bench.store.journal.get(id)));
    assert.equal(new Set(stored.map((one) => one?.correlationId)).size, 1);
    assert.equal((await peer.wait(1)).length, 1);
  });

  it('that comes again is answered again and makes no second work', async () => {
    const bench = await start();
    const peer = await bench.connect();
    const text = batch([adt('A01', 'M1', 'M1'), adt('A01', 'M2', 'M2')]);
    peer.frame(text);
    await peer.wait(1);
    peer.frame(text);
    assert.deepEqual((await peer.wait(2)).map(msa), [
      ['AA', 'B77', ''],
      ['AA', 'B77', ''],
    ]);
    assert.deepEqual(await states(bench), ['accepted M1', 'accepted M2', 'resend M1', 'resend M2']);
  });

  it('with a message that cannot be read is answered AE; the others are kept, and so is that one', async () => {
    const bench = await start();
    const peer = await bench.connect();
    peer.frame(batch([adt('A01', 'M1', 'M1'), 'MSH\r', adt('A01', 'M2', 'M2')]));
    assert.deepEqual(msa((await peer.wait(1))[0]), [
      'AE',
      'B77',
      '1 of the 3 messages could not be read; the others are kept.',
    ]);
    assert.deepEqual(await states(bench), ['accepted M1', 'quarantined -', 'accepted M2']);
  });

  it('that states another number than it holds goes to quarantine as it is', async () => {
    const bench = await start();
    const peer = await bench.connect();
    const text = batch([adt('A01', 'M1', 'M1')], 2);
    peer.frame(text);
    const [code, controlId, why] = msa((await peer.wait(1))[0]);
    assert.deepEqual([code, controlId], ['AE', 'B77']);
    assert.match(why ?? '', /another number of messages/);
    const [entry, ...more] = await bench.store.journal.list({});
    assert.deepEqual([entry?.state, entry?.reason?.code, more.length], ['quarantined', 'intake-batch-count', 0]);
    assert.equal(Buffer.from((await bench.store.journal.bytes(entry?.id ?? '')) ?? []).toString(), text);
  });

  it('of more messages than can be taken at once goes to quarantine as it is', async () => {
    const bench = await start();
    const peer = await bench.connect();
    peer.frame(BHS + 'MSH|^~\\&\r'.repeat(5001));
    assert.deepEqual(msa((await peer.wait(1))[0]).slice(0, 2), ['AE', 'B77']);
    peer.frame(BHS + 'BHS\r'.repeat(1_000_000));
    await peer.wait(2);
    const reasons = (await bench.store.journal.list({})).map(({ reason }) => reason?.code);
    assert.deepEqual(reasons, ['intake-batch-too-large', 'intake-batch-too-large']);
  });

  it('without messages is answered, and there is nothing to keep', async () => {
    const bench = await start();
    const peer = await bench.connect();
    peer.frame(batch([]));
    assert.deepEqual(msa((await peer.wait(1))[0]), ['AA', 'B77', '']);
    assert.deepEqual(await states(bench), []);
  });

  it('on a feed in enhanced mode is answered once for all, whatever its messages ask for', async () => {
    const bench = await start({ batches: 'split', enhanced: { answerMs: 60_000, endpoint: null } });
    const peer = await bench.connect();
    peer.frame(batch([adt('A01', 'M1', 'M1').replace('|P|2.5.1', '|P|2.5.1|||AL|AL')]));
    assert.deepEqual(msa((await peer.wait(1))[0]), ['AA', 'B77', '']);
  });

  it('where the feed does not take batches is quarantined, and still answered by its control id', async () => {
    const bench = await start({});
    const peer = await bench.connect();
    peer.frame(batch([adt('A01', 'M1', 'M1')]));
    assert.deepEqual(msa((await peer.wait(1))[0]).slice(0, 2), ['AE', 'B77']);
    peer.frame('FHS');
    assert.deepEqual(msa((await peer.wait(2))[1]).slice(0, 2), ['AE', '']);
    const reasons = (await bench.store.journal.list({})).map(({ state, reason }) => `${state} ${reason?.code ?? ''}`);
    assert.deepEqual(reasons, ['quarantined hl7-batch', 'quarantined hl7-batch']);
  });
});
