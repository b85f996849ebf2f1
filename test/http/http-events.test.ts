import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { ManualClock, silentLog, type HttpEventBinding, type HttpEventFeed } from '../../engine/index.ts';
import { createHttpEvents, type RunningHttpEvents } from '../../engine/http/events/create-http-events.ts';
import { makeCertificate } from '../kit/certificates.ts';

const SECRET = 'a-secret-of-the-bed-board';

describe('feeds of events on several listeners', () => {
  const listen = { host: '127.0.0.1', port: 0, tls: null, allow: [] } as const;
  const tls = { certificate: 'own.pem', key: 'own.key', clientCa: 'clients.pem' };
  const bindings: Readonly<Record<string, HttpEventBinding>> = {
    open: { listen, auth: { kind: 'token', credential: 'beds' }, perMinute: 100 },
    beside: { listen, auth: { kind: 'token', credential: 'beds' }, perMinute: 100 },
    certified: { listen: { ...listen, tls }, auth: { kind: 'certificate' }, perMinute: 100 },
    listed: {
      listen: { ...listen, allow: ['10.0.0.0/8'] },
      auth: { kind: 'token', credential: 'beds' },
      perMinute: 100,
    },
  };
  const taken: string[] = [];
  let folder: string;
  let events: RunningHttpEvents;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-events-'));
    const [own, client] = [makeCertificate(), makeCertificate({ subject: 'client' })];
    const files = {
      'tls/own.pem': own.cert,
      'tls/own.key': own.key,
      'tls/clients.pem': client.cert,
      'credentials/beds': SECRET,
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true, mode: 0o700 });
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    const clock = new ManualClock();
    events = createHttpEvents({
      folder,
      tlsFolder: join(folder, 'tls'),
      bindings,
      intake: {
        acceptEvent: ({ feed }) => {
          taken.push(feed);
          return Promise.resolve({ kind: 'accepted', id: `m${taken.length}`, seq: taken.length });
        },
      },
      clock,
      ids: { next: () => 'id' },
      log: silentLog,
      live: { publish: () => undefined },
    });
    await events.configure(
      Object.keys(bindings).map((name): HttpEventFeed => ({
        name,
        schema: null,
        idAt: '/id',
        typeAt: '',
        orderingAt: '',
        patientAt: '',
        maxBytes: 1000,
      })),
    );
  });
  after(async () => {
    await events.stop();
    await rm(folder, { recursive: true });
  });

  const post = async (name: string): Promise<number> => {
    const { port } = events.place('open');
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` };
    const sent = await fetch(`http://127.0.0.1:${port}/events/${name}`, {
      method: 'POST',
      body: '{"id":"1"}',
      headers,
    });
    return sent.status;
  };

  it('are reached at their own listener alone, which knows who may come', async () => {
    for (const name of Object.keys(bindings)) assert.equal(events.place(name).state, 'listening', name);
    assert.equal(await post('certified'), 404, 'a certificate is shown at its own listener');
    assert.equal(await post('listed'), 404, 'its own listener knows from where they may come');
    assert.deepEqual(taken, []);
    assert.deepEqual([await post('open'), await post('beside')], [202, 202]);
    assert.deepEqual(taken, ['open', 'beside']);
  });
});
