/**
 * `WARDFLOW_DATA/run.json`: what runs here and where. Written by the supervisor, read by the console and the CLI.
 * It holds no secret; the service token lies in a file of its own that only this user may read.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { replaceFile } from '../base/replace-file.ts';
import { configErrors } from './errors.ts';

export interface RunInfo {
  readonly format: 1;
  /** Wardflow's version. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly supervisor: { readonly pid: number };
  readonly demo: boolean;
  readonly governance: ProcessInfo | null;
  /** By environment name: `staging`, `production`. */
  readonly runtimes: Readonly<Record<string, RuntimeInfo>>;
  /** The sandbox FHIR server; `null` without `--demo`. */
  readonly sandbox: ProcessInfo | null;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly port: number;
  /** `http://127.0.0.1:4000`, without a slash at the end. */
  readonly url: string;
}

export interface RuntimeInfo extends ProcessInfo {
  /** File with the bearer token for the runtime's own API. */
  readonly serviceTokenFile: string;
  /** Where each feed listens. */
  readonly feeds: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
}

export const runInfoPath = (dataFolder: string): string => join(dataFolder, 'run.json');

/** An environment's own folder: store, bindings, Node-RED user directory. */
export const environmentFolder = (dataFolder: string, environment: string): string => join(dataFolder, environment);

export const serviceTokenPath = (dataFolder: string, environment: string): string =>
  join(environmentFolder(dataFolder, environment), 'service-token');

/** `null`: there is none, so nothing was started from this data folder (or it ended cleanly). */
export async function readRunInfo(dataFolder: string): Promise<RunInfo | null> {
  const file = runInfoPath(dataFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw configErrors.create('run-info-unreadable', { file, reason: codeOf(error) }, { cause: error });
  }
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch (error) {
    throw configErrors.create('run-info-unreadable', { file, reason: 'it is not JSON' }, { cause: error });
  }
  if (!isRunInfo(info)) throw configErrors.create('run-info-unreadable', { file, reason: 'it is of another version' });
  return info;
}

/** Replaces the file in one step, so that a reader never sees half of it. */
export async function writeRunInfo(dataFolder: string, info: RunInfo): Promise<void> {
  await write(dataFolder, runInfoPath(dataFolder), `${JSON.stringify(info, null, 2)}\n`, 0o644);
}

export async function removeRunInfo(dataFolder: string): Promise<void> {
  await rm(runInfoPath(dataFolder), { force: true });
}

/** The token of an environment's API, made at the first start: 256 random bits, readable by this user only. */
export async function ensureServiceToken(dataFolder: string, environment: string): Promise<string> {
  const file = serviceTokenPath(dataFolder, environment);
  try {
    const kept = (await readFile(file, 'utf8')).trim();
    if (TOKEN.test(kept)) return kept;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw configErrors.create('service-token-unreadable', { runtime: environment, file, reason: codeOf(error) });
  }
  const token = randomBytes(32).toString('base64url');
  await write(dataFolder, file, `${token}\n`, 0o600);
  return token;
}

export async function readServiceToken(file: string, environment: string): Promise<string> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (TOKEN.test(token)) return token;
  } catch (error) {
    throw configErrors.create('service-token-unreadable', { runtime: environment, file, reason: codeOf(error) });
  }
  throw configErrors.create('service-token-unreadable', { runtime: environment, file, reason: 'it holds no token' });
}

/** Base64url of 32 bytes. */
const TOKEN = /^[\w-]{43}$/;

async function write(dataFolder: string, file: string, text: string, mode: number): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (error) {
    throw configErrors.create(
      'data-folder-unwritable',
      { folder: dataFolder, reason: codeOf(error) },
      { cause: error },
    );
  }
}

function isRunInfo(value: unknown): value is RunInfo {
  if (typeof value !== 'object' || value === null) return false;
  const info = value as Partial<RunInfo>;
  return (
    info.format === 1 &&
    typeof info.startedAt === 'number' &&
    typeof info.supervisor?.pid === 'number' &&
    typeof info.runtimes === 'object' &&
    Object.values(info.runtimes).every(
      (one) => typeof one.url === 'string' && typeof one.pid === 'number' && typeof one.serviceTokenFile === 'string',
    )
  );
}
