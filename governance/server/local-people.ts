import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, timeSortedIds } from '../../engine/index.ts';
import { consoleErrors } from '../errors.ts';
import { auditTrailIn } from './audit-trail.ts';
import { DEFAULT_COST } from './passwords.ts';
import { createPeople, type People } from './people.ts';
import { accountsIn } from './store/accounts.ts';
import { openDatabase } from './store/database.ts';
import { knownDevicesIn } from './store/known-devices.ts';
import { loginFailuresIn } from './store/login-failures.ts';
import { secondFactorsIn } from './store/second-factors.ts';
import { sessionsIn } from './store/sessions.ts';

/**
 * The accounts of a data folder, without the console: for who is locked out of it. It may run meanwhile; sessions that end
 * here are gone for it at the next request, and its live pages within 15 s.
 *
 * @throws `console-never-started`, `console-store-unusable`
 */
export function openPeople(dataFolder: string): { readonly people: People; readonly close: () => void } {
  if (!existsSync(join(dataFolder, 'governance', 'console.sqlite')))
    throw consoleErrors.create('console-never-started', { folder: dataFolder });
  const database = openDatabase(dataFolder);
  const clock = systemClock;
  const limits = { idleMs: 3_600_000, absoluteMs: 12 * 3_600_000 };
  const people = createPeople({
    database,
    accounts: accountsIn(database, clock),
    sessions: sessionsIn(database, clock, timeSortedIds(clock), limits),
    failures: loginFailuresIn(database, clock),
    devices: knownDevicesIn(database, clock),
    secondFactors: secondFactorsIn(database, clock),
    audit: auditTrailIn(database, clock),
    clock,
    cost: DEFAULT_COST,
    onEnded: () => undefined,
  });
  return { people, close: () => database.close() };
}
