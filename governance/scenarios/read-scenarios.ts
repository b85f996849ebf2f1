/** From a definition's files to its scenarios: everything is checked, everything wrong is said. */
import jsonata from 'jsonata';
import { describeProblems, durationMs } from '../../engine/index.ts';
import { TASK_ACTS, userOf } from './people.ts';
import { scenarioCheck } from './scenario-schema.ts';
import { labelOf, type Expectation, type Scenario, type Step } from './scenario.ts';

export interface ScenarioProblem {
  /** `scenarios/resend.json` */
  readonly file: string;
  /** Begins after the file's name. */
  readonly text: string;
}

/** Sound scenarios by name, and what is wrong with the others. */
export function readScenarios(files: Readonly<Record<string, string>>): {
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly ScenarioProblem[];
} {
  const scenarios: Scenario[] = [];
  const problems: ScenarioProblem[] = [];
  for (const file of Object.keys(files).toSorted()) {
    const name = /^scenarios\/(.+)\.json$/.exec(file)?.[1];
    if (name === undefined) continue;
    const json = parsed(files[file] ?? '');
    const wrong = json === undefined ? ['is not JSON'] : problemsOf(json, name, files);
    problems.push(...wrong.map((text) => ({ file, text })));
    if (wrong.length === 0) scenarios.push(json as Scenario);
  }
  return { scenarios, problems };
}

function problemsOf(json: unknown, name: string, files: Readonly<Record<string, string>>): readonly string[] {
  if (!scenarioCheck.accepts(json)) return [describeProblems(scenarioCheck.problems(json))];
  const wrong: string[] = [];
  if (json.name !== name) wrong.push(`has the name "${json.name}", and its file another`);
  const labels = new Set<string>();
  for (const [i, { person }] of (json.given?.roster ?? []).entries())
    if (userOf(person) !== person) wrong.push(`given.roster[${i}].person is no user name like "ana" or "night-nurse"`);
  let before = 0;
  for (const [i, step] of json.steps.entries()) {
    const at = durationMs(step.at);
    if (at === undefined) wrong.push(`steps[${i}].at is not a duration like PT10M`);
    else if (at < before) wrong.push(`steps[${i}].at is before the step above`);
    before = Math.max(before, at ?? 0);
    const { advance } = step;
    const more = advance === undefined ? 0 : durationMs(advance);
    if (more === undefined) wrong.push(`steps[${i}].advance is not a duration like PT10M`);
    before += more ?? 0;
    wrong.push(...stepProblems(step, `steps[${i}]`, labels, files));
  }
  return [...wrong, ...json.expect.flatMap((one, i) => expectationProblems(one, `expect[${i}]`, labels))];
}

function stepProblems(
  step: Step,
  place: string,
  labels: Set<string>,
  files: Readonly<Record<string, string>>,
): readonly string[] {
  const { send, ack, change, task, alert, review, expect = [] } = step;
  const wrong: string[] = [];
  if (send) {
    if ((send.sample === undefined) === (send.text === undefined))
      wrong.push(`${place}.send needs either a sample or a text`);
    if (send.sample !== undefined && !(`samples/${send.sample}` in files))
      wrong.push(`${place}.send names the sample "${send.sample}", which is not there`);
    const text = send.text ?? files[`samples/${send.sample ?? ''}`] ?? '';
    for (const [from] of send.replace ?? [])
      if (!text.includes(from)) wrong.push(`${place}.send replaces a text that is not in the message`);
    const label = labelOf(send);
    if (labels.has(label)) wrong.push(`${place}.send is the second message called "${label}": give it another "as"`);
    labels.add(label);
  }
  if (ack?.of !== undefined && !labels.has(ack.of)) wrong.push(unknownMessage(`${place}.ack.of`, ack.of));
  for (const [name, act] of Object.entries({ task, alert, review }))
    if (act?.of !== undefined && !labels.has(act.of)) wrong.push(unknownMessage(`${place}.${name}.of`, act.of));
  if (task && TASK_ACTS.filter((act) => task[act] !== undefined).length !== 1)
    wrong.push(`${place}.task needs exactly one of ${TASK_ACTS.join(', ')}`);
  if (task?.to !== undefined && task.part === undefined) wrong.push(`${place}.task.to goes with "part"`);
  if (change?.match !== undefined && !compiles(change.match)) wrong.push(`${place}.change.match is not JSONata`);
  return [...wrong, ...expect.flatMap((one, i) => expectationProblems(one, `${place}.expect[${i}]`, labels))];
}

function expectationProblems(
  { kind, of, match, type, is }: Expectation,
  place: string,
  labels: ReadonlySet<string>,
): readonly string[] {
  const wrong: string[] = [];
  if (of !== undefined && !labels.has(of)) wrong.push(unknownMessage(`${place}.of`, of));
  if (match !== undefined && !compiles(match)) wrong.push(`${place}.match is not JSONata`);
  if ((type !== undefined) !== (kind === 'resource'))
    wrong.push(`${place}.type goes with the kind "resource", and it with it`);
  if (is !== undefined && kind !== 'state') wrong.push(`${place}.is goes with the kind "state"`);
  if (kind === 'state' && (of === undefined || (is === undefined && match === undefined)))
    wrong.push(`${place} needs "of", and "is" or "match"`);
  return wrong;
}

const unknownMessage = (place: string, label: string): string =>
  `${place} names the message "${label}", which no step above sends`;

function compiles(expression: string): boolean {
  try {
    jsonata(expression);
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
