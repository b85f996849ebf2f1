import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SenderConnections } from '../../engine/acknowledgements/sender-connections.ts';
import type { FrameConnection } from '../../engine/mllp/connection.ts';

describe('connections that wait for an answer', () => {
  it('go on waiting when an earlier one of the same message says late that it has gone', async () => {
    const sent: string[] = [];
    const connection = (id: string): FrameConnection => ({
      id,
      hold: () => () => undefined,
      onGone: () => () => undefined,
      send: () => Promise.resolve(sent.push(id) > 0),
    });
    const connections = new SenderConnections({
      bytes: () => Promise.resolve(new Uint8Array(1)),
      delivered: () => Promise.resolve(),
      onStoreFailure: (error) => {
        throw error;
      },
    });
    const [before, now] = [connection('before'), connection('now')];
    connections.expect('m', before);
    connections.expect('m', now);
    connections.missed('m', before);
    connections.opened('m', now);
    connections.made('m');
    await connections.none();
    assert.deepEqual(sent, ['now']);
    connections.expect('m', now);
    connections.missed('m', now);
    assert.deepEqual(connections.waiting(1), []);
  });
});
