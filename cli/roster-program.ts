/** `wardflow roster …`: the options; what they do is in commands/roster.ts. */
import { Option, type Command } from 'commander';
import type * as Roster from './commands/roster.ts';
import type { Io } from './io.ts';

export function addRoster(wardflow: Command, io: Io, ended: (code: number) => void): void {
  const roster = wardflow.command('roster').description('who covers which role, unit and shift');
  const commands = (): Promise<typeof Roster> => import('./commands/roster.ts');
  const command = (name: string, description: string): Command =>
    roster
      .command(name)
      .description(description)
      .option('--runtime <environment>', 'of which environment: staging or production', 'staging')
      .option('--json', 'for programs');
  command('import', 'replace the roster by that of a file, after showing what changes')
    .argument('<file>', 'CSV with the columns role, unit, person, from, to; or a FHIR R4 Bundle of PractitionerRole')
    .addOption(new Option('--from <format>', 'what the file is').choices(['csv', 'fhir']).makeOptionMandatory())
    .option('--zone <zone>', 'of times that name none, such as Europe/Berlin (default: that of this machine)')
    .option('--days <number>', 'FHIR: for how many days weekly times are written out', '28')
    .option('--system <uri>', 'FHIR: the system of identifiers that are user names (default: any)')
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'do not ask')
    .action(async (file: string, options: Roster.RosterImportOptions) =>
      (await commands()).importRoster(io, file, options),
    );
  command('show', 'who is on now, or at another time')
    .option('--at <time>', 'ISO 8601')
    .action(async (options: { runtime: string; at?: string }) => (await commands()).showRoster(io, options));
  command('check', 'say what it lacks: accounts, roles that flows give tasks to, hours without anybody').action(
    async (options: { runtime: string }) => ended(await (await commands()).checkRoster(io, options)),
  );
}
