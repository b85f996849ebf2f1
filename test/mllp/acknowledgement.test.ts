import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { acknowledgementOf } from '../../engine/mllp/acknowledgement.ts';

const answer = (...segments: string[]): Buffer =>
  Buffer.from(['MSH|^~\\&|EHR|NORTH|WARDFLOW|NORTH|20260105||ACK^R01^ACK|A1|P|2.5.1', ...segments, ''].join('\r'));

const said = (bytes: Uint8Array): string => {
  const found = acknowledgementOf(bytes, 'C1', 'ehr');
  return found.kind === 'accepted' ? 'accepted' : `${found.error.code} ${found.error.failureClass}`;
};

describe('an answer to a message that was sent', () => {
  for (const code of ['AA', 'CA']) {
    it(`takes the message over by ${code}`, () => {
      assert.equal(said(answer(`MSA|${code}|C1`)), 'accepted');
    });
  }

  for (const [code, error, expected] of [
    ['AE', '', 'hl7-ack-refused permanent'],
    ['CE', '', 'hl7-ack-refused permanent'],
    ['AE', '101', 'hl7-ack-refused permanent'],
    ['AE', '206', 'hl7-ack-later transient'],
    ['AE', '207', 'hl7-ack-later transient'],
    ['AR', '', 'hl7-ack-later transient'],
    ['CR', '', 'hl7-ack-later transient'],
    ['AR', '207', 'hl7-ack-later transient'],
    ['AR', '203', 'hl7-ack-refused permanent'],
  ] as const) {
    it(`by ${code} with ${error || 'no'} error code is ${expected}`, () => {
      assert.equal(said(answer(`MSA|${code}|C1`, `ERR|||${error}^Text^HL70357|E`)), expected);
    });
  }

  it('finds the code where older versions put it', () => {
    assert.equal(
      said(answer('MSA|AE|C1', 'ERR|PID^1^3^207&Application internal error&HL70357')),
      'hl7-ack-later transient',
    );
    assert.equal(said(answer('MSA|AE|C1||||207^Application internal error^HL70357')), 'hl7-ack-later transient');
  });

  it('is none where it is to another message, says nothing, or cannot be read: the message may have arrived', () => {
    assert.equal(said(answer('MSA|AA|C2')), 'hl7-ack-of-another ambiguous');
    assert.equal(said(answer()), 'hl7-ack-unreadable ambiguous');
    assert.equal(said(answer('MSA|XX|C1')), 'hl7-ack-unreadable ambiguous');
    assert.equal(said(Buffer.from('\x06')), 'hl7-ack-unreadable ambiguous');
  });

  it('repeats no text of the other side, which may be clinical', () => {
    const found = acknowledgementOf(answer('MSA|AE|C1|Patient EXAMPLE unknown', 'ERR|||EXAMPLE|E'), 'C1', 'ehr');
    assert.ok(found.kind === 'failed');
    assert.ok(!JSON.stringify([found.error.message, found.error.remedy]).includes('EXAMPLE'));
  });
});
