/** The commands and their options. What they do is in commands/. */
import { Argument, Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, SWITCH_KINDS, type SwitchKind } from '../engine/index.ts';
import type { CheckOptions } from './commands/check.ts';
import { ROLES } from '../governance/api/permissions.ts';
import type { ManyOptions } from './commands/dead-letters.ts';
import type * as Messages from './commands/messages.ts';
import type { ScenarioOptions } from './commands/scenarios.ts';
import type { SendOptions } from './commands/send.ts';
import type { PauseOptions } from './commands/switches.ts';
import type * as Users from './commands/users.ts';
import type { ConvertOptions } from './commands/convert.ts';
import type { ValidateOptions } from './commands/validate.ts';
import { addAlerts } from './alerts-program.ts';
import { addFallbacks } from './fallbacks-program.ts';
import { addReports } from './report-program.ts';
import { addDifferences } from './differences-program.ts';
import { addIdentities } from './identities-program.ts';
import { addAudit } from './audit-program.ts';
import { addRoster } from './roster-program.ts';
import { addProblems, addTasks } from './tasks-program.ts';
import { addGovernance } from './governance-program.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { Io } from './io.ts';
import { REDACT } from './redaction.ts';

/** `ended` gets the exit code of a command that has one of its own. */
export function program(io: Io, ended: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const wardflow = new Command('wardflow')
    .description('Clinical workflow automation on Node-RED: durable HL7 v2 and FHIR flows')
    .version(version)
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    // Before the commands are added: they inherit it.
    .exitOverride();

  wardflow
    .command('up')
    .description('start everything and stay until Ctrl-C')
    .option('--demo', 'also a sandbox FHIR server and a synthetic hospital')
    .action(async (options: { demo?: boolean }) => {
      const { up } = await import('../supervisor/up.ts');
      const config = io.config();
      ended(await up({ demo: options.demo === true, config, out: (line) => io.out(`${line}\n`) }));
    });

  runtimeCommand(wardflow, 'status', 'what runs, and how much waits')
    .option('--json', 'for programs')
    .action(async (options: { runtime: string; json?: boolean }) =>
      (await import('./commands/status.ts')).status(io, options),
    );

  runtimeCommand(wardflow, 'send', 'send the messages of a file to a feed, as a hospital system would')
    .argument('<file>', 'HL7 v2: one message, several, or a batch file')
    .option('--feed <name>', 'which feed', 'hospital')
    .option('--port <number>', 'another port of this machine instead of the one where the feed listens, in clear')
    .option('--certificate <file>', 'for a feed with mutual TLS: the certificate to show, PEM')
    .option('--key <file>', 'its key, PEM')
    .action(async (file: string, options: SendOptions) =>
      ended(await (await import('./commands/send.ts')).send(io, file, options)),
    );

  wardflow
    .command('convert')
    .description('HL7 v2 as a FHIR R4 Bundle, without a server; a batch gives a line for each message')
    .argument('<file>', 'one message or a batch; - for standard input')
    .option('--flows <folder>', 'definitions with the mappings; left out: those of the settings')
    .option('--definition <name>', 'whose own mappings come before the shared ones')
    .option('--zone <zone>', 'of times without one: Europe/Vienna or +01:00; left out: such times become dates')
    .option('--report', 'say on standard error where each value came from, and what is not told')
    .option('--json', 'bundle, lineage and what is not told as one object, for programs')
    .action(async (file: string, options: ConvertOptions) =>
      ended(await (await import('./commands/convert.ts')).convert(io, file, options)),
    );

  wardflow
    .command('validate')
    .description('check a FHIR R4 resource or Bundle without a server; exits with 1 when it is not valid')
    .argument('<file>', 'JSON; - for standard input')
    .option('--json', 'as an OperationOutcome, for programs')
    .action(async (file: string, options: ValidateOptions) =>
      ended(await (await import('./commands/validate.ts')).validate(io, file, options)),
    );

  addSwitches(wardflow, io);
  addMessages(wardflow, io);
  addAlerts(wardflow, io);
  addFallbacks(wardflow, io);
  addReports(wardflow, io);
  addTasks(wardflow, io);
  addProblems(wardflow, io);
  addDifferences(wardflow, io);
  addIdentities(wardflow, io);
  addRoster(wardflow, io, ended);
  addAudit(wardflow, io, ended);
  addUsers(wardflow, io);
  addGovernance(wardflow, io, ended);

  wardflow
    .command('doctor')
    .description('say what is wrong and how to mend it')
    .option('--bundle <file>', 'also write findings, status and logs for somebody who helps, by a redaction profile')
    .option('--redact <profile>', 'by which (nothing-clinical)')
    .option('--json', 'for programs')
    .action(async (options: DoctorOptions) => ended(await (await import('./doctor/doctor.ts')).doctor(io, options)));

  wardflow
    .command('check')
    .description('check definitions: paths, rules, nodes, names, labels, credentials')
    .argument('[definitions...]', 'names of definitions (default: all)')
    .option('--folder <folder>', 'folder of definitions (default: WARDFLOW_FLOWS)')
    .option('--fail-on <severity>', 'exit with 1 from this severity on: error, warning or notice', 'error')
    .option('--junit <file>', 'also write a JUnit report')
    .option('--json', 'for programs')
    .action(async (names: string[], options: CheckOptions) =>
      ended(await (await import('./commands/check.ts')).check(io, names, options)),
    );

  const scenarios = wardflow.command('scenarios').description('scenarios of definitions');
  scenarios
    .command('run')
    .description('run definitions on a moved clock against simulators, and compare')
    .argument('[definitions...]', 'names of definitions (default: all)')
    .option('--folder <folder>', 'folder of definitions (default: WARDFLOW_FLOWS)')
    .option('--scenario <names...>', 'only these scenarios')
    .option('--jobs <number>', 'runtimes at a time', '2')
    .option('--junit <file>', 'also write a JUnit report')
    .option('--json', 'for programs')
    .action(async (names: string[], options: ScenarioOptions) =>
      ended(await (await import('./commands/scenarios.ts')).runScenariosOf(io, names, options)),
    );

  const rules = wardflow.command('rules').description('rule tables');
  rules
    .command('test')
    .description('run the tests that rule tables carry')
    .argument('[folder]', 'folder of definitions (default: WARDFLOW_FLOWS)')
    .option('--json', 'for programs')
    .action(async (folder: string | undefined, options: { json?: boolean }) =>
      ended(await (await import('./commands/rules.ts')).testRules(io, folder, options)),
    );
  return wardflow;
}

function addMessages(wardflow: Command, io: Io): void {
  const messages = wardflow.command('messages').description('messages in the journal');
  const commands = (): Promise<typeof Messages> => import('./commands/messages.ts');
  runtimeCommand(messages, 'list', 'the newest first')
    .option('--limit <number>', 'how many at most', '50')
    .option('--state <states>', 'only these states, separated by commas; held: what a person decides about')
    .option('--feed <name>', 'only this feed')
    .option('--since <time>', 'only since this time (ISO 8601) or for so long (90s, 15m, 2h, 3d)')
    .option('--json', 'for programs')
    .action(async (options: { runtime: string; limit: string }) => (await commands()).listMessages(io, options));
  runtimeCommand(messages, 'show', 'one message: its way, decisions, effects, escalations, tasks')
    .argument('<id>', 'message id, or control id if only one message has it')
    .option('--raw', 'the bytes received, unchanged')
    .option(...REDACT)
    .option('--json', 'for programs')
    .action(async (id: string, options: Messages.ShowOptions) => (await commands()).showMessage(io, id, options));
  runtimeCommand(messages, 'release', 'let parked messages go on now')
    .argument('<ids...>', 'message ids')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'for programs')
    .action(async (ids: string[], options: { runtime: string; reason: string }) =>
      (await commands()).releaseMessages(io, ids, options),
    );
  runtimeCommand(messages, 'reread', 'read quarantined messages again, by the settings of now')
    .argument('<ids...>', 'message ids')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .option('--dry-run', 'only say what would become of them')
    .option('--json', 'for programs')
    .action(async (ids: string[], options: { runtime: string; reason: string }) =>
      (await commands()).rereadMessages(io, ids, options),
    );
  const redrive = runtimeCommand(messages, 'redrive', 'give dead letters another try')
    .argument('[ids...]', 'message ids; or choose by the options below')
    .option('--reason <text>', 'why; kept in the audit trail', 'redriven from the command line')
    .option('--force', 'even where newer messages of the same key are done');
  manyOptions(redrive).action(async (ids: string[], options: ManyOptions) => {
    const { handleMany, isByFilter } = await import('./commands/dead-letters.ts');
    if (isByFilter(ids, options)) await handleMany(io, 'redrive', options);
    else await (await commands()).redriveMessages(io, ids, options);
  });
  const discard = runtimeCommand(messages, 'discard', 'give dead letters up')
    .argument('[ids...]', 'message ids; or choose by the options below')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .option('--all', 'of the messages named: what waits or is parked as well, of every flow');
  manyOptions(discard).action(async (ids: string[], options: ManyOptions & { all?: boolean }) => {
    const { handleMany, isByFilter } = await import('./commands/dead-letters.ts');
    if (isByFilter(ids, options)) await handleMany(io, 'discard', options);
    else await (await commands()).discardMessages(io, ids, options);
  });
}

/** Which dead letters are meant, where they are not named. */
function manyOptions(command: Command): Command {
  return command
    .option('--state <state>', 'all that are "dead"')
    .option('--code <code>', 'with this reason, such as endpoint-auth')
    .option('--definition <name>', 'of this definition')
    .option('--feed <name>', 'of this feed')
    .option('--type <type>', 'of this MSH-9: ORU^R01, or ORU for all of them')
    .option('--since <time>', 'received since this time (ISO 8601) or for so long (90s, 15m, 2h, 3d)')
    .option('--until <time>', 'received before this time, or so long ago')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask where several are meant')
    .option('--json', 'for programs');
}

function addSwitches(wardflow: Command, io: Io): void {
  const what = (): Argument => new Argument('<what>', 'what to stop').choices(SWITCH_KINDS);
  runtimeCommand(wardflow, 'pause', 'stop a feed, an endpoint, a definition or a lane; nothing is lost')
    .addArgument(what())
    .argument('<name>', 'its name')
    .requiredOption('--reason <text>', 'why; kept in the audit trail')
    .option('--refuse', 'a feed: answer AE with the reason, instead of accepting and holding')
    .option('--close', 'a feed: do not listen at all')
    .option('--from <time>', 'not before this time (ISO 8601), or in so long (30m, 2h, 1d)')
    .option('--until <time>', 'no longer than until this time, or for so long')
    .option('--json', 'for programs')
    .action(async (kind: SwitchKind, name: string, options: PauseOptions) =>
      (await import('./commands/switches.ts')).pause(io, kind, name, options),
    );
  runtimeCommand(wardflow, 'resume', 'let go on what was stopped')
    .addArgument(what())
    .argument('<name>', 'its name')
    .option('--reason <text>', 'why; kept in the audit trail', 'let go on from the command line')
    .action(async (kind: SwitchKind, name: string, options: { runtime: string; reason: string }) =>
      (await import('./commands/switches.ts')).resume(io, kind, name, options),
    );
}

function addUsers(wardflow: Command, io: Io): void {
  const users = wardflow.command('users').description('accounts of the console, in the data folder of this machine');
  const commands = (): Promise<typeof Users> => import('./commands/users.ts');
  users
    .command('list')
    .description('everybody who has an account')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => (await commands()).listUsers(io, options));
  users
    .command('add')
    .description('make an account, with a one-time password that is shown once')
    .argument('<username>', 'small letters, digits, ".", "_" and "-"')
    .requiredOption('--role <roles...>', `of ${ROLES.join(', ')}`)
    .option('--name <name>', 'as people are to see it (default: the user name)')
    .action(async (username: string, options: { name?: string; role: string[] }) =>
      (await commands()).addUser(io, username, options),
    );
  users
    .command('reset')
    .description('give a one-time password, end locks and sessions: for an administrator who is locked out')
    .argument('<username>', 'whose')
    .action(async (username: string) => (await commands()).resetUser(io, username));
  users
    .command('remove-second-factor')
    .description('end the second step of a login, for whom app and recovery codes are gone; their sessions end')
    .argument('<username>', 'whose')
    .action(async (username: string) => (await commands()).removeSecondFactor(io, username));
  users
    .command('disable')
    .description('let somebody log in no more, and end their sessions')
    .argument('<username>', 'whom')
    .option('--reason <text>', 'why; kept in the audit trail')
    .action(async (username: string, options: { reason?: string }) =>
      (await commands()).disableUser(io, username, options),
    );
  users
    .command('enable')
    .description('let somebody log in again')
    .argument('<username>', 'whom')
    .action(async (username: string) => (await commands()).enableUser(io, username));
}

/** A command that asks a running runtime. */
function runtimeCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--runtime <environment>', 'which runtime: staging or production', 'staging');
}
