import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { shortReason } from '../../governance/web/messages/short-reason.ts';
import { answerJson, startLocalHttpServer, type Answering, type LocalHttpServer } from '../kit/local-http-server.ts';
import { endpointTo, failure, KEY, short, TASK, type EndpointUnderTest } from './kit.ts';

describe('what a FHIR endpoint says of a failed call', () => {
  const open: (LocalHttpServer | EndpointUnderTest)[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const serve = async (answer: Answering, more: Parameters<typeof endpointTo>[1] = {}) => {
    const server = await startLocalHttpServer(answer);
    const under = endpointTo(`${server.origin}/fhir`, more);
    open.push(under, server);
    return { server, ...under };
  };
  const status =
    (code: number, headers: Record<string, string> = {}): Answering =>
    (_request, response) =>
      answerJson(
        response,
        code,
        {
          resourceType: 'OperationOutcome',
          issue: [
            { code: 'processing', diagnostics: 'Doe, Jane, born 1950', expression: ['Task.for'] },
            { code: 'value', expression: ["Patient.name.where(family='Doe')"] },
          ],
        },
        headers,
      );

  it('a refused connection did not happen, for reads and writes', async () => {
    const { server, ehr } = await serve(() => undefined);
    await server.close();
    assert.equal(short(await ehr.read('Task', '1')), 'transient endpoint-unreachable');
    assert.equal(short(await ehr.createOnce(TASK, KEY)), 'transient endpoint-unreachable');
    assert.equal(ehr.health().state, 'down');
  });

  it('an unknown host did not happen', async () => {
    const under = endpointTo('http://no-such-host.invalid/fhir');
    open.push(under);
    assert.equal(short(await under.ehr.createOnce(TASK, KEY)), 'transient endpoint-unreachable');
  });

  it('a connection cut after the request was sent leaves a write open, and asks for a read again', async () => {
    const { ehr, server } = await serve((_request, _response, raw) => void raw.socket.destroy());
    assert.equal(short(await ehr.createOnce(TASK, KEY)), 'ambiguous fhir-answer-lost');
    assert.deepEqual(
      server.seen.map((one) => one.method),
      ['POST', 'GET'],
      'it looked the identifier up',
    );
    assert.equal(short(await ehr.read('Task', '1')), 'transient fhir-no-answer');
  });

  it('a server that does not answer in time leaves a write open', async () => {
    const { ehr, server, clock } = await serve(() => undefined, { timeoutMs: 2_000, deadlineMs: 3_000 });
    const result = ehr.createOnce(TASK, KEY);
    await server.arrived(1);
    clock.advance(1_999);
    clock.advance(1);
    await server.arrived(2);
    clock.advance(1_000);
    assert.equal(short(await result), 'ambiguous fhir-answer-lost');
    assert.equal(ehr.health().inFlight, 0);
  });

  it('waits as long as Retry-After says, in both its forms', async () => {
    for (const code of [429, 503]) {
      const seconds = await serve(status(code, { 'retry-after': '120' }));
      assert.deepEqual(pick(failure(await seconds.ehr.createOnce(TASK, KEY))), ['throttled', 120_000]);
      const date = await serve(status(code, { 'retry-after': new Date(seconds.clock.now() + 90_000).toUTCString() }));
      assert.deepEqual(pick(failure(await date.ehr.read('Task', '1'))), ['throttled', 90_000]);
      assert.equal(date.ehr.health().state, 'up');
    }
    const unreadable = await serve(status(429, { 'retry-after': 'soon' }));
    assert.deepEqual(pick(failure(await unreadable.ehr.read('Task', '1'))), ['throttled', 5_000]);
  });

  it('a server error lets a read be tried again, and leaves a write open: a gateway says it also after the work', async () => {
    for (const code of [408, 500, 502, 503, 504]) {
      const { ehr, server } = await serve(status(code));
      assert.equal(short(await ehr.read('Task', '1')), 'transient fhir-server-error');
      assert.equal(short(await ehr.createOnce(TASK, KEY)), 'ambiguous fhir-answer-lost');
      assert.deepEqual(
        server.seen.map((one) => one.method),
        ['GET', 'POST', 'GET'],
      );
      assert.equal(ehr.health().state, 'down');
    }
  });

  it('a create that may have happened takes no resource for ours that does not carry our identifier', async () => {
    const others = {
      resourceType: 'Task',
      id: 't1',
      status: 'requested',
      intent: 'order',
      identifier: [{ value: 'x' }],
    };
    const { ehr, server } = await serve((request, response) =>
      request.method === 'GET'
        ? answerJson(response, 200, { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: others }] })
        : answerJson(response, 201, { ...(JSON.parse(request.body) as object), id: 't2' }),
    );
    const result = await ehr.createOnce(TASK, KEY, { lookFirst: true });
    assert.equal(result.ok && result.answer.resource?.id, 't2');
    assert.deepEqual(
      server.seen.map((one) => one.method),
      ['GET', 'POST'],
    );
  });

  it('a create that may have happened is not sent while the server cannot say whether it did', async () => {
    const { ehr, server } = await serve(status(500));
    assert.equal(short(await ehr.createOnce(TASK, KEY, { lookFirst: true })), 'transient fhir-server-error');
    assert.deepEqual(
      server.seen.map((one) => one.method),
      ['GET'],
    );
  });

  it('a refusal is permanent, says its issues in words and never the diagnostics', async () => {
    const { ehr } = await serve(status(422));
    const found = failure(await ehr.createOnce(TASK, KEY));
    assert.equal(found.class, 'permanent');
    assert.equal(found.code, 'fhir-invalid');
    assert.match(found.remedy ?? '', /builds the Task/);
    assert.match(found.text, /: the server could not process it, at Task\.for; a value is not allowed \(HTTP 422\)/);
    assert.doesNotMatch(JSON.stringify(found), /Doe|1950/);
    assert.equal(ehr.health().state, 'up', 'it answers');
  });

  it('a rule of the server is said in words, with what mends it', async () => {
    const refusal = {
      resourceType: 'OperationOutcome',
      issue: [{ code: 'business-rule', details: { text: 'Doe' }, expression: ['Task.for'] }],
    };
    const { ehr } = await serve((_request, response) => answerJson(response, 422, refusal));
    const found = failure(await ehr.createOnce(TASK, KEY));
    assert.equal(found.code, 'fhir-rule');
    assert.equal(
      found.text,
      'The Task was refused by "ehr": a rule of the server does not allow it, at Task.for (HTTP 422).',
    );
    assert.equal(shortReason(found), 'Task was refused by "ehr"');
    assert.match(found.remedy ?? '', /Look at the record on that server/);
    assert.equal(ehr.health().state, 'up');
  });

  it('refused credentials are permanent and mark the endpoint as down', async () => {
    const { ehr, changes } = await serve(status(401));
    assert.equal(short(await ehr.read('Task', '1')), 'permanent endpoint-auth');
    assert.equal(ehr.health().lastFailureCode, 'endpoint-auth');
    assert.deepEqual(changes, ['ehr']);
  });

  it('each refusal says what to do about it, and the server that refused is up', async () => {
    for (const [code, name, remedy] of [
      [400, 'fhir-invalid', /mend the expression/],
      [403, 'fhir-forbidden', /allow this client to write Task/],
      [404, 'fhir-type-unsupported', /"base" of the endpoint/],
      [405, 'fhir-type-unsupported', /CapabilityStatement/],
      [422, 'fhir-invalid', /mend the expression/],
      [418, 'fhir-refused', /this status/],
    ] as const) {
      const { ehr } = await serve(status(code));
      const found = failure(await ehr.createOnce(TASK, KEY));
      assert.equal(found.code, name, String(code));
      assert.match(found.remedy ?? '', remedy, String(code));
      assert.match(`${found.text} ${found.remedy}`, /^[^{}]+$/, 'nothing is left unfilled');
      assert.equal(ehr.health().state, 'up', String(code));
    }
  });

  it('tells not found from deleted', async () => {
    const missing = await serve(status(404));
    assert.equal(short(await missing.ehr.read('Task', '1')), 'permanent fhir-not-found');
    const gone = await serve(status(410));
    assert.equal(short(await gone.ehr.read('Task', '1')), 'permanent fhir-gone');
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await startLocalHttpServer(status(200));
    open.push(elsewhere);
    const { ehr } = await serve(status(307, { location: `${elsewhere.origin}/Task` }));
    assert.equal(short(await ehr.createOnce(TASK, KEY)), 'permanent endpoint-redirect');
    assert.equal(elsewhere.seen.length, 0);
  });

  it('a web page with status 200 is no answer', async () => {
    const { ehr } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Please log in</html>');
    });
    assert.equal(short(await ehr.read('Task', '1')), 'transient fhir-answer-not-fhir');
    assert.equal(short(await ehr.createOnce(TASK, KEY)), 'ambiguous fhir-answer-lost');
  });

  it('JSON that is no resource is no answer', async () => {
    for (const body of [null, 7, [], { a: 1 }, 'text']) {
      const { ehr } = await serve((_request, response) => answerJson(response, 200, body));
      assert.match(short(await ehr.read('Task', '1')), /^transient fhir-(answer-not-fhir|no-answer)$/);
    }
  });

  it('refuses an answer of 5 MB, with and without a stated length', async () => {
    for (const stated of [true, false]) {
      const { ehr } = await serve((_request, response) => {
        const big = JSON.stringify({ resourceType: 'Task', id: '1', description: 'x'.repeat(5_000_000) });
        response.writeHead(200, stated ? { 'content-length': String(big.length) } : {});
        response.end(big);
      });
      assert.equal(short(await ehr.read('Task', '1')), 'permanent fhir-answer-too-large');
    }
  });

  it('refuses a compressed answer, which could unpack to any size', async () => {
    const { ehr, server } = await serve(async (_request, response) => {
      const { gzipSync } = await import('node:zlib');
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify({ resourceType: 'Task', id: '1' })));
    });
    assert.equal(short(await ehr.read('Task', '1')), 'transient fhir-no-answer');
    assert.equal(server.seen[0]?.headers['accept-encoding'], 'identity');
  });

  it('says once that the endpoint went down and once that it came back', async () => {
    let broken = true;
    const { ehr, changes, clock } = await serve((request, response) =>
      status(broken ? 500 : 404)(request, response, undefined as never),
    );
    await ehr.read('Task', '1');
    await ehr.read('Task', '1');
    assert.equal(changes.length, 1);
    assert.equal(ehr.health().since, clock.now());
    broken = false;
    clock.advance(5_000);
    await ehr.read('Task', '1');
    assert.equal(changes.length, 2);
    assert.deepEqual([ehr.health().state, ehr.health().since], ['up', clock.now()]);
  });

  it('keeps at most the bound number of requests at the server', async () => {
    let now = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const { ehr, server } = await serve(
      async (_request, response) => {
        most = Math.max(most, ++now);
        await new Promise<void>((resolve) => release.push(resolve));
        now--;
        answerJson(response, 200, { resourceType: 'Task', id: '1' });
      },
      { concurrency: 2 },
    );
    const all = Array.from({ length: 7 }, () => ehr.read('Task', '1'));
    for (let done = 1; done <= 7; done++) {
      await server.arrived(Math.min(done + 1, 7));
      release.shift()?.();
    }
    assert.equal((await Promise.all(all)).filter((one) => one.ok).length, 7);
    assert.equal(most, 2);
  });
});

const pick = (found: { class: string; retryAfterMs?: number }): unknown[] => [found.class, found.retryAfterMs];
