/** Profiles of a site: what stands in their files, and what is said of those that cannot be used. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRedactor, findProfile, WardflowError, type RedactionProfile } from '../../engine/index.ts';

const PROFILE = {
  kind: 'redaction-profile',
  format: 1,
  name: 'laboratory',
  title: 'For the laboratory',
  owner: { name: 'Data protection', contact: 'dpo@example.org' },
  reason: 'The laboratory looks for its own errors',
  hl7: { 'MSH-9': 'keep', OBX: 'keep', 'OBX-5': 'mask', 'PID-3.1': 'hash', 'PID-7': 'drop' },
  fhir: {
    'Observation.code': 'keep',
    'Observation.subject': 'drop',
    '*.status': { oneOf: ['final'] },
    '*.resourceType': 'type',
  },
  records: { problem: { text: 'keep' } },
};

const site = (profile: unknown) => ({
  names: ['laboratory'],
  read: () => Promise.resolve(typeof profile === 'string' ? profile : JSON.stringify(profile)),
});
const used = async (profile: unknown = PROFILE): Promise<RedactionProfile> => findProfile('laboratory', site(profile));
const refusal = async (asked: Promise<unknown>): Promise<WardflowError> => {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WardflowError);
  return error;
};

describe('redaction profiles', () => {
  it('of a site say field by field what is kept, masked, hashed and dropped', async () => {
    const redactor = createRedactor(await used());
    const [head, pid, obx] = redactor
      .hl7(
        'MSH|^~\\&|A|B|C|D|20260105||ORU^R01|1|P|2.5\rPID|1||4711^^^GH~4712||Doe||19700101|F\rOBX|1|NM|K^Potassium||6.4|mmol/L',
      )
      .split('\r');
    assert.equal(head, 'MSH|^~\\&|***|***|***|***|***||ORU^R01|***|***|***');
    assert.match(pid ?? '', /^PID\|\*\*\*\|\|#\w{12}\^\^\^\*\*\*~#\w{12}\|\|\*\*\*\|\|\|\*\*\*$/);
    assert.equal(obx, 'OBX|1|NM|K^Potassium||***|mmol/L');
    const resource = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'K' },
      subject: { display: 'x' },
      note: [1],
    };
    assert.deepEqual(redactor.fhir(resource), {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'K' },
      '…': '1 masked',
    });
    assert.deepEqual(redactor.record('problem', { text: 'words', by: 'user:ana' }), { text: 'words', '…': '1 masked' });
    assert.equal(redactor.record('message', { id: 'x' }), '***', 'it says nothing of messages');
  });

  it('that are unknown are named with those that are there', async () => {
    const error = await refusal(findProfile('x'.repeat(200), site(PROFILE)));
    assert.equal(error.code, 'redaction-unknown');
    assert.match(error.message, /nothing-clinical, laboratory/);
    assert.ok(error.message.length < 300);
  });

  it('that cannot be used let nothing out, and say why', async () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      ['{', /no JSON/],
      [{ ...PROFILE, name: 'other' }, /not that of its file/],
      [{ ...PROFILE, hl7: { PID: 'show' } }, /hl7/],
      [{ ...PROFILE, hl7: { 'pid-3': 'keep' } }, /hl7/],
      [{ ...PROFILE, extra: 1 }, /extra/],
      [{ ...PROFILE, records: { secrets: {} } }, /secrets/],
      [{ ...PROFILE, owner: undefined }, /owner/],
      [' '.repeat(2 ** 21), /larger/],
    ];
    for (const [profile, why] of wrong) {
      const error = await refusal(used(profile));
      assert.equal(error.code, 'redaction-invalid');
      assert.match(error.message, why);
    }
  });

  it('of a site do not stand in for the one that is built in', async () => {
    const read = (): Promise<string> => Promise.reject(new Error('it was read'));
    assert.equal((await findProfile('nothing-clinical', { names: ['nothing-clinical'], read })).owner.name, 'Wardflow');
  });
});
