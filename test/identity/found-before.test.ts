import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readIdentityFile } from '../../engine/identity/identity-file.ts';
import { foundBefore, saidIn } from '../../engine/identity/found-before.ts';
import { Problems } from '../../engine/definitions/problem.ts';
import { Hl7Message, type IdentityFinding } from '../../engine/index.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';

const plain: IdentityFinding = {
  verdict: 'matched',
  reasons: [],
  questions: [],
  survivors: {},
  former: {},
  changed: [],
  holdsFrom: 100,
};
const MINUTE = 60_000;

describe('what was found of patients before', () => {
  it('is found again for what says the same and is delivered since it is so, for a quarter of an hour', () => {
    const found = foundBefore();
    found.keep('said', ['a'], plain, found.turn(), 1000);
    assert.equal(found.find('said', 100, 1000), plain);
    assert.equal(found.find('other', 100, 1000), undefined);
    assert.equal(found.find('said', 99, 1000), undefined, 'was delivered before a link was made');
    assert.equal(found.find('said', 100, 1000 + 15 * MINUTE - 1), plain);
    assert.equal(found.find('said', 100, 1000 + 15 * MINUTE), undefined);
  });

  it('is not kept where something was written', () => {
    const found = foundBefore();
    const { holdsFrom: _, ...written } = plain;
    found.keep('said', ['a'], written, found.turn(), 0);
    assert.equal(found.find('said', 100, 0), undefined);
  });

  it('holds no longer for whom a message has changed, by whichever of the numbers', () => {
    for (const changed of ['a', 'x', 'now']) {
      const found = foundBefore();
      const finding = { ...plain, survivors: { a: 'now' }, former: { now: ['a', 'x'] } };
      found.keep('said', ['a'], finding, found.turn(), 0);
      found.keep('another', ['b'], plain, found.turn(), 0);
      found.heed([changed], { ...plain, changed: ['new'] });
      assert.equal(found.find('said', 100, 0), undefined, changed);
      assert.equal(found.find('another', 100, 0), plain);
    }
  });

  it('does not come back by what was asked of the store before a change', () => {
    const found = foundBefore();
    let asked = found.turn();
    found.heed(['a'], { ...plain, changed: ['new'] });
    found.keep('said', ['a'], plain, asked, 0);
    assert.equal(found.find('said', 100, 0), undefined);
    asked = found.turn();
    found.clear();
    found.keep('said', ['b'], plain, asked, 0);
    assert.equal(found.find('said', 100, 0), undefined);
    found.keep('said', ['b'], plain, found.turn(), 0);
    assert.equal(found.find('said', 100, 0), plain);
  });

  it('holds for nobody once a question is asked, which may be about anybody, and not anew while it is open', () => {
    const found = foundBefore();
    const doubtful: IdentityFinding = { ...plain, verdict: 'review', questions: ['q'] };
    found.keep('said', ['a'], plain, found.turn(), 0);
    found.heed(['b'], doubtful);
    assert.equal(found.find('said', 100, 0), undefined);
    found.keep('said', ['a'], plain, found.turn(), 0);
    found.heed(['b'], doubtful);
    assert.equal(found.find('said', 100, 0), plain);
    found.clear();
    found.keep('said', ['a'], plain, found.turn(), 0);
    found.heed(['b'], doubtful);
    assert.equal(found.find('said', 100, 0), undefined, 'a merge may have withdrawn it: it may be asked again');
  });

  it('is of a bounded number of patients, those heard of last', () => {
    const found = foundBefore();
    for (let n = 0; n < 5001; n++) found.keep(`said ${n}`, [`k${n}`], plain, found.turn(), 0);
    assert.equal(found.find('said 0', 100, 0), undefined);
    assert.equal(found.find('said 1', 100, 0), plain);
    for (let n = 0; n < 5002; n++) found.heed([`n${n}`], { ...plain, changed: [`n${n}`] });
    assert.equal(found.find('said 1', 100, 0), undefined, 'too much has changed to tell');
  });
});

describe('what a message says of its patient', () => {
  const rules = (more: object = {}) => {
    const file = {
      kind: 'patient-identity',
      format: 1,
      name: 'identity',
      owner: { name: 'Test', contact: 't@example.org' },
      compare: ['birthDate'],
      findBy: [],
      unsure: 'continue',
    };
    return readIdentityFile({ ...file, ...more }, new Problems('')) ?? assert.fail('it is not read');
  };
  const text = (id: string): string => oru({ controlId: id, patient: 'SAID', observations: [potassium('4')] });
  const said = (message: string, by = rules()): string | undefined =>
    saidIn(Hl7Message.parse(Buffer.from(message)), by);

  it('is the same in two messages, and another where anything that is read of the patient differs', () => {
    const one = said(text('1'));
    assert.match(one ?? '', /^[0-9a-f]{64}$/);
    assert.equal(said(text('2')), one);
    const pid =
      text('1')
        .split('\r')
        .find((line) => line.startsWith('PID')) ?? '';
    for (const field of [3, 5, 7, 8, 11]) {
      const fields = pid.split('|');
      while (fields.length <= field) fields.push('');
      fields[field] = 'other';
      assert.notEqual(said(text('1').replace(pid, fields.join('|'))), one, `PID-${field}`);
    }
    assert.notEqual(said(text('1'), rules({ compare: ['sex'] })), one, 'by other rules');
    assert.notEqual(said(text('1').replace('MSH|^~\\&', 'MSH|^~$&')), one, 'with other separators');
  });

  it('is nothing where there are several patients, or one became another, or there is none', () => {
    const pid =
      text('1')
        .split('\r')
        .find((line) => line.startsWith('PID')) ?? '';
    assert.equal(said(text('1').replace(pid, `${pid}\r${pid}`)), undefined);
    assert.equal(said(text('1').replace(pid, `${pid}\rMRG|OLD^^^NORTH^MR`)), undefined);
    assert.equal(said(text('1').replace(`${pid}\r`, '')), undefined);
  });
});
