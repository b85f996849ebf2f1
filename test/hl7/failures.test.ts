/** What went wrong in other libraries on real messages, one sentence each: all of it is right here. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { buildAck } from '../../engine/hl7/ack.ts';
import { readBatch, splitBatch } from '../../engine/hl7/batch.ts';
import { instantOf, parseHl7Time } from '../../engine/hl7/datetime.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { MllpFramer } from '../../engine/mllp/framer.ts';

const HEAD = 'MSH|^~\\&|LAB|NORTH|WF|SOUTH|20260105||ORU^R01|C-1|P|2.5\r';
const read = (body: string): Hl7Message => Hl7Message.parse(HEAD + body);
const framed = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.of(0x0b), Buffer.from(content), Buffer.of(0x1c, 0x0d)]);
/** What the framer finds when the bytes come in these chunks. */
const found = (...chunks: (string | Buffer)[]): string[] => {
  const framer = new MllpFramer();
  return chunks
    .flatMap((chunk) => framer.push(Buffer.from(chunk)))
    .map((one) => (one.kind === 'junk' ? 'junk' : `${one.kind}: ${Buffer.from(one.bytes).toString()}`));
};

describe('a failure seen elsewhere', () => {
  it('\\F\\ \\S\\ \\T\\ \\R\\ \\E\\ not decoded or swapped', () => {
    assert.equal(read('NTE|\\F\\,\\S\\,\\T\\,\\R\\,\\E\\\r').get('NTE-1'), '|,^,&,~,\\');
  });

  it('\\.br\\ never decoded', () => {
    assert.equal(read('NTE|a\\.br\\b\r').get('NTE-1'), 'a\nb');
    assert.deepEqual(read('NTE|a\\.br\\b\\.sp+2\\c\r').lines('NTE-1'), ['a', 'b', '', 'c']);
  });

  it('\\XC3A9\\ becomes two wrong characters', () => {
    assert.equal(read('NTE|\\XC3A9\\\r').get('NTE-1'), 'é');
    const latin = Hl7Message.parse(HEAD.replace('2.5\r', '2.5||||||8859/1\rNTE|\\XE9\\\r'));
    assert.equal(latin.get('NTE-1'), 'é');
  });

  it('unknown escapes do not survive', () => {
    for (const text of ['\\Zq\\', '\\C2842\\', '\\M244D4F\\', '\\.xx\\', '\\unclosed', 'C:\\temp']) {
      const message = read(`NTE|1|${text}\r`);
      assert.equal(message.get('NTE-2'), text);
      assert.equal(message.set('NTE-1', '2').raw('NTE-2'), text);
    }
  });

  it('setting PID-5 to A|B changes the shape of the message', () => {
    const message = read('PID|1||7||old|x\r').set('PID-5', 'A|B^C~D&E\\F\r\n');
    assert.equal(message.get('PID-5'), 'A|B^C~D&E\\F\r\n');
    assert.equal(message.get('PID-6'), 'x');
    assert.equal([...message.segments()].length, 2);
  });

  it('an absent segment, repetition or component throws', () => {
    for (const path of ['PV1-3', 'PID-3[4]', 'PID-3.9', 'PID-3.1.7', 'PID-99', 'OBX[7]-5']) {
      assert.equal(read('PID|1||7\r').get(path), '', path);
    }
  });

  it('HL7 null is taken for empty', () => {
    const message = read('PID|""|\r');
    assert.deepEqual([message.isNull('PID-1'), message.isNull('PID-2'), message.get('PID-2')], [true, false, '']);
  });

  it('20110531140551-0500 loses its sign', () => {
    assert.equal(parseHl7Time('20110531140551-0500')?.iso, '2011-05-31T14:05:51-05:00');
    assert.equal(instantOf(parseHl7Time('20110531140551-0500')), Date.UTC(2011, 4, 31, 19, 5, 51));
  });

  it('202401 becomes a day, half a second five milliseconds, "unknown" the year 1900', () => {
    assert.deepEqual([parseHl7Time('202401')?.iso, parseHl7Time('202401')?.precision], ['2024-01', 'month']);
    assert.equal(instantOf(parseHl7Time('20240105140559.5+0000')), Date.UTC(2024, 0, 5, 14, 5, 59, 500));
    assert.equal(parseHl7Time('unknown'), null);
  });

  it('good, malformed and good in one TCP chunk: none is delivered', () => {
    const one = Buffer.concat([framed('MSH|1'), Buffer.from('\x0bno end'), framed('MSH|2')]);
    assert.deepEqual(found(one), ['frame: MSH|1', 'unterminated: no end', 'frame: MSH|2']);
  });

  it('a frame that is no message ends the process', () => {
    assert.deepEqual(found(framed('hello')), ['frame: hello']);
    assert.throws(() => Hl7Message.parse(Buffer.from('hello')), { code: 'hl7-no-msh' });
    assert.equal(buildAck(undefined, { code: 'AE', controlId: '1', now: 0 }).get('MSA-1'), 'AE');
  });

  it('one and a half messages in a chunk: the second is taken as it is', () => {
    const two = framed('MSH|2');
    assert.deepEqual(found(Buffer.concat([framed('MSH|1'), two.subarray(0, 4)])), ['frame: MSH|1']);
    assert.deepEqual(found(Buffer.concat([framed('MSH|1'), two.subarray(0, 4)]), two.subarray(4)), [
      'frame: MSH|1',
      'frame: MSH|2',
    ]);
  });

  it('MSH-9 without a trigger is answered with a random MSA-2', () => {
    const ack = buildAck(Hl7Message.parse('MSH|^~\\&|A|B|C|D|20260105||ORU|C-7|P|2.5\r'), {
      code: 'AE',
      controlId: '1',
      now: 0,
    });
    assert.deepEqual([ack.get('MSA-2'), ack.type], ['C-7', 'ACK']);
  });

  it('MSH-18 is ignored, 8859/1 read as UTF-8, and the bytes that arrived are lost', () => {
    const bytes = Buffer.from(`${HEAD.replace('2.5\r', '2.5||||||8859/1\r')}PID|é\r`, 'latin1');
    assert.equal(Hl7Message.parse(bytes).get('PID-1'), 'é');
    assert.deepEqual(Hl7Message.parse(bytes).toBytes(), bytes);
    const silent = Buffer.from(`${HEAD}PID|é\r`, 'latin1');
    assert.equal(Hl7Message.parse(silent, { fallbackCharset: '8859/1' }).get('PID-1'), 'é');
    assert.deepEqual(Hl7Message.parse(silent).toBytes(), silent);
  });

  it('a mark, LF, CR LF, a missing last CR or trailing blanks are not kept', () => {
    const text = `${HEAD}PID|1||7  \rPV1|1  \r`;
    for (const stored of [
      `\ufeff${text}`,
      text.replaceAll('\r', '\n'),
      text.replaceAll('\r', '\r\n'),
      text.slice(0, -1),
      `${text}  `,
      `${text}\r\r`,
    ]) {
      const bytes = Buffer.from(stored);
      const message = Hl7Message.parse(bytes);
      assert.equal(message.get('PID-3'), '7  ');
      assert.deepEqual(message.toBytes(), bytes);
      assert.deepEqual(message.set('MSH-10', 'C-2').toBytes(), Buffer.from(stored.replace('C-1', 'C-2')));
    }
  });

  it('batches with FHS, BHS, BTS and FTS are not read', () => {
    const file = `FHS|^~\\&\rBHS|^~\\&\r${HEAD}PID|1\r${HEAD}BTS|2\rFTS|1\r`;
    assert.deepEqual(splitBatch(file), [`${HEAD}PID|1\r`, HEAD]);
    assert.equal(readBatch(file).agrees, true);
    assert.throws(() => Hl7Message.parse(file), { code: 'hl7-batch' });
  });

  it('Z-segments, other separators, repeated segments and separators inside MSH-1 and MSH-2 are misread', () => {
    const message = Hl7Message.parse('MSH$%?!*$A$$$$$$ADT%A01$7\rZPI$x%y*z?w\rZPI$second$%\r');
    assert.deepEqual(
      ['MSH-1', 'MSH-2', 'MSH-3', 'MSH-9.2', 'ZPI-1.2.2', 'ZPI-1[2]', 'ZPI[2]-1'].map((path) => message.get(path)),
      ['$', '%?!*', 'A', 'A01', 'z', 'w', 'second'],
    );
  });

  it('an OBX-5 of 5 MB takes seconds', () => {
    const large = 'x'.repeat(5_000_000);
    const message = read(`OBX|1|ED|A||^^^Base64^${large}|after\r`);
    const begun = process.cpuUsage().user;
    assert.equal(message.get('OBX-6'), 'after');
    assert.equal(message.get('OBX-5.5').length, large.length);
    assert.equal(message.set('OBX-6', 'set').get('OBX-6'), 'set');
    assert.ok(process.cpuUsage().user - begun < 500_000);
  });

  it('two TCP chunks split a character or the end block', () => {
    const whole = framed('MSH|é');
    for (let at = 1; at < whole.length; at++) {
      assert.deepEqual(found(whole.subarray(0, at), whole.subarray(at)), ['frame: MSH|é'], `${at}`);
    }
  });

  it('junk before the start block is taken for a message', () => {
    assert.deepEqual(found('junk', framed('MSH|1')), ['junk', 'frame: MSH|1']);
  });
});
