import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { ReleaseFact, WhyTold } from '../../../governance/api/audit-contract.ts';
import { whyTold } from '../../../governance/audit/why/why-told.ts';
import { createRuntimeClient } from '../../../governance/server/proxy/runtime-client.ts';
import { FAKE_TOKEN } from '../../kit/fake-runtime.ts';
import { startTestConsole, type Answer, type TestConsole } from '../../kit/test-console.ts';

const RELEASE: ReleaseFact = {
  bundle: 'b'.repeat(64),
  proposal: 'P-1',
  author: 'ana',
  approvals: [{ person: 'greta', role: 'clinical-governance', at: 1 }],
  promotedBy: 'otto',
  promotedAt: 2,
};

describe('why a person was told', () => {
  let kit: TestConsole;
  before(async () => {
    kit = await startTestConsole({ runtime: { messages: 200 } });
  });
  after(() => kit.stop());

  const why = async (id: string, cookie: string): Promise<Answer> => kit.call(`/api/v1/audit/why/${id}`, { cookie });
  const escalated = () => kit.runtime.escalations[0]?.messageId ?? '';

  it('goes from the message over the decision and the version to the steps of the ladder', async () => {
    const answer = (await why(escalated(), await kit.cookieOf('auditor'))).json<WhyTold>();
    assert.equal(answer.runtime, 'staging');
    assert.equal(answer.message.id, escalated());
    assert.deepEqual(
      answer.decisions.map(({ table }) => table),
      ['critical-results'],
    );
    assert.ok(answer.decisions[0]?.matched.length);
    const [definition] = answer.definitions;
    assert.equal(definition?.name, 'critical-lab-result');
    assert.match(definition?.version ?? '', /^[0-9a-f]{12,}$/);
    assert.equal(definition?.release, null, 'staging: no signed bundle');
    const [telling] = answer.told;
    assert.ok(telling && telling.steps.length > 1);
    assert.deepEqual(
      telling.steps.map(({ dueAt, afterMs }) => dueAt - afterMs),
      telling.steps.map(() => telling.startedAt),
    );
    assert.ok(answer.entries.length > 0);
  });

  it('is for everybody who may read the message, but its audit entries are for who may read the audit', async () => {
    const answer = (await why(escalated(), await kit.cookieOf('coordinator'))).json<WhyTold>();
    assert.ok(answer.told.length > 0);
    assert.deepEqual(answer.entries, []);
    assert.equal((await why(escalated(), await kit.cookieOf('reviewer'))).status, 403);
  });

  it('says that there is no such message', async () => {
    const answer = await why('01K0000000000000000000ZZZZ', await kit.cookieOf('auditor'));
    assert.deepEqual([answer.status, answer.json()['code']], [404, 'not-found']);
  });

  it('names bundle, author, approvers and who promoted, and the times of steps, where they are known', async () => {
    const directory = {
      names: ['production'],
      locate: () => Promise.resolve({ url: kit.runtime.url, token: FAKE_TOKEN }),
    };
    const escalation = kit.runtime.escalations[0];
    const asked: unknown[] = [];
    const answer = await whyTold(
      {
        client: createRuntimeClient(directory),
        runtimes: ['production'],
        releases: {
          ofVersion: (...which) => {
            asked.push(which);
            return Promise.resolve(RELEASE);
          },
        },
        entriesOf: () =>
          Promise.resolve({
            parts: [],
            entries: [
              { item: { ...ITEM, type: 'escalation.step', at: 77 }, details: { escalation: escalation?.id, step: 1 } },
            ],
          }),
        now: () => 5,
      },
      escalated(),
      { actor: 'user:ana', scope: null, mayAudit: true },
    );
    assert.deepEqual(answer.definitions[0]?.release, RELEASE);
    assert.deepEqual(
      asked,
      answer.definitions.map(({ name, version }) => ['production', name, version]),
    );
    assert.equal(answer.told.find(({ id }) => id === escalation?.id)?.steps[0]?.toldAt, 77);
  });

  it('says which runtime does not answer, when it may be the one', async () => {
    const cookie = await kit.cookieOf('auditor');
    await kit.runtime.stop();
    assert.equal((await why(escalated(), cookie)).json()['code'], 'runtime-unreachable');
  });
});

const ITEM = {
  id: '1',
  chain: 'production',
  seq: 1,
  hash: '',
  at: 0,
  type: '',
  actor: 'system',
  who: 'Wardflow',
  sentence: '',
  reason: null,
  before: null,
  after: null,
  definition: null,
  version: null,
  messageId: null,
  proposal: null,
  bundle: null,
};
