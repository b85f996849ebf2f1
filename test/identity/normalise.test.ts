import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { IdentityElement } from '../../engine/identity/identity-file.ts';
import { normalised } from '../../engine/identity/normalise.ts';

describe('how elements of a patient are compared', () => {
  const same = (element: IdentityElement, ...written: readonly string[]): void => {
    const found = new Set(written.map((one) => normalised(element, one)));
    assert.equal(found.size, 1, `${element}: ${[...found].join(', ')}`);
    assert.ok(!found.has(null));
  };

  it('is as the same people write a name: without case, accents, spaces, hyphens and signs', () => {
    same('family', "O'Sample", 'OSAMPLE', 'o sample', ' O-Sample ', 'O’Sample');
    same('family', 'Müster', 'MUSTER', 'Mu\u0308ster');
    same('family', 'Groß', 'GROSS', 'gross');
    same('given', 'Anne-Marie', 'Anne Marie', 'ANNEMARIE');
    same('given', 'ｆｕｌｌ', 'full');
    assert.notEqual(normalised('family', 'Sample'), normalised('family', 'Sampler'));
    assert.equal(normalised('family', 'Пример'), 'пример', 'of any script');
  });

  it('is by whole days, known codes of sex, and letters and digits of a postcode', () => {
    same('birthDate', '1970-01-01', '1970-01-01T10:00:00+02:00');
    for (const vague of ['1970', '1970-01', '01.01.1970', '19700101'])
      assert.equal(normalised('birthDate', vague), null, vague);
    same('sex', 'f', 'F');
    for (const none of ['U', 'u', 'female', '1', 'FM']) assert.equal(normalised('sex', none), null, none);
    same('postcode', 'ab1 2cd', 'AB12CD', 'AB1-2CD');
  });

  it('is nothing where nothing is stated, or no more than signs, or far too much', () => {
    for (const element of ['family', 'given', 'birthDate', 'sex', 'postcode'] as const)
      for (const none of [null, '', '  ', '""', '-', '.', 'x'.repeat(201)])
        assert.equal(normalised(element, none), null, `${element} ${none?.slice(0, 5)}`);
    assert.equal(normalised('family', 'x'.repeat(200))?.length, 200);
  });
});
