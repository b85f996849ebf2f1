/** The audit trails of a data folder: verified against the signed heads, and exported. */
import { createWriteStream, existsSync } from 'node:fs';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorName, silentLog, WardflowError, type Redactor } from '../../engine/index.ts';
import { exportedChains } from '../../governance/audit/exported-chains.ts';
import { EXPORT_FORMATS, exportLines, type ExportFormat } from '../../governance/audit/export/export-lines.ts';
import { headsFile, headsFolder, publicKeyFile, readHeadKeys } from '../../governance/audit/heads/head-key.ts';
import { readHeads, type HeadsRead } from '../../governance/audit/heads/heads-file.ts';
import { verifyAgainstHeads, type TrailsVerdict } from '../../governance/audit/heads/verify-against-heads.ts';
import { openLocalTrails } from '../../governance/audit/local-trails.ts';
import { openAuditIndex } from '../../governance/audit/search/audit-index.ts';
import { createAuditSearch, type SearchFilter } from '../../governance/audit/search/audit-search.ts';
import { followChains } from '../../governance/audit/search/follow-chains.ts';
import { openAuditTrail } from '../../governance/server/local-audit.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { redactorOf, type RedactOption } from '../redaction.ts';
import { dateTime, json, safe } from '../terminal.ts';
import { timeOf } from './messages.ts';

export interface VerifyOptions {
  readonly offline?: boolean;
  /** Exported trails instead of those of the data folder. */
  readonly trail?: readonly string[];
  readonly heads?: string;
  readonly key?: readonly string[];
  readonly json?: boolean;
}

/** Gives the exit code: 1 where something is not what was written, or could not be read. */
export async function verifyAuditTrails(io: Io, options: VerifyOptions): Promise<number> {
  const { trail, offline = false } = options;
  const dataFolder = trail && options.heads && options.key ? null : io.config().dataFolder;
  const heads = await headsFor(dataFolder, options);
  const local = trail ? null : await openLocalTrails(dataFolder ?? io.config().dataFolder, offline);
  try {
    const chains = local?.chains ?? (await exportedChains(trail ?? []));
    if (chains.length === 0) throw cliErrors.create('no-trails', { folder: dataFolder ?? '' });
    const verdict = await verifyAgainstHeads(chains, heads);
    io.out(options.json === true ? json(verdict) : verdictText(verdict));
    return verdict.intact ? 0 : 1;
  } finally {
    local?.close();
  }
}

/** None yet is no error: where some were signed, the console's own trail says that they are gone. */
async function headsFor(dataFolder: string | null, { heads, key }: VerifyOptions): Promise<HeadsRead> {
  const folder = dataFolder === null ? '' : headsFolder(dataFolder);
  const file = heads ?? headsFile(folder);
  if (heads === undefined && !existsSync(file)) return { heads: [], problem: null };
  return readHeads(file, await readHeadKeys(key ?? [publicKeyFile(folder)]));
}

function verdictText({ intact, chains, heads }: TrailsVerdict): string {
  const lines = chains.map(({ chain, records, upTo, signedUpTo, findings }) =>
    findings.length > 0
      ? findings.map(({ code, text, remedy }) => `${text} ${remedy} (${code})`).join('\n')
      : `${chain}: intact, ${records} records${upTo ? ` up to ${dateTime(upTo.at)}` : ''}` +
        (signedUpTo ? `, signed up to record ${signedUpTo.seq} of ${dateTime(signedUpTo.at)}` : ', not signed yet'),
  );
  const ofHeads =
    heads.findings.length > 0
      ? heads.findings.map(({ code, text, remedy }) => `${text} ${remedy} (${code})`)
      : heads.newest
        ? [`signed heads: ${heads.count}, the newest of ${dateTime(heads.newest.at)}`]
        : ['signed heads: none; a trail that was rewritten as a whole would not show'];
  const head = intact
    ? `The audit trails are intact: ${chains.reduce((sum, { records }) => sum + records, 0)} records.`
    : 'The audit trails are NOT as they were written, or could not be read.';
  return `${[head, ...lines, ...ofHeads].map(safe).join('\n')}\n`;
}

export interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly offline?: boolean;
  readonly partial?: boolean;
  readonly text?: string;
  readonly actor?: string;
  readonly type?: string;
  readonly definition?: string;
  readonly message?: string;
  readonly proposal?: string;
  readonly environment?: string;
  readonly since?: string;
  readonly until?: string;
  readonly redact?: RedactOption;
}

/** All trails as one, oldest first, by the filter of the console's page. The export is audited, save offline. */
export async function exportAuditTrails(io: Io, options: ExportOptions): Promise<void> {
  const { out: file, format, offline = false, partial = false } = options;
  if (!isFormat(format))
    throw cliErrors.create('option-invalid', { option: '--format', takes: EXPORT_FORMATS.join(' or ') });
  if (file !== undefined && options.force !== true && (await exists(file)))
    throw cliErrors.create('file-exists', { file });
  const redactor = await redactorOf(io, options.redact);
  const { dataFolder } = io.config();
  const filter = filterOf(io, options);
  const local = await openLocalTrails(dataFolder, offline);
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-audit-'));
  const index = openAuditIndex(join(folder, 'index.sqlite'));
  try {
    const { chains, client, running } = local;
    if (chains.length === 0) throw cliErrors.create('no-trails', { folder: dataFolder });
    const follower = followChains({ index, chains, log: silentLog, onReplaced: () => undefined });
    const environments = chains.map(({ chain }) => chain);
    const search = createAuditSearch({ index, follower, client, runtimes: running, environments, now: () => io.now() });
    const { entries, count, parts } = await search.all(filter, io.actor(), partial);
    for (const { chain, complete } of parts)
      if (!complete) io.err(`The newest records of ${chain} are missing: its trail could not be read to its end.\n`);
    const by: Readonly<Record<string, string>> = redactor ? { redaction: redactor.profile.name } : {};
    if (!offline)
      note(dataFolder, io.actor(), { format, records: count, filter: Object.keys(filter).join(', '), ...by });
    const whole = exportLines(entries, format, hostname());
    const lines = redactor ? redactedLines(whole, format, redactor) : whole;
    if (file === undefined) for await (const text of lines) await io.bytes(Buffer.from(text, 'utf8'));
    else await write(file, lines);
  } finally {
    index.close();
    local.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whole lines come in each piece. A chain of records cannot be verified from what was redacted. */
async function* redactedLines(
  pieces: AsyncIterable<string>,
  format: ExportFormat,
  redactor: Redactor,
): AsyncGenerator<string> {
  for await (const piece of pieces)
    for (const line of piece.split('\n')) {
      if (line === '') continue;
      const value: unknown = JSON.parse(line);
      yield `${JSON.stringify(format === 'fhir' ? redactor.fhir(value) : redactor.record('audit', value))}\n`;
    }
}

function note(dataFolder: string, actor: string, details: Readonly<Record<string, string | number>>): void {
  const { audit, close } = openAuditTrail(dataFolder);
  try {
    audit.append('audit.exported', actor, details);
  } finally {
    close();
  }
}

function filterOf(io: Io, options: ExportOptions): SearchFilter {
  const { text, actor, type, definition, message, proposal, environment, since, until } = options;
  return {
    ...(text !== undefined && { q: text }),
    ...(actor !== undefined && { actor }),
    ...(type !== undefined && { type }),
    ...(definition !== undefined && { definition }),
    ...(message !== undefined && { message }),
    ...(proposal !== undefined && { proposal }),
    ...(environment !== undefined && { environment }),
    ...(since !== undefined && { since: timeOf(since, io.now()) }),
    ...(until !== undefined && { until: timeOf(until, io.now()) }),
  };
}

const isFormat = (format: string): format is ExportFormat => (EXPORT_FORMATS as readonly string[]).includes(format);

async function write(file: string, lines: AsyncIterable<string>): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  try {
    await pipeline(lines, createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof WardflowError) throw error;
    throw cliErrors.create('file-unwritable', { file, reason: errorName(error) }, { cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
