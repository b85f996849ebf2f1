import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, it } from 'mocha';
import {
  createValidator,
  ManualClock,
  silentLog,
  WardflowError,
  type FhirResource,
  type FhirValidator,
  type ValidatorLimits,
} from '../../engine/index.ts';
import { runtimeFlags } from '../../supervisor/runtime-flags.ts';
import { eventually } from '../kit/eventually.ts';

const PATIENT: FhirResource = { resourceType: 'Patient', gender: 'male' };
const large = (links: number): FhirResource => ({
  resourceType: 'Bundle',
  type: 'collection',
  link: Array.from({ length: links }, (_, i) => ({ relation: `r${i}`, url: 'https://example.org' })),
});
/** Its rule cpb-7 compares each with each. */
const slow = (documents: number): FhirResource => ({
  resourceType: 'CapabilityStatement',
  document: Array.from({ length: documents }, (_, i) => ({ mode: 'producer', profile: `https://example.org/${i}` })),
});
const code = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked;
    return 'none';
  } catch (error) {
    return error instanceof WardflowError ? error.code : String(error);
  }
};

describe('the validator', function () {
  this.timeout(60_000);
  const open: FhirValidator[] = [];
  const make = (limits: Partial<ValidatorLimits> = {}, clock = new ManualClock()): FhirValidator => {
    const validator = createValidator({ clock, log: silentLog, limits });
    open.push(validator);
    return validator;
  };
  afterEach(async () => {
    for (const validator of open.splice(0)) await validator.close();
  });

  it('answers each resource with its own outcome, many at once', async () => {
    const validator = make();
    const genders = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 'x' : 'male'));
    const outcomes = await Promise.all(genders.map((gender) => validator.validate({ ...PATIENT, gender })));
    assert.deepEqual(
      outcomes.map(({ valid }) => valid),
      genders.map((gender) => gender === 'male'),
    );
  });

  it('refuses what is too large, and more than may wait', async () => {
    const validator = make({ bytes: 1000, waiting: 2 });
    assert.equal(await code(validator.validate(large(100))), 'validation-too-large');
    const asked = [1, 2, 3, 4].map(() => code(validator.validate(PATIENT)));
    assert.deepEqual(await Promise.all(asked), ['none', 'none', 'none', 'validation-busy']);
    const few = make({ waitingBytes: 60 });
    const [first, ...rest] = [1, 2, 3].map(() => code(few.validate(PATIENT)));
    assert.deepEqual([await first, ...(await Promise.all(rest))], ['none', 'none', 'validation-busy']);
  });

  it('ends a validation that takes too long, and goes on with the next', async () => {
    const validator = make({ timeMs: 100 });
    const asked = [code(validator.validate(slow(20_000))), code(validator.validate(PATIENT))];
    assert.deepEqual(await Promise.all(asked), ['validation-timed-out', 'none']);
  });

  it('ends a thread that does not answer', async () => {
    const clock = new ManualClock();
    const validator = make({}, clock);
    const asked = [code(validator.validate(PATIENT)), code(validator.validate(PATIENT))];
    clock.advance(25_000);
    assert.deepEqual(await Promise.all(asked), ['validation-timed-out', 'none']);
  });

  it('answers hostile resources at its limits', async () => {
    const validator = make({ timeMs: 700 });
    const items = 490_000;
    const lists = Array.from({ length: items / 2 }, () => ({}));
    const hostile = [
      { resourceType: 'Bundle', type: 'batch', entry: lists },
      { resourceType: 'Patient', name: lists },
      { resourceType: 'Patient', name: [{ given: Array.from({ length: items }, () => 1) }] },
      { resourceType: 'Patient', ...Object.fromEntries(Array.from({ length: items }, (_, i) => [`a${i}`, 0])) },
    ];
    for (const resource of hostile) {
      const answer = await code(validator.validate(resource));
      assert.ok(answer === 'none' || answer === 'validation-timed-out', answer);
    }
    assert.equal(
      await code(validator.validate({ resourceType: 'Patient', name: [...lists, ...lists, {}] })),
      'validation-too-large',
    );
    assert.equal(await code(validator.validate(PATIENT)), 'none');
  });

  it('takes what is no JSON for invalid', async () => {
    const circle: Record<string, unknown> = { resourceType: 'Patient' };
    circle['name'] = circle;
    for (const odd of [circle, { resourceType: 'Patient', x: 1n }, undefined])
      assert.equal((await make().validate(odd as unknown as FhirResource)).valid, false);
  });

  it('ends the thread when nothing came for a while, and starts another for the next', async () => {
    const clock = new ManualClock();
    const validator = make({ idleMs: 1000 }, clock);
    await validator.validate(PATIENT);
    const running = workers();
    clock.advance(1000);
    await eventually('the thread ends', () => workers() < running);
    assert.equal(await code(validator.validate(PATIENT)), 'none');
    await validator.close();
    assert.equal(await code(validator.validate(PATIENT)), 'none');
  });

  it('gives those who wait an error when it is closed', async () => {
    const validator = make();
    const asked = [code(validator.validate(PATIENT)), code(validator.validate(PATIENT))];
    await validator.close();
    assert.deepEqual(await Promise.all(asked), ['validation-unavailable', 'validation-unavailable']);
  });

  for (const { how, threads } of [
    { how: 'stands-by', threads: 1 },
    { how: 'starts-late', threads: 0 },
  ])
    it(`works in a confined runtime that ${how}, in ${threads} threads of its own`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'wardflow-validator-'));
      try {
        const script = resolve(import.meta.dirname, 'confined-validation.ts');
        const flags = runtimeFlags({
          environment: 'staging',
          dataFolder: join(folder, 'data'),
          flowsFolder: join(folder, 'flows'),
          alsoReads: [import.meta.dirname],
        });
        const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, how]);
        assert.deepEqual(JSON.parse(stdout), { confined: true, valid: [true, false], threads });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
});

/** Threads of this process that run a worker. */
function workers(): number {
  const report = process.report.getReport() as { readonly workers: readonly unknown[] };
  return report.workers.length;
}
