import type { Command } from 'commander';
import type * as Differences from './commands/differences.ts';
import type { Io } from './io.ts';

export function addDifferences(wardflow: Command, io: Io): void {
  const differences = wardflow
    .command('differences')
    .description('what FHIR servers hold otherwise than it was written');
  const commands = (): Promise<typeof Differences> => import('./commands/differences.ts');
  const command = (name: string, text: string): Command =>
    differences
      .command(name)
      .description(text)
      .option('--runtime <environment>', 'which runtime: staging or production', 'staging')
      .option('--json', 'for programs');
  command('list', 'those that nobody has settled, the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'of alike, open, gone, settled; separated by commas', 'open')
    .option('--endpoint <name>', 'on this server')
    .option('--definition <name>', 'of this definition')
    .option('--message <id>', 'written because of this message')
    .action(async (options: Differences.DifferenceListOptions) => (await commands()).listDifferences(io, options));
  command('settle', 'say what came of a difference')
    .argument('<id>', 'id of the difference')
    .requiredOption(
      '--as <how>',
      'accepted: what is there stands; mended: it was put right there; again: write what is missing again',
    )
    .requiredOption('--reason <text>', 'why; kept in the audit, without naming a patient')
    .action(async (id: string, options: Differences.SettleOptions) =>
      (await commands()).settleDifference(io, id, options),
    );
}
