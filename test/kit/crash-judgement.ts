/** What must be found after a runtime was killed under load, asked of its API and of the FHIR server that counted. */
import type { MessageSummary } from '../../engine/index.ts';
import type { AuditList, AuditVerification, MessageDetail, MessageList } from '../../runtime/api/contract.ts';
import type { AlertList, TaskList, TaskView } from '../../runtime/api/task-contract.ts';
import { COPY_SYSTEM, isInStep } from './copies-of.ts';
import type { CountingFhirServer } from './counting-fhir-server.ts';
import type { RuntimeProcess } from './runtime-process.ts';

/** An acknowledged message. `critical` and `discharge` are written to the EHR, `critical` tells people as well. */
export interface Sent {
  readonly controlId: string;
  readonly kind: 'plain' | 'critical' | 'discharge';
  readonly patient: string;
}

export interface Judgement {
  readonly resends: number;
  /** POSTs that made nothing, and look-ups: what a repeat comes to. */
  readonly repeatedWrites: number;
  readonly lookUps: number;
  readonly writes: number;
  readonly alerts: number;
  readonly auditRecords: number;
  /** One line for each promise that was not kept; none: all were. */
  readonly problems: readonly string[];
}

const CONTROL_ID = 'urn:wardflow:message-control-id';
/** A copy may be owed for so long after all else is done, before that is a problem. */
const COPIES_MS = 600_000;

/** Nobody answers: each later step of the shipped ladder writes one more Communication, and so does each repeat of its last. */
const STEP_MINUTES = 10;

/** In a long run a later step of a ladder takes its message up again for a moment, at any time. */
const STEP_TAKES_MS = 60_000;

async function notDone(runtime: RuntimeProcess, entries: readonly MessageSummary[]): Promise<readonly string[]> {
  const left: string[] = [];
  const end = Date.now() + STEP_TAKES_MS;
  for (const { id, state } of entries.filter((one) => one.state !== 'done' && one.state !== 'resend')) {
    const isDone = ({ message }: MessageDetail): boolean => message.state === 'done';
    await runtime.until(`/messages/${id}`, isDone, end - Date.now()).catch(() => left.push(`${id} is ${state}`));
  }
  return left;
}

/** `sent`: in the order in which the messages of each patient were acknowledged; all of it within `minutes`. */
export async function judge(
  runtime: RuntimeProcess,
  server: CountingFhirServer,
  sent: readonly Sent[],
  minutes: number,
): Promise<Judgement> {
  const problems: string[] = [];
  const none = (what: string, of: readonly string[]): void => {
    if (of.length > 0) problems.push(`${what}: ${of.length}, the first ${of.slice(0, 5).join(', ')}`);
  };
  const entries = await allMessages(runtime);
  const accepted = Map.groupBy(
    entries.filter(({ state }) => state !== 'resend'),
    ({ controlId }) => controlId ?? 'none',
  );
  const controlIds = sent.map(({ controlId }) => controlId);
  none(
    'acknowledged and lost',
    controlIds.filter((id) => !accepted.has(id)),
  );
  none(
    'accepted twice',
    [...accepted].filter(([, all]) => all.length > 1).map(([id]) => id),
  );
  none('not done', await notDone(runtime, entries));

  const expected = sent.filter(({ kind }) => kind !== 'plain').map(({ controlId }) => controlId);
  const awaited = new Set(expected);
  const laterSteps = Math.floor(minutes / STEP_MINUTES);
  const climbing = new Set(sent.filter(({ kind }) => kind === 'critical').map(({ controlId }) => controlId));
  const most = (id: string): number => (climbing.has(id) ? 1 + laterSteps : 1);
  const said = server.bySystem('Communication', CONTROL_ID);
  none(
    'Communication missing',
    expected.filter((id) => !said.has(id)),
  );
  none(
    'Communication made too often',
    [...said].filter(([id, all]) => all.length > most(id)).map(([id]) => id),
  );
  none(
    'Communication that nobody expected',
    [...said.keys()].filter((id) => !awaited.has(id)),
  );
  const tasks = await tasksWithCopies(runtime);
  const byMessage = Map.groupBy(tasks, ({ messageId }) => messageId);
  const tasksOf = (id: string): readonly TaskView[] => byMessage.get(accepted.get(id)?.[0]?.id ?? '') ?? [];
  const copies = server.bySystem('Task', COPY_SYSTEM);
  const own = new Set(expected.flatMap((id) => tasksOf(id).map((task) => task.id)));
  none(
    'task missing or made twice',
    expected.filter((id) => tasksOf(id).length !== 1),
  );
  none(
    'task that nobody expected',
    tasks.filter(({ id }) => !own.has(id)).map(({ id }) => id),
  );
  none(
    'copy of a task missing or made twice',
    [...own].filter((id) => copies.get(id)?.length !== 1),
  );
  none(
    'copy that is another than the task says',
    tasks.filter(({ id, ehr }) => `Task/${copies.get(id)?.[0]?.id ?? ''}` !== ehr?.reference).map(({ id }) => id),
  );
  none(
    'copy that nobody expected',
    [...copies.keys()].filter((id) => !own.has(id)),
  );
  const written = server.made.filter(({ type }) => type === 'Task').length;
  if (written !== copies.size) problems.push(`${written} Tasks were written for ${copies.size} tasks`);
  const kinds = new Set(server.made.map(({ type }) => type));
  if (kinds.size > 2) problems.push(`resources beyond what was expected: ${[...kinds].join(', ')}`);
  none(
    'made twice for one condition',
    [...server.conditions()].filter(([, { made }]) => made > 1).map(([condition]) => condition),
  );
  none(
    'POST without a condition',
    server.writes.filter(({ condition }) => condition === null).map(({ type }) => type),
  );
  none(
    'order of a patient broken',
    disorder((id) => tasksOf(id)[0]?.id, sent),
  );

  const told = await told24h(runtime);
  const critical = sent.filter(({ kind }) => kind === 'critical');
  none(
    'alert missing',
    critical.filter(({ controlId }) => !told.has(accepted.get(controlId)?.[0]?.id ?? '')).map((one) => one.controlId),
  );
  const { alerts: paged } = await runtime.api<AlertList>('/alerts?limit=1000');
  if (critical.length > 0 && paged.length === 0) problems.push('nobody was paged');
  none(
    'page that nobody got',
    paged.filter(({ deliveries }) => deliveries.every(({ state }) => state === 'failed')).map(({ id }) => id),
  );
  const audit = await runtime.api<AuditVerification>('/audit/verify');
  if (!audit.intact) problems.push(`the audit chain is broken: ${JSON.stringify(audit.firstBroken)}`);
  return {
    resends: entries.filter(({ state }) => state === 'resend').length,
    repeatedWrites: server.writes.filter(({ method, created }) => method === 'POST' && created === null).length,
    lookUps: server.lookUps,
    writes: server.made.length,
    alerts: told.size,
    auditRecords: audit.records,
    problems,
  };
}

/**
 * Tasks of a patient are made in the order in which its messages were acknowledged. Their ids are sorted by time; their copies are
 * written several at once, in any order.
 */
function disorder(taskOf: (controlId: string) => string | undefined, sent: readonly Sent[]): readonly string[] {
  const last = new Map<string, string>();
  const wrong: string[] = [];
  for (const { controlId, kind, patient } of sent) {
    const task = taskOf(controlId);
    if (kind !== 'critical' || task === undefined) continue;
    if (task < (last.get(patient) ?? '')) wrong.push(controlId);
    last.set(patient, task);
  }
  return wrong;
}

async function allMessages(runtime: RuntimeProcess): Promise<readonly MessageSummary[]> {
  const all: MessageSummary[] = [];
  for (let before: number | null = null; ;) {
    const page: MessageList = await runtime.api(`/messages?limit=1000${before === null ? '' : `&before=${before}`}`);
    all.push(...page.messages);
    if (page.next === null) return all;
    before = page.next;
  }
}

/** All tasks, when their copies are in step: these are written behind, and nothing else waits for them. */
async function tasksWithCopies(runtime: RuntimeProcess): Promise<readonly TaskView[]> {
  const found: TaskView[] = [];
  for (let after: string | null = ''; after !== null;) {
    const from: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page: TaskList = await runtime.until<TaskList>(
      `/tasks?view=all&order=newest-first&limit=1000${from}`,
      ({ tasks }) => tasks.every(isInStep),
      COPIES_MS,
    );
    found.push(...page.tasks);
    after = page.next;
  }
  return found;
}

/** Messages for which somebody was told, by what the console lists for good. */
async function told24h(runtime: RuntimeProcess): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  for (let before: number | undefined; ;) {
    const more = before === undefined ? '' : `&before=${before}`;
    const { records }: AuditList = await runtime.api(`/audit?type=notice.shown&order=newest-first&limit=1000${more}`);
    // Of the ladder: what an alert policy says beside it is grouped, and would hide a step that nobody was told of.
    for (const { messageId, details } of records)
      if (messageId !== undefined && typeof details?.['escalation'] === 'string') told.add(messageId);
    before = records.at(-1)?.seq;
    if (before === undefined || records.length < 1000) return told;
  }
}
