import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { API_ROOT, SCOPE_HEADER } from '../../runtime/api/contract.ts';
import type {
  RuleTableCoverage,
  RuleTableDetail,
  RuleTableList,
  RuleTableReport,
  SampleValues,
} from '../../runtime/api/rule-table-contract.ts';
import { tableText } from '../../runtime/rule-tables/table-text.ts';
import { startRuleTableRuntime, type RuleTableRuntime } from '../kit/rule-table-runtime.ts';
import { newMessage, newWork } from '../kit/store-builders.ts';

const TABLE = '/rule-tables/critical-lab-result/critical-results';

interface Content {
  readonly name: string;
  readonly rows: readonly { readonly id: string; readonly when: readonly string[] }[];
}

describe('rule tables at the runtime API', () => {
  let runtime: RuleTableRuntime;
  beforeEach(async () => (runtime = await startRuleTableRuntime()));
  afterEach(() => runtime.stop());

  const call = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${runtime.url}${API_ROOT}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: 'Bearer token',
        'content-type': 'application/json',
        'wardflow-actor': 'user:ana',
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as unknown };
  };
  const detail = async (): Promise<RuleTableDetail & { readonly content: Content }> =>
    (await call(TABLE)).json as RuleTableDetail & { readonly content: Content };
  const scope = (...definitions: string[]) => ({
    [SCOPE_HEADER]: Buffer.from(JSON.stringify({ definitions, serviceLines: [] })).toString('base64url'),
  });
  const withCell = (content: Content, cell: string): Content => ({
    ...content,
    rows: content.rows.map((row, i) => (i === 0 ? { ...row, when: row.when.with(2, cell) } : row)),
  });

  it('lists them, each with the definition that it belongs to', async () => {
    const { tables } = (await call('/rule-tables')).json as RuleTableList;
    const listed = tables.map(({ definition, table, hitPolicy }) => `${definition}/${table} ${hitPolicy}`);
    assert.ok(listed.includes('critical-lab-result/critical-results FIRST'), listed.join(', '));
    assert.ok(listed.includes('discharge-follow-up/follow-up-queues FIRST'), listed.join(', '));
    assert.equal(new Set(listed).size, listed.length);
    assert.equal((await call('/rule-tables/critical-lab-result/nothing')).status, 404);
  });

  it('judges a table that is being written, by cell, and writes nothing', async () => {
    const { content } = await detail();
    const before = await runtime.text('critical-lab-result', 'critical-results');
    const sound = (await call(`${TABLE}/check`, { content })).json as RuleTableReport;
    assert.deepEqual(sound.problems, []);
    assert.ok(sound.tests.length > 20 && sound.tests.every(({ ok }) => ok));
    const critical = sound.samples.find(({ sample }) => sample === 'critical-potassium.hl7');
    assert.ok(critical && critical.matched.length === 1, 'its own samples are decided');
    const broken = (await call(`${TABLE}/check`, { content: withCell(content, '[3..') })).json as RuleTableReport;
    assert.deepEqual(
      broken.problems.map(({ row, column }) => [row, column]),
      [[0, 'value']],
    );
    assert.deepEqual(broken.tests, []);
    assert.equal(await runtime.text('critical-lab-result', 'critical-results'), before);
  });

  it('explains one input', async () => {
    const { content } = await detail();
    const trial = { code: '2823-3', value: 6.9, unit: 'mmol/L', age: 50 };
    const { trial: told } = (await call(`${TABLE}/check`, { content, trial })).json as RuleTableReport;
    assert.equal(told?.matched.length, 1);
    assert.ok(told.others.count > 10 && told.others.nearest.length > 0);
  });

  it('saves a change of one cell as a change of one line, in force at once, and knows who did it', async () => {
    const { content, version } = await detail();
    const before = (await runtime.text('critical-lab-result', 'critical-results')).split('\n');
    const answer = await call(TABLE, { content: withCell(content, '> 6.1'), base: version });
    assert.equal(answer.status, 200);
    const after = (await runtime.text('critical-lab-result', 'critical-results')).split('\n');
    assert.equal(after.length, before.length);
    assert.equal(after.filter((line, i) => line !== before[i]).length, 1);
    assert.notEqual((answer.json as RuleTableDetail).version, version);
    assert.equal((await detail()).version, (answer.json as RuleTableDetail).version);
    assert.deepEqual(runtime.saved, [{ table: 'critical-results', actor: 'user:ana' }]);
  });

  it('refuses a broken table, another name, a change of what somebody has changed since, and a stranger', async () => {
    const { content, version } = await detail();
    const before = await runtime.text('critical-lab-result', 'critical-results');
    const refused = async (body: unknown, status: number, headers = {}): Promise<void> => {
      assert.equal((await call(TABLE, body, headers)).status, status);
    };
    await refused({ content: withCell(content, '[3..'), base: version }, 409);
    await refused({ content: { ...content, name: 'other' }, base: version }, 409);
    await refused({ content, base: 'a'.repeat(64) }, 409);
    await refused({ content, base: version, more: 1 }, 400);
    await refused({ base: version }, 400);
    await refused({ content, base: version }, 403, scope('discharge-follow-up'));
    await refused({ content, base: version }, 400, { 'wardflow-actor': '' });
    assert.equal((await call(`${TABLE}/check`, { content }, scope('discharge-follow-up'))).status, 403);
    assert.equal((await call(`${TABLE}/coverage`, undefined, scope('discharge-follow-up'))).status, 403);
    assert.equal(await runtime.text('critical-lab-result', 'critical-results'), before);
    assert.equal((await call(`${TABLE}/check`, { content: 'x'.repeat(5_000_000) })).status, 413);
  });

  it('saves one of two changes that are made from the same version at once', async () => {
    const { content, version } = await detail();
    const answers = await Promise.all(
      ['> 6.1', '> 6.2'].map((cell) => call(TABLE, { content: withCell(content, cell), base: version })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
    assert.equal(runtime.saved.length, 1);
  });

  it('leaves a file that somebody has changed by hand since', async () => {
    const { content, version } = await detail();
    const byHand = `${JSON.stringify(withCell(content, '> 6.3'))}\n`;
    await runtime.write('critical-lab-result', 'critical-results', byHand);
    assert.equal((await call(TABLE, { content: withCell(content, '> 6.1'), base: version })).status, 409);
    assert.equal(await runtime.text('critical-lab-result', 'critical-results'), byHand);
    assert.deepEqual(runtime.saved, []);
  });

  it('says why nothing can be saved while another file of the definitions is broken', async () => {
    const { content, version } = await detail();
    const before = await runtime.text('critical-lab-result', 'critical-results');
    await runtime.write('discharge-follow-up', 'follow-up-queues', '{');
    const { status, json } = await call(TABLE, { content: withCell(content, '> 6.1'), base: version });
    assert.equal(status, 409);
    assert.match(JSON.stringify(json), /follow-up-queues/);
    assert.equal(await runtime.text('critical-lab-result', 'critical-results'), before);
  });

  it('fills inputs from a pinned message of the feed, records the look, and stores nothing', async () => {
    const body = readFileSync('flows/critical-lab-result/samples/two-critical-results.hl7', 'latin1');
    await runtime.pin({
      id: 'pinned',
      name: 'two results',
      definition: 'critical-lab-result',
      type: 'ORU^R01',
      body: body.replaceAll(/\r?\n/g, '\r'),
    });
    const { content, feeds } = await detail();
    assert.deepEqual(feeds, ['hospital']);
    const wish = { content, message: 'pinned', use: 'use-of-the-test' };
    const { status, json } = await call(`${TABLE}/sample-values`, wish);
    assert.equal(status, 200, JSON.stringify(json));
    const { events, more } = json as SampleValues;
    assert.ok(events.length >= 2 && more === 0);
    assert.ok(events.every(({ inputs }) => typeof inputs['value'] === 'number'));
    const { store } = runtime.engine;
    const looks = await store.audit.list({ type: 'message.body-viewed' });
    assert.deepEqual(
      looks.map(({ actor, messageId }) => [actor, messageId]),
      [['user:ana', 'pinned']],
    );
    assert.deepEqual(await store.decisions.ofMessage('pinned'), []);
    const refused = async (given: object, wanted: number, headers = {}): Promise<void> =>
      assert.equal((await call(`${TABLE}/sample-values`, { ...wish, ...given }, headers)).status, wanted);
    await refused({ message: 'another' }, 404);
    await refused({ message: '../x' }, 400);
    await refused({ use: 'x' }, 400);
    await refused({ content: withCell(content, '[3..') }, 409);
    await refused({}, 403, scope('discharge-follow-up'));
    assert.equal((await store.audit.list({ type: 'message.body-viewed' })).length, 1);
  });

  it('counts which rows fired over the newest messages of the definition', async () => {
    const { store } = runtime.engine;
    const { version, content } = await detail();
    const [first, second] = content.rows.map(({ id }) => id);
    for (const [i, matched] of [[first], [first], [second], [], ['gone-row']].entries()) {
      const id = `m${i}`;
      const message = newMessage({ id, controlId: id });
      const work = newWork(message, { id: `w${i}`, definition: 'critical-lab-result' });
      await store.journal.accept(message, [work], 0);
      await store.decisions.record({
        id: `d${i}`,
        messageId: id,
        workId: `w${i}`,
        definition: 'critical-lab-result',
        node: { id: 'n', name: 'rule' },
        table: 'critical-results',
        version,
        at: 1_000 + i,
        inputs: {},
        matched: matched.map(String),
        outputs: {},
        missing: [],
        deterministic: true,
        error: null,
        sentence: 'synthetic',
      });
    }
    const told = (await call(`${TABLE}/coverage`)).json as RuleTableCoverage;
    assert.deepEqual(told.rows, [
      { row: first, fired: 2, last: 1_001 },
      { row: second, fired: 1, last: 1_002 },
    ]);
    assert.deepEqual([told.messages, told.decisions, told.none, told.errors], [5, 5, 1, 0]);
    assert.deepEqual(told.versions, [{ version, decisions: 5 }]);
    const newest = (await call(`${TABLE}/coverage?messages=2`)).json as RuleTableCoverage;
    assert.deepEqual([newest.messages, newest.decisions], [2, 2]);
    assert.equal((await call(`${TABLE}/coverage?messages=5000`)).status, 400);
  });
});

describe('rule tables behind the gate', () => {
  it('are read, and changed by a release only', async () => {
    const runtime = await startRuleTableRuntime({ gated: true });
    try {
      const read = await fetch(`${runtime.url}${API_ROOT}${TABLE}`, { headers: { authorization: 'Bearer token' } });
      const { content, version, writable } = (await read.json()) as RuleTableDetail;
      assert.equal(writable, false);
      const wrote = await fetch(`${runtime.url}${API_ROOT}${TABLE}`, {
        method: 'POST',
        headers: { authorization: 'Bearer token', 'content-type': 'application/json', 'wardflow-actor': 'user:ana' },
        body: JSON.stringify({ content, base: version }),
      });
      assert.equal(wrote.status, 409);
      const judge = async (table: unknown): Promise<number> => {
        const answer = await fetch(`${runtime.url}${API_ROOT}${TABLE}/check`, {
          method: 'POST',
          headers: { authorization: 'Bearer token', 'content-type': 'application/json', 'wardflow-actor': 'user:ana' },
          body: JSON.stringify({ content: table }),
        });
        await answer.body?.cancel();
        return answer.status;
      };
      assert.equal(await judge(content), 200);
      const { inputs } = content as { readonly inputs: readonly object[] };
      const other = { ...(content as object), inputs: inputs.map((one) => ({ ...one, expression: '$pad("", 1000)' })) };
      assert.equal(await judge(other), 409, 'expressions that nobody has reviewed are not evaluated');
    } finally {
      await runtime.stop();
    }
  });
});

describe('the text of a rule table', () => {
  it('is written as its file was', () => {
    const wide = { a: [1, 'two', null], rows: [{ id: 'r', when: ['x'.repeat(70), 'y'.repeat(70)] }], empty: [] };
    const flat = tableText(wide, undefined);
    assert.match(flat, /"a": \[1, "two", null\],/);
    assert.match(flat, /"when": \[\n {8}"x+",\n {8}"y+"\n {6}\]/);
    assert.deepEqual(JSON.parse(flat), wide);
    assert.equal(tableText(wide, flat), flat);
    const spread = `${JSON.stringify(wide, null, 2)}\n`;
    assert.equal(tableText(wide, spread), spread);
  });
});
