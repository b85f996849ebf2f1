/** `wardflow tasks …` and `wardflow problems …`: the options; what they do is in commands/. */
import type { Command } from 'commander';
import type * as Problems from './commands/problems.ts';
import type * as Tasks from './commands/tasks.ts';
import type { Io } from './io.ts';
import { REDACT } from './redaction.ts';

export function addTasks(wardflow: Command, io: Io): void {
  const tasks = wardflow.command('tasks').description('tasks: who owes what, by when, and what they did about it');
  const commands = (): Promise<typeof Tasks> => import('./commands/tasks.ts');
  const command = commandsOf(tasks);
  command('list', 'those that wait for somebody, what is due first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'only these states, separated by commas')
    .option('--role <role>', 'for this role')
    .option('--unit <unit>', 'in this unit')
    .option('--person <name>', 'that this person has')
    .option('--definition <name>', 'of this definition')
    .option('--message <id>', 'made because of this message')
    .option('--overdue', 'past their due time')
    .action(async (options: Tasks.TaskListOptions) => (await commands()).listTasks(io, options));
  command('show', 'one task: who is on, why it was made, what happened, what is possible')
    .argument('<id>', 'task id, or what the EHR calls it: Task/12')
    .action(async (id: string, options: { runtime: string }) => (await commands()).showTask(io, id, options));
  command('claim', 'take tasks over, under the user name of this machine')
    .argument('<ids...>', 'task ids, or what the EHR calls them: Task/12')
    .action(async (ids: string[], options: { runtime: string }) => (await commands()).claimTasks(io, ids, options));
  withReason(command('step', 'take a step: start, complete, hold and the like'))
    .argument('<id>', 'task id, or what the EHR calls it: Task/12')
    .argument('<step>', 'one of those that "tasks show" names')
    .action(async (id: string, step: string, options: Tasks.ReasonOptions) =>
      (await commands()).stepTask(io, id, step, options),
    );
  withReason(command('assign', 'give a task to somebody else'))
    .argument('<id>', 'task id, or what the EHR calls it: Task/12')
    .option('--person <name>', 'to this user')
    .option('--role <role>', 'to this role')
    .option('--unit <unit>', 'in this unit')
    .action(async (id: string, options: Tasks.AssignOptions) => (await commands()).assignTask(io, id, options));
  command('comment', 'say something about a task')
    .argument('<id>', 'task id, or what the EHR calls it: Task/12')
    .argument('<text>', 'at most 4,000 characters; kept with the task')
    .action(async (id: string, text: string, options: { runtime: string }) =>
      (await commands()).commentTask(io, id, text, options),
    );
}

export function addProblems(wardflow: Command, io: Io): void {
  const problems = wardflow.command('problems').description('what people report of flows, and what came of it');
  const commands = (): Promise<typeof Problems> => import('./commands/problems.ts');
  const command = commandsOf(problems);
  command('list', 'those that wait for an answer, the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'of open, looked-at, mended, as-intended, duplicate; separated by commas')
    .option('--kind <kind>', 'of this kind, such as false-positive')
    .option('--definition <name>', 'of this definition')
    .option(...REDACT)
    .action(async (options: Problems.ProblemListOptions) => (await commands()).listProblems(io, options));
  command('show', 'one report, with its words: they may be about a patient')
    .argument('<id>', 'id of the report')
    .option(...REDACT)
    .action(async (id: string, options: Problems.Common) => (await commands()).showProblem(io, id, options));
  command('answer', 'say who looks at it, what came of it, and close it')
    .argument('<id>', 'id of the report')
    .option('--state <state>', 'looked-at, mended, as-intended, duplicate or open')
    .option('--answer <text>', 'for whoever reported it; needed to close it')
    .option('--assignee <name>', 'who looks at it')
    .option('--proposal <number>', 'the proposal that mends it')
    .action(async (id: string, options: Problems.ProblemAnswerOptions) =>
      (await commands()).answerProblem(io, id, options),
    );
}

const commandsOf =
  (parent: Command) =>
  (name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .option('--runtime <environment>', 'which runtime: staging or production', 'staging')
      .option('--json', 'for programs');

const withReason = (command: Command): Command =>
  command
    .option('--reason <code>', 'why, as a short code such as shift-change; kept in the audit trail')
    .option('--text <text>', 'more words, beside --reason');
