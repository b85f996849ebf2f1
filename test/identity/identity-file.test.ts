import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Problems } from '../../engine/definitions/problem.ts';
import { readIdentityFile, type IdentityRules } from '../../engine/identity/identity-file.ts';

const FILE = {
  kind: 'patient-identity',
  format: 1,
  name: 'identity',
  owner: { name: 'Test', contact: 't@example.org' },
  compare: ['birthDate', 'sex'],
  findBy: ['family', 'given', 'birthDate'],
  unsure: 'continue',
};
const read = (more: object): IdentityRules =>
  readIdentityFile({ ...FILE, ...more }, new Problems('')) ?? assert.fail('it is not read');
function problemsOf(json: unknown): readonly string[] {
  const problems = new Problems('');
  assert.equal(readIdentityFile(json, problems), undefined);
  assert.ok(problems.list.every(({ remedy }) => remedy !== ''));
  return problems.list.map(({ text }) => text);
}
const number = (authority: string | null, type: string | null) => ({ value: '1', authority, type });

describe('identity.json', () => {
  it('takes for identifying what an authority gave, and not visits, accounts, memberships, cards and social security', () => {
    const { isIdentifying } = read({});
    for (const type of ['MR', 'PI', 'NI', 'PT', 'U', null])
      assert.ok(isIdentifying(number('NORTH', type)), String(type));
    for (const type of ['AN', 'VN', 'SS', 'MB', 'MC', 'CC', 'DL', 'NPI', 'XX', 'FILL', 'STN'])
      assert.ok(!isIdentifying(number('NORTH', type)), type);
    assert.ok(!isIdentifying(number(null, 'MR')), 'the same number may be of two hospitals');
  });

  it('takes those that it names alone', () => {
    const { isIdentifying } = read({ identifiers: { authorities: ['NORTH'], types: ['MR', 'SS'] } });
    assert.ok(isIdentifying(number('NORTH', 'MR')));
    assert.ok(isIdentifying(number('NORTH', 'SS')), 'what it names counts, whatever it is');
    assert.ok(!isIdentifying(number('SOUTH', 'MR')));
    assert.ok(!isIdentifying(number('NORTH', 'PI')));
    assert.ok(!isIdentifying(number('NORTH', null)), 'a number that does not say what it is');
    const byAuthority = read({ identifiers: { authorities: ['NORTH'] } });
    assert.ok(byAuthority.isIdentifying(number('NORTH', null)));
    assert.ok(!byAuthority.isIdentifying(number('NORTH', 'VN')));
  });

  it('has a version that follows its meaning, not how it is written', () => {
    const turned = Object.fromEntries(Object.entries(FILE).toReversed());
    assert.equal(readIdentityFile(turned, new Problems(''))?.version, read({}).version);
    assert.notEqual(read({ unsure: 'hold' }).version, read({}).version);
  });

  it('is refused where it would join half a town, says nothing, or is not what it should be', () => {
    for (const findBy of [['family'], ['birthDate'], ['family', 'given'], ['birthDate', 'sex', 'postcode']])
      assert.match(problemsOf({ ...FILE, findBy })[0] ?? '', /both "family" and "birthDate"/);
    assert.deepEqual(read({ findBy: [], compare: [] }).findBy, []);
    const { unsure: _, ...silent } = FILE;
    const wrong: readonly unknown[] = [
      silent,
      { ...FILE, compare: ['mothersName'] },
      { ...FILE, compare: ['sex', 'sex'] },
      { ...FILE, unsure: 'perhaps' },
      { ...FILE, format: 2 },
      { ...FILE, more: true },
      { ...FILE, identifiers: { types: [] } },
      { ...FILE, identifiers: { authorities: Array.from({ length: 101 }, (_one, n) => `A${n}`) } },
      null,
      [],
      'patient-identity',
    ];
    for (const json of wrong) assert.ok(problemsOf(json).length > 0, JSON.stringify(json)?.slice(0, 80));
  });
});
