import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { WardflowError, type AlertRecord, type LiveChange } from '../../engine/index.ts';
import { AlertBench, alertPolicyOf } from '../kit/alert-bench.ts';
import { eventually } from '../kit/eventually.ts';

const HIGH = { patient: 'p1', code: 'K', value: 7 };
const ON_CONSOLE = [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['console'] }];

describe('an answer to an alert', () => {
  let bench: AlertBench;
  let changes: LiveChange[];
  let stop: () => void;
  beforeEach(async () => {
    bench = await AlertBench.open();
    changes = [];
    stop = bench.engine.live.subscribe((change) => changes.push(change));
  });
  afterEach(async () => {
    stop();
    await bench.close();
  });

  async function started(event: object = HIGH): Promise<AlertRecord> {
    const { alert } = await bench.consider(await bench.accept(), event, alertPolicyOf({ tiers: ON_CONSOLE }));
    assert.ok(alert);
    await eventually('it is told', async () => (await stored(alert.id)).deliveries.length === 1);
    return stored(alert.id);
  }
  const stored = async (id: string): Promise<AlertRecord> =>
    (await bench.engine.store.alerts.get(id)) ?? assert.fail('it is gone');
  const codeOf = async (answer: Promise<unknown>): Promise<string> => {
    try {
      await answer;
    } catch (error) {
      assert.ok(error instanceof WardflowError);
      return error.code;
    }
    return 'none';
  };
  const trail = async (id: string): Promise<string[]> =>
    (await bench.engine.store.audit.list({ order: 'oldest-first' }))
      .filter(({ details, type }) => details['alert'] === id && type !== 'alert.told')
      .map(({ type, actor, reason }) => [type, actor, ...(reason === undefined ? [] : [reason])].join(' '));

  it('keeps the first look, the first action and who took it over, each once and in the audit', async () => {
    const { alerts } = bench.engine;
    const { id } = await started();
    bench.clock.advance(1000);
    const opened = await alerts.open(id, 'user:ana');
    bench.clock.advance(1000);
    assert.deepEqual(await alerts.open(id, 'user:ben'), opened, 'a later look changes nothing');
    const taken = await alerts.acknowledge(id, opened.version, 'user:ana');
    bench.clock.advance(1000);
    assert.deepEqual(await alerts.acknowledge(id, opened.version, 'user:ana'), taken, 'a second key press');
    const acted = await alerts.act(id, taken.version, 'Called the ward', 'user:ana');
    bench.clock.advance(1000);
    const again = await alerts.act(id, acted.version, 'Called again', 'user:ben');
    const closed = await alerts.close(id, again.version, null, 'user:ana');
    const from = closed.startedAt;
    assert.deepEqual(
      [closed.openedAt, closed.acknowledged?.at, closed.actedAt, closed.ended?.at].map((at) => (at ?? 0) - from),
      [1000, 2000, 3000, 4000],
    );
    assert.deepEqual([closed.state, closed.acknowledged?.by, closed.ended?.dismissal], ['closed', 'user:ana', null]);
    assert.deepEqual(
      closed.acts?.map(({ by, what }) => [by, what]),
      [
        ['user:ana', 'Called the ward'],
        ['user:ben', 'Called again'],
      ],
      'kept with the alert, and not in the audit trail',
    );
    assert.deepEqual(await trail(id), [
      'alert.started flow:flow-a',
      'alert.opened user:ana',
      'alert.acknowledged user:ana',
      'alert.acted user:ana',
      'alert.acted user:ben',
      'alert.closed user:ana',
    ]);
  });

  it('is refused where somebody else has answered since, and not where it was only counted or told', async () => {
    const { alerts } = bench.engine;
    const alert = await started();
    for (let i = 0; i < 3; i++) await bench.consider(await bench.accept(), HIGH, alertPolicyOf({ tiers: ON_CONSOLE }));
    assert.equal((await stored(alert.id)).count, 4);
    const taken = await alerts.acknowledge(alert.id, alert.version, 'user:ana');
    assert.equal(taken.state, 'acknowledged');
    assert.equal(await codeOf(alerts.acknowledge(alert.id, taken.version, 'user:ben')), 'alert-stale');
    assert.equal(await codeOf(alerts.close(alert.id, alert.version, null, 'user:ben')), 'alert-stale');
    assert.equal(await codeOf(alerts.act(alert.id, alert.version, 'Called', 'user:ben')), 'alert-stale');
    assert.equal(await codeOf(alerts.close(alert.id, taken.version + 9, null, 'user:ben')), 'alert-stale');
    assert.equal((await alerts.close(alert.id, taken.version, null, 'user:ben')).state, 'closed');
    assert.equal(await codeOf(alerts.act(alert.id, taken.version + 1, 'Called', 'user:ben')), 'alert-over');
    assert.equal(await codeOf(alerts.acknowledge('none', 1, 'user:ben')), 'alert-unknown');
  });

  it('is given by one of many who race', async () => {
    const { alerts } = bench.engine;
    const { id, version } = await started();
    const people = Array.from({ length: 12 }, (_, i) => `user:p${i}`);
    await Promise.all(people.map((who) => alerts.open(id, who)));
    const codes = await Promise.all(
      people.map((who, i) =>
        codeOf(i % 2 === 0 ? alerts.acknowledge(id, version, who) : alerts.close(id, version, null, who)),
      ),
    );
    assert.equal(codes.filter((code) => code === 'none').length, 1);
    const counted = (await trail(id)).map((line) => line.split(' ')[0]);
    assert.equal(counted.filter((type) => type === 'alert.opened').length, 1);
    assert.equal(counted.filter((type) => type === 'alert.acknowledged' || type === 'alert.closed').length, 1);
  });

  it('takes an alert over by acting, and says why it should not have been told by closing', async () => {
    const { alerts } = bench.engine;
    const first = await started();
    const acted = await alerts.act(first.id, first.version, ' Called the ward ', 'user:ana');
    assert.deepEqual([acted.state, acted.acknowledged?.by], ['acknowledged', 'user:ana']);
    assert.equal(await codeOf(alerts.act(first.id, acted.version, '  ', 'user:ana')), 'alert-text-needed');
    const other = { reason: 'other', text: ' ' } as const;
    assert.equal(await codeOf(alerts.close(first.id, acted.version, other, 'user:ana')), 'alert-text-needed');
    const long = { reason: 'duplicate', text: 'x'.repeat(501) } as const;
    assert.equal(await codeOf(alerts.close(first.id, acted.version, long, 'user:ana')), 'alert-text-needed');
    const dismissal = { reason: 'false-positive', text: null } as const;
    const closed = await alerts.close(first.id, acted.version, dismissal, 'user:ana');
    assert.deepEqual(closed.ended?.dismissal, dismissal);
    const { alerts: kept } = bench.engine.store;
    assert.deepEqual(await kept.counts({}), { open: 0, acknowledged: 0, closed: 1, resolved: 0 });
    const falsePositives = (await kept.list({ states: ['closed'], since: first.startedAt })).filter(
      ({ ended }) => ended?.dismissal?.reason === 'false-positive',
    );
    assert.deepEqual(
      falsePositives.map(({ id }) => id),
      [first.id],
    );
    const late = await alerts.open(first.id, 'user:ben');
    assert.equal(late.version, closed.version, 'a look at what is over is not a first look');
  });

  it('is told live, as are a beginning, one more, a telling and an end', async () => {
    const alert = await started();
    const told = (what: string): Promise<void> =>
      eventually(what, () => changes.splice(0).some((one) => one.kind === 'alert' && one.id === alert.id));
    await told('it began, and was told');
    const policy = alertPolicyOf({ tiers: ON_CONSOLE });
    await bench.consider(await bench.accept(), HIGH, policy);
    await told('one more');
    await bench.engine.alerts.acknowledge(alert.id, alert.version, 'user:ana');
    await told('an answer');
    await bench.consider(await bench.accept(), { ...HIGH, value: 3 }, policy);
    await told('resolved');
  });
});
