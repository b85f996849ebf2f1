/** `wardflow alerts …`: the options; what they do is in commands/alerts.ts. */
import type { Command } from 'commander';
import type * as Alerts from './commands/alerts.ts';
import type { Io } from './io.ts';

export function addAlerts(wardflow: Command, io: Io): void {
  const alerts = wardflow.command('alerts').description('alerts: who was told of what, and what became of it');
  const commands = (): Promise<typeof Alerts> => import('./commands/alerts.ts');
  const command = (name: string, description: string): Command =>
    alerts
      .command(name)
      .description(description)
      .option('--runtime <environment>', 'which runtime: staging or production', 'staging')
      .option('--json', 'for programs');
  command('list', 'those that wait for somebody, the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'of open, acknowledged, closed, resolved; separated by commas')
    .option('--since <time>', 'only since this time (ISO 8601) or for so long (90s, 15m, 2h, 3d)')
    .option('--held-back', 'instead: what was not told, and by which rule')
    .action(async (options: Alerts.AlertListOptions) => (await commands()).listAlerts(io, options));
  command('show', 'one alert: who was told by what, what people did, what was held back')
    .argument('<id>', 'alert id')
    .action(async (id: string, options: { runtime: string }) => (await commands()).showAlert(io, id, options));
  command('acknowledge', 'take alerts over: nobody else is told of them')
    .argument('<ids...>', 'alert ids; Task/12 takes that task of the EHR over, and its alert and ladder with it')
    .action(async (ids: string[], options: { runtime: string }) =>
      (await commands()).acknowledgeAlerts(io, ids, options),
    );
  command('close', 'close alerts that are dealt with, or that should not have been told')
    .argument('<ids...>', 'alert ids')
    .option('--dismiss <reason>', 'false-positive, duplicate, not-actionable or other')
    .option('--text <text>', 'why, beside --dismiss; needed for "other"; kept in the audit trail')
    .action(async (ids: string[], options: Alerts.AlertCloseOptions) =>
      (await commands()).closeAlerts(io, ids, options),
    );
}
