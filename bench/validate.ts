/**
 * Validating FHIR resources in the worker of the engine: the first (with loading), then many one after the other as fast as
 * they are answered, with what the worker adds to the memory of the process. Resources are made here; where ../shared is,
 * also the Bundles of the Synthea sample.
 *
 *     npm run bench validate
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createValidator, silentLog, systemClock, type FhirResource } from '../engine/index.ts';

export interface ValidateRow {
  readonly what: string;
  readonly bytes: number;
  readonly perSecond: number;
  readonly firstMs: number;
  /** Memory of the process: more than before the worker, while it runs and once it has ended. */
  readonly addedMib: number;
  readonly leftMib: number;
}

const SYNTHEA = resolve(import.meta.dirname, '../../shared/data/synthea');
const ROUND_MS = 3000;

const patient: FhirResource = {
  resourceType: 'Patient',
  id: 'bench',
  identifier: [{ system: 'https://example.org/mrn', value: '4711' }],
  name: [{ family: 'Example', given: ['Alex'] }],
  gender: 'other',
  birthDate: '1970-01-01',
  address: [{ line: ['1 Street'], city: 'Town', postalCode: '12345' }],
};
const quantity = (value: number): object => ({
  value,
  unit: 'mmol/L',
  system: 'http://unitsofmeasure.org',
  code: 'mmol/L',
});
const observation = (i: number): FhirResource => ({
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' },
  subject: { reference: 'Patient/bench' },
  effectiveDateTime: '2026-01-05T08:15:00+01:00',
  issued: '2026-01-05T09:00:00.000+01:00',
  valueQuantity: quantity(4 + (i % 10) / 10),
  referenceRange: [{ low: quantity(3.5), high: quantity(5.1) }],
});
const bundle = (observations: number): FhirResource => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [patient, ...Array.from({ length: observations }, (_, i) => observation(i))].map((resource) => ({
    resource,
    request: { method: 'POST', url: resource.resourceType },
  })),
});

export async function run(): Promise<readonly ValidateRow[]> {
  const rows = [
    await measure('Patient', [patient]),
    await measure('Observation', [observation(1)]),
    await measure('Bundle of 20 observations', [bundle(20)]),
    await measure('Bundle of 200 observations', [bundle(200)]),
  ];
  if (!existsSync(SYNTHEA)) return rows;
  const bundles = readdirSync(SYNTHEA)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(SYNTHEA, file), 'utf8')) as { entry: { resource: FhirResource }[] });
  const resources = bundles.flatMap(({ entry }) => entry.map(({ resource }) => resource));
  return [...rows, await measure(`Synthea, ${resources.length} resources`, resources)];
}

async function measure(what: string, resources: readonly FhirResource[]): Promise<ValidateRow> {
  const validator = createValidator({ clock: systemClock, log: silentLog });
  const rss = (): number => process.memoryUsage.rss() / 2 ** 20;
  globalThis.gc?.();
  const before = rss();
  let start = performance.now();
  await validator.validate(resources[0]!);
  const firstMs = performance.now() - start;
  let count = 0;
  start = performance.now();
  while (performance.now() - start < ROUND_MS) {
    const next = Array.from({ length: 50 }, (_, i) => resources[(count + i) % resources.length]!);
    for (const { valid } of await Promise.all(next.map((one) => validator.validate(one))))
      if (!valid) throw new Error(`bench: a resource of "${what}" is not valid`);
    count += next.length;
  }
  const perSecond = (count * 1000) / (performance.now() - start);
  const addedMib = rss() - before;
  await validator.close();
  const leftMib = rss() - before;
  const bytes = resources.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0) / resources.length;
  const whole = { bytes, perSecond, firstMs, addedMib, leftMib };
  return { what, ...(Object.fromEntries(Object.entries(whole).map(([k, v]) => [k, Math.round(v)])) as typeof whole) };
}
