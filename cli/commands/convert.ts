import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import {
  errorName,
  Hl7Message,
  loadDefinitions,
  splitBatch,
  WardflowError,
  type Conversion,
  type Converter,
} from '../../engine/index.ts';
import { cliErrors } from '../errors.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { columns, json, jsonLine, safe } from '../terminal.ts';

export interface ConvertOptions {
  readonly flows?: string;
  readonly definition?: string;
  readonly zone?: string;
  readonly report?: boolean;
  readonly json?: boolean;
}

const SHARED = '_shared';
/** What a person reads on a terminal; `--json` gives all. */
const MOST_SHOWN = 200;

/**
 * HL7 v2 in a file as FHIR: one bundle, or one for each message of a batch, each in its line. Gives the exit code: 1 where
 * a message could not be converted or a code is one that quarantines its message.
 */
export async function convert(io: Io, file: string, options: ConvertOptions): Promise<number> {
  const zone = zoneOf(options.zone);
  const converter = await converterOf(io, options);
  const messages = splitBatch(await contentOf(file));
  const isBatch = messages.length > 1;
  let failed = messages.length === 0;
  if (failed) io.err('There is no message in it.\n');
  for (const [i, bytes] of messages.entries()) {
    const which = isBatch ? `message ${i + 1}: ` : '';
    try {
      const conversion = converter.convert(Hl7Message.parse(bytes), { receivedAt: io.now(), zone });
      failed ||= conversion.unmapped.some(({ policy }) => policy === 'quarantine');
      io.out((isBatch ? jsonLine : json)(options.json === true ? conversion : conversion.bundle));
      if (options.report === true) io.err(`${which === '' ? '' : `${which}\n`}${reportOf(conversion)}`);
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      failed = true;
      io.err(`${which}${safe(`${error.message} ${error.remedy}`)}\n`);
    }
  }
  return failed ? 1 : 0;
}

/** @throws WardflowError `convert-definition-unknown`, `definitions-invalid` */
async function converterOf(io: Io, options: ConvertOptions): Promise<Converter> {
  const folder = await flowsFolderFor(io, options.flows);
  const definitions = await loadDefinitions(folder);
  const name = options.definition ?? SHARED;
  const definition = definitions.byName(name);
  if (definition) return definition.converter;
  const known = definitions.all.map((one) => one.name).join(', ');
  throw cliErrors.create('convert-definition-unknown', { name, folder, known: known === '' ? 'none' : known });
}

/** @throws WardflowError `option-invalid` */
function zoneOf(zone: string | undefined): string | null {
  if (zone === undefined) return null;
  if (/^[+-]\d\d:\d\d$/.test(zone) || (/^[A-Za-z]/.test(zone) && isZone(zone))) return zone;
  throw cliErrors.create('option-invalid', { option: '--zone', takes: 'a zone such as Europe/Vienna or +01:00' });
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** @throws WardflowError `input-unreadable` */
async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw cliErrors.create('input-unreadable', { file, reason: errorName(error) }, { cause: error });
  }
}

function reportOf({ mapping, lineage, unmapped }: Conversion): string {
  const head = mapping
    ? `mapping ${mapping.name} at ${mapping.version.slice(0, 12)}`
    : 'no mapping for this type: the bundle is the minimal one';
  const told = lineage.filter(({ source }) => source !== null);
  return [
    `${head}\n\n${told.length} values of the message:\n`,
    columns(told.slice(0, MOST_SHOWN).map(({ target, source, map }) => [target, source, map ? `by ${map.name}` : ''])),
    more(told.length),
    `\n${unmapped.length} places that are not told:\n`,
    columns(unmapped.slice(0, MOST_SHOWN).map(({ source, reason, map }) => [source, reason, map ? `by ${map}` : ''])),
    more(unmapped.length),
  ].join('');
}

const more = (count: number): string =>
  count > MOST_SHOWN ? `and ${count - MOST_SHOWN} more: --json shows all\n` : '';
