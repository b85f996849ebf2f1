import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { frame, node, usePalette } from '../kit/palette-runtime.ts';

const SECRET = 'a-secret-of-the-bed-board';
const LISTEN = { host: '127.0.0.1', port: 0, tls: null, allow: [] };
const SCHEMA = JSON.stringify({
  type: 'object',
  required: ['bed'],
  properties: { bed: { type: 'string' }, id: {}, state: { enum: ['free', 'taken'] } },
});

describe('http event in', () => {
  const runtime = usePalette(async () => ({ ehr: 'http://127.0.0.1:1/fhir' }), {
    events: {
      beds: { listen: LISTEN, auth: { kind: 'token', credential: 'beds' }, perMinute: 1_000 },
      few: { listen: LISTEN, auth: { kind: 'token', credential: 'beds' }, perMinute: 2 },
      signed: { listen: { ...LISTEN }, auth: { kind: 'signature', credential: 'beds' }, perMinute: 1_000 },
    },
  });
  const source = (id: string, feed: string, more: object = {}): object =>
    node(
      id,
      'http event in',
      { feed, schema: SCHEMA, idAt: '/id', orderingAt: '/bed', patientAt: '/patient', ...more },
      ['note'],
    );
  const note = node('note', 'audit log', {
    text: 'http.id & " " & $string($exists(payload.data) ? payload.data.bed : payload.bed)',
    textKind: 'jsonata',
    finish: true,
  });
  let port = 0;

  beforeEach(async () => {
    mkdirSync(join(runtime.folder, 'credentials'), { recursive: true });
    writeFileSync(join(runtime.folder, 'credentials/beds'), `${SECRET}\n`, { mode: 0o600 });
    await runtime.deploy({
      flow: [...frame('done'), source('beds', 'beds'), source('few', 'few'), source('signed', 'signed'), note],
    });
    await eventually('it listens', () => runtime.engine.httpEvents.place('beds').state === 'listening');
    port = runtime.engine.httpEvents.place('beds').port ?? 0;
  });

  const post = async (
    body: string,
    headers: Readonly<Record<string, string>> = {},
    path = '/events/beds',
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}`, ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>) };
  };
  const noted = async (id: string): Promise<readonly unknown[]> => {
    await runtime.settled(id);
    return (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  };

  it('keeps an event before it answers, and gives it to the flow', async () => {
    const { status, body } = await post('{"id":"B1","bed":"A1","state":"free","patient":"PAT4711"}');
    assert.equal(status, 202);
    const id = String(body['id']);
    const kept = await runtime.engine.store.journal.get(id);
    assert.deepEqual([kept?.feed, kept?.format, kept?.controlId, kept?.patientHint], ['beds', 'json', 'B1', '…711']);
    assert.deepEqual(await noted(id), ['B1 A1']);
    const found = await runtime.engine.store.journal.list({ key: { kind: 'patient', value: 'PAT4711' } });
    assert.deepEqual(
      found.map((one) => one.id),
      [id],
    );
  });

  it('answers a repeat as the first, and makes no second work of it', async () => {
    const event = '{"id":"B2","bed":"A2"}';
    const first = await post(event);
    await noted(String(first.body['id']));
    const again = await post(event);
    assert.deepEqual([again.status, again.body], [202, { id: first.body['id'], repeated: true }]);
    // The same id with something else in it is another event.
    const other = await post('{"id":"B2","bed":"A9"}');
    assert.notEqual(other.body['id'], first.body['id']);
    assert.equal(other.body['repeated'], undefined);
  });

  it('takes CloudEvents in both forms, and a key in a header', async () => {
    const structured = await post(
      '{"specversion":"1.0","id":"C1","source":"/beds","type":"bed.freed","data":{"bed":"A3"}}',
      { 'content-type': 'application/cloudevents+json' },
    );
    const binary = await post('{"bed":"A4"}', {
      'ce-specversion': '1.0',
      'ce-id': 'C2',
      'ce-source': '/beds',
      'ce-type': 'bed.freed',
    });
    const keyed = await post('{"bed":"A5"}', { 'idempotency-key': '"C3"' });
    assert.deepEqual([structured.status, binary.status, keyed.status], [202, 202, 202]);
    assert.equal((await runtime.engine.store.journal.get(String(structured.body['id'])))?.type, 'bed.freed');
    assert.deepEqual(await noted(String(binary.body['id'])), ['C2 A4']);
    assert.deepEqual(await noted(String(keyed.body['id'])), ['C3 A5']);
  });

  it('refuses what is not from whom it should be, not JSON, without an id, or not as agreed, and keeps none of it', async () => {
    const before = await runtime.engine.store.journal.counts();
    const fine = '{"id":"B6","bed":"A6"}';
    const codes = [
      await post(fine, { authorization: 'Bearer wrong' }),
      await post(fine, { authorization: '' }),
      await post(fine, {}, '/events/none'),
      await post(fine, { 'content-type': 'text/plain' }),
      await post('[1]'),
      await post('{"id":'),
      await post(`{"id":"B6","bed":"A6","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
      await post('{"bed":"A6"}'),
      await post('{"id":"B7","bed":5}'),
      await post(`{"id":"B8","bed":"${'x'.repeat(300 * 1024)}"}`),
    ].map(({ status, body }) => `${status} ${String(body['code'])}`);
    assert.deepEqual(codes, [
      '401 not-authenticated',
      '401 not-authenticated',
      '404 no-such-feed',
      '415 not-json',
      '400 not-json',
      '400 not-json',
      '400 too-deep',
      '422 without-id',
      '422 not-as-agreed',
      '413 too-large',
    ]);
    assert.deepEqual(await runtime.engine.store.journal.counts(), before);
  });

  it('asks to come later after so many of a minute, of which whoever is refused takes none away', async () => {
    const sent: number[] = [];
    for (const authorization of [
      '',
      'Bearer wrong',
      'Bearer wrong',
      ...Array.from({ length: 3 }, () => `Bearer ${SECRET}`),
    ])
      sent.push((await post(`{"id":"F${sent.length}","bed":"A1"}`, { authorization }, '/events/few')).status);
    assert.deepEqual(sent, [401, 401, 401, 202, 202, 429]);
  });

  it('takes a signature over time and body for who sends, and no old one', async () => {
    port = runtime.engine.httpEvents.place('signed').port ?? 0;
    const body = '{"id":"S1","bed":"A7"}';
    const signed = (seconds: number, text = body): string =>
      `t=${seconds},v1=${createHmac('sha256', SECRET).update(`${seconds}.${text}`).digest('hex')}`;
    const now = Math.floor(runtime.clock.now() / 1000);
    const send = async (signature: string): Promise<number> =>
      (await post(body, { authorization: '', 'wardflow-signature': signature }, '/events/signed')).status;
    assert.equal(await send(signed(now)), 202);
    assert.equal(await send(signed(now - 301)), 401);
    assert.equal(await send(signed(now, '{"id":"S2"}')), 401);
    assert.equal(await send(''), 401);
  });

  it('says at the node what is wrong with a schema', async () => {
    await runtime.deploy({
      flow: [...frame('done'), source('beds', 'beds', { schema: '{ "type": "nothing" }' }), note],
    });
    await eventually('it is said', () => runtime.statuses.some(({ id, fill }) => id === 'beds' && fill === 'red'));
    assert.equal((await post('{"id":"B9","bed":"A9"}').catch(() => ({ status: 404 }))).status, 404);
  });
});
