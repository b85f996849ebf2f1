import { CommanderError } from 'commander';
import { errorName, WardflowError } from '../engine/index.ts';
import type { Io } from './io.ts';
import { program } from './program.ts';
import { safe } from './terminal.ts';

/** Runs one command line (without `node` and the script) and gives the exit code. Whatever goes wrong is one sentence. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  try {
    await program(io, (ended) => {
      code = ended;
    }).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what it had to say; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode;
    // One sentence and what to do; a stack helps nobody at a hospital's terminal.
    const text =
      error instanceof WardflowError
        ? `${error.message} ${error.remedy}`
        : `Wardflow could not do that (${errorName(error)}). Run "npx wardflow doctor"; if it finds nothing, please report this.`;
    io.err(`${safe(text)}\n`);
    return 1;
  }
}
