import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { namesAlong } from '../../../engine/index.ts';
import { describeChange, diffDefinitions, readContent } from '../../../governance/diff/index.ts';

const step = (parts: object): object => ({ do: 'set', path: 'PID-8', value: 'F', kind: 'str', when: '', ...parts });
const edit = (steps: readonly object[], more: object = {}): object => ({
  id: 'edit',
  type: 'hl7 edit',
  z: 't',
  name: 'For the archive',
  steps,
  ifMissing: 'fail',
  wires: [[]],
  ...more,
});

function told(before: readonly object[], after: readonly object[], named = true): readonly string[] {
  const of = (nodes: readonly object[]): ReturnType<typeof readContent> =>
    readContent({ 'flow.json': JSON.stringify([{ id: 't', type: 'tab', label: 'T' }, ...nodes]) });
  const versions = { before: of(before), after: of(after) };
  const options = { ...versions, ...(named && { pathNames: namesAlong }) };
  return describeChange(diffDefinitions(versions.before, versions.after), options).map(
    ({ kind, text }) => `${kind} ${text}`,
  );
}
const changed = (before: readonly object[], after: readonly object[]): readonly string[] =>
  told([edit(before)], [edit(after)]);

describe('steps that change a message, in words', () => {
  it('say what is written where, with the names of the standard', () => {
    const news = (parts: object): string => changed([step({})], [step({}), step(parts)])[0] ?? '';
    const at = 'code hl7 edit "For the archive": new second step';
    assert.equal(
      news({ path: 'PID-3.4', value: 'NORTH' }),
      `${at} sets PID-3.4 (Patient Identifier List, Assigning Authority) to "NORTH"`,
    );
    assert.equal(
      news({ path: 'OBX[*]-5', value: '$round(here.value)', kind: 'jsonata', when: 'here.value != ""' }),
      `${at} sets each OBX-5 (Observation Value) to the expression $round(here.value), only if here.value != ""`,
    );
    assert.equal(
      news({ path: 'PID-2', value: 'PID-3[2]', kind: 'hl7' }),
      `${at} copies PID-3[2] (Patient Identifier List) to PID-2 (Patient ID)`,
    );
    assert.equal(news({ do: 'clear', path: 'PID-19' }), `${at} empties PID-19 (SSN Number - Patient)`);
    assert.equal(
      news({ do: 'null', path: 'PID-13' }),
      `${at} sets PID-13 (Phone Number - Home) to null, which deletes it at the receiver`,
    );
    assert.equal(news({ do: 'remove', path: 'NTE[*]' }), `${at} removes each NTE (Notes and Comments)`);
    assert.equal(
      news({ do: 'add', path: 'NTE', value: 'PID' }),
      `${at} adds a segment NTE (Notes and Comments) behind PID`,
    );
    assert.equal(news({ path: 'ZZZ-3', value: 'x' }), `${at} sets ZZZ-3 to "x"`);
  });

  it('tell a changed step with what it did and what it does', () => {
    assert.deepEqual(changed([step({})], [step({ value: 'M' })]), [
      'code hl7 edit "For the archive": its first step sets PID-8 (Administrative Sex) to "F" -> ' +
        'sets PID-8 (Administrative Sex) to "M"',
    ]);
  });

  it('tell what is not done any more, and another order', () => {
    const other = step({ do: 'clear', path: 'PID-19' });
    assert.deepEqual(changed([step({}), other], [step({})]), [
      'code hl7 edit "For the archive": no second step any more: it empties PID-19 (SSN Number - Patient)',
    ]);
    assert.deepEqual(changed([step({}), other], [other, step({})]), [
      'code hl7 edit "For the archive": its steps come in another order',
    ]);
  });

  it('tell of a new node what its steps do', () => {
    assert.match(
      told([], [edit([step({})])])[0] ?? '',
      /^code New hl7 edit "For the archive": sets PID-8 \(Administrative Sex\) to "F"/,
    );
  });

  it('name places by their paths alone where no names are given', () => {
    assert.match(
      told([edit([step({})])], [edit([step({ value: 'M' })])], false)[0] ?? '',
      /sets PID-8 to "F" -> sets PID-8 to "M"$/,
    );
  });

  it('show what turns a line round, and anything that is no step, as it is', () => {
    const odd = changed([step({})], [step({ path: '\u202ePID-8', value: { a: 1 } })]);
    assert.ok(odd.length === 1 && !odd[0]?.includes('\u202e'));
    assert.ok(told([edit([step({})])], [edit([7 as unknown as object, step({ do: 'explode' })])]).length > 0);
  });
});
