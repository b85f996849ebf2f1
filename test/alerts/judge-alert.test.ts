import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readAlertPolicy, type AlertPolicy } from '../../engine/alerts/alert-policy.ts';
import { judgeAlert, type AlertVerdict } from '../../engine/alerts/judge-alert.ts';
import { Problems } from '../../engine/definitions/problem.ts';

const POLICY = {
  kind: 'alert-policy',
  format: 1,
  name: 'critical',
  owner: { name: 'Laboratory safety committee', contact: 'lab-safety@example.org' },
  tiers: [
    { name: 'page', when: 'decision.lane = "stat"', to: { role: 'charge nurse' }, channels: ['pager', 'console'] },
    { name: 'mail', when: 'event.value > 5', to: { role: 'ward' }, channels: ['email'], content: 'reference' },
  ],
  groupBy: ['event.patient', 'event.code'],
  coolDown: 'PT30M',
  suppress: [{ when: 'event.device = "analyser-3"', reason: 'It is being mended.', until: '2026-06-30' }],
  resolveOn: 'event.status = "withdrawn"',
};
function read(more: object = {}): { readonly policy: AlertPolicy | undefined; readonly problems: readonly string[] } {
  const problems = new Problems('alerts/critical.json');
  const policy = readAlertPolicy({ ...POLICY, ...more }, 'critical', problems);
  return { policy, problems: problems.list.map(({ text }) => text) };
}
async function judge(input: object, more: object = {}, now = '2026-06-01T12:00:00Z'): Promise<AlertVerdict> {
  const { policy, problems } = read(more);
  assert.deepEqual(problems, []);
  assert.ok(policy);
  return judgeAlert(policy, { messageId: 'm1', input: { ...input }, now: new Date(now) });
}
const urgent = { decision: { lane: 'stat' }, event: { patient: 'p1', code: 'K', value: 7 } };
const with_ = (event: object): object => ({ ...urgent, event: { ...urgent.event, ...event } });

describe('an alert policy', () => {
  it('takes the first tier that is meant, and none where none is', async () => {
    const tierOf = async (input: object): Promise<string> => {
      const verdict = await judge(input);
      return verdict.kind === 'raise' ? verdict.tier.name : verdict.kind;
    };
    assert.equal(await tierOf(urgent), 'page');
    assert.equal(await tierOf({ ...urgent, decision: { lane: 'routine' } }), 'mail');
    assert.equal(await tierOf({ event: { patient: 'p1', code: 'K', value: 5 } }), 'nothing');
    assert.equal(await tierOf({ decision: { lane: 'stat' }, event: {} }), 'page', 'nothing else needs to be known');
  });

  it('groups what is about one patient and condition, and never what lacks one of the two', async () => {
    const groupOf = async (event: object, messageId?: string): Promise<string> => {
      const { policy } = read();
      assert.ok(policy);
      const occasion = { messageId: messageId ?? 'm1', input: { event }, now: new Date(0) };
      return (await judgeAlert(policy, occasion)).group;
    };
    const one = await groupOf({ patient: 'p1', code: 'K' });
    assert.equal(await groupOf({ patient: 'p1', code: 'K', value: 9 }, 'm2'), one);
    assert.notEqual(await groupOf({ patient: 'p2', code: 'K' }), one);
    assert.notEqual(await groupOf({ patient: 'p1', code: 'Na' }), one);
    for (const lacking of [
      { code: 'K' },
      { patient: '', code: 'K' },
      { patient: null, code: 'K' },
      { patient: ['p1'], code: 'K' },
    ])
      assert.notEqual(await groupOf(lacking, 'm1'), await groupOf(lacking, 'm2'), JSON.stringify(lacking));
    assert.doesNotMatch(one, /p1/, 'and says nothing of them');
  });

  it('holds back what a rule names until its last day, and not after', async () => {
    const broken = with_({ device: 'analyser-3' });
    const verdict = await judge(broken, {}, '2026-06-30T23:59:00Z');
    assert.ok(verdict.kind === 'suppressed');
    assert.deepEqual([verdict.tier.name, verdict.rule.reason], ['page', 'It is being mended.']);
    assert.equal((await judge(broken, {}, '2026-07-01T00:00:00Z')).kind, 'raise');
    assert.equal((await judge(with_({ device: 'analyser-4' }))).kind, 'raise');
  });

  it('ends what it has begun when the cause is gone', async () => {
    const raised = await judge(urgent);
    const resolved = await judge(with_({ status: 'withdrawn' }));
    assert.deepEqual([resolved.kind, resolved.group], ['resolve', raised.group]);
  });

  it('is silent by no mistake: what cannot be asked tells the tier, suppresses nothing and resolves nothing', async () => {
    const broken = '$error("no")';
    const tiers = POLICY.tiers.map((tier, i) => (i === 0 ? { ...tier, when: broken } : tier));
    const quiet = { event: { patient: 'p1', code: 'K', value: 1 } };
    const failed = await judge(quiet, { tiers });
    assert.ok(failed.kind === 'raise');
    assert.deepEqual([failed.tier.name, failed.troubles], ['page', ['tiers[0].when']]);
    const suppress = [{ when: broken, reason: 'r', until: '2099-01-01' }];
    const told = await judge(urgent, { suppress, resolveOn: broken, groupBy: ['event.patient', broken] });
    assert.equal(told.kind, 'raise');
    assert.deepEqual(told.troubles, ['groupBy[1]', 'resolveOn', 'suppress[0].when']);
    assert.equal(
      (await judge(urgent, { suppress: [{ when: '"yes"', reason: 'r', until: '2099-01-01' }] })).kind,
      'raise',
    );
  });

  it('is refused with everything that is wrong with it', () => {
    assert.match(read({ tiers: [] }).problems.join(), /tiers/);
    assert.match(read({ coolDown: 'P8D' }).problems.join(), /coolDown/);
    assert.match(read({ resolveOn: '1 +' }).problems.join(), /resolveOn is not JSONata/);
    assert.match(read({ tiers: [POLICY.tiers[0], POLICY.tiers[0]] }).problems.join(), /two tiers of one name/);
    assert.match(read({ suppress: [{ when: 'true', reason: 'r' }] }).problems.join(), /lacks "until"/);
    assert.match(read({ name: 'other' }).problems.join(), /name "other"/);
    assert.equal(read({ tires: [] }).policy, undefined);
  });
});
