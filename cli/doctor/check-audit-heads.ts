import { existsSync } from 'node:fs';
import type { Config } from '../../engine/index.ts';
import { ensureHeadKey, headsFile, headsFolder } from '../../governance/audit/heads/head-key.ts';
import { HOUR_MS } from '../../governance/audit/heads/head-signer.ts';
import { newestHead } from '../../governance/audit/heads/newest-head.ts';
import { span } from '../terminal.ts';
import { note, ok, warning, wrong, type Finding } from './finding.ts';

const ABOUT = 'audit heads';

/** Whether the heads of the audit trails are signed, and the last of them not long ago. */
export async function checkAuditHeads(config: Config, runs: boolean, now: number): Promise<readonly Finding[]> {
  const folder = headsFolder(config.dataFolder);
  if (!existsSync(headsFile(folder))) return [note(ABOUT, 'none yet; the console signs them from its first start on')];
  // Only looks: beside heads no key is made. It throws what keeps the console from signing.
  await ensureHeadKey(folder);
  const newest = await newestHead(config.dataFolder);
  if (!newest) return [wrong(ABOUT, 'the file is empty', 'Put back the copy of heads.jsonl kept elsewhere.')];
  const age = now - Date.parse(newest.at);
  const text = `number ${newest.number} was signed ${span(age)} ago`;
  if (runs && age > 2 * HOUR_MS)
    return [warning(ABOUT, text, 'See in the log of the console why none has been signed since; start it again.')];
  const unread = newest.unread.length === 0 ? '' : `, without ${newest.unread.join(', ')}, which did not answer`;
  return [ok(ABOUT, `${text}${unread}`)];
}
