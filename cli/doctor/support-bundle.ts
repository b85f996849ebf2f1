/**
 * `wardflow doctor --bundle FILE`: what somebody outside needs to help, by a redaction profile: findings, status of the runtimes,
 * the last lines of the logs. No settings, no messages, no definitions.
 */
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName, WardflowError, type Redactor } from '../../engine/index.ts';
import type { RuntimeStatus } from '../../runtime/api/contract.ts';
import { statusJson } from '../commands/status.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { findRuntime } from '../runtime-client.ts';
import { json } from '../terminal.ts';
import type { Finding } from './finding.ts';

const LOG_NAME = /^[a-z][a-z-]{0,40}\.log$/;
/** Of the end of each log. */
const MOST_BYTES = 256 * 1024;
const MOST_LINES = 500;

export async function writeSupportBundle(
  io: Io,
  file: string,
  findings: readonly Finding[],
  redactor: Redactor,
): Promise<void> {
  const { name, title } = redactor.profile;
  const bundle = {
    kind: 'support-bundle',
    format: 1,
    at: new Date(io.now()).toISOString(),
    redaction: { name, title },
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    // Our own sentences; of names in them only those of files and flows.
    findings: findings.map(({ level, about, text, remedy }) => ({ level, about, text, remedy })),
    runtimes: Object.fromEntries(
      await Promise.all(
        ['staging', 'production'].map(async (one) => [one, await statusOf(io, one, redactor)] as const),
      ),
    ),
    logs: await logsOf(join(io.config().dataFolder, 'logs'), redactor),
  };
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, json(bundle), { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw cliErrors.create('file-unwritable', { file, reason: errorName(error) }, { cause: error });
  }
}

/** `null`: it does not run here, or does not answer; the findings say why. */
async function statusOf(io: Io, name: string, redactor: Redactor): Promise<unknown> {
  try {
    const runtime = await findRuntime(io, name);
    return redactor.record('status', statusJson(await runtime.get<RuntimeStatus>('/status')));
  } catch (error) {
    if (error instanceof WardflowError) return null;
    throw error;
  }
}

async function logsOf(folder: string, redactor: Redactor): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const names = await readdir(folder).catch((): string[] => []);
  const logs = await Promise.all(
    names
      .filter((name) => LOG_NAME.test(name))
      .toSorted()
      .map(
        async (name) => [name, (await lastLines(join(folder, name))).map((line) => logLine(line, redactor))] as const,
      ),
  );
  return Object.fromEntries(logs);
}

/** A line that is none of ours (a crash, what a node prints) may quote a message: only that it was there. */
export function logLine(line: string, redactor: Redactor): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return redactor.record('log', null);
  }
  // What Node-RED says before flows run is shown in the log; here nobody has read it.
  if (typeof value === 'object' && value !== null && 'part' in value && value.part === 'node-red') {
    const { text: _, ...rest } = value as { readonly text?: unknown };
    return redactor.record('log', rest);
  }
  return redactor.record('log', value);
}

async function lastLines(path: string): Promise<readonly string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MOST_BYTES)), 0, undefined, from);
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    // The first may be the end of one.
    return (from > 0 ? lines.slice(1) : lines).filter((line) => line !== '').slice(-MOST_LINES);
  } finally {
    await file.close();
  }
}
