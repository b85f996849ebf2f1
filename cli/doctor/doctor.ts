/** `wardflow doctor`: looks at everything that can keep Wardflow from running well, and says how to mend it. */
import { readRunInfo, WardflowError, type Config, type RunInfo } from '../../engine/index.ts';
import { demoFlowsFolder } from '../../supervisor/demo-flows.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { redactorOf } from '../redaction.ts';
import { json, safe } from '../terminal.ts';
import { checkAuditHeads } from './check-audit-heads.ts';
import { checkChannels } from './check-channels.ts';
import { checkBound } from './check-bound.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkDataFolder, checkDisk, checkNode } from './check-machine.ts';
import { checkLifetimes } from './check-lifetimes.ts';
import { checkFhirEndpoints } from './check-fhir-endpoints.ts';
import { checkMllpTls } from './check-mllp-tls.ts';
import { checkBindings, checkPorts, checkRunning } from './check-running.ts';
import { checkRosters } from './check-roster.ts';
import { checkTls } from './check-tls.ts';
import { ok, wrong, type Finding } from './finding.ts';
import { writeSupportBundle } from './support-bundle.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  /** File of the support bundle. */
  readonly bundle?: string;
  /** Profile that it is written by; default `nothing-clinical`. */
  readonly redact?: string;
}

/** Gives the exit code: 1 when something is wrong; warnings alone are 0. */
export async function doctor(io: Io, options: DoctorOptions): Promise<number> {
  const { bundle, redact } = options;
  if (bundle === undefined && redact !== undefined)
    throw cliErrors.create('option-invalid', { option: '--redact', takes: 'a profile for what --bundle writes' });
  const redactor = bundle === undefined ? undefined : await redactorOf(io, redact ?? true);
  const findings: Finding[] = [checkNode()];
  const config = attempt(findings, 'settings', () => io.config());
  if (config) {
    findings.push(ok('settings', 'all can be used'));
    findings.push(
      ...(await guarded('data folder', async () => [await checkDataFolder(config), await checkDisk(config)])),
    );
    const run = await guardedRun(findings, config);
    const [folder, now] = [run?.demo ? demoFlowsFolder(config) : config.flowsFolder, new Date(io.now())];
    findings.push(
      ...(await guarded('lifetimes', () => checkLifetimes(config))),
      ...(await guarded('TLS', () => checkTls(config, io.now()))),
      ...(await guarded('bindings', () => checkBindings(config, run))),
      ...(await guarded('MLLP', () => checkMllpTls(config, io.now()))),
      ...(await guarded('FHIR endpoints', () => checkFhirEndpoints(config, io.now()))),
      ...(await guarded('alert channels', () => checkChannels(config))),
      ...(await guarded('processes', () => (run ? checkRunning(io, run, config) : checkPorts(config)))),
      ...(await guarded('audit heads', () => checkAuditHeads(config, run !== null, io.now()))),
      ...(await guarded('definitions', () => checkDefinitions(folder, now))),
      ...(await guarded('roster', () => checkRosters(config, io.now()))),
      ...(await guarded('names of flows', () => checkBound(config, folder, now))),
    );
  }
  if (bundle !== undefined && redactor) {
    await writeSupportBundle(io, bundle, findings, redactor);
    io.err(`Written to ${bundle} by the redaction profile ${redactor.profile.name}: read it before you pass it on.\n`);
  }
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  if (options.json === true) io.out(json({ ok: errors === 0, findings }));
  else {
    for (const finding of findings) io.out(line(finding));
    io.out(`\n${summary(errors, warnings)}\n`);
  }
  return errors === 0 ? 0 : 1;
}

async function guardedRun(findings: Finding[], config: Config): Promise<RunInfo | null> {
  try {
    return await readRunInfo(config.dataFolder);
  } catch (error) {
    findings.push(...said('run.json', error));
    return null;
  }
}

function attempt<T>(findings: Finding[], about: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    findings.push(...said(about, error));
    return undefined;
  }
}

/** A check that fails is itself a finding: the others still run. */
async function guarded(about: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return said(about, error);
  }
}

function said(about: string, error: unknown): readonly Finding[] {
  if (error instanceof WardflowError) return [wrong(about, error.message, error.remedy)];
  throw error;
}

const MARK = { ok: 'ok', note: '--', warning: 'WARNING', error: 'WRONG' } as const;

function line({ level, about, text, remedy }: Finding): string {
  const first = `${MARK[level].padEnd(8)} ${safe(about)}: ${safe(text)}\n`;
  return remedy === undefined ? first : `${first}${' '.repeat(9)}-> ${safe(remedy)}\n`;
}

function summary(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'Nothing is wrong.';
  const parts = [
    ...(errors > 0 ? [`${errors} wrong`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return `${parts.join(', ')}; what to do is said above.`;
}
