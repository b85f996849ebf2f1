/** The sandbox as a process of its own: `node demo/sandbox-fhir/main.ts`. Started by `wardflow up --demo`, or by hand. */
import { join } from 'node:path';
import { readConfig } from '../../engine/index.ts';
import { endWithParent, sayReady } from '../child-process.ts';
import { knownPatients } from './known-patients.ts';
import { startSandbox } from './start-sandbox.ts';

endWithParent();
const { demoFhirPort, dataFolder } = readConfig();
const sandbox = await startSandbox({ port: demoFhirPort, folder: join(dataFolder, 'sandbox'), seed: knownPatients() });
sayReady({ port: sandbox.port, url: sandbox.url, page: sandbox.page });
process.once('SIGTERM', () => void sandbox.close().then(() => process.exit(0)));
