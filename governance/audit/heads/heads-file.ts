/** `heads.jsonl`: appended to by the console, read by whoever verifies. */
import { createReadStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { WardflowError } from '../../../engine/index.ts';
import { auditErrors } from '../errors.ts';
import { lineHash, NO_LINE, readHead, type HeadKeys, type SignedHead } from './head-statement.ts';

/** A line is some hundred bytes; whatever is longer was not written by Wardflow. */
const LONGEST_LINE = 64 * 1024;

export interface HeadsRead {
  /** Signed, and each following the one before it, as far as that goes. */
  readonly heads: readonly SignedHead[];
  /** The first thing that is wrong: what stands after it is worth nothing as evidence. */
  readonly problem: WardflowError | null;
}

/**
 * Reads all lines and verifies them. A last line without its end is what a power cut leaves, and is left out.
 * @throws WardflowError `audit-heads-missing`
 */
export async function readHeads(file: string, keys: HeadKeys): Promise<HeadsRead> {
  const heads: SignedHead[] = [];
  let previous = NO_LINE;
  for await (const { line, number } of linesOf(file)) {
    try {
      const head = await readHead(line, number, keys);
      const { statement } = head;
      if (number === 1 && (statement.number !== 1 || statement.previous !== NO_LINE))
        throw auditErrors.create('audit-heads-cut', { what: `the file begins with number ${statement.number}` });
      if (statement.number !== number || statement.previous !== previous)
        throw auditErrors.create('audit-heads-rewritten', { line: number });
      heads.push(head);
      previous = lineHash(line);
    } catch (error) {
      if (error instanceof WardflowError) return { heads, problem: error };
      throw error;
    }
  }
  return { heads, problem: null };
}

/** The newest lines that are whole, oldest first; what stands in them is not verified. */
export async function lastLines(
  file: string,
  most: number,
): Promise<readonly { readonly line: string; readonly number: number }[]> {
  const lines: { readonly line: string; readonly number: number }[] = [];
  if (existsSync(file))
    for await (const one of linesOf(file)) {
      lines.push(one);
      if (lines.length > most) lines.shift();
    }
  return lines;
}

/** Adds a line and flushes it. What a power cut left of an unfinished line is taken away first. */
export async function appendLine(file: string, line: string): Promise<void> {
  const handle = await open(file, existsSync(file) ? 'r+' : 'wx+', 0o600);
  try {
    const { size } = await handle.stat();
    const end = await endOfLastLine(handle, size);
    if (end < size) await handle.truncate(end);
    await handle.write(`${line}\n`, end);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function endOfLastLine(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<number> {
  const length = Math.min(size, LONGEST_LINE);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const newline = buffer.lastIndexOf(0x0a);
  return newline < 0 ? size - length : size - length + newline + 1;
}

async function* linesOf(file: string): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  if (!existsSync(file)) throw auditErrors.create('audit-heads-missing', { file });
  let number = 0;
  for await (const line of wholeLines(file)) {
    number++;
    if (line.length > LONGEST_LINE)
      throw auditErrors.create('audit-heads-line-invalid', { line: number, why: 'it is too long' });
    yield { line, number };
  }
}

/** `readline` gives an unfinished last line like any other: the file's last byte tells. */
async function* wholeLines(file: string): AsyncGenerator<string> {
  const handle = await open(file, 'r');
  let finished = true;
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    finished = size === 0 || buffer[0] === 0x0a;
  } finally {
    await handle.close();
  }
  let held: string | undefined;
  const reader = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: 0 });
  for await (const line of reader) {
    if (held !== undefined) yield held;
    held = line;
  }
  if (held !== undefined && finished) yield held;
}
