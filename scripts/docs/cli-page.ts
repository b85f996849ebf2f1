import type { Command } from 'commander';
import { program } from '../../cli/program.ts';
import { processIo } from '../../cli/io.ts';

const WIDTH = 100;

/** Each command's own help, in the order in which the commands are declared. */
export function cliPage(): string {
  const wardflow = program(processIo(), () => undefined);
  return `# Command line

\`npx wardflow <command>\` in the folder of Wardflow. \`check\`, \`rules\`, \`key\`, \`trust\`, \`bundle\` and
\`order\` work where nothing runs, and without a network. The others but \`up\` find the running processes by \`run.json\` in
the data folder: give them the same \`WARDFLOW_DATA\` that \`up\` had. The exit code is 0, or 1 with one
sentence that says what to do. Whatever people and other systems have written is shown with control characters made visible.

${commandsOf(wardflow).map(section).join('\n')}`;
}

/** The command itself, then its subcommands. */
export function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** `wardflow messages list`. */
export function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

function section(command: Command): string {
  command.configureOutput({ getOutHelpWidth: () => WIDTH, getOutHasColors: () => false });
  const help = command
    .helpInformation()
    .replaceAll(/[ \t]+$/gm, '')
    .trimEnd();
  return `## ${nameOf(command)}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
}
