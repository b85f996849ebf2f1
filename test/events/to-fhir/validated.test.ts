/** What conversions make, before the product's own validator: no error, whoever sent the message. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'mocha';
import { Hl7Message, splitBatch } from '../../../engine/index.ts';
import { checkResource, type CheckParts } from '../../../engine/fhir/validation/check-resource.ts';
import { Definitions } from '../../../engine/fhir/validation/definitions.ts';
import { loadExpressions } from '../../../engine/fhir/validation/expressions.ts';
import { ValueSets } from '../../../engine/fhir/validation/value-sets.ts';
import { counts, requireShared } from '../../kit/requires.ts';
import { at, shippedConverter } from './kit.ts';

const FLOWS = resolve(import.meta.dirname, '../../../flows');

describe('bundles of conversions before our validator', function () {
  this.timeout(300_000);
  let parts: CheckParts;
  before(async () => {
    parts = { definitions: new Definitions(), valueSets: new ValueSets(), expressions: await loadExpressions() };
  });

  async function errorsOf(bytes: Buffer): Promise<readonly string[]> {
    const converter = await shippedConverter();
    return [bytes.subarray(0, 3).toString() === 'MSH' ? [bytes] : [...splitBatch(bytes)]].flat().flatMap((one) => {
      const { bundle } = converter.convert(Hl7Message.parse(one), at('Europe/Vienna'));
      return checkResource(bundle, parts).findings.flatMap(({ severity, code, path }) =>
        severity === 'error' ? [`${code} ${path}`] : [],
      );
    });
  }

  it('has none of our samples', async () => {
    const samples = readdirSync(FLOWS).flatMap((flow) => {
      const folder = join(FLOWS, flow, 'samples');
      return flow.startsWith('_') || !readdirSync(join(FLOWS, flow)).includes('samples')
        ? []
        : readdirSync(folder).flatMap((file) => (file.endsWith('.hl7') ? [join(folder, file)] : []));
    });
    assert.ok(samples.length > 20);
    const every = counts(4, 1);
    for (const [n, file] of samples.entries())
      if (n % every === 0) assert.deepEqual(await errorsOf(readFileSync(file)), [], file);
  });

  it('has none of the messages that other converters were tried with', async function () {
    const folder = requireShared(this, 'data/v2fhir');
    const files = readdirSync(folder).filter((file) => file.endsWith('.hl7'));
    assert.ok(files.length >= 90);
    const every = counts(6, 1);
    for (const [n, file] of files.entries())
      if (n % every === 0) assert.deepEqual(await errorsOf(readFileSync(join(folder, file))), [], file);
  });
});
