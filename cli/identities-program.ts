import type { Command } from 'commander';
import type * as Identities from './commands/identities.ts';
import type { Io } from './io.ts';

export function addIdentities(wardflow: Command, io: Io): void {
  const identities = wardflow
    .command('identities')
    .description('which patient numbers are one, and what a person is asked about that');
  const commands = (): Promise<typeof Identities> => import('./commands/identities.ts');
  const command = (name: string, text: string): Command =>
    identities
      .command(name)
      .description(text)
      .option('--runtime <environment>', 'which runtime: staging or production', 'staging')
      .option('--json', 'for programs');
  command('list', 'whether two records are of one patient: what nobody has answered, the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'of open, same, different, withdrawn; separated by commas', 'open')
    .option('--message <id>', 'raised by this message')
    .action(async (options: Identities.IdentityListOptions) => (await commands()).listQuestions(io, options));
  command('links', 'merges and renumberings, the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .action(async (options: Parameters<typeof Identities.listLinks>[1]) => (await commands()).listLinks(io, options));
  command('show', 'what is known of a patient, by a key')
    .argument('<key>', 'key of the patient: `subject` of an event')
    .action(async (key: string, options: Parameters<typeof Identities.showPerson>[2]) =>
      (await commands()).showPerson(io, key, options),
    );
  command('decide', 'answer a question')
    .argument('<id>', 'id of the question')
    .requiredOption('--as <answer>', 'same, different, or later: it stays open, with your reason')
    .option('--survivor <key>', 'the key that is used from now on; left out: the one that was known first')
    .requiredOption('--reason <text>', 'why; kept in the audit, without naming a patient')
    .action(async (id: string, options: Identities.DecideOptions) =>
      (await commands()).decideQuestion(io, id, options),
    );
  command('undo', 'take a wrong merge back')
    .argument('<id>', 'id of the merge')
    .requiredOption('--reason <text>', 'why; kept in the audit, without naming a patient')
    .action(async (id: string, options: Parameters<typeof Identities.undoLink>[2]) =>
      (await commands()).undoLink(io, id, options),
    );
}
