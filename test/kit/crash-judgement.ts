/** What must be found after a runtime was killed under load, asked of its API and of the FHIR server that counted. */
import type { MessageSummary } from '../../engine/index.ts';
import type { AuditList, AuditVerification, MessageList } from '../../runtime/api/contract.ts';
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

/** Nobody answers: each later step of the shipped ladder writes one more Communication, and so does each repeat of its last. */
const STEP_MINUTES = 10;

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
  none(
    'not done',
    entries.filter(({ state }) => state !== 'done' && state !== 'resend').map(({ id, state }) => `${id} is ${state}`),
  );

  const expected = sent.filter(({ kind }) => kind !== 'plain').map(({ controlId }) => controlId);
  const awaited = new Set(expected);
  const laterSteps = Math.floor(minutes / STEP_MINUTES);
  const climbing = new Set(sent.filter(({ kind }) => kind === 'critical').map(({ controlId }) => controlId));
  for (const type of ['Task', 'Communication']) {
    const most = (id: string): number => (type === 'Communication' && climbing.has(id) ? 1 + laterSteps : 1);
    const made = server.bySystem(type, CONTROL_ID);
    none(
      `${type} missing`,
      expected.filter((id) => !made.has(id)),
    );
    none(
      `${type} made too often`,
      [...made].filter(([id, all]) => all.length > most(id)).map(([id]) => id),
    );
    none(
      `${type} that nobody expected`,
      [...made.keys()].filter((id) => !awaited.has(id)),
    );
  }
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
  none('order of a patient broken', disorder(server, sent));

  const told = await told24h(runtime);
  const critical = sent.filter(({ kind }) => kind === 'critical');
  none(
    'alert missing',
    critical.filter(({ controlId }) => !told.has(accepted.get(controlId)?.[0]?.id ?? '')).map((one) => one.controlId),
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

/** Tasks of a patient are made in the order in which its messages were acknowledged. */
function disorder(server: CountingFhirServer, sent: readonly Sent[]): readonly string[] {
  const place = new Map<string, number>();
  for (const [index, { type, identifiers }] of server.made.entries()) {
    const own = identifiers.find((one) => one.startsWith(`${CONTROL_ID}|`));
    if (type === 'Task' && own) place.set(own.slice(CONTROL_ID.length + 1), index);
  }
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const { controlId, kind, patient } of sent) {
    const at = place.get(controlId);
    if (kind !== 'critical' || at === undefined) continue;
    if (at < (last.get(patient) ?? -1)) wrong.push(controlId);
    last.set(patient, at);
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

/** Messages for which somebody was told, by what the console lists for good. */
async function told24h(runtime: RuntimeProcess): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  for (let before: number | undefined; ;) {
    const more = before === undefined ? '' : `&before=${before}`;
    const { records }: AuditList = await runtime.api(`/audit?type=notice.shown&order=newest-first&limit=1000${more}`);
    for (const { messageId } of records) if (messageId !== undefined) told.add(messageId);
    before = records.at(-1)?.seq;
    if (before === undefined || records.length < 1000) return told;
  }
}
