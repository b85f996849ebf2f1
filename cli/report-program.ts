/** `wardflow report …`: the options; what they do is in commands/shift-report.ts. */
import type { Command } from 'commander';
import type { ShiftReportOptions } from './commands/shift-report.ts';
import type { Io } from './io.ts';

export function addReports(wardflow: Command, io: Io): void {
  wardflow
    .command('report')
    .description('reports of how a time went')
    .command('shift')
    .description('what people owed, how fast they answered, what was told and what of it was wrong')
    .option('--runtime <environment>', 'which runtime: staging or production', 'staging')
    .option('--from <time>', 'beginning (ISO 8601), or how long ago (15m, 12h, 3d)', '12h')
    .option('--to <time>', 'end; left out: now')
    .option('--zone <name>', 'zone of hours and days, such as Europe/Berlin (default: of this machine)')
    .option('--service-line <name>', 'of this service line only')
    .option('--csv', 'for spreadsheets')
    .option('--json', 'for programs')
    .action(async (options: ShiftReportOptions) =>
      (await import('./commands/shift-report.ts')).shiftReport(io, options),
    );
}
