import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { alertErrors } from '../../engine/alerts/errors.ts';
import { WardflowError, type AlertChannel } from '../../engine/index.ts';
import { failureOf } from '../../engine/queue/failure.ts';
import { AlertBench, alertPolicyOf } from '../kit/alert-bench.ts';
import { makeCertificate } from '../kit/certificates.ts';
import { eventually } from '../kit/eventually.ts';
import { startHttpsSink, type HttpsSink } from '../kit/https-sink.ts';
import { startSmtpSink, type SmtpSink } from '../kit/smtp-sink.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };

describe('an alert', () => {
  const certificate = makeCertificate();
  let smtp: SmtpSink;
  let https: HttpsSink;
  let bench: AlertBench;
  beforeEach(async () => {
    smtp = await startSmtpSink(certificate);
    https = await startHttpsSink(certificate);
    bench = await AlertBench.open({
      authority: certificate.cert,
      bound: {
        pager: { kind: 'webhook', url: https.origin, ca: 'ca.pem', recipients: { ana: ['4711'] } },
        mail: {
          kind: 'email',
          host: '127.0.0.1',
          port: smtp.port,
          ca: 'ca.pem',
          from: 'w@example.org',
          recipients: { doctor: ['doctor@example.org'], ana: ['ana@example.org'] },
        },
      },
    });
    const entries = [{ role: 'doctor', person: 'ana' }];
    await writeFile(join(bench.folder, 'roster.json'), JSON.stringify({ kind: 'roster', format: 1, entries }));
  });
  afterEach(async () => {
    await bench.close();
    await Promise.all([smtp.close(), https.close()]);
  });

  const start = async (event: object = HIGH, policy = alertPolicyOf()) =>
    bench.consider(await bench.accept(), event, policy);
  const tellings = (count: number): Promise<void> => eventually(`${count} tellings`, () => bench.told.length >= count);
  async function tries(id: string | undefined): Promise<string[]> {
    const alert = await bench.engine.store.alerts.get(id ?? '');
    return (alert?.deliveries ?? []).map(
      ({ channel, state, code, repeat }) => `${channel} ${code ?? state}${repeat ? ' repeat' : ''}`,
    );
  }
  const notices = async (): Promise<unknown[]> =>
    (await bench.engine.store.audit.list({ type: 'notice.shown' })).map(({ details }) => details['to']);

  it('is told once by the first channel, to whom the roster names', async () => {
    const { outcome, alert } = await start();
    await tellings(1);
    assert.equal(outcome, 'started');
    assert.deepEqual(await tries(alert?.id), ['pager sent']);
    const [post] = https.posts;
    const body = JSON.parse(post?.body ?? '') as Record<string, unknown>;
    assert.deepEqual([body['addresses'], body['id'], body['repeat']], [['4711'], alert?.id, false]);
    assert.ok(!post?.body.includes('answer'), 'the title left with the content "none"');
    assert.equal(smtp.mails.length, 0);
  });

  it('falls over to the next channel where a provider is out, and says so', async () => {
    https.answer = { status: 403 };
    const first = await start();
    await tellings(1);
    assert.deepEqual(await tries(first.alert?.id), ['pager channel-refused', 'mail sent']);
    await https.close();
    const second = await start({ ...HIGH, patient: 'p2' });
    await tellings(2);
    assert.deepEqual(await tries(second.alert?.id), ['pager channel-unreachable', 'mail sent']);
    assert.deepEqual(
      smtp.mails.map(({ to }) => to),
      [['ana@example.org'], ['ana@example.org']],
    );
    assert.ok(smtp.mails.every(({ text }) => !/repeat/i.test(text)));
    smtp.fault = 'refuse';
    const third = await start({ ...HIGH, patient: 'p3' });
    await tellings(3);
    assert.deepEqual(await tries(third.alert?.id), [
      'pager channel-unreachable',
      'mail channel-refused',
      'console delivered',
    ]);
    assert.deepEqual(await notices(), ['doctor']);
  });

  it('is marked as a repeat where an earlier channel may have taken it', async () => {
    https.answer = 'drop';
    const { alert } = await start();
    await tellings(1);
    assert.deepEqual(await tries(alert?.id), ['pager channel-unsure', 'mail sent repeat']);
    assert.match(smtp.mails[0]?.text ?? '', /^Subject: .*\(repeated\)/m);
  });

  it('makes a notice to operations where no channel takes it, and is tried again until one does', async () => {
    const tiers = [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['pager', 'other'] }];
    https.answer = { status: 403 };
    const { alert } = await start(HIGH, alertPolicyOf({ tiers }));
    await tellings(1);
    assert.ok(bench.told[0] instanceof WardflowError && bench.told[0].code === 'alert-undelivered');
    assert.deepEqual(await tries(alert?.id), ['pager channel-refused', 'other channel-unbound']);
    assert.deepEqual(await notices(), ['operations']);
    https.answer = { status: 200 };
    bench.clock.advance(60_000);
    await tellings(2);
    assert.deepEqual((await tries(alert?.id)).at(-1), 'pager sent');
    assert.deepEqual(await notices(), ['operations'], 'said once');
  });

  it('is told when it begins and when it is resolved, and not where nobody was told', async () => {
    const { alert } = await start();
    await tellings(1);
    const over = await start({ ...HIGH, value: 3 });
    assert.deepEqual([over.outcome, over.alert?.id, over.alert?.state], ['resolved', alert?.id, 'resolved']);
    await tellings(2);
    assert.deepEqual(
      https.posts.map(({ headers, body }) => [headers['idempotency-key'], (JSON.parse(body) as { kind: string }).kind]),
      [
        [`${alert?.id ?? ''}.started`, 'started'],
        [`${alert?.id ?? ''}.resolved`, 'resolved'],
      ],
    );
    assert.equal((await start({ ...HIGH, value: 3 })).outcome, 'nothing', 'it is over already');
  });

  it('is not told any more when somebody has acknowledged it before its turn', async () => {
    const { alerts } = bench.engine;
    https.answer = { status: 403 };
    smtp.fault = 'refuse';
    const tiers = [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['pager'] }];
    const { alert } = await start(HIGH, alertPolicyOf({ tiers }));
    await tellings(1);
    await alerts.acknowledge(alert?.id ?? '', 1, 'user:ana');
    bench.clock.advance(60_000);
    await tellings(2);
    assert.ok(!(bench.told[1] instanceof WardflowError));
    assert.equal(bench.told[1]?.kind, 'not-needed');
    assert.equal(https.posts.length, 1);
  });

  it('goes to no further channel when somebody takes it over while one is tried', async () => {
    const sent: string[] = [];
    const slow: AlertChannel = {
      name: 'pager',
      async send({ id }) {
        await other.engine.alerts.acknowledge(id, 1, 'user:ana');
        return {
          ok: false,
          failure: failureOf(alertErrors.create('channel-refused', { channel: 'pager', reason: '' })),
        };
      },
    };
    const mail: AlertChannel = {
      name: 'mail',
      send: ({ id }) => Promise.resolve({ ok: true, state: 'sent' } as const).finally(() => sent.push(id)),
    };
    const other = await AlertBench.open({ channels: new Map([slow, mail].map((one) => [one.name, one])) });
    try {
      await other.consider(await other.accept(), HIGH);
      await eventually('it is settled', () => other.told.length === 1);
      assert.ok(!(other.told[0] instanceof WardflowError));
      assert.deepEqual([other.told[0]?.kind, sent], ['not-needed', []]);
    } finally {
      await other.close();
    }
  });

  it('joins one that is more urgent, and is told for itself where it is more urgent', async () => {
    const note = await start({ ...HIGH, value: 5.5 });
    const page = await start();
    const later = await start({ ...HIGH, value: 5.5 });
    assert.deepEqual([note.outcome, page.outcome, later.outcome], ['started', 'started', 'joined']);
    assert.equal(later.by, page.alert?.id);
    await tellings(2);
    assert.equal(https.posts.length, 1);
    const held = await bench.engine.store.alerts.heldBackList({});
    assert.deepEqual(
      held.map(({ because, by }) => [because, by]),
      [['joined', page.alert?.id]],
    );
  });

  it('begins for each flow, and is resolved by that flow: another policy of the same name tells somebody else', async () => {
    const policy = alertPolicyOf({ resolveOn: 'event.status = "withdrawn"' });
    const in_ = async (definition: string, event: object) =>
      bench.consider(await bench.accept(), event, policy, 1, definition);
    assert.equal((await in_('flow-a', HIGH)).outcome, 'started');
    assert.equal((await in_('flow-b', HIGH)).outcome, 'started', 'nobody of flow-b has been told');
    assert.equal((await in_('flow-b', HIGH)).outcome, 'joined');
    assert.equal((await in_('flow-c', { ...HIGH, status: 'withdrawn' })).outcome, 'nothing');
    const resolved = await in_('flow-b', { ...HIGH, status: 'withdrawn' });
    assert.equal(resolved.alert?.definition, 'flow-b');
    const open = await bench.engine.store.alerts.list({ states: ['open'], limit: 10 });
    assert.deepEqual(
      open.map(({ definition }) => definition),
      ['flow-a'],
    );
  });

  it('says the same to a redelivery, and keeps what was held back once', async () => {
    const suppress = [{ when: 'event.code = "X"', reason: 'Mending', until: '2099-01-01' }];
    const policy = alertPolicyOf({ suppress });
    const item = await bench.accept();
    const first = await bench.consider(item, HIGH, policy);
    assert.equal((await bench.consider(item, HIGH, policy, 2)).alert?.id, first.alert?.id);
    const other = await bench.accept();
    for (const attempt of [1, 2]) assert.equal((await bench.consider(other, HIGH, policy, attempt)).outcome, 'joined');
    const mended = await bench.accept();
    for (const attempt of [1, 2]) {
      const { outcome, by } = await bench.consider(mended, { ...HIGH, code: 'X' }, policy, attempt);
      assert.deepEqual([outcome, by], ['suppressed', 'Mending']);
    }
    const held = await bench.engine.store.alerts.heldBackList({});
    assert.deepEqual(held.map(({ because }) => because).toSorted(), ['joined', 'suppressed']);
    await tellings(1);
  });
});
