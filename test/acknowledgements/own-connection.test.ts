import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CountingReceiver } from '../kit/counting-receiver.ts';
import { EnhancedBench, enhancedOru, said } from '../kit/enhanced-bench.ts';
import { eventually } from '../kit/eventually.ts';
import { Hl7Message } from '../../engine/index.ts';

describe('answers on a connection of their own', () => {
  let receiver: CountingReceiver;
  let bench: EnhancedBench;
  beforeEach(async () => {
    receiver = await CountingReceiver.start();
    receiver.answering = () => ({ code: 'CA' });
    bench = await EnhancedBench.start({ endpointPort: receiver.port });
  });
  afterEach(async () => {
    await bench.stop();
    await receiver.close();
  });

  const send = async (id: string): Promise<Awaited<ReturnType<EnhancedBench['connect']>>> => {
    const peer = await bench.connect();
    peer.frame(enhancedOru(id, 'AL', 'AL'));
    await peer.wait(1);
    return peer;
  };
  /** Time passes until it has happened. */
  const inTime = (what: string, condition: () => boolean | Promise<boolean>): Promise<void> =>
    eventually(what, async () => {
      bench.clock.advance(1000);
      return condition();
    });

  it('leave as messages that want an accept acknowledgement, and not on the sender’s connection', async () => {
    const peer = await send('W1');
    await bench.answer('W1', { text: 'filed' });
    const { tries, endpoint } = await bench.becomes('W1', 'delivered');
    assert.deepEqual([tries, endpoint], [1, 'sender']);
    assert.deepEqual(said(receiver.received.map(({ bytes }) => bytes)), ['AA W1']);
    const answer = Hl7Message.parse(receiver.received[0]?.bytes ?? '');
    assert.deepEqual([answer.get('MSH-15'), answer.get('MSH-16'), answer.get('MSA-3')], ['AL', 'NE', 'filed']);
    assert.deepEqual(said(peer.answers), ['CA W1']);
  });

  it('are tried until their receiver is up, also after a restart, with the same bytes', async () => {
    receiver.answering = () => 'close';
    await send('W2');
    await bench.answer('W2');
    await inTime('one try has failed', async () => (await bench.record('W2'))?.failureCode === 'mllp-no-answer');
    await receiver.close();
    await inTime('another has', async () => (await bench.record('W2'))?.failureCode === 'mllp-unreachable');
    await bench.down();
    receiver.answering = () => ({ code: 'CA' });
    await receiver.open();
    await bench.up();
    await inTime('it is delivered', async () => (await bench.record('W2'))?.state === 'delivered');
    const bytes = receiver.received.map((one) => one.bytes.toString());
    assert.ok(bytes.length >= 2);
    assert.equal(new Set(bytes).size, 1);
  });

  it('are not held up for other messages by one receiver that is down, nor deadlines by it', async () => {
    await receiver.close();
    await send('W3');
    await bench.answer('W3');
    await inTime('it failed', async () => (await bench.record('W3'))?.failureCode !== null);
    await send('W4');
    await bench.taken('W4');
    await inTime('the deadline of another has come', async () => (await bench.record('W4'))?.state === 'made');
    await receiver.open();
    await inTime('both are there', () => receiver.received.length >= 2);
    assert.deepEqual(
      said(receiver.received.map(({ bytes }) => bytes)).toSorted((a, b) => (a < b ? -1 : 1)),
      ['AA W3', 'AE W4'],
    );
  });

  it('are not held up by one that its receiver refuses', async () => {
    receiver.answering = ({ bytes }) =>
      Hl7Message.parse(bytes).get('MSA-2') === 'W6' ? { code: 'AE', error: '102' } : { code: 'CA' };
    await send('W6');
    await bench.answer('W6');
    await inTime('it was refused several times', async () => ((await bench.record('W6'))?.tries ?? 0) >= 4);
    await send('W7');
    await bench.answer('W7');
    // No time passes: the pause of the one is not the other's.
    await bench.becomes('W7', 'delivered');
    assert.equal((await bench.record('W6'))?.failureCode, 'hl7-ack-refused');
  });

  it('are sent again when the message comes again', async () => {
    await send('W5');
    await bench.answer('W5');
    await bench.becomes('W5', 'delivered');
    const again = await send('W5');
    assert.deepEqual(said(again.answers), ['CA W5']);
    await eventually('it is sent again', () => receiver.received.length === 2);
    await bench.becomes('W5', 'delivered');
    assert.equal(new Set(receiver.received.map(({ bytes }) => bytes.toString())).size, 1);
  });
});
