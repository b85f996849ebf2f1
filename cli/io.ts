/** Where a command writes, and what it knows of its surroundings. */
import { userInfo } from 'node:os';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { readConfig, type Config } from '../engine/index.ts';
import { askSecret } from './ask-secret.ts';

export interface Io {
  /** Answers. */
  readonly out: (text: string) => void;
  bytes(chunk: Uint8Array): Promise<void>;
  /** What went wrong, and progress. */
  readonly err: (text: string) => void;
  /** @throws WardflowError `settings-invalid` */
  config(): Config;
  /** `cli:ana`. */
  actor(): string;
  now(): number;
  /** Asks a person; anything but yes is no. */
  confirm(question: string): Promise<'yes' | 'no' | 'cannot-ask'>;
  /** Asks a person for a secret, which is not shown; `null`: there is no terminal to ask on. */
  secret(question: string): Promise<string | null>;
}

export function processIo(): Io {
  // `wardflow messages list | head` closes the pipe early: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let config: Config | undefined;
  return {
    out: (text) => void process.stdout.write(text),
    async bytes(chunk) {
      if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
    },
    err: (text) => void process.stderr.write(text),
    config: () => (config ??= readConfig()),
    actor: () =>
      `cli:${userName()
        .replace(/[^\w.@+-]/g, '_')
        .slice(0, 100)}`,
    now: () => Date.now(),
    confirm: ask,
    secret: askSecret,
  };
}

async function ask(question: string): Promise<'yes' | 'no' | 'cannot-ask'> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return 'cannot-ask';
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim()) ? 'yes' : 'no';
  } finally {
    terminal.close();
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
