import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { row, tableFile } from '../rules/build-table.ts';
import { ends, frame, node, usePalette, type Settled } from '../kit/palette-runtime.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';

const table = (parts: object = {}): { name: string } =>
  tableFile({ rows: [row('high', ['"2823-3"', '> 6.2'], ['stat'])], tests: [], ...parts }) as { name: string } & Record<
    string,
    unknown
  >;
const lane = node('lane', 'audit log', {
  text: 'decision.outputs.lane & ": " & decision.sentence',
  textKind: 'jsonata',
  finish: true,
});

/** Its first output on the first delivery, then `to`. */
const secondTime = (to: string): ReturnType<typeof node> =>
  node(
    'again',
    'switch',
    {
      property: 'wardflow.attempt',
      propertyType: 'msg',
      rules: [{ t: 'eq', v: '1', vt: 'num' }, { t: 'else' }],
      checkall: 'false',
      outputs: 2,
    },
    ['later'],
    [to],
  );

describe('rule table', () => {
  const runtime = usePalette(async () => ({}));
  const run = async (
    controlId: string,
    rules: readonly { name: string }[],
    settings: object = {},
  ): Promise<Settled> => {
    await runtime.deploy({
      rules,
      flow: [
        ...frame('decide'),
        node('decide', 'rule table', { table: 'trial', ...settings }, ['lane'], ['other']),
        lane,
        node('other', 'audit log', { text: 'no row', finish: true }),
      ],
    });
    return runtime.sendAndSettle(oru({ controlId, patient: controlId, observations: [potassium('6.9')] }), [
      'done',
      'dead',
      'waiting',
    ]);
  };
  const decisions = (messageId: string): ReturnType<typeof runtime.engine.store.decisions.ofMessage> =>
    runtime.engine.store.decisions.ofMessage(messageId);

  it('decides, records why before going on, and puts the decision on the message', async () => {
    const sent = await run('R1', [table()]);
    assert.deepEqual(ends(sent), ['done']);
    const [decision, ...more] = await decisions(sent.id);
    assert.deepEqual(
      [more.length, decision?.matched, decision?.outputs, decision?.node.id],
      [0, ['high'], { lane: 'stat' }, 'decide'],
    );
    const [note] = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    assert.match(String(note?.details['text']), /^stat: /);
    assert.ok(decision?.sentence);
  });

  it('says in the trace which rows matched, and no value', async () => {
    const sent = await run('R9', [table()]);
    const [item] = await runtime.engine.store.work.ofMessage(sent.id);
    const notes = item?.attempts.flatMap((attempt) => attempt.steps.flatMap((step) => step.note ?? []));
    assert.deepEqual(notes, ['trial: high']);
  });

  it('is an error when no row matches and the table has no otherwise', async () => {
    const sent = await run('R2', [table({ rows: [row('low', ['"2823-3"', '< 2'], ['stat'])], otherwise: null })]);
    assert.deepEqual(ends(sent), ['dead permanent rule-no-match']);
    assert.equal((await decisions(sent.id)).length, 1);
  });

  it('goes to the second output instead where the node says so', async () => {
    const sent = await run('R3', [table({ rows: [row('low', ['"2823-3"', '< 2'], ['stat'])], otherwise: null })], {
      noMatch: 'output',
    });
    assert.deepEqual(ends(sent), ['done']);
    const [note] = await runtime.engine.store.audit.list({ messageId: sent.id, type: 'flow.noted' });
    assert.equal(note?.details['text'], 'no row');
  });

  it('records an error decision and makes a dead letter', async () => {
    const sent = await run('R4', [table({ effective: { from: '2030-01-01', to: null } })]);
    assert.deepEqual(ends(sent), ['dead permanent rule-error']);
    assert.equal((await decisions(sent.id))[0]?.error, 'rule-table-not-effective');
  });

  it('keeps to what it decided when the message is delivered again', async () => {
    const again = secondTime('lane');
    const flow = [
      ...frame('decide'),
      node('decide', 'rule table', { table: 'trial' }, ['again']),
      again,
      node('later', 'message failed', { failureClass: 'transient' }),
      lane,
    ];
    await runtime.deploy({ rules: [table()], flow });
    const sent = await runtime.sendAndSettle(
      oru({ controlId: 'R5', patient: 'R5', observations: [potassium('6.9')] }),
      ['waiting'],
    );
    const before = await decisions(sent.id);
    runtime.clock.advance(3_600_000);
    await runtime.settled(sent.id);
    assert.deepEqual(await decisions(sent.id), before);
    assert.equal(before.length, 1);
  });

  it('decides a message by the version that it began with, whatever is deployed meanwhile', async () => {
    const flow = [
      ...frame('first'),
      node('first', 'rule table', { name: 'First', table: 'trial' }, ['again']),
      secondTime('second'),
      node('later', 'message failed', { failureClass: 'transient' }),
      node('second', 'rule table', { name: 'Second', table: 'trial' }, ['lane']),
      lane,
    ];
    await runtime.deploy({ rules: [table()], flow });
    const message = oru({ controlId: 'R7', patient: 'R7', observations: [potassium('6.9')] });
    const sent = await runtime.sendAndSettle(message, ['waiting']);
    const [first] = await decisions(sent.id);
    await runtime.deploy({ rules: [table({ rows: [row('none', ['"2823-3"', '> 60'], ['urgent'])] })], flow });
    runtime.clock.advance(3_600_000);
    await runtime.settled(sent.id);
    const made = await decisions(sent.id);
    assert.deepEqual(
      made.map(({ node: at, matched, version }) => [at.id, matched, version]),
      [
        ['first', ['high'], first?.version],
        ['second', ['high'], first?.version],
      ],
    );
    const next = await runtime.sendAndSettle(
      oru({ controlId: 'R8', patient: 'R8', observations: [potassium('6.9')] }),
      ['waiting'],
    );
    const [other] = await decisions(next.id);
    assert.notEqual(other?.version, first?.version);
    assert.deepEqual(other?.matched, []);
  });

  it('makes dead letters, naming the field, when it is set up wrongly', async () => {
    const sent = await run('R6', [table()], { noMatch: 'perhaps' });
    assert.deepEqual(ends(sent), ['dead permanent node-settings-wrong']);
    assert.match(sent.work[0]?.failure?.text ?? '', /is not set up: noMatch is none of the choices/);
  });
});
