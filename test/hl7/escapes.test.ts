import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { charsetNamed, UTF8 } from '../../engine/hl7/charset.ts';
import { STANDARD_DELIMITERS } from '../../engine/hl7/delimiters.ts';
import { escape, unescape } from '../../engine/hl7/escape.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { counts } from '../kit/requires.ts';

const read = (value: string, charset = UTF8): string => unescape(value, STANDARD_DELIMITERS, { charset });

describe('an escape', () => {
  it('stands for the separator it names', () => {
    assert.equal(read('\\F\\\\S\\\\T\\\\R\\\\E\\'), '|^&~\\');
  });

  it('of formatted text becomes a line feed', () => {
    assert.equal(read('one\\.br\\two\\.sp\\three\\.sp2\\four'), 'one\ntwo\nthree\n\nfour');
  });

  it('of highlighting goes', () => {
    assert.equal(read('\\H\\bold\\N\\ plain'), 'bold plain');
  });

  it('in hexadecimal is read in the character set of the message', () => {
    assert.equal(read('caf\\XC3A9\\'), 'café');
    assert.equal(read('caf\\XE9\\', charsetNamed('8859/1')), 'café');
    assert.equal(read('\\X41\\\\X0D0A\\'), 'A\r\n');
  });

  it('that is unknown, unclosed or undecodable stays exactly as it is', () => {
    for (const value of [
      '\\Zabc\\',
      '\\.in+3\\',
      '\\C2842\\',
      '\\XC3\\',
      '\\XGG\\',
      '\\X4\\',
      'C:\\temp',
      '\\',
      '\\\\',
      'a\\\\b',
    ]) {
      assert.equal(read(value), value, value);
    }
  });

  it('right behind an unknown one is still read', () => {
    assert.equal(read('C:\\temp\\F\\x'), 'C:\\temp|x');
    assert.equal(read('\\Zq\\T\\'), '\\Zq&');
  });

  it('follows the escape character of the message', () => {
    const message = Hl7Message.parse('MSH|^~!&|A||||||ADT^A01|7\rPID|1||a!T!b\\F\\\r');
    assert.equal(message.get('PID-3'), 'a&b\\F\\');
  });
});

describe('writing', () => {
  it('escapes what would change the shape of the message', () => {
    const message = Hl7Message.parse('MSH|^~\\&|A||||||ADT^A01|7\rPID|1||1||X^Y\rPV1|1\r');
    message.set('PID-5.1', 'A|B^C~D\\E&F');
    assert.equal(message.get('PID-5.1'), 'A|B^C~D\\E&F');
    assert.equal(message.get('PID-5.2'), 'Y');
    assert.equal(message.raw('PID-5'), 'A\\F\\B\\S\\C\\R\\D\\E\\E\\T\\F^Y');
    assert.equal([...message.segments()].length, 3);
  });

  it('keeps line ends and framing bytes inside the value', () => {
    const message = Hl7Message.parse('MSH|^~\\&|A||||||ADT^A01|7\rNTE|1||x\r');
    message.set('NTE-3', 'one\r\ntwo\nthree\x0b\x1c\r');
    assert.equal(message.get('NTE-3'), 'one\r\ntwo\nthree\x0b\x1c\r');
    assert.equal([...message.segments()].length, 2);
    assert.ok(!/[\n\v]/.test(message.toString()));
  });

  it('escapes the truncation character where MSH-2 states one', () => {
    const message = Hl7Message.parse('MSH|^~\\&#|A||||||ADT^A01|7\rNTE|1||x\r');
    assert.equal(message.set('NTE-3', 'a#b').raw('NTE-3'), 'a\\P\\b');
    assert.equal(message.get('NTE-3'), 'a#b');
  });

  it('of a separator is refused where the message has no escape character', () => {
    const message = Hl7Message.parse('MSH|^~|A||||||ADT^A01|7\rPID|1||1\r');
    assert.throws(() => message.set('PID-3', 'a|b'), { code: 'hl7-no-separator' });
    assert.equal(message.set('PID-3', 'ab').get('PID-3'), 'ab');
  });

  it('and reading again gives any value back', () => {
    const charsets = ['UTF-8', '8859/1', '8859/9', '8859/5', 'windows-1252'].map((name) => charsetNamed(name) ?? UTF8);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom(...'|^~\\&\r\n\v\x1cFSTRE.brX'.split('')), fc.string()) }),
        (value) => {
          for (const charset of charsets) {
            assert.equal(read(escape(value, STANDARD_DELIMITERS, { charset }) ?? '', charset), value);
          }
        },
      ),
      { seed: 4, numRuns: counts(2000, 50_000) },
    );
  });
});
