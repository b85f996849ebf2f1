import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WardflowError } from '../../engine/index.ts';
import { outlineAnswer } from '../../runtime/api/outline-routes.ts';

const ADT = 'MSH|^~\\&|APP|FAC|X|Y|20260105080000||ADT^A01^ADT_A01|C1|P|2.5.1\rPID|1||4711^^^H||TEST^ANNA\r';
const places = (body: object): string[] => outlineAnswer(body).segments.map(({ path, name }) => `${path} ${name}`);

describe('what the console is told of a message that it brings', () => {
  it('is its outline, whatever the line ends, the frame and the characters are', () => {
    const expected = ['MSH Message Header', 'PID Patient Identification'];
    assert.deepEqual(places({ text: `\v${ADT.replaceAll('\r', '\n')}\x1c\r` }), expected);
    assert.deepEqual(places({ bytes: Buffer.from(`\v${ADT}\x1c\r`).toString('base64') }), expected);
    const latin = Buffer.from(ADT.replace('TEST', 'T\u00c4ST'), 'latin1').toString('base64');
    assert.equal(outlineAnswer({ bytes: latin }).damaged, true);
  });

  it('is one message of a batch, with how many there are', () => {
    const text = `FHS|^~\\&\rBHS|^~\\&\r${ADT}${ADT}BTS|2\rFTS|1\r`;
    const { message, messages, total } = outlineAnswer({ text, message: 1 });
    assert.deepEqual([message, messages, total], [1, 2, 2]);
  });

  it('is what it asks for: a page, what it seeks, the empty fields, advice on the whole', () => {
    assert.deepEqual(places({ text: ADT, find: 'patient name' }), ['PID Patient Identification']);
    assert.deepEqual(places({ text: ADT, from: 1, most: 1 }), ['PID Patient Identification']);
    assert.ok((outlineAnswer({ text: ADT, empties: true }).segments[1]?.children.length ?? 0) > 35);
    const advised = `${ADT}ABC|1\r`;
    assert.deepEqual(outlineAnswer({ text: advised }).advice, []);
    assert.deepEqual(
      outlineAnswer({ text: advised, advise: true }).advice.map(({ code }) => code),
      ['unknown-segment'],
    );
  });

  it('is why it cannot be read, without a word of it', () => {
    const refused: readonly (readonly [object, string])[] = [
      [{ text: 'Dear colleague' }, 'unreadable-message'],
      [{ text: 'MSH' }, 'unreadable-message'],
      [{ text: ' ' }, 'unreadable-message'],
      [{ bytes: '' }, 'unreadable-message'],
      [{ text: 'FHS|^~\\&\r' }, 'unreadable-message'],
      [{}, 'api-request-invalid'],
      [[], 'api-request-invalid'],
      [{ text: 1 }, 'api-request-invalid'],
      [{ text: ADT, bytes: 'AA==' }, 'api-request-invalid'],
      [{ text: ADT, message: 7 }, 'api-request-invalid'],
      [{ text: ADT, from: -1 }, 'api-request-invalid'],
      [{ text: ADT, most: 1.5 }, 'api-request-invalid'],
      [{ text: ADT, find: 'x'.repeat(101) }, 'api-request-invalid'],
      [{ text: ADT, strange: 1 }, 'api-request-invalid'],
      [{ text: 'x'.repeat(7_000_000) }, 'too-large'],
      [{ bytes: 'AAAA'.repeat(2_200_000) }, 'too-large'],
    ];
    for (const [body, code] of refused) {
      assert.throws(
        () => outlineAnswer(body),
        (error) => error instanceof WardflowError && error.code === code && !error.message.includes('colleague'),
        JSON.stringify(body).slice(0, 80),
      );
    }
  });
});
