import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { silentLog, type LiveChange } from '../../engine/index.ts';
import { createLiveBus } from '../../engine/live/live-bus.ts';

const message = (id: string): LiveChange => ({ kind: 'message', id });

describe('live changes', () => {
  it('tells every listener, and after it has left no more', async () => {
    const bus = createLiveBus(silentLog);
    const heard: LiveChange[][] = [[], []];
    const leave = bus.subscribe((change) => heard[0]?.push(change));
    bus.subscribe((change) => heard[1]?.push(change));
    bus.publish(message('1'));
    await turn();
    leave();
    bus.publish({ kind: 'feed', name: 'hospital' });
    await turn();
    assert.deepEqual(heard, [[message('1')], [message('1'), { kind: 'feed', name: 'hospital' }]]);
  });

  it('tells a thing that changed many times in one turn once', async () => {
    const bus = createLiveBus(silentLog);
    const heard: LiveChange[] = [];
    bus.subscribe((change) => heard.push(change));
    for (let i = 0; i < 1000; i++) {
      bus.publish(message('1'));
      bus.publish({ kind: 'escalation', id: '1' });
    }
    await turn();
    assert.deepEqual(heard, [message('1'), { kind: 'escalation', id: '1' }]);
    bus.publish(message('1'));
    await turn();
    assert.equal(heard.length, 3);
  });

  it('keeps no more than it may within one turn, the newest first, and says that there was more', async () => {
    const bus = createLiveBus(silentLog);
    const heard: LiveChange[] = [];
    bus.subscribe((change) => heard.push(change));
    for (let i = 0; i < 6000; i++) bus.publish(message(String(i)));
    await turn();
    assert.equal(heard.length, 5001);
    assert.deepEqual(heard.slice(-2), [message('5999'), { kind: 'gap' }]);
    bus.publish(message('1'));
    await turn();
    assert.deepEqual(heard.slice(5001), [message('1')]);
  });

  it('keeps nothing for listeners that come later', async () => {
    const bus = createLiveBus(silentLog);
    bus.publish(message('1'));
    const heard: LiveChange[] = [];
    bus.subscribe((change) => heard.push(change));
    await turn();
    assert.deepEqual(heard, []);
  });

  it('goes on when a listener throws', async () => {
    const bus = createLiveBus(silentLog);
    const heard: LiveChange[] = [];
    bus.subscribe(() => {
      throw new Error('broken');
    });
    bus.subscribe((change) => heard.push(change));
    bus.publish(message('1'));
    await turn();
    assert.deepEqual(heard, [message('1')]);
  });
});
