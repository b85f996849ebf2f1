import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readBatch, splitBatch } from '../../engine/hl7/batch.ts';

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

describe('a batch file, read with its envelope', () => {
  const header = '|^~\\&|APP|FAC|RECV|RFAC|20260105081500+0000||nightly|two \\T\\ more|CTL-1|REF-1';
  const file = `FHS${header}\rBHS${header}\r${one}${two}BTS|2|done\rBHS|^~\\&|B\r${one}BTS|1\rFTS|2|all\r`;

  it('says who sent it, when and under which name, and what its trailers count', () => {
    const read = readBatch(file);
    assert.deepEqual(read.header, {
      sender: { application: 'APP', facility: 'FAC' },
      receiver: { application: 'RECV', facility: 'RFAC' },
      time: '20260105081500+0000',
      id: 'nightly',
      comment: 'two & more',
      controlId: 'CTL-1',
      reference: 'REF-1',
      text: `FHS${header}`,
    });
    assert.deepEqual(read.trailer, { count: 2, comment: 'all', text: 'FTS|2|all' });
    assert.deepEqual(
      read.batches.map((batch) => [batch.header?.sender.application, batch.messages, batch.trailer?.count]),
      [
        ['APP', [one, two], 2],
        ['B', [one], 1],
      ],
    );
    assert.equal(read.agrees, true);
  });

  it('disagrees where a trailer counts otherwise, and agrees where none counts', () => {
    assert.equal(readBatch(file.replace('BTS|2', 'BTS|3')).agrees, false);
    assert.equal(readBatch(file.replace('FTS|2', 'FTS|1')).agrees, false);
    for (const odd of ['', 'two', '-1', '1e3', '99999999999']) {
      const read = readBatch(file.replace('BTS|2', `BTS|${odd}`));
      assert.equal(read.batches[0]?.trailer?.count, null, odd);
      assert.equal(read.agrees, true, odd);
    }
    assert.equal(readBatch(`BHS|^~\\&\rBTS|0\r`).agrees, true);
    assert.equal(readBatch(`BHS|^~\\&\r${one}BTS|0\r`).agrees, false);
  });

  it('may lack any part of its envelope, or have one that cannot be read', () => {
    for (const [text, expected] of [
      [one + two, [[null, 2, null]]],
      [
        `BHS|^~\\&|A\r${one}BHS|^~\\&|B\r${two}`,
        [
          ['A', 1, null],
          ['B', 1, null],
        ],
      ],
      [
        `${one}BTS|1\r${two}`,
        [
          [null, 1, 1],
          [null, 1, null],
        ],
      ],
      [`FHS\rBHS\r${one}BTS\rFTS\r`, [['', 1, null]]],
      [`FHSA\rBHS#*@!%#A*x\r${one}BTS#1\r`, [['A', 1, 1]]],
      ['', []],
    ] as const) {
      assert.deepEqual(
        readBatch(text).batches.map((batch) => [
          batch.header && batch.header.sender.application,
          batch.messages.length,
          batch.trailer && batch.trailer.count,
        ]),
        expected,
        text,
      );
    }
  });

  it('as bytes gives bytes, and its envelope as text', () => {
    const read = readBatch(Buffer.from(`\ufeff${file.replace('APP', 'Žofie')}`));
    assert.equal(read.header?.sender.application, 'Žofie');
    assert.deepEqual(read.batches[0]?.messages.map(String), [one, two]);
  });
});
