/** `wardflow scenarios run`: each scenario in a runtime of its own, and what was not as expected. */
import { readDefinitionFiles } from '../../engine/index.ts';
import { checkErrors } from '../../governance/checks/errors.ts';
import { SHARED } from '../../governance/checks/subject.ts';
import { scenarioErrors } from '../../governance/scenarios/errors.ts';
import { readScenarios } from '../../governance/scenarios/read-scenarios.ts';
import { runScenarios, type DefinitionResult } from '../../governance/scenarios/run-definition.ts';
import type { ScenarioResult } from '../../governance/scenarios/run-scenario.ts';
import { cliErrors } from '../errors.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { json, safe } from '../terminal.ts';
import { writeJUnit, type ReportSuite } from '../write-report.ts';

export interface ScenarioOptions {
  readonly folder?: string;
  readonly scenario?: readonly string[];
  readonly jobs: string;
  readonly json?: boolean;
  readonly junit?: string;
}

/** Gives the exit code: 1 where a scenario came out otherwise than expected. */
export async function runScenariosOf(io: Io, names: readonly string[], options: ScenarioOptions): Promise<number> {
  const atOnce = jobsIn(options.jobs);
  const folder = await flowsFolderFor(io, options.folder);
  const all = await readDefinitionFiles(folder);
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw checkErrors.create('definition-not-found', {
      name: unknown,
      folder,
      known: all.map(({ name }) => name).join(', ') || 'none',
    });
  const shared = all.find(({ name }) => name === SHARED)?.files;
  const chosen = all.filter(({ name }) => name !== SHARED && (names.length === 0 || names.includes(name)));
  const known = chosen.flatMap(({ files }) => readScenarios(files).scenarios.map(({ name }) => name));
  const { scenario: only = [] } = options;
  const missing = only.find((name) => !known.includes(name));
  if (missing !== undefined)
    throw scenarioErrors.create('scenario-unknown', { scenario: missing, known: known.join(', ') || 'none' });

  const results: DefinitionResult[] = [];
  for (const { name, files } of chosen) {
    const isMeant = readScenarios(files).scenarios.some((one) => only.length === 0 || only.includes(one.name));
    if (!isMeant && only.length > 0) continue;
    if (options.json !== true) io.out(`${safe(name)}\n`);
    const result = await runScenarios({
      definition: name,
      files,
      only,
      atOnce,
      ...(shared && { shared }),
      ...(options.json !== true && { onResult: (one) => io.out(linesOf(one)) }),
    });
    results.push(result);
    if (options.json !== true) io.out(`${summary(result)}\n`);
  }
  const ok = results.every((one) => one.ok);
  if (options.junit !== undefined) await writeJUnit(options.junit, results.map(suiteOf));
  if (options.json === true) io.out(json({ ok, definitions: results }));
  return ok ? 0 : 1;
}

function jobsIn(text: string): number {
  const jobs = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (jobs < 1) throw cliErrors.create('option-invalid', { option: '--jobs', takes: 'a number from 1 to 99' });
  return jobs;
}

function linesOf({ scenario, title, ok, differences, tookMs }: ScenarioResult): string {
  const first = `  ${ok ? 'ok    ' : 'FAILED'}  ${safe(scenario)}: ${safe(title)} (${(tookMs / 1000).toFixed(1)} s)\n`;
  const lines = differences.flatMap(({ place, text }) => `${place}: ${text}`.split('\n'));
  return first + lines.map((line) => `          ${safe(line)}\n`).join('');
}

function summary({ scenarios, hash }: DefinitionResult): string {
  if (scenarios.length === 0) return '  no scenarios';
  const passed = scenarios.filter(({ ok }) => ok).length;
  return `  ${passed} of ${scenarios.length} as expected, result ${hash}`;
}

function suiteOf({ definition, scenarios }: DefinitionResult): ReportSuite {
  return {
    name: `scenarios ${definition}`,
    cases: scenarios.map(({ scenario, title, differences }) => ({
      name: `${scenario}: ${title}`,
      file: `${definition}/scenarios/${scenario}.json`,
      ...(differences.length > 0 && {
        failure: {
          code: 'scenario',
          text: differences.map(({ place, text }) => `${place}: ${text.replaceAll(/\s*\n\s*/g, ' ')}`).join(' | '),
        },
      }),
    })),
  };
}
