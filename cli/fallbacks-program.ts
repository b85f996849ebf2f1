/** `wardflow fallback`: what flows do while they cannot be trusted to run by themselves. */
import { Argument, type Command } from 'commander';
import type { FallbackOptions } from './commands/fallbacks.ts';
import type { Io } from './io.ts';

const WHY = 'why; kept in the audit trail';

export function addFallbacks(wardflow: Command, io: Io): void {
  const fallback = wardflow.command('fallback').description('flows that hold messages for people, and what they hold');
  const command = (name: string, description: string): Command =>
    fallback
      .command(name)
      .description(description)
      .option('--runtime <environment>', 'which runtime: staging or production', 'staging');
  command('list', 'which flows declare a fallback, and which are in it')
    .option('--json', 'for programs')
    .action(async (options: Omit<FallbackOptions, 'reason'>) =>
      (await import('./commands/fallbacks.ts')).listFallbacks(io, options),
    );
  command('enter', 'have new messages of a flow go the way that its fallback says')
    .argument('<definition>', 'the flow')
    .requiredOption('--reason <text>', WHY)
    .option('--json', 'for programs')
    .action(async (definition: string, options: FallbackOptions) =>
      (await import('./commands/fallbacks.ts')).enterFallback(io, definition, options),
    );
  command('leave', 'let the flow run by itself again; what was held waits for decisions')
    .argument('<definition>', 'the flow')
    .requiredOption('--reason <text>', WHY)
    .action(async (definition: string, options: FallbackOptions) =>
      (await import('./commands/fallbacks.ts')).leaveFallback(io, definition, options),
    );
  command('held', 'what is held and waits for a decision')
    .option('--definition <name>', 'of one flow')
    .option('--json', 'for programs')
    .action(async (options: { readonly runtime: string; readonly definition?: string; readonly json?: boolean }) =>
      (await import('./commands/fallbacks.ts')).listHeld(io, options),
    );
  command('decide', 'process what is held, or put it aside as done by hand')
    .addArgument(new Argument('<decision>', 'what becomes of it').choices(['process', 'put-aside']))
    .argument('<work...>', 'as "fallback held" names it; at most 200')
    .requiredOption('--reason <text>', WHY)
    .option('--newer-known', 'process also what newer messages of the same patient have overtaken')
    .option('--json', 'for programs')
    .action(
      async (
        decision: 'process' | 'put-aside',
        work: readonly string[],
        options: FallbackOptions & { readonly newerKnown?: boolean },
      ) => (await import('./commands/fallbacks.ts')).decideHeld(io, decision, work, options),
    );
}
