/** `wardflow check`: what a reviewer would otherwise have to find by eye. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPolicy } from '../../governance/bundle/policy.ts';
import { checkFolder, type CheckedDefinition } from '../../governance/checks/check-folder.ts';
import type { Finding } from '../../governance/checks/finding.ts';
import { loadCatalogue } from '../../governance/checks/load-catalogue.ts';
import { DEFAULT_CHECK_POLICY, type CheckPolicy } from '../../governance/checks/policy.ts';
import { SEVERITIES, type Severity } from '../../governance/checks/severity.ts';
import { boundNames } from '../bound-names.ts';
import { cliErrors } from '../errors.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { json, safe } from '../terminal.ts';
import { writeJUnit, type ReportSuite } from '../write-report.ts';

export interface CheckOptions {
  readonly folder?: string;
  readonly json?: boolean;
  readonly junit?: string;
  readonly failOn: string;
}

/** Gives the exit code: 1 where something is found that is as grave as `failOn`, or graver. */
export async function check(io: Io, names: readonly string[], options: CheckOptions): Promise<number> {
  const limit = SEVERITIES.indexOf(severityIn(options.failOn));
  const config = io.config();
  const folder = await flowsFolderFor(io, options.folder);
  const checked = await checkFolder({
    folder,
    names,
    catalogue: await loadCatalogue(),
    policy: await policyIn(folder),
    bindings: await boundNames(config),
    now: new Date(io.now()),
  });
  const findings = checked.flatMap((one) => one.findings);
  const failed = findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit);
  if (options.junit !== undefined) await writeJUnit(options.junit, checked.map(suiteOf));
  if (options.json === true) io.out(json({ ok: !failed, definitions: checked }));
  else print(io, checked);
  return failed ? 1 : 0;
}

function severityIn(text: string): Severity {
  const found = SEVERITIES.find((one) => one === text);
  if (!found) throw cliErrors.create('option-invalid', { option: '--fail-on', takes: SEVERITIES.join(', ') });
  return found;
}

/** Without a policy the default holds; one that cannot be read is refused: it might forbid what is found. */
async function policyIn(folder: string): Promise<CheckPolicy> {
  const file = join(folder, '_policy', 'policy.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return DEFAULT_CHECK_POLICY;
    throw cliErrors.create('policy-unreadable', { file, reason: code }, { cause: error });
  }
  return (await readPolicy(text)).policy;
}

const MARK: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', notice: 'notice' };

function print(io: Io, checked: readonly CheckedDefinition[]): void {
  for (const { definition, findings } of checked) {
    io.out(`${safe(definition)}: ${findings.length === 0 ? 'nothing found' : counted(findings)}\n`);
    for (const { severity, code, file, node, text, remedy } of findings) {
      const where = node ? `${file}, node ${node.id}` : file;
      io.out(`  ${MARK[severity].padEnd(8)} ${code}  ${safe(where)}\n`);
      io.out(`           ${safe(text)}\n           -> ${safe(remedy)}\n`);
    }
  }
}

function counted(findings: readonly Finding[]): string {
  return SEVERITIES.flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
  }).join(', ');
}

function suiteOf({ definition, findings }: CheckedDefinition): ReportSuite {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const others = findings.filter(({ severity }) => severity !== 'error');
  const output = others.map(({ severity, code, file, text }) => `${severity} ${code} ${file}: ${text}`).join('\n');
  return {
    name: `check ${definition}`,
    cases: [
      { name: 'has no errors', ...(errors[0] && { failure: { code: errors[0].code, text: counted(errors) } }), output },
      ...errors.map(({ code, file, node, text, remedy }) => ({
        name: node ? `${code} at ${node.id}` : `${code} in ${file}`,
        file: `${definition}/${file}`,
        failure: { code, text: `${text} ${remedy}` },
      })),
    ],
  };
}
