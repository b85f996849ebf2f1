/** Scenario files are sound, and there are some where there is a flow. That they pass is for the runner to say. */
import { readScenarios } from '../scenarios/read-scenarios.ts';
import { finding, type Finding } from './finding.ts';
import { SHARED, type Subject } from './subject.ts';

export function checkScenarioFiles({ name, files }: Subject): Finding[] {
  const { scenarios, problems } = readScenarios(files);
  if (scenarios.length === 0 && problems.length === 0 && name !== SHARED)
    return [finding('scenarios-missing', { definition: name, file: 'scenarios' })];
  return problems.map(({ file, text }) =>
    finding('scenario-unsound', { definition: name, file }, { problem: `${file} ${text}` }),
  );
}
