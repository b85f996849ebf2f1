/** Who covers which role, unit and shift: `roster.json` of an environment of this machine. Whoever may write there needs no login. */
import { readFile, stat } from 'node:fs/promises';
import { DateTime, IANAZone } from 'luxon';
import { errorName, loadDefinitions, type Config, type RosterEntry } from '../../engine/index.ts';
import { openAuditTrail } from '../../governance/server/local-audit.ts';
import { demoFlowsFolder } from '../../supervisor/demo-flows.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { accountsIn } from '../roster/accounts.ts';
import { rosterDifference } from '../roster/difference.ts';
import { rosterFindings } from '../roster/findings.ts';
import { rolesWanted } from '../roster/roles-wanted.ts';
import { rosterFromCsv } from '../roster/from-csv.ts';
import { rosterFromFhir } from '../roster/from-fhir.ts';
import type { ReadRoster } from '../roster/read.ts';
import { readRosterFile, writeRosterFile } from '../roster/roster-file.ts';
import { columns, dateTime, json, safe } from '../terminal.ts';

interface Common {
  readonly runtime: string;
  readonly json?: boolean;
}

export interface RosterImportOptions extends Common {
  readonly from: string;
  readonly zone?: string;
  readonly days: string;
  readonly system?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_DAYS = 366;
const SHOWN = 40;
const ENVIRONMENTS = ['staging', 'production'];

/** Replaces the roster by that of the file, after it has shown what changes. */
export async function importRoster(io: Io, file: string, options: RosterImportOptions): Promise<void> {
  const environment = environmentOf(options);
  const zone = options.zone ?? DateTime.local().zoneName;
  if (!IANAZone.isValidZone(zone))
    throw cliErrors.create('option-invalid', { option: '--zone', takes: 'a time zone such as Europe/Berlin' });
  const days = /^\d{1,3}$/.test(options.days) ? Number(options.days) : 0;
  if (days < 1 || days > MOST_DAYS)
    throw cliErrors.create('option-invalid', { option: '--days', takes: `1 to ${MOST_DAYS}` });
  const text = await textOf(file);
  const { system } = options;
  const read: ReadRoster =
    options.from === 'csv' ? rosterFromCsv(text, zone) : rosterFromFhir(text, { zone, days, system, now: io.now() });
  if (read.problems.length > 0)
    throw cliErrors.create('roster-unreadable', { file, problems: read.problems.slice(0, 20).join('; ') });

  const config = io.config();
  const before = await readRosterFile(config, environment);
  const { added, removed } = rosterDifference(before.roster.entries, read.entries);
  const change = { entries: read.entries.length, added: added.length, removed: removed.length };
  if (options.json !== true) io.out(differenceText(added, removed));
  const changes = added.length + removed.length > 0;
  if (changes && options.dryRun !== true) {
    await demandYes(io, options);
    await writeRosterFile(before, read.entries);
    const { audit, close } = openAuditTrail(config.dataFolder);
    try {
      audit.append('roster.imported', io.actor(), { environment, from: options.from, ...change });
    } finally {
      close();
    }
  }
  const written = changes && options.dryRun !== true;
  if (options.json === true) io.out(json({ ...change, written, changes: { added, removed } }));
  else if (written)
    io.out(`The roster of ${environment} has ${change.entries} entries now.\n${withoutAccount(config, read.entries)}`);
}

/** Nobody sees the tasks of a name that no account has: said while whoever wrote it is there. */
function withoutAccount({ dataFolder }: Config, entries: readonly RosterEntry[]): string {
  const accounts = accountsIn(dataFolder);
  const names = accounts ? [...new Set(entries.map(({ person }) => person))].filter((one) => !accounts.has(one)) : [];
  if (names.length === 0) return '';
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return safe(`No account has these user names: ${names.slice(0, SHOWN).join(', ')}${more}.`) + '\n';
}

/** Who is on at the moment asked for. */
export async function showRoster(io: Io, options: Common & { readonly at?: string }): Promise<void> {
  const environment = environmentOf(options);
  const at = options.at === undefined ? io.now() : Date.parse(options.at);
  if (!Number.isFinite(at))
    throw cliErrors.create('option-invalid', { option: '--at', takes: 'a time (2026-01-31T08:00:00Z)' });
  const { roster, text } = await readRosterFile(io.config(), environment);
  const on = roster.entries.filter(({ from, to }) => (from === null || from <= at) && (to === null || to > at));
  if (options.json === true) io.out(json({ at, entries: on, changesAt: roster.changesAfter(at) }));
  else if (text === null) io.out(`${environment} has no roster.\n`);
  else if (on.length === 0) io.out('Nobody is on then.\n');
  else io.out(columns([['role', 'unit', 'person', 'from', 'to'], ...on.map(cellsOf)]));
}

/** Gives the exit code: 1 where the roster lacks something. */
export async function checkRoster(io: Io, options: Common): Promise<number> {
  const environment = environmentOf(options);
  const config = io.config();
  const findings = await findingsOf(config, environment, io.now());
  const warnings = findings.filter(({ level }) => level !== 'ok');
  if (options.json === true) io.out(json({ ok: warnings.length === 0, findings }));
  else
    for (const { text, remedy } of findings)
      io.out(`${safe(text)}${remedy === undefined ? '' : ` -> ${safe(remedy)}`}\n`);
  return warnings.length === 0 ? 0 : 1;
}

export async function findingsOf(
  config: Config,
  environment: string,
  now: number,
): Promise<ReturnType<typeof rosterFindings>> {
  const { roster, text } = await readRosterFile(config, environment);
  if (text === null) throw cliErrors.create('roster-missing', { environment });
  const folder = environment === 'staging' ? demoFlowsFolder(config) : config.flowsFolder;
  // A folder that cannot be read is told where definitions are checked.
  const definitions = await loadDefinitions(folder).then(
    ({ all }) => all,
    () =>
      loadDefinitions(config.flowsFolder).then(
        ({ all }) => all,
        () => [],
      ),
  );
  const accounts = accountsIn(config.dataFolder);
  return rosterFindings({ environment, roster, accounts, wanted: rolesWanted(definitions), now });
}

async function demandYes(io: Io, { yes }: RosterImportOptions): Promise<void> {
  if (yes === true) return;
  const answer = await io.confirm('Put this roster in force?');
  if (answer === 'yes') return;
  throw cliErrors.create(answer === 'no' ? 'roster-not-wanted' : 'roster-confirmation-needed');
}

function environmentOf({ runtime }: Common): string {
  if (ENVIRONMENTS.includes(runtime)) return runtime;
  throw cliErrors.create('option-invalid', { option: '--runtime', takes: ENVIRONMENTS.join(' or ') });
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MOST_BYTES) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = errorName(error);
    const problems = why === 'ENOENT' ? 'there is no such file' : `it cannot be read (${why})`;
    throw cliErrors.create('roster-unreadable', { file, problems }, { cause: error });
  }
}

const cellsOf = ({ role, unit, person, from, to }: RosterEntry): readonly string[] => [
  role,
  unit ?? 'all units',
  person,
  dateTime(from),
  dateTime(to),
];

function differenceText(added: readonly RosterEntry[], removed: readonly RosterEntry[]): string {
  if (added.length + removed.length === 0) return 'Nothing changes.\n';
  const rows = (sign: string, entries: readonly RosterEntry[]): readonly (readonly string[])[] =>
    entries.slice(0, SHOWN).map((one) => [sign, ...cellsOf(one)]);
  const more = [
    ...(removed.length > SHOWN ? [`${removed.length - SHOWN} more go`] : []),
    ...(added.length > SHOWN ? [`${added.length - SHOWN} more come`] : []),
  ];
  return [
    columns([...rows('-', removed), ...rows('+', added)]),
    ...more.map((line) => `${line}\n`),
    `${removed.length} go, ${added.length} come.\n`,
  ].join('');
}
