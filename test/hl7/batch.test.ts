import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { splitBatch } from '../../engine/hl7/batch.ts';

const one = 'MSH|^~\\&|A||||||ADT^A01|1\rPID|1\r';
const two = 'MSH|^~\\&|A||||||ADT^A01|2\rPID|2\r';

describe('a batch file', () => {
  it('gives its messages without headers and trailers', () => {
    const file = `FHS|^~\\&|A\rBHS|^~\\&|A\r${one}${two}BTS|2\rFTS|1\r`;
    assert.deepEqual(splitBatch(file), [one, two]);
  });

  it('may hold several batches, or none of the envelope', () => {
    assert.deepEqual(splitBatch(`BHS|^~\\&\r${one}BTS|1\rBHS|^~\\&\r${two}BTS|1\r`), [one, two]);
    assert.deepEqual(splitBatch(one + two), [one, two]);
    assert.deepEqual(splitBatch(one), [one]);
    assert.deepEqual(splitBatch(''), []);
  });

  it('keeps marks, blank lines, line ends and a missing last one with their message', () => {
    const text = `\ufeff\n${one.replaceAll('\r', '\n')}\n\n${two.trimEnd()}`;
    const parts = splitBatch(text);
    assert.equal(parts.length, 2);
    assert.equal(parts.join(''), text);
    assert.ok(parts[1]?.startsWith('MSH'));
    assert.deepEqual(splitBatch(Buffer.from(`\ufeffFHS|^~\\&\r\n${one}`)).map(String), [one]);
  });

  it('as bytes gives bytes, whatever they mean', () => {
    const odd = Buffer.concat([
      Buffer.from('MSH|^~\\&|A||||||ADT^A01|1\rPID|1||'),
      Buffer.of(0xff, 0xfe, 0x80),
      Buffer.from('\r'),
    ]);
    const parts = splitBatch(Buffer.concat([Buffer.from('FHS|^~\\&\r'), odd, Buffer.from(two)]));
    assert.equal(parts.length, 2);
    assert.deepEqual(Buffer.from(parts[0] ?? []), odd);
  });

  it('hands on what stands before the first message, so that it can be refused where it is seen', () => {
    assert.deepEqual(splitBatch(`hello\r${one}`), ['hello\r', one]);
  });

  it('does not take a field that begins like a header for one', () => {
    const note = `${one}NTE|1||FHS and MSH\r`;
    assert.deepEqual(splitBatch(note), [note]);
  });
});
