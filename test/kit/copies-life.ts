/** A process that keeps copies of tasks in step: `node copies-life.ts <data folder> <base of the FHIR server>`. */
import { createEngine, silentLog } from '../../engine/index.ts';

const [, , dataFolder = '', base = ''] = process.argv;
const ehr = { kind: 'fhir' as const, base, auth: { kind: 'none' as const }, timeoutMs: 5000, concurrency: 8 };
const bindings = { feeds: {}, endpoints: { ehr } };
const engine = await createEngine({ environment: 'staging', dataFolder, bindings, log: silentLog });
engine.start();
