import { systemClock } from '../../engine/index.ts';
import { auditTrailIn, type AuditTrail } from './audit-trail.ts';
import { openDatabase } from './store/database.ts';

/**
 * The console's audit trail, without the console: for what is done beside it. It may run meanwhile; where it never has, its
 * store is made.
 *
 * @throws `console-store-unusable`
 */
export function openAuditTrail(dataFolder: string): { readonly audit: AuditTrail; readonly close: () => void } {
  const database = openDatabase(dataFolder);
  return { audit: auditTrailIn(database, systemClock), close: () => database.close() };
}
