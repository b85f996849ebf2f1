import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { caseOfForm, caseOfTrial, formOf } from '../../governance/api/rule-sheet/cases.ts';
import { detailsOf, hasOwnDetails, setRowDetail, setTableDetail } from '../../governance/api/rule-sheet/details.ts';
import { clearCells, paste, type Table, type TestCase } from '../../governance/api/rule-sheet/draft.ts';
import {
  canRedo,
  canUndo,
  firstStep,
  present,
  redone,
  stepped,
  undone,
} from '../../governance/api/rule-sheet/steps.ts';
import { inspectRuleTable } from '../../engine/index.ts';
import { row, tableFile } from '../rules/build-table.ts';

const table = tableFile({
  rows: [row('a', ['"K"', '> 6'], ['stat'], { note: 'high' }), row('b', ['-', '-'], ['routine'])],
}) as unknown as Table;

describe('what stands beside the cells of a rule table', () => {
  it('is changed key by key, and a new key goes where a file has it', () => {
    const next = setTableDetail(setTableDetail(table, 'reference', 'Policy 1'), 'from', '2026-01-01');
    const keys = Object.keys(next);
    assert.ok(keys.indexOf('reason') < keys.indexOf('reference'));
    assert.ok(keys.indexOf('effective') < keys.indexOf('hitPolicy'));
    assert.deepEqual(next['effective'], { from: '2026-01-01', to: null });
    assert.deepEqual(inspectRuleTable(next).problems, []);
    assert.equal(setTableDetail(next, 'from', '')['effective'], undefined);
    assert.equal(setTableDetail(next, 'from', '2026-01-01'), next, 'what is the same is no change');
    assert.equal(JSON.stringify(setTableDetail(next, 'reason', 'x')['owner']), JSON.stringify(table['owner']));
  });

  it('is of a row only where the row says it, and is taken out again whole', () => {
    const own = setRowDetail(setRowDetail(table, 0, 'ownerName', 'A'), 0, 'ownerContact', 'a@example.org');
    assert.deepEqual(own.rows[0]?.['owner'], { name: 'A', contact: 'a@example.org' });
    assert.ok(own.rows[0] && hasOwnDetails(own.rows[0]));
    const none = setRowDetail(setRowDetail(own, 0, 'ownerName', ''), 0, 'ownerContact', '');
    assert.equal(JSON.stringify(none), JSON.stringify(table));
    assert.equal(setRowDetail(table, 9, 'reason', 'x'), table);
  });

  it('keeps an owner or a reason that a table needs, for the check to name', () => {
    const empty = setTableDetail(setTableDetail(table, 'reason', ''), 'ownerName', '');
    assert.deepEqual([detailsOf(empty).reason, detailsOf(empty).ownerName], ['', '']);
    assert.ok(inspectRuleTable(empty).problems.length >= 2);
  });
});

describe('a test case of a rule table', () => {
  it('is made of a trial, and then passes', async () => {
    const { table: compiled } = inspectRuleTable(table);
    const now = new Date('2026-06-01T12:00:00Z');
    const input = { code: 'K', value: 7 };
    const answer = await compiled?.explain(input, { now });
    assert.ok(answer);
    const made = caseOfTrial(table, 'made', input, answer);
    assert.equal(made.row, 'a');
    const results = await inspectRuleTable({ ...table, tests: [made] }).table?.runTests({ now });
    assert.deepEqual(results, [{ name: 'made', ok: true, difference: null, matched: ['a'], error: null }]);
  });

  it('comes back from its form as it was, with what no form shows', () => {
    for (const one of [
      { name: 'a', input: { code: 'K', value: null }, expect: { lane: 'stat' }, row: 'a' },
      { name: 'b', input: {}, expect: null, row: null },
      { name: 'c', input: { code: 'K' }, error: 'rule-several-matched', now: '2026-01-01T00:00:00Z' },
      { name: 'd', input: { value: 1.5 }, rows: ['a', 'b'], ticket: 'T-1' },
      { name: 'e', input: {}, rows: [] },
    ] as readonly TestCase[])
      assert.deepEqual(caseOfForm(table, formOf(one), one), one, one.name);
  });

  it('takes what is typed by the type of its column', () => {
    const before: TestCase = { name: 'a', input: { code: 'K', value: 7 }, expect: { lane: 'stat' } };
    const form = { ...formOf(before), input: { code: '', value: '6.5' }, rows: 'a' };
    assert.deepEqual(caseOfForm(table, form, before), { ...before, input: { value: 6.5 }, row: 'a' });
  });
});

describe('steps of writing', () => {
  it('can all be taken back and made again; typing about one thing is one step', () => {
    let steps = firstStep('');
    for (const text of ['r', 're', 'rea']) steps = stepped(steps, text, 'reason');
    steps = stepped(steps, 'else');
    assert.equal(stepped(steps, 'else'), steps, 'what changes nothing is no step');
    steps = undone(steps);
    assert.equal(present(steps), 'rea');
    assert.ok(canRedo(steps));
    assert.equal(present(redone(steps)), 'else');
    steps = undone(steps);
    assert.equal(present(steps), '');
    assert.ok(!canUndo(steps));
    assert.equal(present(undone(steps)), '');
  });

  it('are limited in number', () => {
    let steps = firstStep(0);
    for (let i = 1; i < 1_000; i++) steps = stepped(steps, i);
    assert.ok(steps.all.length <= 301);
    assert.equal(present(steps), 999);
  });
});

describe('many rows at once', () => {
  it('are pasted in one pass', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => [`r-${i}`, '"K"', `> ${i}`, 'stat']);
    const began = performance.now();
    const next = paste(table, 1, 0, lines);
    assert.ok(performance.now() - began < 5_000, 'not quadratic: that took minutes');
    assert.equal(next.rows.length, 20_001);
    assert.equal(new Set(next.rows.map(({ id }) => id)).size, 20_001);
    assert.equal(next.rows.at(-1)?.when[1], '> 19999');
    assert.equal(paste(next, 1, 0, lines), next, 'what is the same is no change');
  });

  it('are cleared but for their ids, and nothing outside', () => {
    const next = clearCells(table, { from: 0, to: 0 }, { from: 0, to: 3 });
    assert.deepEqual([next.rows[0]?.id, next.rows[0]?.when, next.rows[0]?.note], ['a', ['-', '-'], 'high']);
    assert.equal(next.rows[1], table.rows[1]);
    assert.equal(clearCells(next, { from: 0, to: 0 }, { from: 0, to: 3 }), next);
  });
});
