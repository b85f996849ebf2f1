/** Alerts through the channels of a site, each against a real server: FHIR, MLLP, SMTP, HTTPS, and from one to the next. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Hl7Message, packageRoot } from '../../engine/index.ts';
import { AlertBench, alertPolicyOf } from '../kit/alert-bench.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { CountingFhirServer } from '../kit/counting-fhir-server.ts';
import { AA, CountingReceiver } from '../kit/counting-receiver.ts';
import { eventually } from '../kit/eventually.ts';
import { startHttpsSink, type HttpsSink } from '../kit/https-sink.ts';
import { startSmtpSink, type SmtpSink } from '../kit/smtp-sink.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };

describe('alerts on real servers', () => {
  const certificate = makeCertificate();
  let fhir: CountingFhirServer;
  let receiver: CountingReceiver;
  let smtp: SmtpSink;
  let plain: SmtpSink;
  let https: HttpsSink;
  let bench: AlertBench;

  beforeEach(async () => {
    [fhir, receiver, smtp, plain, https] = await Promise.all([
      CountingFhirServer.start(),
      CountingReceiver.start(certificate),
      startSmtpSink(certificate),
      startSmtpSink(),
      startHttpsSink(certificate),
    ]);
    const mail = {
      kind: 'email',
      host: '127.0.0.1',
      from: 'w@example.org',
      recipients: { 'ward doctor': ['d@example.org'] },
    };
    bench = await AlertBench.open({
      authority: certificate.cert,
      endpoints: {
        ehr: { base: fhir.base },
        pagers: { kind: 'mllp', host: '127.0.0.1', port: receiver.port, tls: { ca: 'ca.pem' } },
      },
      bound: {
        ehr: { kind: 'fhir', endpoint: 'ehr', recipients: { 'ward doctor': ['Practitioner/12'] } },
        pagers: { kind: 'hl7', endpoint: 'pagers', recipients: { 'ward doctor': ['4711'] } },
        mail: { ...mail, port: smtp.port, ca: 'ca.pem' },
        'plain-mail': { ...mail, port: plain.port },
        ...(await examples()),
      },
    });
    await mkdir(join(bench.folder, 'credentials'), { recursive: true });
    for (const name of ['pager-token', 'sms-token', 'sms-signing-key'])
      await writeFile(join(bench.folder, 'credentials', name), 'a-secret-of-the-test\n', { mode: 0o600 });
  });
  afterEach(async () => {
    await bench?.close();
    await Promise.all([fhir, receiver, smtp, plain, https].map((server) => server?.close()));
  });

  /** As the guide shows them, at the server of the test. */
  async function examples(): Promise<Readonly<Record<string, object>>> {
    const guide = await readFile(join(packageRoot(), 'docs/guide/alerts.md'), 'utf8');
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
    const shown = JSON.parse(json) as Record<string, { url: string }>;
    return Object.fromEntries(
      Object.entries(shown).map(([name, one]) => [name, { ...one, url: `${https.origin}/${name}`, ca: 'ca.pem' }]),
    );
  }

  async function told(channels: readonly string[], content = 'none'): Promise<string[]> {
    const tiers = [{ name: 'page', when: 'event.value > 6', to: { role: 'ward doctor' }, channels, content }];
    const before = bench.told.length;
    const { alert } = await bench.consider(await bench.accept(), HIGH, alertPolicyOf({ tiers }));
    await eventually('it is told', () => bench.told.length > before);
    const now = await bench.engine.store.alerts.get(alert?.id ?? '');
    return (now?.deliveries ?? []).map(
      ({ channel, state, code, repeat }) => `${channel} ${code ?? state}${repeat ? ' repeat' : ''}`,
    );
  }

  it('are a Communication on the FHIR endpoint, made once', async () => {
    assert.deepEqual(await told(['ehr']), ['ehr delivered']);
    const [made, ...more] = fhir.made;
    assert.equal(more.length, 0);
    assert.deepEqual(
      [made?.type, made?.body['status'], made?.body['priority'], made?.body['recipient']],
      ['Communication', 'completed', 'urgent', [{ reference: 'Practitioner/12' }]],
    );
    assert.match(made?.identifiers.join() ?? '', /\.started$/);
    assert.match(JSON.stringify(made?.body['payload']), /https:\/\/console\.example\.org\/alerts/);
  });

  it('are an alert report to the HL7 endpoint over TLS, and again under the same number where no answer came', async () => {
    receiver.answering = () => 'close';
    const tries = await told(['pagers', 'console'], 'minimum');
    assert.equal(tries.at(-1), 'console delivered repeat', 'it may have arrived');
    const [first] = receiver.received;
    const report = Hl7Message.parse(first?.bytes ?? new Uint8Array());
    assert.equal(report.get('MSH-9.3'), 'ORU_R40');
    assert.match(first?.bytes.toString() ?? '', /A result needs an answer/);
    receiver.answering = () => AA;
    bench.clock.advance(31 * 60_000);
    assert.deepEqual(await told(['pagers'], 'minimum'), ['pagers delivered']);
  });

  it('are a mail over TLS, and no mail where the server has none', async () => {
    assert.deepEqual(await told(['plain-mail', 'mail']), ['plain-mail channel-refused', 'mail sent']);
    assert.equal(plain.mails.length, 0, 'nothing went in the clear');
    assert.deepEqual([smtp.mails.length, smtp.mails[0]?.secure], [1, true]);
  });

  it('are posted to a pager and an SMS service as the guide shows', async () => {
    assert.deepEqual(await told(['pager'], 'reference'), ['pager sent']);
    const [page] = https.posts;
    const body = JSON.parse(page?.body ?? '{}') as {
      dedup_key: string;
      payload: { summary: string; custom_details: { repeated: unknown } };
      links: { href: string }[];
    };
    const id = (await bench.engine.store.alerts.list({}))[0]?.id ?? '';
    assert.deepEqual(
      [page?.url, page?.headers['authorization'], body.dedup_key, body.links[0]?.href],
      ['/pager', 'Bearer a-secret-of-the-test', id, `https://console.example.org/alerts/${id}`],
    );
    assert.equal(body.payload.custom_details.repeated, false);
    assert.ok(!page?.body.includes('A result needs'), 'the title left with the content "reference"');
    bench.clock.advance(31 * 60_000);
    assert.deepEqual(await told(['sms']), ['sms sent']);
    const sms = JSON.parse(https.posts[1]?.body ?? '{}') as Readonly<Record<string, unknown>>;
    assert.equal(sms['from'], 'Wardflow');
    assert.match(String(sms['body']), /^Wardflow: something needs you\. .* https:\/\/console\.example\.org\/alerts$/);
    assert.match(String(https.posts[1]?.headers['wardflow-signature']), /^t=\d+,v1=[0-9a-f]{64}$/);
  });

  it('fall over from provider to provider while they are out, to a notice at the console', async () => {
    https.answer = { status: 403 };
    receiver.answering = () => ({ code: 'AR' });
    smtp.fault = 'refuse';
    await fhir.close();
    const tries = await told(['ehr', 'pagers', 'pager', 'mail', 'console']);
    assert.deepEqual(
      tries.map((one) => one.split(' ')[0]),
      ['ehr', 'pagers', 'pager', 'mail', 'console'],
    );
    assert.ok(
      tries.slice(0, 4).every((one) => !/sent|delivered/.test(one)),
      tries.join('; '),
    );
    assert.match(tries.at(-1) ?? '', /^console delivered/);
    const notices = await bench.engine.store.audit.list({ type: 'notice.shown' });
    assert.deepEqual(
      notices.map(({ details }) => [details['to'], details['text']]),
      [['ward doctor', 'A result needs an answer']],
    );
    fhir = await CountingFhirServer.start();
  });
});
