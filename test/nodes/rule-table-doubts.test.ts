/** A rule table whose intent asks a person about doubts, in a real Node-RED; and what there is to doubt about a decision. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { triggerFrom, type FallbackTrigger } from '../../engine/index.ts';
import { doubtsAbout } from '../../nodes/rule-table/doubts.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { eventually } from '../kit/eventually.ts';
import { frame, node, usePalette } from '../kit/palette-runtime.ts';
import { row, tableFile } from '../rules/build-table.ts';

const triggers = (...written: readonly string[]): readonly FallbackTrigger[] =>
  written.flatMap((one) => triggerFrom(one) ?? []);
const PLACE = { id: 'n', name: 'Triage' };
const OPEN = { count: 1, missing: ['event.status'], rows: [{ row: 'late', missing: ['event.status'] }] };
const NOTHING_OPEN = { count: 0, missing: [], rows: [] };
const FINE = { table: 'triage', error: null, outputs: { lane: 'stat', confidence: 0.9 } };

describe('what there is to doubt about a decision', () => {
  const said = (decision: Partial<Parameters<typeof doubtsAbout>[0]>, ...when: readonly string[]): readonly string[] =>
    doubtsAbout({ ...FINE, ...decision }, triggers(...when), PLACE, OPEN).map(({ sentence }) => sentence);

  it('is what the intent asks about, and nothing else', () => {
    const broken = { error: 'rule-cell', outputs: { confidence: 0.1 } };
    assert.deepEqual(said(broken, 'operator', 'endpoint-down:ehr:PT5M'), []);
    assert.deepEqual(said(broken, 'rule-error'), ['The rule table triage could not decide (rule-cell).']);
    assert.deepEqual(said(broken, 'incomplete-data'), [
      'In the rule table triage, event.status is missing and could have decided row late.',
    ]);
    assert.deepEqual(said(FINE, 'rule-error', 'low-confidence:0.5'), []);
    assert.deepEqual(doubtsAbout(FINE, triggers('incomplete-data'), PLACE, NOTHING_OPEN), []);
  });

  it('is a confidence below a number, or a value that is named below a half; of several rows the lowest', () => {
    assert.equal(said({ outputs: { confidence: 0.59 } }, 'low-confidence:0.6').length, 1);
    assert.equal(said({ outputs: { confidence: 0.6 } }, 'low-confidence:0.6').length, 0);
    assert.equal(said({ outputs: { score: 0.4 } }, 'low-confidence:score').length, 1);
    assert.equal(said({ outputs: { score: 0.5 } }, 'low-confidence:score').length, 0);
    assert.equal(said({ outputs: [{ confidence: 0.9 }, { confidence: 0.2 }] }, 'low-confidence:0.6').length, 1);
    assert.equal(said({ outputs: { confidence: '0.9' } }, 'low-confidence:0.6').length, 1, 'text is no number');
    assert.equal(said({ outputs: { confidence: null } }, 'low-confidence:0.6').length, 1, 'none is not good enough');
    assert.equal(said({ outputs: { lane: 'stat' } }, 'low-confidence:0.6').length, 0, 'a table without any');
    assert.equal(said({ outputs: null }, 'low-confidence:0.6').length, 0);
  });
});

describe('a rule table that misses data', () => {
  const runtime = usePalette(async () => ({}));
  const table = tableFile({ rows: [row('high', ['"2823-3"', '> 6.2'], ['stat'])], tests: [] }) as { name: string };

  it('has a person asked where the intent says so, and goes on with what it has once they have looked', async () => {
    const { name: definition } = await runtime.deploy({
      rules: [table],
      flow: [
        ...frame('decide'),
        node('decide', 'rule table', { table: 'trial' }, ['seen'], ['seen']),
        node('seen', 'audit log', { text: 'went on', finish: true }),
      ],
    });
    const { fallbacks, store } = runtime.engine;
    const when = ['incomplete-data'];
    fallbacks.declare([
      {
        definition,
        version: 'v',
        title: 'Trial',
        serviceLine: null,
        mode: 'manual-review',
        when,
        triggers: triggers(...when),
        queue: 'desk',
        text: 'By hand.',
      },
    ]);
    const text = oru({ controlId: 'D1', patient: 'D1', observations: [potassium('')] });
    const sent = await runtime.sendAndSettle(text, ['parked']);
    const { items } = await fallbacks.held({});
    assert.deepEqual(
      items.map(({ because, messageId }) => [because, messageId]),
      [['incomplete-data', sent.id]],
    );
    assert.equal((await store.audit.list({ messageId: sent.id, type: 'flow.noted' })).length, 0, 'nothing went on');
    await fallbacks.decide(
      items.map(({ workId }) => workId),
      'process',
      { actor: 'user:ana', reason: 'the value came by telephone' },
    );
    await eventually('the message is done', async () => (await store.journal.get(sent.id))?.state === 'done');
    assert.equal((await store.audit.list({ messageId: sent.id, type: 'flow.noted' })).length, 1);
  });
});
