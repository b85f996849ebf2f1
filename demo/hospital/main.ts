/**
 * The synthetic hospital as a process of its own. Settings: WARDFLOW_MLLP_PORT, WARDFLOW_DEMO_SPEED; with
 * `--production` WARDFLOW_PRODUCTION_MLLP_PORT, too.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog, readConfig, systemClock, type Clock } from '../../engine/index.ts';
import { endWithParent, sayReady } from '../child-process.ts';
import { createMllpClient } from './mllp-client.ts';
import { runHospital, type HospitalOptions } from './run-hospital.ts';

endWithParent();
const { mllpPort, productionMllpPort, demoSpeed, logLevel, dataFolder } = readConfig();
const log = createLog(logLevel).with({ part: 'hospital' });
type Clients = HospitalOptions['clients'];
const clientsTo = (port: number, more: { readonly skipsUntilTaken?: boolean } = {}): Clients => {
  const client = (): Clients['ADT1'] => createMllpClient({ host: '127.0.0.1', port, ...more });
  return { ADT1: client(), LAB1: client(), SCHED1: client() };
};

/** The system clock, but its timers keep the process alive: waiting is what this process does. */
const clock: Clock = {
  now: () => systemClock.now(),
  at(when, task) {
    const timer = setTimeout(task, Math.max(0, when - Date.now()));
    return () => clearTimeout(timer);
  },
};

const hospital = runHospital({
  seed: 20_260_105,
  speed: demoSpeed,
  clock,
  withRefused: isFirstRun(),
  clients: clientsTo(mllpPort),
  // Production runs nothing until something was promoted to it, and nobody listens there until then.
  ...(process.argv.includes('--production') && { alsoTo: clientsTo(productionMllpPort, { skipsUntilTaken: true }) }),
  onSent: (message, code) => log.info('a message was acknowledged', { state: message.what, code }),
});
sayReady({ port: mllpPort });
process.once('SIGTERM', () => {
  hospital.stop();
  process.exit(0);
});

/** The discharge that fails is sent once in the life of a data folder: a second would wait behind the first. */
function isFirstRun(): boolean {
  try {
    writeFileSync(join(dataFolder, 'hospital-has-run'), '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
