import { errorName, WardflowError } from '../engine/index.ts';
import { processIo } from './io.ts';
import { program } from './program.ts';
import { safe } from './terminal.ts';

const io = processIo();
try {
  await program(io, (code) => {
    process.exitCode = code;
  }).parseAsync(process.argv);
} catch (error) {
  // One sentence and what to do; a stack helps nobody at a hospital's terminal.
  const text =
    error instanceof WardflowError
      ? `${error.message} ${error.remedy}`
      : `Wardflow could not do that (${errorName(error)}). Run "npx wardflow doctor"; if it finds nothing, please report this.`;
  io.err(`${safe(text)}\n`);
  process.exitCode = 1;
}
