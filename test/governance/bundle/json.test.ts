import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as fc from 'fast-check';
import { canonicalJson } from '../../../engine/index.ts';
import { fromBase64, toBase64 } from '../../../governance/bundle/base64.ts';
import { canonicalBytes, pae, readJson, utf8 } from '../../../governance/bundle/index.ts';

const canonical = (value: unknown): string => new TextDecoder().decode(canonicalBytes(value, 'x'));
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'read';
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
};

describe('JSON that is signed', () => {
  it('is written as RFC 8785 shows', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    assert.equal(
      canonical(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    assert.equal(
      canonical({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 }),
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it('is the same text as the engine makes its versions of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => assert.equal(canonical(value), canonicalJson(value))),
      { seed: 7, numRuns: 300 },
    );
  });

  it('has no form for lone surrogates, endless nesting and what is no JSON', () => {
    for (const value of ['\ud800', { '\udfff': 1 }, Number.NaN, new Date(0), () => 0, 1n])
      assert.equal(
        codeOf(() => canonicalBytes(value, 'x')),
        'json-not-canonical',
      );
    let deep: unknown = 1;
    for (let i = 0; i < 5_000; i++) deep = [deep];
    assert.equal(
      codeOf(() => canonicalBytes(deep, 'x')),
      'json-not-canonical',
    );
  });
});

describe('JSON from outside', () => {
  it('is read as JSON.parse reads it where that is safe', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const code = codeOf(() => readJson(text, 'x'));
        if (code === 'read') assert.deepEqual(readJson(text, 'x'), JSON.parse(text));
        else assert.equal(code, 'json-not-canonical');
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('is refused with a key given twice, however it is written', () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '[{"b":{"x":1, "x" : 1}}]',
      '{"":1,"":2}',
      '{"__proto__":1,"__proto__":2}',
    ])
      assert.equal(
        codeOf(() => readJson(text, 'x')),
        'json-key-twice',
        text,
      );
    for (const text of ['{"a":"a","b":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":":","b":"{\\"a\\":1"}', '["a","a"]'])
      assert.equal(
        codeOf(() => readJson(text, 'x')),
        'read',
        text,
      );
  });

  it('is refused when too large, too deep, no text or no JSON', () => {
    assert.equal(
      codeOf(() => readJson('"12345678"', 'x', { bytes: 9, depth: 9 })),
      'json-too-large',
    );
    assert.equal(
      codeOf(() => readJson('"1234567"', 'x', { bytes: 9, depth: 9 })),
      'read',
    );
    assert.equal(
      codeOf(() => readJson('[[[]]]', 'x', { bytes: 99, depth: 2 })),
      'json-too-deep',
    );
    assert.equal(
      codeOf(() => readJson('[[],[]]', 'x', { bytes: 99, depth: 2 })),
      'read',
    );
    assert.equal(
      codeOf(() => readJson('["[[[["]', 'x', { bytes: 99, depth: 2 })),
      'read',
    );
    assert.equal(
      codeOf(() => readJson('['.repeat(1_000_000), 'x')),
      'json-too-deep',
    );
    assert.equal(
      codeOf(() => readJson(new Uint8Array([0x22, 0xff, 0x22]), 'x')),
      'json-not-text',
    );
    assert.equal(
      codeOf(() => readJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x31]), 'x')),
      'json-syntax',
    );
    for (const text of ['', '{', '{"a":1,}', '01', 'NaN', '{"a" 1}'])
      assert.equal(
        codeOf(() => readJson(text, 'x')),
        'json-syntax',
      );
    assert.equal(
      codeOf(() => readJson('"\\ud800"', 'x')),
      'json-not-canonical',
    );
  });
});

describe('base64', () => {
  it('is read only as it is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64'));
        assert.deepEqual(Buffer.from(fromBase64(text) ?? []), Buffer.from(bytes));
      }),
      { seed: 7 },
    );
    for (const text of ['YQ', 'YR==', ' YQ==', 'YQ==\n', 'Y-_=', 'YQ=a'])
      assert.equal(fromBase64(text), undefined, text);
  });
});

describe('DSSE pre-authentication encoding', () => {
  it('is that of the specification', () => {
    const encoded = new TextDecoder().decode(pae('http://example.com/HelloWorld', utf8('hello world')));
    assert.equal(encoded, 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    assert.equal(new TextDecoder().decode(pae('ä', utf8('€'))), 'DSSEv1 2 ä 3 €');
  });
});
