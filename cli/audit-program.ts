import type { Command } from 'commander';
import type { ExportOptions, VerifyOptions } from './commands/audit.ts';
import type { Io } from './io.ts';
import { REDACT } from './redaction.ts';

/** `wardflow audit`: the trails of the data folder's console and runtimes as one. */
export function addAudit(wardflow: Command, io: Io, ended: (code: number) => void): void {
  const audit = wardflow.command('audit').description('the audit trails of console and runtimes');
  audit
    .command('verify')
    .description('check that no record was changed, removed or moved, and compare with the signed heads')
    .option('--offline', 'read files only: nothing that runs is asked')
    .option('--trail <files...>', 'exported trails (JSON lines) instead of those of the data folder')
    .option('--heads <file>', 'a copy of heads.jsonl kept elsewhere')
    .option('--key <files...>', 'public keys that may have signed it')
    .option('--json', 'for programs')
    .action(async (options: VerifyOptions) =>
      ended(await (await import('./commands/audit.ts')).verifyAuditTrails(io, options)),
    );
  audit
    .command('export')
    .description('records as a file, oldest first, by the filter of the audit page')
    .option('--format <format>', 'jsonl (as recorded) or fhir (AuditEvent by IHE BALP)', 'jsonl')
    .option('--out <file>', 'write to this file instead of standard output')
    .option('--force', 'replace the file')
    .option('--text <words>', 'beginnings of words that the record has')
    .option('--actor <name>', 'who: ana, or user:ana')
    .option('--type <type>', 'type of record: escalation.step, or escalation.*')
    .option('--definition <name>', 'about this definition')
    .option('--message <id>', 'about this message; its control id where a runtime runs')
    .option('--proposal <id>', 'about this proposal')
    .option('--environment <name>', 'of console, staging or production only')
    .option('--since <time>', 'only since this time (ISO 8601) or for so long (90s, 15m, 2h, 3d)')
    .option('--until <time>', 'only before this time, or so long ago')
    .option(...REDACT)
    .option('--partial', 'also where a trail cannot be read to its end')
    .option('--offline', 'read files only; the export is not audited then')
    .action(async (options: ExportOptions) => (await import('./commands/audit.ts')).exportAuditTrails(io, options));
}
