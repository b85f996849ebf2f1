import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { adviseOn } from '../../engine/hl7/advise.ts';
import type { Hl7Advice } from '../../engine/hl7/dictionary-contract.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';

const HEAD = 'MSH|^~\\&|LAB|H|EHR|H|20260301101500||ORU^R01^ORU_R01|1|P|2.5.1';
const PID = 'PID|1||100^^^H^MR||TEST^ONE||19800101|F';

function advice(lines: readonly string[], head = HEAD): string[] {
  return told(adviseOn(Hl7Message.parse([head, ...lines, ''].join('\r'))));
}

function told(all: readonly Hl7Advice[]): string[] {
  return all.map(({ code, path }) => `${code} ${path}`);
}

describe('advice on a message', () => {
  it('has none for a message by the book', () => {
    const lines = [
      PID,
      'OBR|1|A|B|GLU^Glucose^L|||20260301',
      'OBX|1|NM|GLU^Glucose^L||5.4|mmol/L|3-6|N|||F',
      'ZPI|1|X^Y^Z',
    ];
    assert.deepEqual(advice(lines), []);
  });

  it('names a segment that the version does not have, not one of the site', () => {
    assert.deepEqual(advice([PID, 'ABC|1', 'ZAB|1']), ['unknown-segment ABC']);
    const [late] = adviseOn(Hl7Message.parse(`${HEAD}\rPRT|1\r`));
    assert.equal(late?.text, 'Version 2.5.1 has no segment PRT: it came with 2.7.');
    const [gone] = adviseOn(Hl7Message.parse(`${HEAD}\rRX1|1\r`));
    assert.equal(gone?.text, 'Version 2.5.1 has no segment RX1: the last to have it is 2.1.');
  });

  it('names a line that is no segment by its number only', () => {
    const all = adviseOn(Hl7Message.parse(`${HEAD}\r${PID}\rJane Test called\r`));
    assert.deepEqual(told(all), ['unknown-segment line 3']);
    assert.ok(!JSON.stringify(all).includes('Jane'));
  });

  it('names a field behind the last, if it says something', () => {
    assert.deepEqual(advice([`MSA|AA|1|||||X`]), ['unknown-field MSA-7']);
    assert.deepEqual(advice([`MSA|AA|1|||||||||`]), []);
    assert.equal(
      adviseOn(Hl7Message.parse(`${HEAD}\rMSA|AA|1|||||X\r`))[0]?.text,
      'MSA has no field 7 in version 2.5.1: it came with 2.6.',
    );
  });

  it('names a component or subcomponent behind the last', () => {
    assert.deepEqual(advice([PID, 'AL1|1||A^B^C^D^E^F^G']), ['unknown-component AL1-3.7']);
    assert.deepEqual(advice(['PID|1||100^^^H&1&ISO&X^MR||TEST']), ['unknown-component PID-3.4.4']);
    assert.deepEqual(advice(['PID|1||100^^^H^MR||TEST|||F^X']), ['unknown-component PID-8']);
    assert.deepEqual(advice(['PID|1||100^^^H^MR||TEST|||F^^']), []);
    assert.deepEqual(advice(['OBX|1|NM|GLU||5^6||||||F']), ['unknown-component OBX-5']);
    assert.deepEqual(advice(['OBX|1|CE|GLU||5^6||||||F']), []);
  });

  it("names a value that HL7's own tables do not have, never one of a user table", () => {
    assert.deepEqual(advice(['OBX|1|NM|GLU||5||||||Q']), ['not-in-table OBX-11']);
    assert.deepEqual(advice(['OBX|1|QQ|GLU||5||||||F']), ['not-in-table OBX-2']);
    assert.deepEqual(advice(['PID|1||100^^^H^QQQ||TEST||||||||||||||||||||||||']), ['not-in-table PID-3.5']);
    assert.deepEqual(advice(['PID|1||100^^^H^NNSVK||TEST|||Q']), []);
    assert.deepEqual(advice([], HEAD.replace('ORU^R01^ORU_R01', 'ZZZ^Z01^ZZZ_Z01')), []);
    assert.deepEqual(advice(['OBX|1|NM|GLU||5||||||""']), [], 'HL7 null deletes');
  });

  it('names what is required and empty, also where the segment ends before it', () => {
    assert.deepEqual(advice(['PID|1||||TEST']), ['required-empty PID-3']);
    assert.deepEqual(advice(['PID|1']), ['required-empty PID-3', 'required-empty PID-5']);
    assert.deepEqual(advice(['PID|1||^^^H^MR||TEST']), ['required-empty PID-3.1']);
    assert.deepEqual(advice(['PID|1||""||TEST']), [], 'HL7 null is a value');
  });

  it('names a field that stands too often, at its place', () => {
    assert.deepEqual(advice(['PID|1||100^^^H^MR~101^^^H^PI||TEST|||F~M']), ['too-often PID-8']);
    assert.deepEqual(advice(['PID|1||100^^^H^MR~^^^H^PI||TEST']), ['required-empty PID-3[2].1']);
    assert.deepEqual(advice(['PID|1||^^^H^MR~100^^^H^PI||TEST']), ['required-empty PID-3[1].1']);
  });

  it('names what was withdrawn, and says nothing of its parts', () => {
    const head = HEAD.replace('2.5.1', '2.7.1');
    assert.deepEqual(advice(['PID|1|99^^^^QQQ|100^^^H^MR||TEST'], head), ['withdrawn PID-2']);
    assert.deepEqual(advice(['PID|1|99|100^^^H^MR||TEST']), []);
    assert.match(
      adviseOn(Hl7Message.parse(`${head}\rPID|1|9|100^^^H^MR||T\r`))[0]?.text ?? '',
      /withdrawn .* version 2\.7\.$/,
    );
  });

  it('is silent of what a newer version may have brought', () => {
    const lines = ['XYZ|1', 'PID|1||100^^^H^QQQ||TEST', 'MSA|AA|1|||||||||||X', 'OBX|1|NM|GLU||5||||||Q'];
    assert.deepEqual(advice(lines, HEAD.replace('2.5.1', '2.9')), []);
    assert.deepEqual(advice(['PID|1'], HEAD.replace('2.5.1', '2.9')), ['required-empty PID-3', 'required-empty PID-5']);
  });

  it('says the same of many segments once, with their number, at the first place', () => {
    const all = adviseOn(
      Hl7Message.parse(`${HEAD}\r${'OBX|1|NM|GLU||5||||||F\r'.repeat(2)}${'OBX|1|NM|GLU||5||||||Q\r'.repeat(50)}`),
    );
    assert.deepEqual(
      all.map(({ path, segment, more }) => ({ path, segment, more })),
      [{ path: 'OBX[3]-11', segment: 3, more: 49 }],
    );
  });

  it('never has a value in it', () => {
    const secret = 'XQZW';
    const lines = [
      `PID|${secret}|${secret}|${secret}^${secret}^${secret}^${secret}^${secret}||||${secret}|${secret}`,
      `${secret} ${secret}`,
      `OBX|1|${secret}|${secret}||${secret}||||||${secret}`,
      `${secret}|${secret}`,
    ];
    const all = adviseOn(Hl7Message.parse(`${HEAD}\r${lines.join('\r')}\r`));
    assert.ok(all.length > 3);
    assert.ok(!JSON.stringify(all).includes(secret));
  });

  it('is bounded in number and work, however large the message', () => {
    const many = Array.from(
      { length: 3000 },
      (_, i) => `A${String.fromCharCode(65 + (i % 26), 65 + (Math.floor(i / 26) % 26))}|1`,
    );
    const message = Hl7Message.parse(`${HEAD}\r${many.join('\r')}\r`);
    assert.equal(adviseOn(message, { most: 50 }).length, 50);
    for (const unit of ['a^', 'a~', 'a&', 'a|']) {
      const wide = Hl7Message.parse(`${HEAD}\rOBX|1|CWE|GLU||${unit.repeat(2_000_000)}||||||F\r`);
      assert.ok(adviseOn(wide).length <= 200);
    }
  });

  it('takes custom separators as they are stated', () => {
    const head = 'MSH#*!?%#LAB#H#EHR#H#20260301101500##ORU*R01*ORU_R01#1#P#2.5.1';
    assert.deepEqual(advice(['PID#1##100***H%1%ISO%X*MR##TEST'], head), ['unknown-component PID-3.4.4']);
  });
});
