/** What is wrong with audit trails, the signed heads of them, searches and exports. */
import { defineErrors, type ErrorEntry } from '../../engine/index.ts';

const permanent = (text: string, remedy: string): ErrorEntry => ({ class: 'permanent', text, remedy });
const transient = (text: string, remedy: string): ErrorEntry => ({ class: 'transient', text, remedy });
const KEEP =
  'Keep the data folder as it is, tell whoever answers for security, and compare with the copies of heads.jsonl kept elsewhere.';

export const auditErrors = defineErrors({
  // Chains
  'audit-chain-broken': permanent('The audit trail of {chain} is broken at record {seq}: {why}.', KEEP),
  'audit-chain-cut': permanent(
    'The audit trail of {chain} ends at record {seq}, but a signed head says that there were {signed}.',
    KEEP,
  ),
  'audit-chain-rewritten': permanent(
    'The audit trail of {chain} was written anew: record {seq} is not the one whose hash was signed in head {number}.',
    KEEP,
  ),
  'audit-chain-swapped': permanent(
    'The audit trail of {chain} is another one: not even its first record is the one that head {number} was signed over.',
    KEEP,
  ),
  'audit-chain-unread': transient(
    'The audit trail of {chain} could not be read, so it was not verified.',
    'Start the {chain} runtime, or verify with --offline on its host.',
  ),
  // Heads
  'audit-heads-missing': permanent(
    'There are no signed heads at {file}.',
    'Start the console once with "npx wardflow up", or give a copy of heads.jsonl with --heads.',
  ),
  'audit-heads-line-invalid': permanent(
    'Line {line} of the signed heads is not valid: {why}.',
    'Compare the file with the copies of it kept elsewhere.',
  ),
  'audit-heads-rewritten': permanent(
    'The signed heads were changed: line {line} does not follow the line before it, or is not the one that was recorded.',
    KEEP,
  ),
  'audit-heads-cut': permanent(
    'Signed heads were removed: {what}.',
    'Put back the copy of heads.jsonl kept elsewhere, and tell whoever answers for security.',
  ),
  'audit-key-missing': permanent(
    'The key that signed the heads so far is not in {folder}, so no head is signed any more.',
    'Put it back from the backup; if it is lost, move the whole folder {folder} away, keep it, and start again: a new series begins.',
  ),
  'audit-key-unusable': permanent(
    'The key of the signed heads in {folder} cannot be used: {why}.',
    'Put it back from the backup, readable and writable by its owner only (mode 0600).',
  ),
  'audit-heads-unwritable': transient(
    'The signed heads could not be written in {folder} ({system}).',
    'Make the folder writable for this user, and see that the disk is not full.',
  ),
  // Search and export
  'audit-index-unusable': permanent(
    'The search index of the audit trails cannot be opened in the data folder.',
    'Remove governance/audit-index.sqlite while the console is stopped: it is made again from the trails.',
  ),
  'audit-part-missing': transient(
    'The audit trail of {chain} cannot be read up to its end now, so an export would lack its newest records.',
    'Start the {chain} runtime, or ask for the export with what there is.',
  ),
  'audit-export-invalid': permanent(
    'Line {line} of the exported trail is no record of a chain.',
    'Give a file that was exported as JSON lines (--format jsonl).',
  ),
});
export type AuditErrorCode = keyof typeof auditErrors.entries;
