import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  createValidator,
  errorName,
  operationOutcomeOf,
  silentLog,
  systemClock,
  type FhirResource,
  type ValidationOutcome,
} from '../../engine/index.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { columns, json } from '../terminal.ts';

export interface ValidateOptions {
  readonly json?: boolean;
}

/** A person waits for one file: more than a flow may ask for. */
const LIMITS = { bytes: 256 * 1024 * 1024, members: 20_000_000, timeMs: 300_000, heapMib: 4096 };

/** Gives the exit code: 1 where there is an error among the findings. */
export async function validate(io: Io, file: string, options: ValidateOptions): Promise<number> {
  const resource = parsed(await contentOf(file), file);
  const validator = createValidator({ clock: systemClock, log: silentLog, limits: LIMITS });
  try {
    const outcome = await validator.validate(resource);
    io.out(options.json === true ? json(operationOutcomeOf(outcome)) : inWords(outcome));
    return outcome.valid ? 0 : 1;
  } finally {
    await validator.close();
  }
}

/** @throws WardflowError `input-unreadable` */
async function contentOf(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw cliErrors.create('input-unreadable', { file, reason: errorName(error) }, { cause: error });
  }
}

/** @throws WardflowError `file-without-resource`; without its cause, which would quote the content */
function parsed(content: string, file: string): FhirResource {
  let value: unknown;
  try {
    // Some systems begin a file with a byte order mark.
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    value = null;
  }
  if (typeof value === 'object' && value !== null && 'resourceType' in value) return value as FhirResource;
  throw cliErrors.create('file-without-resource', { file });
}

function inWords({ valid, findings, more }: ValidationOutcome): string {
  const rows = findings.map(({ severity, path, text: says, code }) => [severity, path, `${says} (${code})`]);
  const rest = more > 0 ? `and ${more} more\n` : '';
  return `${columns(rows)}${rest}${valid ? 'valid' : 'not valid'}: FHIR R4, without profiles and terminologies\n`;
}
