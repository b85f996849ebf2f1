import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { eventually } from '../kit/eventually.ts';
import { adt, oru, potassium } from '../kit/hl7-messages.ts';
import {
  answerJson,
  startLocalHttpServer,
  type Answering,
  type LocalHttpServer,
  type SeenRequest,
} from '../kit/local-http-server.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';

const DESK = { id: 'c-desk', type: 'wardflow-http-endpoint', name: 'desk' };
const call = (more: object = {}, id = 'call'): object =>
  node(
    id,
    'http call',
    {
      endpoint: 'c-desk',
      effect: 'book',
      path: '/bookings',
      body: '{ "message": payload.get("MSH-10") }',
      bodyKind: 'jsonata',
      ...more,
    },
    ['next'],
  );
const next = node('next', 'audit log', {
  text: '$string(http.status) & " " & $string(http.body) & " " & $string(http.repeated)',
  textKind: 'jsonata',
  finish: true,
});
/** Another body at each delivery. */
const counted = node(
  'count',
  'function',
  { func: "const n = (flow.get('n') ?? 0) + 1; flow.set('n', n); msg.n = n; return msg;", outputs: 1 },
  ['call'],
);

describe('http call', () => {
  let desk: LocalHttpServer;
  let answer: Answering;
  const fine: Answering = (_request, response) => answerJson(response, 201, { booked: 1 });
  before(async () => {
    desk = await startLocalHttpServer((...given) => answer(...given));
  });
  after(() => desk.close());
  const runtime = usePalette(async () => ({ desk: { http: desk.origin }, ehr: 'http://127.0.0.1:1/fhir' }));
  let earlier = 0;
  beforeEach(() => {
    answer = fine;
    earlier = desk.seen.length;
  });

  const seen = (): readonly SeenRequest[] => desk.seen.slice(earlier);
  const deploy = async (flow: readonly object[] = [call(), next], first = 'call'): Promise<void> =>
    void (await runtime.deploy({ flow: [DESK, ...frame(first), ...flow] }));
  const noted = async ({ id }: Pick<Settled, 'id'>): Promise<readonly unknown[]> =>
    (await runtime.engine.store.audit.list({ messageId: id, type: 'flow.noted' })).map(
      ({ details }) => details['text'],
    );
  const again = async (id: string): Promise<readonly string[]> => {
    runtime.clock.advance(3_600_000);
    return ends({ id, work: await runtime.settled(id) });
  };

  it('asks once for each message, and goes on with the answer', async () => {
    await deploy();
    const sent = await runtime.sendAndSettle(adt('A01', 'C1', 'C1'));
    assert.deepEqual(ends(sent), ['done']);
    assert.deepEqual(await noted(sent), ['201 {"booked":1} false']);
    const [request] = seen();
    assert.equal(seen().length, 1);
    assert.deepEqual([request?.method, request?.url, request?.body], ['POST', '/bookings', '{"message":"C1"}']);
    assert.equal(request?.headers['content-type'], 'application/json');
    const [effect] = await runtime.engine.store.effects.ofMessage(sent.id);
    assert.deepEqual(
      [effect?.state, effect?.name, effect?.target, effect?.summary],
      ['done', 'book', 'desk: POST', 'POST answered, 201'],
    );
    assert.equal(request?.headers['idempotency-key'], `"${effect?.key}"`);
  });

  it('takes an answer that is deeper than any stack for text, and does not ask again', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    };
    await deploy([
      call({ whenUnknown: 'repeat' }),
      { ...next, text: '$string(http.status) & " " & $string(http.repeated)' },
    ]);
    const settled = await runtime.sendAndSettle(adt('A01', 'C20', 'C20'));
    assert.deepEqual(ends(settled), ['done']);
    assert.deepEqual(await noted(settled), ['200 false']);
    assert.equal(seen().length, 1);
  });

  it('leaves it to a person where nobody knows whether it happened', async () => {
    await deploy();
    answer = (_request, response) => void response.destroy();
    const { id, work } = await runtime.sendAndSettle(adt('A01', 'C2', 'C2'), ['dead']);
    assert.deepEqual(ends({ id, work }), ['dead permanent outcome-unknown']);
    assert.equal((await runtime.engine.store.effects.ofMessage(id))[0]?.state, 'ambiguous');
    assert.equal(seen().length, 1, 'and is not sent again');
  });

  it('sends the same again where the server knows repeats, whatever the flow makes of the message by then', async () => {
    await deploy([counted, call({ body: '{ "n": n }', whenUnknown: 'repeat' }), next], 'count');
    answer = (...given) => (seen().length === 1 ? void given[1].destroy() : fine(...given));
    const { id, work } = await runtime.sendAndSettle(adt('A01', 'C3', 'C3'), ['waiting']);
    assert.deepEqual(ends({ id, work }), ['waiting ambiguous http-answer-lost']);
    assert.deepEqual(await again(id), ['done']);
    const [first, second] = seen();
    assert.equal(seen().length, 2);
    assert.equal(first?.body, second?.body);
    assert.equal(first?.headers['idempotency-key'], second?.headers['idempotency-key']);
    assert.equal((await runtime.engine.store.effects.ofMessage(id))[0]?.tries, 2);
  });

  it('gives a redelivery the recorded answer', async () => {
    const flaky = node(
      'flaky',
      'function',
      { func: "if (!flow.get('once')) { flow.set('once', 1); throw new Error('first'); } return msg;", outputs: 1 },
      ['next'],
    );
    await deploy([{ ...call(), wires: [['flaky']] }, flaky, next]);
    const { id, work } = await runtime.sendAndSettle(adt('A01', 'C4', 'C4'), ['dead']);
    const { store, clock } = runtime.engine;
    for (const item of work) {
      const entry = {
        at: clock.now(),
        type: 'work.redriven',
        actor: 'user:ana',
        messageId: id,
        workId: item.id,
        details: {},
      };
      await store.work.redrive(item.id, clock.now(), entry);
    }
    runtime.engine.dispatcher.wake();
    await eventually('it is done', async () => {
      runtime.catchUp();
      return (await store.work.ofMessage(id)).every(({ state }) => state === 'done');
    });
    assert.deepEqual(await noted({ id }), ['201 {"booked":1} true']);
    assert.equal(seen().length, 1);
  });

  it('tells two events of one message apart, and refuses two different requests that nothing tells apart', async () => {
    await deploy([call({ body: '{ "value": event.data.value }' }), next]);
    const body = oru({ controlId: 'C5', patient: 'C5', observations: [potassium('4'), potassium('7', 'HH')] });
    const sent = await runtime.sendAndSettle(body);
    assert.deepEqual(ends(sent), ['done']);
    assert.ok(seen().length >= 2);
    await deploy([call({ body: '{ "value": event.data.value }', discriminator: '"one"' }), next]);
    const twice = await runtime.sendAndSettle(
      oru({ controlId: 'C6', patient: 'C6', observations: [potassium('4'), potassium('7', 'HH')] }),
    );
    assert.match(ends(twice).join(), /^dead permanent/);
  });

  it('reads by GET at each delivery, with what comes from the message encoded, and takes the listed statuses for answers', async () => {
    const look = {
      method: 'GET',
      effect: '',
      path: '"/beds/" & $encodeUrlComponent("A/1 b")',
      pathKind: 'jsonata',
      body: '',
    };
    const query = [
      { name: 'ward', value: 'payload.get("PID-3.1")', kind: 'jsonata' },
      { name: 'none', value: 'payload.get("ZZZ-1")', kind: 'jsonata' },
    ];
    await deploy([call({ ...look, query, accepts: ['404'] }), next]);
    answer = (_request, response) => answerJson(response, 404, { free: false });
    const sent = await runtime.sendAndSettle(adt('A01', 'C7', 'C 7&x'));
    // An encoded slash is refused, since servers disagree about it.
    assert.deepEqual(ends(sent), ['dead permanent http-request-wrong']);
    await deploy([call({ ...look, path: '"/beds/" & $encodeUrlComponent("A1 b")', query, accepts: ['404'] }), next]);
    const second = await runtime.sendAndSettle(adt('A01', 'C8', 'C8'));
    assert.deepEqual(ends(second), ['done']);
    assert.deepEqual(await noted(second), ['404 {"free":false} false']);
    assert.deepEqual(
      seen().map(({ method, url }) => `${method} ${url}`),
      ['GET /beds/A1%20b?ward=C8'],
    );
    assert.deepEqual(await runtime.engine.store.effects.ofMessage(second.id), []);
  });

  it('waits as it is told, and is tried again while the server is away', async () => {
    await deploy();
    answer = (...given) =>
      seen().length === 1 ? answerJson(given[1], 429, {}, { 'retry-after': '60' }) : fine(...given);
    const { id, work } = await runtime.sendAndSettle(adt('A01', 'C9', 'C9'), ['waiting']);
    assert.deepEqual(ends({ id, work }), ['waiting throttled http-throttled']);
    assert.deepEqual(await again(id), ['done']);
    assert.equal(seen().length, 2);
  });

  it('does nothing while its settings are wrong', async () => {
    await deploy([call({ effect: '' }), next]);
    const sent = await runtime.sendAndSettle(adt('A01', 'C10', 'C10'));
    assert.match(ends(sent).join(), /^dead permanent/);
    await eventually('it is said at the node', () =>
      runtime.statuses.some(({ id, fill }) => id === 'call' && fill === 'red'),
    );
    assert.equal(seen().length, 0);
  });
});
