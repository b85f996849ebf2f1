/** Run under the flags of a runtime: validates before and after the process is confined, and says what came of it. */
import { createValidator, silentLog, systemClock, type FhirResource } from '../../engine/index.ts';
import { confine } from '../../runtime/containment.ts';

const keeps = process.argv[2] === 'stands-by';
const validator = createValidator({ clock: systemClock, log: silentLog });
if (keeps) validator.standBy();
const confined = confine();
const resource: FhirResource = { resourceType: 'Patient', gender: 'male' };
const good = await validator.validate(resource);
const bad = await validator.validate({ ...resource, gender: 'x' });
const { workers } = process.report.getReport() as { readonly workers: readonly unknown[] };
await validator.close();
process.stdout.write(JSON.stringify({ confined, valid: [good.valid, bad.valid], threads: workers.length }));
