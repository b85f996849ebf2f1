import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type {
  AuditAnswer,
  AuditChoices,
  AuditDayCounts,
  AuditHeadsView,
  AuditItem,
  AuditVerdictView,
  FoundMessages,
} from '../../../governance/api/audit-contract.ts';
import { startTestConsole, type Answer, type TestConsole } from '../../kit/test-console.ts';

const AT = '/api/v1/audit';

describe('the audit of console and runtimes, through the console', () => {
  let kit: TestConsole;
  let auditor: string;
  let operator: string;
  let both: string;
  before(async () => {
    kit = await startTestConsole({ runtime: { messages: 60 } });
    auditor = await kit.cookieOf('auditor');
    operator = await kit.cookieOf('operator');
    both = await kit.cookieOf('administrator', 'clinical-governance');
  });
  after(() => kit.stop());

  const get = (path: string, cookie = auditor): Promise<Answer> => kit.call(`${AT}${path}`, { cookie });
  const page = async (query = '', cookie = auditor): Promise<AuditAnswer> => {
    const answer = await get(query, cookie);
    assert.equal(answer.status, 200, answer.text);
    return answer.json<AuditAnswer>();
  };
  const everything = async (query = ''): Promise<readonly AuditItem[]> => {
    const all: AuditItem[] = [];
    for (let cursor = ''; ;) {
      const { entries, next } = await page(`?limit=7${query}${cursor}`);
      all.push(...entries);
      if (next === null) return all;
      cursor = `&cursor=${next}`;
    }
  };
  const lines = (answer: Answer): readonly string[] => answer.text.split('\n').slice(0, -1);

  it('is one list, by time, of which the pages make the whole', async () => {
    const all = await everything();
    assert.deepEqual(new Set(all.map(({ chain }) => chain)), new Set(['console', 'staging']));
    assert.deepEqual(
      all.map(({ at }) => at),
      all.map(({ at }) => at).toSorted((a, b) => b - a),
    );
    const { total, more, parts } = await page();
    assert.equal(more, false);
    assert.ok(total !== null && Math.abs(total - all.length) <= 2);
    assert.deepEqual(
      parts.map(({ chain, complete }) => [chain, complete]),
      [
        ['console', true],
        ['staging', true],
      ],
    );
    assert.ok(all.every(({ sentence }) => /^[^{}[\]]+[.—]$/.test(sentence)));
  });

  it('counts days as its list has them', async () => {
    const all = await everything('&environment=staging');
    const [oldest = 0, newest = 0] = [all.at(-1)?.at, all[0]?.at];
    const middle = Math.round((oldest + newest) / 2);
    const edges = [oldest, middle, newest + 1];
    const { counts } = (await get(`/days?environment=staging&edges=${edges.join(',')}`)).json<AuditDayCounts>();
    assert.deepEqual(counts, [all.filter(({ at }) => at < middle).length, all.filter(({ at }) => at >= middle).length]);
  });

  it('offers what it can be filtered by', async () => {
    const choices = (await get('/choices')).json<AuditChoices>();
    assert.deepEqual(choices.environments, ['console', 'staging']);
    assert.ok(choices.types.includes('effect.done') && choices.types.includes('gate.refused'));
    assert.ok(choices.definitions.includes('critical-lab-result'));
  });

  it('finds the entries of a message by its id and by its control id', async () => {
    const message = kit.runtime.messages.findLast(({ state }) => state === 'done');
    const byId = await page(`?message=${message?.id}`);
    const byControlId = await page(`?message=${message?.controlId}`);
    assert.ok(byId.entries.length > 0);
    assert.deepEqual(byControlId.entries, byId.entries);
    assert.deepEqual((await page('?message=NO-SUCH')).entries, []);
  });

  it('refuses a filter that is none', async () => {
    for (const query of ['?type=x', '?limit=501', '?cursor=x', '?since=x', '?unknown=1', `?q=${'x'.repeat(201)}`])
      assert.equal((await get(query)).json()['code'], 'request-invalid', query);
    for (const query of ['/days?edges=1', '/export?format=xml']) assert.equal((await get(query)).status, 400, query);
  });

  it('searches by a patient only for who may do both, and the runtime notes who asked', async () => {
    const body = { kind: 'patient', value: 'SYNTH-1234' };
    const find = (cookie: string): Promise<Answer> => kit.call(`${AT}/find-messages`, { method: 'POST', cookie, body });
    assert.equal((await find(operator)).json()['code'], 'permission-missing', 'may search, may not read the audit');
    assert.equal((await find(both)).json()['code'], 'permission-missing', 'may read the audit, may not search');
    const found = (await find(auditor)).json<FoundMessages>();
    assert.ok(Array.isArray(found.messages));
    const call = kit.runtime.calls.findLast(({ path }) => path.includes('patient='));
    assert.match(call?.actor ?? '', /^user:person-\d+$/);
    const { entries } = await page('?type=message.searched');
    assert.equal(entries[0]?.actor, call?.actor);
    assert.ok(!JSON.stringify(entries).includes('SYNTH-1234'));
    const some = await page(`?messages=${found.messages.slice(0, 3).join(',') || 'none'}`);
    assert.ok(some.entries.every(({ messageId }) => messageId !== null && found.messages.includes(messageId)));
  });

  for (const format of ['jsonl', 'fhir'] as const)
    it(`exports exactly what the filter means: ${format}`, async () => {
      const wanted = (await everything('&type=effect.done')).map(({ chain, seq }) => `${chain} ${seq}`).toReversed();
      const answer = await get(`/export?type=effect.done&format=${format}`);
      assert.equal(answer.status, 200);
      assert.match(String(answer.headers['content-disposition']), /wardflow-audit\./);
      const told = lines(answer).map((line) => {
        const one = JSON.parse(line) as { chain?: string; record?: { seq: number }; id?: string };
        return format === 'fhir' ? (one.id ?? '').replace('-', ' ') : `${one.chain} ${one.record?.seq}`;
      });
      assert.deepEqual(told, wanted);
      const [noted] = (await page('?type=audit.exported')).entries;
      assert.match(
        noted?.sentence ?? '',
        new RegExp(`exported the audit trail as ${format}: ${wanted.length} records, of type`),
      );
    });

  it('verifies with one click, and notes that it was verified', async () => {
    const verdict = (await kit.call(`${AT}/verify`, { method: 'POST', cookie: auditor })).json<AuditVerdictView>();
    assert.deepEqual(
      verdict.chains.map(({ chain, intact }) => [chain, intact]),
      [
        ['console', true],
        ['staging', true],
      ],
    );
    assert.equal(verdict.intact, true);
    assert.ok(verdict.heads.count >= 1);
    assert.match((await page('?type=audit.verified')).entries[0]?.sentence ?? '', /verified: intact\.$/);
  });

  it('says when the last head was signed, and gives the files to who may export', async () => {
    const { newest, problem } = (await get('/heads', operator)).json<AuditHeadsView>();
    assert.equal(problem, null);
    assert.ok(newest && newest.number >= 1);
    assert.match((await get('/heads.jsonl')).text, /^\{"payloadType":"application\/vnd\.wardflow\.audit-heads\+json"/);
    assert.match((await get('/heads-key')).text, /"kind": "public-key"/);
    assert.equal((await get('/heads.jsonl', operator)).status, 403);
  });

  it('shows nothing of it to who may read a part of the definitions only', async () => {
    const cookie = await kit.cookieOf('clinical-governance');
    const { username } = (await kit.call('/api/v1/session', { cookie })).json<{ username: string }>();
    kit.console.accounts.change(username, {
      limits: { 'clinical-governance': { definitions: ['discharge-follow-up'], serviceLines: [] } },
    });
    assert.ok(['permission-elsewhere', 'permission-missing'].includes(String((await get('', cookie)).json()['code'])));
  });

  // Last: the runtime does not come back.
  it('says what is missing where the runtime does not answer, and exports it only when told to', async () => {
    const before = await everything();
    await kit.runtime.stop();
    const { entries, parts } = await page('?limit=500');
    const part = parts.find(({ chain }) => chain === 'staging');
    assert.deepEqual([part?.complete, part?.problem?.code], [false, 'audit-chain-unread']);
    assert.ok(entries.length >= before.length, 'what was copied before is still there');
    assert.equal((await get('/export')).json()['code'], 'audit-part-missing');
    const partial = await get('/export?partial=1');
    assert.equal(partial.status, 200);
    assert.equal(partial.headers['wardflow-audit-missing'], 'staging');
    assert.equal((await get('/export?environment=console')).status, 200, 'nothing of it is missing');
    const verdict = (await kit.call(`${AT}/verify`, { method: 'POST', cookie: auditor })).json<AuditVerdictView>();
    assert.deepEqual([verdict.intact, verdict.chains[1]?.intact], [false, null]);
  });
});
