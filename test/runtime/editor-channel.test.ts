import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { quietViewers, watchEditorChannels, type Comms, type EditorChannels } from '../../runtime/editor-channel.ts';
import { LOOKING, type EditorUser } from '../../runtime/login.ts';

describe('the live channel of the editor', () => {
  let server: Server;
  let channels: EditorChannels;
  let users: Map<string, EditorUser>;
  const sockets: { destroy(): unknown }[] = [];

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    users = new Map([
      ['s=ana', { username: 'ana', permissions: '*' }],
      ['s=olaf', { username: 'olaf', permissions: LOOKING }],
    ]);
    const ask = (cookie: string): Promise<EditorUser | null> =>
      cookie === 's=down' ? Promise.reject(new Error('no answer')) : Promise.resolve(users.get(cookie) ?? null);
    channels = watchEditorChannels(server, { ask });
    server.on('upgrade', (_request, socket) => {
      sockets.push(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
  });
  afterEach(async () => {
    channels.stop();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function open(path: string, cookie: string): Promise<{ readonly ended: Promise<unknown>; isOpen(): boolean }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    const ended = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\ncookie: ${cookie}\r\n\r\n`,
    );
    await once(socket, 'data');
    return { ended, isOpen: () => !socket.destroyed };
  }

  it('is closed when its session has ended, and stays open for others', async () => {
    const [ana, olaf, other] = [
      await open('/comms', 's=ana'),
      await open('/comms', 's=olaf'),
      await open('/of-a-flow', 's=none'),
    ];
    users.delete('s=ana');
    await channels.check();
    await ana.ended;
    assert.deepEqual([olaf.isOpen(), other.isOpen()], [true, true]);
  });

  it('is closed when the roles behind it change, so that it opens anew with what they allow', async () => {
    const ana = await open('/comms', 's=ana');
    await channels.check();
    assert.equal(ana.isOpen(), true);
    users.set('s=ana', { username: 'ana', permissions: LOOKING });
    await channels.check();
    await ana.ended;
  });

  it('is closed when nobody can say whether the session lives', async () => {
    const channel = await open('/comms', 's=down');
    await channels.check();
    await channel.ended;
  });

  for (const [permissions, heard] of [
    ['*', ['hb', 'status/n1', 'debug', 'notification/runtime-deploy', 'new-topic']],
    [LOOKING, ['hb', 'status/n1', 'notification/runtime-deploy']],
    [undefined, ['hb', 'status/n1', 'notification/runtime-deploy']],
  ] as const) {
    it(`carries debug output to who may edit only: ${String(permissions)}`, async () => {
      const got: string[] = [];
      const clients: { send(topic: string, data: unknown): void }[] = [];
      const comms: Comms = {
        addConnection: ({ client }) => Promise.resolve(clients.push(client)),
      };
      quietViewers(comms);
      await comms.addConnection({ client: { user: { permissions }, send: (topic) => void got.push(topic) } });
      for (const topic of ['hb', 'status/n1', 'debug', 'notification/runtime-deploy', 'new-topic'])
        clients[0]?.send(topic, {});
      assert.deepEqual(got, heard);
    });
  }
});
