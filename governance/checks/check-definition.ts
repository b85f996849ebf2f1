/** All checks of one definition: pure over its files, the catalogue and what else is given. */
import { checkAddresses } from './check-addresses.ts';
import { checkAlerts } from './check-alerts.ts';
import { checkAnswers } from './check-answers.ts';
import { checkEvents } from './check-events.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkIntent } from './check-intent.ts';
import { checkLabels } from './check-labels.ts';
import { checkLoops } from './check-loops.ts';
import { checkMaps } from './check-maps.ts';
import { checkNames } from './check-names.ts';
import { checkNodes } from './check-nodes.ts';
import { checkPaths } from './check-paths.ts';
import { checkScenarioFiles } from './check-scenario-files.ts';
import { checkSends } from './check-sends.ts';
import { checkSoundness } from './check-soundness.ts';
import { checkTables } from './check-tables.ts';
import type { Finding } from './finding.ts';
import { FlowGraph } from './flow-graph.ts';
import { SEVERITIES } from './severity.ts';
import { subjectOf, type CheckRequest } from './subject.ts';

export type { CheckRequest } from './subject.ts';

/** Everything that is wrong or worth knowing, the gravest first. Nothing: the definition is clean. */
export async function checkDefinition(request: CheckRequest): Promise<readonly Finding[]> {
  const subject = subjectOf(request);
  const graph = new FlowGraph(subject.nodes, subject.sharedNodes);
  const found = [
    ...checkSoundness(subject),
    ...checkAddresses(subject),
    ...checkNodes(subject),
    ...checkExpressions(subject),
    ...checkPaths(subject, graph),
    ...checkAnswers(subject, graph),
    ...checkEvents(subject),
    ...checkLoops(subject, graph),
    ...checkNames(subject),
    ...(await checkTables(subject)),
    ...checkLabels(subject),
    ...checkIntent(subject),
    ...checkSends(subject),
    ...checkMaps(subject),
    ...checkAlerts(subject),
    ...checkScenarioFiles(subject),
  ];
  const unique = new Map(found.map((one) => [JSON.stringify([one.code, one.file, one.node?.id, one.text]), one]));
  return [...unique.values()].toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || compare(a.file, b.file),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
