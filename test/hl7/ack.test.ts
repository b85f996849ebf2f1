import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { buildAck } from '../../engine/hl7/ack.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';

const options = { code: 'AA', controlId: 'ANS1', now: Date.UTC(2026, 0, 5, 8, 15, 0) } as const;
const answer = (message: string | Buffer): Hl7Message => buildAck(Hl7Message.parse(message), options);

describe('an acknowledgement', () => {
  it('turns sender and receiver round and names the message', () => {
    const text = answer('MSH|^~\\&|LAB^1.2^ISO|NORTH|WF|SOUTH|20260105||ORU^R01^ORU_R01|C-1|T|2.4\rPID|1\r').toString();
    assert.equal(
      text,
      'MSH|^~\\&|WF|SOUTH|LAB^1.2^ISO|NORTH|20260105081500+0000||ACK^R01^ACK|ANS1|T|2.4\rMSA|AA|C-1\r',
    );
  });

  it('names the message whenever MSH-10 can be read, whatever else is missing', () => {
    for (const text of [
      'MSH|^~\\&||||||||C-1',
      'MSH|^~\\&||||||||C-1\r',
      'MSH|^~\\&|||||||ORU|C-1|\rjunk',
      'MSH|^||||||||C-1\r',
    ]) {
      assert.equal(answer(text).get('MSA-2'), 'C-1', text);
      assert.equal(answer(text).get('MSH-9'), 'ACK');
    }
  });

  it('repeats an odd control id as it stands', () => {
    const odd = ['A\\F\\B', 'A&B', 'A^B', ' C 1 ', 'A\\Zq\\', '""'];
    for (const id of odd) assert.equal(answer(`MSH|^~\\&|||||||ADT^A01|${id}|P|2.5\r`).raw('MSA-2'), id, id);
  });

  it('uses the usual separators, escaping where the sender had others', () => {
    const text = answer('MSH#*@!%#APP*1.2#FAC#####ADT*A01#C|1#P#2.5\r').toString();
    assert.ok(text.startsWith('MSH|^~\\&|||APP^1.2|FAC|'), text);
    assert.equal(Hl7Message.parse(text).get('MSA-2'), 'C|1');
    assert.equal(Hl7Message.parse(text).type, 'ACK^A01');
  });

  it('is in the character set of the message, down to bytes that mean nothing in it', () => {
    const head = Buffer.from('MSH|^~\\&|LAB|');
    const tail = (charset: string): Buffer => Buffer.from(`|||||ADT^A01|C-1|P|2.5||||||${charset}\r`);
    const latin = answer(Buffer.concat([head, Buffer.of(0xe9), tail('8859/1')]));
    assert.ok(latin.toBytes().includes(Buffer.of(0x7c, 0xe9, 0x7c)));
    assert.equal(latin.get('MSH-18'), '8859/1');
    const damaged = answer(Buffer.concat([head, Buffer.of(0xff, 0xe9), tail('')]));
    assert.ok(damaged.toBytes().includes(Buffer.of(0x7c, 0xff, 0xe9, 0x7c)));
    const wide = answer(Buffer.from('MSH|^~\\&|Ж||||||ADT^A01|Ж1|P|2.5\r', 'utf16le'));
    assert.ok(wide.toBytes().includes(Buffer.from('MSA|AA|Ж1', 'utf16le')));
  });

  it('to what cannot be read names nothing and gives the reason', () => {
    const text = buildAck(undefined, { ...options, code: 'AE', text: 'No MSH | here' }).toString();
    assert.ok(text.endsWith('\rMSA|AE||No MSH \\F\\ here\r'), text);
    assert.ok(text.startsWith('MSH|^~\\&|'));
  });
});
