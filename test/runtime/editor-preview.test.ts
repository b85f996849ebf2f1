/** What forms ask of the editor's API: a real runtime, asked with sessions of a real console. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { AuditList } from '../../runtime/api/contract.ts';
import type { PathAnswer, PreviewAnswer, SampleList } from '../../runtime/editor-api/preview-contract.ts';
import { startEditorBench, type EditorAnswer, type EditorBench } from '../kit/editor-bench.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { MllpSender } from '../kit/mllp-sender.ts';

const FILE = 'file:critical-lab-result/critical-potassium.hl7';
const RESOURCE = 'file:critical-lab-result/patient.json';
const PATIENT = { resourceType: 'Patient', name: [{ family: 'Example', given: ['Ada', 'Bea'] }] };
const GATE = { gate: 'results', keyFrom: 'expression' };

describe('previews in the editor', function () {
  this.timeout(120_000);
  let bench: EditorBench;
  let analyst: string;
  let operator: string;
  let pinned: string;

  before(async () => {
    bench = await startEditorBench({
      definitions: ['_shared', 'critical-lab-result'],
      prepareFlows: (folder) => {
        const samples = join(folder, 'critical-lab-result/samples');
        writeFileSync(join(samples, 'no-message.hl7'), 'this is no message\r');
        writeFileSync(join(samples, 'patient.json'), JSON.stringify(PATIENT));
        writeFileSync(join(samples, 'event.json'), '{"name":"no resource"}');
      },
    });
    [analyst, operator] = [await bench.cookieOf('analyst'), await bench.cookieOf('operator')];
    const sender = new MllpSender(bench.runtime.mllpPort);
    await sender.send(oru({ controlId: 'PINNED1', patient: 'PRV77', observations: [potassium('7.1', 'HH')] }));
    sender.close();
    const { messages } = await bench.runtime.api<{ messages: { id: string }[] }>('/messages');
    pinned = messages[0]?.id ?? '';
    await pin(pinned, 'potassium high');
  });
  after(() => bench?.stop());

  const pin = (id: string, name: string): Promise<unknown> =>
    bench.runtime.api(`/messages/${id}/pin`, { method: 'POST', body: JSON.stringify({ name }) });
  const wishOf = (type: string, config: object, more: object = {}): object => ({
    sample: FILE,
    use: 'use-of-the-test',
    feed: 'hospital',
    tab: null,
    node: { type, config },
    ...more,
  });
  const asked = (cookie: string, type: string, config: object, more: object = {}): Promise<EditorAnswer> =>
    bench.ask(cookie, '/preview', wishOf(type, config, more));
  /** On a busy machine a preview may use up the allowance: then the answer to another try. */
  const preview = async (cookie: string, type: string, config: object, more: object = {}): Promise<EditorAnswer> => {
    const answer = await asked(cookie, type, config, more);
    if (answer.status !== 429) return answer;
    await rested(cookie);
    return preview(cookie, type, config, more);
  };
  const codeOf = (answer: EditorAnswer): string => `${answer.status} ${String(answer.json()['code'])}`;
  /** The rows, each as its value or what is wrong with it. */
  const shown = async (key: string, more: object = {}, cookie = analyst): Promise<string> => {
    const answer = await preview(cookie, 'idempotency gate', { ...GATE, key }, more);
    const [row] = answer.json<PreviewAnswer>().rows ?? [];
    return row ? (row.problem?.title ?? row.value.text) : codeOf(answer);
  };
  const looks = async (): Promise<readonly string[]> =>
    (await bench.runtime.api<AuditList>('/audit?type=message.body-viewed')).records.map(
      ({ actor, details }) => `${actor} ${String(details['form'])}`,
    );

  describe('are for people alone', () => {
    it('and answer nobody without a session, and no program', async () => {
      const token = { authorization: `Bearer ${bench.runtime.token}` };
      for (const path of ['/hl7/paths?typed=PID-3', '/samples?feed=hospital', '/preview'])
        for (const headers of [{}, token])
          assert.equal(
            (await bench.ask('', path, path === '/preview' ? wishOf('idempotency gate', GATE) : undefined, headers))
              .status,
            401,
            path,
          );
      assert.equal((await bench.ask('wardflow_session=made-up-0123456789abcdef', '/samples')).status, 401);
    });

    it('and are asked for by no page of another origin', async () => {
      const headers = { origin: 'http://evil.example' };
      const answer = await fetch(`${bench.editorUrl}/wardflow/editor/preview`, {
        method: 'POST',
        headers: { ...headers, cookie: analyst, 'content-type': 'application/json' },
        body: JSON.stringify(wishOf('idempotency gate', { ...GATE, key: '1' })),
      });
      assert.equal(answer.status, 403);
    });
  });

  describe('complete paths', () => {
    const paths = async (typed: string, version = ''): Promise<PathAnswer> =>
      (await bench.ask(analyst, `/hl7/paths?${new URLSearchParams({ typed, version }).toString()}`)).json<PathAnswer>();

    it('by place and by name, and say what a whole one means', async () => {
      assert.ok((await paths('PID-3.')).suggestions.some(({ path }) => path === 'PID-3.4'));
      const [first] = (await paths('assigning auth')).suggestions;
      assert.equal(first?.path, 'PID-3.4');
      assert.deepEqual((await paths('PID-3[2].4')).exact, {
        path: 'PID-3[2].4',
        name: 'Patient Identifier List, Assigning Authority',
        type: 'HD',
      });
      assert.equal((await paths('PID-')).exact, null);
      assert.equal((await paths('ZZZ-1')).exact?.name, '', 'a segment of the site: a path without a name');
    });

    it('with the names of the version that the sample has', async () => {
      assert.equal((await paths('PID-2', '2.3')).version, '2.3');
      assert.equal((await paths('PID-2', '../../x')).version, '2.5.1');
    });

    it('and take nothing that is no path or name', async () => {
      for (const typed of ['<script>', '\u0000', '((((', 'a'.repeat(100), 'constructor'])
        assert.deepEqual((await paths(typed)).suggestions, [], typed.slice(0, 20));
      assert.equal((await bench.ask(analyst, `/hl7/paths?typed=${'a'.repeat(101)}`)).status, 400);
      assert.equal((await bench.ask(analyst, '/hl7/paths?typed=a&typed=b')).status, 400);
    });
  });

  describe('offer samples', () => {
    const samples = async (cookie: string, query: string): Promise<SampleList> =>
      (await bench.ask(cookie, `/samples?${query}`)).json<SampleList>();

    it('of the definitions that use the feed, and those pinned to it', async () => {
      const { samples: found, withheld } = await samples(analyst, 'feed=hospital');
      assert.equal(withheld, null);
      assert.deepEqual(
        found.find(({ id }) => id === FILE),
        {
          id: FILE,
          name: 'critical-potassium',
          kind: 'file',
          from: 'critical-lab-result',
          type: 'ORU^R01',
          gone: false,
        },
      );
      assert.deepEqual(
        found.filter(({ kind }) => kind === 'pinned').map(({ id, name, from }) => [id, name, from]),
        [[`pinned:${pinned}`, 'potassium high', 'test']],
      );
      assert.deepEqual((await samples(analyst, 'feed=elsewhere')).samples, []);
      const tab = await samples(analyst, 'node=crit-tab');
      assert.ok(tab.samples.length > 5 && tab.samples.every(({ kind }) => kind === 'file'));
    });

    it('without the pinned ones to a role that may not see messages, and say so', async () => {
      const reviewer = await bench.cookieOf('reviewer');
      const { samples: found, withheld } = await samples(reviewer, 'feed=hospital');
      assert.ok(found.length > 5 && found.every(({ kind }) => kind === 'file'));
      assert.match(withheld?.title ?? '', /message:read|permission|role/i);
    });
  });

  describe('work out', () => {
    it('what the paths of a feed come to', async () => {
      const answer = await preview(analyst, 'wardflow-feed', {
        name: 'hospital',
        orderingPath: 'PID-3.1, PID-99, PV1-',
      });
      const { rows, message, changes } = answer.json<PreviewAnswer>();
      assert.deepEqual([message.type, changes], ['ORU^R01', null]);
      assert.deepEqual(
        rows.map(({ path, value }) => [path, value.state]),
        [
          ['PID-3.1', 'value'],
          ['PID-99', 'empty'],
        ],
      );
      assert.equal(rows[0]?.name, 'Patient Identifier List, ID Number');
    });

    it('what an expression comes to, over the message and its first event', async () => {
      assert.equal(await shown('event.data.value'), '6.9');
      assert.equal(await shown('payload.fields."MSH-9.2"'), 'R01');
      assert.equal(await shown('msg.payload.fields.`MSH-9.1`'), 'ORU');
      assert.equal(await shown('nothing.there'), '');
      assert.equal(await shown('{ "a": [1, 2] }'), JSON.stringify({ a: [1, 2] }, null, 2));
    });

    it('what the deployed rule table of its tab decides', async () => {
      const flow = await bench.runtime.admin<{ id: string; type: string }[]>('/flows');
      const tab = flow.find(({ type }) => type === 'tab')?.id;
      const rows = async (table: string, more: object): Promise<PreviewAnswer['rows']> =>
        (await preview(analyst, 'rule table', { table, noMatch: 'error' }, more)).json<PreviewAnswer>().rows;
      const [inputs, outputs, words] = await rows('critical-results', { tab });
      assert.equal((JSON.parse(inputs?.value.text ?? '') as { value: unknown }).value, 6.9);
      assert.equal(outputs?.problem, null);
      assert.match(words?.value.text ?? '', /6\.9/);
      for (const [table, more] of [
        ['critical-results', {}],
        ['constructor', { tab }],
      ] as const)
        assert.match((await rows(table, more))[0]?.problem?.title ?? '', /rule table/i, table);
    });

    it('nothing for a node that has no preview, a sample that is not there, or one that is no message', async () => {
      assert.equal(codeOf(await preview(analyst, 'message done', {})), '409 preview-none');
      assert.equal(codeOf(await preview(analyst, '__proto__', {})), '409 preview-none');
      for (const sample of [
        'file:critical-lab-result/none.hl7',
        'file:../../etc/passwd',
        'pinned:../x',
        'x',
        FILE.slice(5),
      ])
        assert.equal(
          codeOf(await preview(analyst, 'idempotency gate', GATE, { sample })),
          '409 preview-sample-gone',
          sample,
        );
      const unreadable = { sample: 'file:critical-lab-result/no-message.hl7' };
      assert.equal(
        codeOf(await preview(analyst, 'idempotency gate', GATE, unreadable)),
        '409 preview-sample-unreadable',
      );
    });
  });

  describe('say what is wrong with an expression', () => {
    it('and where, without quoting the message', async () => {
      assert.match(await shown('event.data.('), /JSONata S\d{4}, at character \d+/);
      const failed = await shown('$number(payload.fields."PID-5.1" & "x")');
      assert.match(failed, /fails on this message \(JSONata D3030\)/);
    });

    it('when it takes too long, nests or grows without end, or is too long itself', async () => {
      for (const key of [
        '($f := function($n) { $f($n + 1) }; $f(0))',
        '[1..50000]',
        '$sum([1..15000].($sum([1..15000])))',
        '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)',
        '($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $count($split($f("x", 28), "")))',
        '$reduce([1..24], function($a, $n) { {"a": $a, "b": $a} }, 1)',
      ])
        // Each has an allowance of its own.
        assert.match(await shown(key, {}, await bench.cookieOf('analyst')), /takes more than a preview may/, key);
      assert.match(await shown(`"${'a'.repeat(20_000)}"`), /takes more than a preview may/);
    });

    it('that asks the runtime for what is not for whoever looks at a flow', async () => {
      for (const name of ['env("HOME")', 'flowContext("x")', 'globalContext("x")'])
        assert.match(await shown(`$${name}`), /is not shown in the editor/, name);
      assert.match(await shown('$eval("$env(\\"HOME\\")")'), /is not shown|fails/);
    });
  });

  describe('on a FHIR sample', () => {
    const search = (value: string, kind: string): object => ({
      operation: 'search',
      resourceType: 'Patient',
      parameters: [{ name: 'name', value, kind }],
    });
    const comesTo = async (value: string, kind = 'fhirpath', sample = RESOURCE): Promise<string> => {
      const [row] = (await preview(analyst, 'fhir read', search(value, kind), { sample })).json<PreviewAnswer>().rows;
      return row?.problem?.title ?? row?.value.text ?? 'no row';
    };

    it('show what FHIRPath and JSONata come to', async () => {
      const { samples } = (await bench.ask(analyst, '/samples?feed=hospital')).json<SampleList>();
      assert.deepEqual(
        samples.flatMap(({ id, type }) => (id.endsWith('.json') ? [`${id} ${type}`] : [])),
        [`${RESOURCE} Patient`],
      );
      assert.equal(await comesTo('name.given.first()'), 'Ada');
      assert.deepEqual(JSON.parse(await comesTo('Patient.name.given')), ['Ada', 'Bea']);
      assert.equal(await comesTo('payload.name[0].family', 'jsonata'), 'Example');
      assert.equal(await comesTo('birthDate'), '');
    });

    it('say what is wrong with an expression, without quoting the resource', async () => {
      assert.match(await comesTo('name.given.split()'), /not supported here \(split\)/);
      assert.match(await comesTo('name.given ('), /cannot be read/);
      assert.equal(await comesTo("name.given & ''"), 'This FHIRPath fails on this resource.');
      assert.match(await comesTo(`'${'a'.repeat(40)}!'.matches('^(a+)+$')`), /takes more than a preview may/);
    });

    it('say that an HL7 sample is none, and that a node of HL7 takes no FHIR sample', async () => {
      assert.match(await comesTo('name', 'fhirpath', FILE), /carries no FHIR resource/);
      assert.equal(
        codeOf(await preview(analyst, 'hl7 edit', { steps: [] }, { sample: RESOURCE })),
        '409 preview-not-hl7',
      );
    });
  });

  it('refuse what is not in the form of a request', async () => {
    for (const body of [
      'no json',
      '[]',
      { ...wishOf('idempotency gate', GATE), more: 1 },
      { ...wishOf('idempotency gate', GATE), use: 'short' },
      { ...wishOf('idempotency gate', GATE), use: undefined },
      { ...wishOf('idempotency gate', GATE), feed: '../x' },
      { ...wishOf('idempotency gate', GATE), tab: 'a b' },
      { ...wishOf('idempotency gate', GATE), node: { type: 'x', config: [] } },
      { ...wishOf('idempotency gate', GATE), node: null },
    ])
      assert.equal((await bench.ask(analyst, '/preview', body)).status, 400, JSON.stringify(body));
    const large = wishOf('idempotency gate', { ...GATE, key: 'a'.repeat(70_000) });
    assert.equal((await bench.ask(analyst, '/preview', large)).status, 413);
    for (const config of [{ key: 7 }, { key: ['x'], keyFrom: {} }, { correction: null }, { gate: { toString: 1 } }])
      assert.equal((await preview(analyst, 'idempotency gate', config)).status, 200, JSON.stringify(config));
  });

  describe('of a pinned message', () => {
    const real = (use: string): object => ({ sample: `pinned:${pinned}`, use });

    it('show values to who may look at bodies, and record the look once for each use', async () => {
      const before = (await looks()).length;
      for (const key of ['payload.fields."PID-3.1"', 'payload.fields."MSH-10"', 'event.data.value'])
        assert.notEqual(await shown(key, real('first-use-of-it'), operator), '');
      assert.equal(await shown('payload.fields."MSH-10"', real('first-use-of-it'), operator), 'PINNED1');
      assert.deepEqual((await looks()).slice(before), ['user:person-2 preview']);
      await shown('1', real('second-use-of-it'), operator);
      assert.equal((await looks()).length, before + 2);
    });

    it('show nothing to whoever may not, before anything of it is read', async () => {
      const before = (await looks()).length;
      const answer = await preview(analyst, 'idempotency gate', { ...GATE, key: 'payload' }, real('use-of-analyst'));
      assert.equal(codeOf(answer), '403 permission-missing');
      assert.doesNotMatch(JSON.stringify(answer.json()), /PRV77|PINNED1/);
      assert.equal((await looks()).length, before);
    });

    it('end with the role, in the midst of a use', async () => {
      const { accounts } = bench.console.console;
      const known = new Set(accounts.list().map(({ username }) => username));
      const cookie = await bench.cookieOf('operator');
      const name = accounts.list().find(({ username }) => !known.has(username))?.username ?? '';
      assert.equal(await shown('payload.fields."MSH-10"', real('use-while-allowed'), cookie), 'PINNED1');
      accounts.change(name, { roles: ['analyst'] });
      assert.equal(
        codeOf(await preview(cookie, 'idempotency gate', { ...GATE, key: '1' }, real('use-while-allowed'))),
        '403 permission-missing',
      );
    });

    it('are not of a message that nobody pinned', async () => {
      await bench.runtime.api(`/messages/${pinned}/unpin`, { method: 'POST', body: '{}' });
      const answer = await preview(operator, 'idempotency gate', { ...GATE, key: '1' }, real('use-after-unpin'));
      assert.equal(codeOf(answer), '404 api-not-found');
      await pin(pinned, 'potassium high');
    });
  });

  it('take turns, and no more than their share of the runtime', async () => {
    const slow = { ...GATE, key: '($f := function($n) { $n > 0 ? $f($n - 1) : 0 }; [1..9000].($f(3)))' };
    const answers = await Promise.all(Array.from({ length: 40 }, () => asked(analyst, 'idempotency gate', slow)));
    const busy = answers.filter(({ status }) => status === 429);
    assert.ok(busy.length > 0, 'some have to wait');
    assert.equal(codeOf(busy[0] as EditorAnswer), '429 preview-busy');
    await rested(analyst);
    assert.equal(await shown('1'), '1');
  });

  /** Until the allowance for previews has filled up again: a preview is answered. */
  async function rested(cookie: string): Promise<void> {
    const until = Date.now() + 60_000;
    while ((await asked(cookie, 'idempotency gate', { ...GATE, key: '1' })).status === 429) {
      assert.ok(Date.now() < until, 'previews are answered again');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
});
