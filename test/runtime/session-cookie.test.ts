import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'mocha';
import { answerLoginDialog, loginAddress } from '../../runtime/login-dialog.ts';
import { dropSessionFirst, dropSessionOfUpgrades } from '../../runtime/session-cookie.ts';

const COOKIE = 'theme=dark; wardflow_session=0123456789abcdef0123; lang=en';

describe('the session cookie and what flows make', () => {
  let server: Server;
  let port = 0;
  let seen: { headers: IncomingHttpHeaders; rawHeaders: string[] } = { headers: {}, rawHeaders: [] };
  before(async () => {
    server = createServer((incoming, response) =>
      dropSessionFirst(incoming, response, () => {
        seen = { headers: incoming.headers, rawHeaders: incoming.rawHeaders };
        response.end();
      }),
    );
    server.on('upgrade', (incoming, socket) => {
      seen = { headers: incoming.headers, rawHeaders: incoming.rawHeaders };
      socket.destroy();
    });
    dropSessionOfUpgrades(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  const ask = async (path: string, headers: Record<string, string>): Promise<void> => {
    seen = { headers: {}, rawHeaders: [] };
    const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false });
    const over = new Promise<void>((resolve) => {
      outgoing.on('error', () => resolve());
      outgoing.on('response', (response) => response.resume().on('end', resolve));
    });
    outgoing.end();
    await over;
  };

  it('is gone from a request before a flow sees it, and other cookies stay', async () => {
    await ask('/hook', { cookie: COOKIE });
    assert.equal(seen.headers.cookie, 'theme=dark; lang=en');
    assert.ok(!JSON.stringify(seen).includes('0123456789abcdef'));
    await ask('/hook', { cookie: 'wardflow_session=0123456789abcdef0123' });
    assert.equal(seen.headers.cookie, undefined);
    assert.ok(!JSON.stringify(seen).includes('0123456789abcdef'));
  });

  it('is gone from a WebSocket of a flow, and stays on the channel of the editor', async () => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', cookie: COOKIE };
    await ask('/ws/ward', upgrade);
    assert.equal(seen.headers.cookie, 'theme=dark; lang=en');
    await ask('/commsx', upgrade);
    assert.equal(seen.headers.cookie, 'theme=dark; lang=en');
    await ask('/comms', upgrade);
    assert.equal(seen.headers.cookie, COOKIE);
  });

  it('is asked for under the host name that the editor was opened with, with the way back', () => {
    assert.equal(
      loginAddress('localhost:1880', 4000),
      'http://localhost:4000/login?return=http%3A%2F%2Flocalhost%3A1880%2F',
    );
    for (const host of [undefined, 'evil.example', 'localhost:1880.evil.example', 'localhost@evil.example'])
      assert.equal(loginAddress(host, 4000), 'http://127.0.0.1:4000', host);
    assert.equal(
      answerLoginDialog({ method: 'POST', url: '/auth/login', headers: {} } as never, {} as never, 1),
      false,
    );
  });
});
