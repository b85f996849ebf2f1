import { PROBLEM_KINDS, PROBLEM_STATES, type ProblemReport } from '../../engine/index.ts';
import type { ProblemChange, ProblemList } from '../../runtime/api/task-contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { redactorOf, type RedactOption } from '../redaction.ts';
import { findRuntime } from '../runtime-client.ts';
import { columns, dateTime, json, jsonLine, safe } from '../terminal.ts';

export interface Common {
  readonly runtime: string;
  readonly redact?: RedactOption;
  readonly json?: boolean;
}

export interface ProblemListOptions extends Common {
  readonly limit: string;
  readonly state?: string;
  readonly kind?: string;
  readonly definition?: string;
}

export interface ProblemAnswerOptions extends Common {
  readonly state?: string;
  readonly answer?: string;
  readonly assignee?: string;
  readonly proposal?: string;
}

type Shown = ProblemList['problems'][number];

/** The API's own limit. */
const MOST = 1_000;

/** Those that wait for an answer, unless states are asked for; newest first. Their words are clinical: only `show` has them. */
export async function listProblems(io: Io, options: ProblemListOptions): Promise<void> {
  const limit = /^\d{1,4}$/.test(options.limit) ? Number(options.limit) : 0;
  if (limit < 1 || limit > MOST) throw cliErrors.create('option-invalid', { option: '--limit', takes: `1 to ${MOST}` });
  const states = (options.state ?? 'open,looked-at').split(',').map(stateIn);
  const { kind, definition } = options;
  if (kind !== undefined && !(PROBLEM_KINDS as readonly string[]).includes(kind))
    throw cliErrors.create('option-invalid', { option: '--kind', takes: PROBLEM_KINDS.join(', ') });
  const redactor = await redactorOf(io, options.redact);
  const runtime = await findRuntime(io, options.runtime);
  const query = { limit, state: states.join(','), kind, definition };
  const { problems } = await runtime.get<ProblemList>('/problems', query);
  if (redactor) io.out(json(problems.map((one) => redactor.record('problem', one))));
  else if (options.json === true) io.out(json(problems));
  else if (problems.length === 0) io.out('No reports.\n');
  else
    io.out(
      columns([
        ['id', 'reported', 'by', 'kind', 'state', 'looked at by', 'definition', 'about'],
        ...problems.map((one) => [
          one.id,
          dateTime(one.at),
          one.by,
          one.kind,
          one.state,
          one.assignee,
          one.definition === '' ? null : one.definition,
          aboutOf(one),
        ]),
      ]),
    );
}

export async function showProblem(io: Io, id: string, options: Common): Promise<void> {
  const redactor = await redactorOf(io, options.redact);
  const runtime = await findRuntime(io, options.runtime);
  const one = await runtime.get<Shown>(pathOf(id));
  if (redactor || options.json === true) {
    io.out(json(redactor ? redactor.record('problem', one) : one));
    return;
  }
  const facts: readonly (readonly [string, string | null])[] = [
    ['kind', one.kind],
    ['state', one.state],
    ['reported', `${dateTime(one.at)} by ${one.by}`],
    ['about', aboutOf(one)],
    ['message', one.messageId],
    ['definition', one.definition === '' ? null : one.definition],
    ['version', one.definitionVersion],
    ['looked at by', one.assignee],
    ['proposal', one.proposal],
    ['text', one.text],
    ['answer', one.answer],
  ];
  io.out(columns(facts));
}

/** As it is at this moment: whoever types an id has no older version before them. */
export async function answerProblem(io: Io, id: string, options: ProblemAnswerOptions): Promise<void> {
  const { answer, assignee, proposal } = options;
  const state = options.state === undefined ? undefined : stateIn(options.state);
  if ([state, answer, assignee, proposal].every((one) => one === undefined))
    throw cliErrors.create('option-invalid', {
      option: 'answer',
      takes: 'one of --state, --answer, --assignee, --proposal',
    });
  const runtime = await findRuntime(io, options.runtime);
  const { version: seen } = await runtime.get<Shown>(pathOf(id));
  const change: ProblemChange = {
    seen,
    ...(state !== undefined && { state }),
    ...(answer !== undefined && { answer }),
    ...(assignee !== undefined && { assignee }),
    ...(proposal !== undefined && { proposal }),
  };
  const now = await runtime.post<ProblemReport>(pathOf(id), change);
  io.out(options.json === true ? jsonLine(now) : `${safe(`${now.id}: ${now.state}`)}\n`);
}

const pathOf = (id: string): string => `/problems/${encodeURIComponent(id)}`;

const aboutOf = ({ taskId, alertId, messageId }: ProblemReport): string =>
  taskId === null ? (alertId === null ? `message ${messageId}` : `alert ${alertId}`) : `task ${taskId}`;

function stateIn(text: string): ProblemReport['state'] {
  const state = PROBLEM_STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw cliErrors.create('option-invalid', { option: '--state', takes: PROBLEM_STATES.join(', ') });
}
