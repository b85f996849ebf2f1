import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';

const HEAD = 'MSH|^~\\&|A||||||ORU^R01|7|P|2.5\r';
const lines = (text: string): string[] => Hl7Message.parse(`${HEAD}OBX|1|FT|A||${text}\r`).lines('OBX-5');

describe('formatted text', () => {
  it('ends lines at \\.br\\ and leaves lines free at \\.sp\\', () => {
    assert.deepEqual(lines('one\\.br\\two\\.br\\\\.br\\three'), ['one', 'two', '', 'three']);
    assert.deepEqual(lines('one\\.sp\\two\\.sp2\\three\\.sp+3\\four'), ['one', 'two', '', 'three', '', '', 'four']);
    assert.deepEqual(lines('\\.br\\'), ['', '']);
  });

  it('indents, for good and for one line, from the margin or from where it is', () => {
    assert.deepEqual(
      lines('\\.in+4\\\\.ti-4\\1.\\.sk2\\first\\.br\\more\\.br\\\\.ti+2\\deeper\\.br\\\\.in2\\two\\.br\\\\.in-9\\none'),
      ['1.  first', '    more', '      deeper', '  two', 'none'],
    );
    assert.deepEqual(lines('text\\.in+4\\ goes on\\.br\\then'), ['text goes on', '    then']);
    assert.deepEqual(lines('\\.in+4\\\\.br\\x'), ['', '    x']);
  });

  it('knows no width: centred text begins a line, wrapping changes nothing', () => {
    assert.deepEqual(lines('one\\.ce\\title\\.br\\\\.fi\\two\\.nf\\three'), ['one', 'title', 'twothree']);
  });

  it('leaves highlighting out and reads every other escape as everywhere', () => {
    assert.deepEqual(lines('\\H\\high\\N\\ \\T\\ \\XC3A9\\\\X0D0A\\next \\C2842\\ \\Zq\\ C:\\temp\\.br\\end'), [
      'high & é',
      'next \\C2842\\ \\Zq\\ C:\\temp',
      'end',
    ]);
    assert.deepEqual(lines('\\.sp-3\\\\.xx\\\\.in\\'), ['\\.sp-3\\\\.xx\\\\.in\\']);
  });

  it('begins a line for each repetition, and gives one where the path says which', () => {
    const message = Hl7Message.parse(`${HEAD}OBX|1|TX|A||one~two\\.br\\three~\r`);
    assert.deepEqual(message.lines('OBX-5'), ['one', 'two', 'three', '']);
    assert.deepEqual(message.lines('OBX-5[2]'), ['two', 'three']);
    assert.deepEqual(message.segment('OBX')?.lines(5), ['one', 'two', 'three', '']);
    for (const path of ['OBX-5[9]', 'OBX-6', 'OBX-5.2', 'OBX[2]-5', 'NTE-3'])
      assert.deepEqual(message.lines(path), [], path);
    assert.deepEqual(message.lines('MSH-2'), ['^~\\&']);
  });

  it('never becomes much longer than it was', () => {
    const long = (unit: string): number => lines(unit.repeat(1000)).join('\n').length;
    for (const unit of ['\\.sp99\\', '\\.sp999\\', '\\.in999\\x\\.br\\', '\\.ti+99\\x\\.br\\', '\\.sk999\\']) {
      assert.ok(long(unit) < 50_000, unit);
    }
    const message = Hl7Message.parse(`${HEAD}OBX|1|FT|A||${'\\.sp99\\'.repeat(1000)}\\.sp20\\\r`);
    assert.ok(message.get('OBX-5').length < 10_000);
    assert.ok(message.get('OBX-5').endsWith('\\.sp99\\\n'.padEnd(27, '\n')));
  });

  it('shows bytes that mean nothing as such', () => {
    const bytes = Buffer.concat([Buffer.from(`${HEAD}OBX|1|FT|A||a`), Buffer.of(0xff), Buffer.from('\\.br\\b\r')]);
    assert.deepEqual(Hl7Message.parse(bytes).lines('OBX-5'), ['a\ufffd', 'b']);
  });
});
