import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { addressesOf } from '../../engine/alerts/recipients.ts';
import { contentOf } from '../../engine/alerts/alert-content.ts';
import type { AlertMessage } from '../../engine/alerts/channel.ts';
import { createChannels } from '../../engine/alerts/create-channels.ts';
import type { FhirEndpoints, FhirResource } from '../../engine/fhir/endpoint.ts';
import type { Hl7Endpoints } from '../../engine/mllp/endpoint.ts';
import { Hl7Message, ManualClock, parseBindings, readConfig } from '../../engine/index.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { startHttpsSink, type HttpsSink } from '../kit/https-sink.ts';
import { startSmtpSink, type SmtpSink } from '../kit/smtp-sink.ts';

const AT = Date.parse('2026-06-01T12:00:00Z');
const SECRET = 'correct horse battery';
const message = (over: Partial<AlertMessage> = {}): AlertMessage => ({
  id: 'alert-1',
  key: 'alert-1.started',
  kind: 'started',
  text: 'Wardflow: something needs you.',
  link: 'https://console.example.org/',
  repeat: false,
  at: AT,
  to: 'ward doctor',
  people: ['ana'],
  reference: null,
  ...over,
});

describe('channels of alerts', () => {
  const certificate = makeCertificate();
  let folder: string;
  let smtp: SmtpSink;
  let https: HttpsSink;
  const resources: FhirResource[] = [];
  const frames: Uint8Array[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wardflow-channels-'));
    for (const part of ['tls', 'credentials']) await mkdir(join(folder, part));
    await writeFile(join(folder, 'tls', 'ca.pem'), certificate.cert);
    await writeFile(join(folder, 'credentials', 'smtp'), `${SECRET}\n`, { mode: 0o600 });
    smtp = await startSmtpSink(certificate);
    https = await startHttpsSink(certificate);
    resources.length = 0;
    frames.length = 0;
  });
  afterEach(async () => {
    await Promise.all([smtp.close(), https.close()]);
    await rm(folder, { recursive: true });
  });

  const recipients = { ana: ['ana@example.org'], 'ward doctor': ['doctors@example.org'] };
  const email = (over: object = {}): object => ({
    kind: 'email',
    host: '127.0.0.1',
    port: smtp.port,
    ca: 'ca.pem',
    from: 'wardflow@example.org',
    recipients,
    timeoutMs: 2000,
    ...over,
  });
  const webhook = (over: object = {}): object => ({
    kind: 'webhook',
    url: `${https.origin}/page`,
    ca: 'ca.pem',
    ...over,
  });
  function channel(binding: object) {
    const json = {
      kind: 'bindings',
      format: 1,
      feeds: {},
      endpoints: { ehr: { base: 'http://127.0.0.1:9/fhir' }, pagers: { kind: 'mllp', host: '127.0.0.1', port: 9 } },
      channels: { one: binding },
    };
    const { channels } = parseBindings(JSON.stringify(json), readConfig({}));
    const endpoints = {
      get: () => ({
        createOnce: (resource: FhirResource) => {
          resources.push(resource);
          return Promise.resolve({ ok: true, answer: { status: 201, resource, etag: null, location: null } });
        },
      }),
    } as unknown as FhirEndpoints;
    const hl7Endpoints = {
      get: () => ({
        send: (bytes: Uint8Array) => {
          frames.push(bytes);
          return Promise.resolve({ ok: true, receipt: { code: 'AA', controlId: '1', at: AT } });
        },
      }),
    } as unknown as Hl7Endpoints;
    const clock = new ManualClock(AT);
    const made = createChannels({ bindings: channels, folder, clock, endpoints, hl7Endpoints }).get('one');
    return made ?? assert.fail('no channel');
  }
  const failed = async (binding: object): Promise<string> => {
    const outcome = await channel(binding).send(message());
    assert.ok(!outcome.ok, 'it was sent');
    assert.ok(!JSON.stringify(outcome).includes(SECRET), 'the secret is told');
    return `${outcome.failure.class} ${outcome.failure.code}`;
  };

  it('send mail over TLS, logged in, to who covers the role now', async () => {
    const login = { user: 'wardflow', credential: 'smtp' };
    assert.deepEqual(await channel(email({ login })).send(message()), { ok: true, state: 'sent' });
    await channel(email()).send(message({ repeat: true, people: ['nobody'] }));
    const [first, second] = smtp.mails;
    assert.ok(first && second);
    assert.deepEqual([first.to, first.secure], [['ana@example.org'], true]);
    assert.equal(Buffer.from(first.login ?? '', 'base64').toString(), `\0wardflow\0${SECRET}`);
    assert.deepEqual(second.to, ['doctors@example.org'], 'where nobody is on the roster, the role itself is told');
    for (const mail of smtp.mails) assert.match(mail.text, /^Message-ID: <alert-1\.started@example\.org>/m);
    assert.match(second.text, /^Subject: .*\(repeated\)/m);
    assert.doesNotMatch(first.text, /repeat/i);
  });

  it('trust nobody because of an environment variable of Node.js', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      assert.equal(await failed(email({ ca: null })), 'permanent channel-refused');
      assert.equal(await failed(webhook({ ca: null })), 'permanent channel-refused');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    assert.equal(smtp.mails.length, 0);
  });

  it('say of a mail that was not sent whether it may have been', async () => {
    assert.equal(await failed(email({ ca: null })), 'permanent channel-refused');
    assert.equal(await failed(email({ port: 1 })), 'transient channel-unreachable');
    assert.equal(
      await failed(email({ recipients: { matron: ['m@example.org'] } })),
      'permanent channel-without-address',
    );
    const login = { user: 'wardflow', credential: 'other' };
    assert.equal(await failed(email({ login })), 'permanent channel-credential-missing');
    assert.equal(await failed(email({ ca: 'none.pem' })), 'permanent channel-tls-file');
    assert.equal(smtp.mails.length, 0);
    smtp.fault = 'refuse';
    assert.equal(await failed(email()), 'permanent channel-refused');
    smtp.fault = 'busy';
    assert.equal(await failed(email()), 'transient channel-unreachable');
    smtp.fault = 'drop';
    assert.equal(await failed(email()), 'ambiguous channel-unsure');
    assert.equal(smtp.mails.length, 1, 'it had arrived');
  });

  it('post to a pager service what its template says, signed', async () => {
    const template = {
      page: { who: '{{addresses}}', say: '{{text}} {{link}}', again: '{{repeat}}' },
      tier: '{{tier}}',
    };
    const one = channel(webhook({ template, secret: 'smtp', token: 'smtp', recipients: { ana: ['+49 1'] } }));
    assert.deepEqual(await one.send(message({ repeat: true })), { ok: true, state: 'sent' });
    const [post] = https.posts;
    assert.ok(post);
    assert.deepEqual(JSON.parse(post.body), {
      page: { who: ['+49 1'], say: 'Wardflow: something needs you. https://console.example.org/', again: true },
      tier: '',
    });
    assert.equal(post.headers['idempotency-key'], 'alert-1.started');
    assert.equal(post.headers['wardflow-repeat'], 'true');
    assert.equal(post.headers['authorization'], `Bearer ${SECRET}`);
    const signed = createHmac('sha256', SECRET)
      .update(`${AT / 1000}.${post.body}`)
      .digest('hex');
    assert.equal(post.headers['wardflow-signature'], `t=${AT / 1000},v1=${signed}`);
  });

  it('say of a post that was not taken whether it may have been, and follow no redirect', async () => {
    https.answer = { status: 302, headers: { location: `${https.origin}/elsewhere` } };
    assert.equal(await failed(webhook()), 'permanent channel-refused');
    assert.deepEqual(
      https.posts.map(({ url }) => url),
      ['/page'],
    );
    https.answer = { status: 429, headers: { 'retry-after': '7' } };
    const busy = await channel(webhook()).send(message());
    assert.ok(!busy.ok);
    assert.deepEqual([busy.failure.class, busy.failure.retryAfterMs], ['throttled', 7000]);
    https.answer = { status: 500 };
    assert.equal(await failed(webhook()), 'ambiguous channel-unsure');
    https.answer = 'drop';
    assert.equal(await failed(webhook()), 'ambiguous channel-unsure');
    assert.equal(await failed(webhook({ ca: null })), 'permanent channel-refused');
    assert.equal(await failed(webhook({ url: 'https://127.0.0.1:1/' })), 'transient channel-unreachable');
    assert.equal(await failed(webhook({ secret: 'other' })), 'permanent channel-credential-missing');
  });

  it('write a Communication, and an alert report', async () => {
    const fhir = { kind: 'fhir', endpoint: 'ehr', recipients: { ana: ['Practitioner/12'] } };
    assert.deepEqual(await channel(fhir).send(message()), { ok: true, state: 'delivered' });
    const [resource] = resources;
    assert.deepEqual(
      [resource?.['status'], resource?.['recipient']],
      ['completed', [{ reference: 'Practitioner/12' }]],
    );
    const pager = channel({ kind: 'hl7', endpoint: 'pagers', recipients: { ana: ['4711'] } });
    await pager.send(message());
    await pager.send(message({ repeat: true }));
    const [first, second] = frames.map((bytes) => Hl7Message.parse(bytes));
    assert.equal(first?.get('MSH-9.2'), 'R40');
    assert.equal(first?.get('OBX[5]-5'), '4711');
    assert.match(first?.get('MSH-10') ?? '', /^[0-9a-f]{20}$/);
    assert.equal(second?.get('MSH-10'), first?.get('MSH-10'), 'a repeat is known for one');
  });

  it('reach the people of a role before its own address, each once', () => {
    const all = { ana: ['a@x', 'b@x'], ben: ['b@x'], doctor: ['d@x'] };
    assert.deepEqual(addressesOf(all, { to: 'doctor', people: ['ana', 'ben', 'zoe'] }), ['a@x', 'b@x']);
    assert.deepEqual(addressesOf(all, { to: 'doctor', people: [] }), ['d@x']);
    assert.deepEqual(
      addressesOf(all, { to: 'roster doctor', people: [] }),
      ['d@x'],
      'nobody is on, or no roster is in force',
    );
    assert.deepEqual(addressesOf(all, { to: 'constructor', people: ['__proto__'] }), []);
  });

  it('are told no more than the tier allows', () => {
    const alert = { id: 'a1', title: 'A potassium', tier: 'page', policy: 'pages', messageId: 'm1' };
    const told = (content: 'none' | 'reference' | 'minimum'): string =>
      JSON.stringify(contentOf(alert, 'started', content, 'https://c.example.org/'));
    for (const part of ['a1', 'm1', 'potassium', 'pages']) assert.ok(!told('none').includes(part), part);
    assert.ok(told('reference').includes('a1') && !told('reference').includes('potassium'));
    assert.ok(told('minimum').includes('A potassium') && told('minimum').includes('https://c.example.org/alerts/a1'));
  });
});
