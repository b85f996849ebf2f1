/** A secret typed on a terminal: never taken from options or the environment, which other users and logs can see. */

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const MOST = 1_000;

/** `null`: there is no terminal. Ctrl-C ends the process as it does elsewhere. */
export async function askSecret(question: string): Promise<string | null> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return null;
  // Before the question is shown: what is typed at once is not echoed either.
  stdin.setRawMode(true);
  // On standard error, so that standard output can go into a file.
  stderr.write(question);
  stdin.setEncoding('utf8');
  try {
    return await line(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

/** Flowing, not by `readable`: a question asked before has paused the stream, and would stop the reading a moment later. */
function line(stdin: typeof process.stdin): Promise<string> {
  let typed = '';
  return new Promise((done) => {
    const end = (): void => {
      stdin.off('data', take);
      stdin.off('end', end);
      done(typed);
    };
    const take = (chunk: string): void => {
      for (const sign of chunk) {
        if (sign === CTRL_C) {
          stdin.setRawMode(false);
          process.stderr.write('\n');
          process.exit(130);
        }
        if (sign === '\r' || sign === '\n' || sign === CTRL_D) return end();
        if (sign === '\u007f' || sign === '\b') typed = Array.from(typed).slice(0, -1).join('');
        else if (sign >= ' ' && typed.length < MOST) typed += sign;
      }
    };
    stdin.on('data', take);
    stdin.on('end', end);
    stdin.resume();
  });
}
