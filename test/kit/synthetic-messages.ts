/** A believable, entirely invented day of messages as a runtime's API tells it; for tests of the console. Seeded. Long because rows, traces and escalations must tell one story. */
import type {
  DecisionRecord,
  Failure,
  FlowNode,
  MessageState,
  MessageSummary,
  StoredMessage,
  TraceStep,
  WorkAttempt,
  WorkView,
} from '../../engine/index.ts';
import type { EffectView, EscalationView, MessageDetail } from '../../runtime/api/contract.ts';

export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const node = (
  id: string,
  type: string,
  name: string,
  x: number,
  y: number,
  wires: readonly (readonly string[])[],
  z: string,
): FlowNode => ({ id, type, name, x, y, wires, z });

const LAB_TAB = 'tab-critical-lab';
const DISCHARGE_TAB = 'tab-discharge';

export const FLOWS: Readonly<Record<string, readonly FlowNode[]>> = {
  'critical-lab-result': [
    { id: LAB_TAB, type: 'tab', label: 'Critical lab result follow-up' },
    node('lab-in', 'hl7 in', 'Lab results', 130, 160, [['lab-gate']], LAB_TAB),
    node('lab-gate', 'idempotency gate', 'Seen before?', 330, 160, [['lab-rules'], ['lab-repeat']], LAB_TAB),
    node('lab-rules', 'rule table', 'Which results page whom', 560, 120, [['lab-switch']], LAB_TAB),
    node('lab-switch', 'switch', 'Critical?', 780, 120, [['lab-task'], ['lab-normal']], LAB_TAB),
    node('lab-task', 'fhir write', 'Task for the ward', 980, 80, [['lab-timer']], LAB_TAB),
    node(
      'lab-timer',
      'escalation timer',
      'Until acknowledged',
      1200,
      80,
      [['lab-notice', 'lab-comm'], ['lab-acked']],
      LAB_TAB,
    ),
    node('lab-notice', 'console notice', 'Tell the console', 1430, 40, [], LAB_TAB),
    node('lab-comm', 'fhir write', 'Communication', 1430, 100, [], LAB_TAB),
    node('lab-acked', 'audit log', 'Acknowledged', 1430, 160, [], LAB_TAB),
    node('lab-normal', 'message done', 'Not critical', 980, 180, [], LAB_TAB),
    node('lab-repeat', 'message done', 'Repeat', 560, 220, [], LAB_TAB),
    node('lab-catch', 'catch', 'Anything wrong', 130, 280, [['lab-failed']], LAB_TAB),
    node('lab-failed', 'message failed', 'To a person', 330, 280, [], LAB_TAB),
  ],
  'discharge-follow-up': [
    { id: DISCHARGE_TAB, type: 'tab', label: 'Discharge follow-up' },
    node('dis-in', 'hl7 in', 'Discharges', 130, 140, [['dis-gate']], DISCHARGE_TAB),
    node('dis-gate', 'idempotency gate', 'Seen before?', 330, 140, [['dis-rules'], ['dis-repeat']], DISCHARGE_TAB),
    node('dis-rules', 'rule table', 'Queue by unit and risk', 560, 120, [['dis-task', 'dis-comm']], DISCHARGE_TAB),
    node('dis-task', 'fhir write', 'Follow-up task', 790, 80, [['dis-audit']], DISCHARGE_TAB),
    node('dis-comm', 'fhir write', 'Tell the practice', 790, 160, [['dis-done']], DISCHARGE_TAB),
    node('dis-audit', 'audit log', 'Queued', 1010, 80, [], DISCHARGE_TAB),
    node('dis-done', 'message done', 'Done', 1010, 160, [], DISCHARGE_TAB),
    node('dis-repeat', 'message done', 'Repeat', 560, 220, [], DISCHARGE_TAB),
  ],
};

export const VERSIONS: Readonly<Record<string, string>> = {
  'critical-lab-result': '5f1c9a20b7d84e63a1f0c2d4e6987b35c0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f',
  'discharge-follow-up': 'a90b7e3c1d5f48629b0c3e7d1f5a284c6e8d0b2f4a6c8e0d2b4f6a8c0e2d4b6f',
};

const REASONS: Readonly<Record<string, Failure>> = {
  dead: {
    class: 'permanent',
    code: 'fhir-rejected',
    text: 'The FHIR server refused the Task: 422, element "owner" is not a known organisation.',
    remedy: 'Add the unit to the server or correct the map of units, then redrive the message.',
    node: { id: 'lab-task', type: 'fhir write', name: 'Task for the ward' },
  },
  waiting: {
    class: 'transient',
    code: 'fhir-unavailable',
    text: 'The FHIR server answered 503.',
    remedy: 'Nothing to do: it is tried again by itself.',
    node: { id: 'lab-task', type: 'fhir write', name: 'Task for the ward' },
  },
};
const QUARANTINE = { code: 'control-id-missing', text: 'The message has no control id (MSH-10).' };

const INITIALS = 'ABCDEFGHJKLMNOPRSTW';
const PLAN: readonly (readonly [MessageState, number])[] = [
  ['dead', 0.003],
  ['waiting', 0.0016],
  ['parked', 0.0008],
  ['processing', 0.0006],
  ['accepted', 0.0006],
  ['discarded', 0.0008],
  ['quarantined', 0.001],
  ['resend', 0.004],
  ['unrouted', 0.11],
];

/** Whatever the dice say, the newest messages show every state: offset from the newest -> state. */
const ALWAYS: Readonly<Record<number, MessageState>> = {
  1: 'accepted',
  2: 'processing',
  4: 'dead',
  7: 'waiting',
  10: 'dead',
  13: 'parked',
  17: 'quarantined',
  22: 'resend',
  26: 'discarded',
  31: 'dead',
};

/** Newest last, so that index + 1 is the sequence number. */
export function syntheticMessages(count: number, now: number, seed = 7): MessageSummary[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const receivedAt = now - (count - index) * 11_000 + Math.floor(random() * 9000);
    const dice = pick(random);
    return syntheticMessage(index + 1, receivedAt, ALWAYS[count - index - 1] ?? dice, random);
  });
}

function pick(random: () => number): MessageState {
  let roll = random();
  for (const [state, share] of PLAN) {
    if (roll < share) return state;
    roll -= share;
  }
  return 'done';
}

export function syntheticMessage(
  seq: number,
  receivedAt: number,
  state: MessageState,
  random: () => number,
): MessageSummary {
  const lab = random() < 0.55 || state === 'dead' || state === 'waiting' || state === 'parked';
  const unreadable = state === 'quarantined';
  const type = lab ? 'ORU^R01' : state === 'unrouted' ? ['SIU^S12', 'ADT^A08', 'ADT^A01'][seq % 3]! : 'ADT^A03';
  const initial = (): string => INITIALS.charAt(Math.floor(random() * INITIALS.length));
  const failure = REASONS[state];
  return {
    id: `01K${String(seq).padStart(23, '0')}`,
    seq,
    feed: 'hospital',
    format: 'hl7v2',
    controlId: unreadable ? null : `${lab ? 'LAB' : 'ADT'}${String(240_000 + seq)}`,
    type: unreadable ? null : type,
    sender: lab ? 'LABSYS|CENTRAL' : 'PAS|CENTRAL',
    patientHint: unreadable ? null : `${initial()}.${initial()}. …${String(1000 + Math.floor(random() * 9000))}`,
    state,
    receivedAt,
    stateSince: receivedAt + (state === 'done' ? 38 + Math.floor(random() * 90) : 2400),
    size: 420 + Math.floor(random() * 2600),
    reason: unreadable ? QUARANTINE : failure ? { code: failure.code, text: failure.text } : null,
    held: null,
    retryAt: state === 'waiting' ? receivedAt + 9_000_000 : null,
    recovered: state === 'done' && random() < 0.01,
    definitions:
      unreadable || state === 'unrouted' || state === 'resend'
        ? []
        : [lab ? 'critical-lab-result' : 'discharge-follow-up'],
  };
}

/** The whole story of one message, consistent with its row. */
export function syntheticDetail(summary: MessageSummary, escalations: readonly EscalationView[]): MessageDetail {
  const definition = summary.definitions[0];
  const lab = definition === 'critical-lab-result';
  const message: StoredMessage = {
    ...summary,
    connection: 'c-17',
    bodyHash: summary.seq.toString(16).padStart(64, '0'),
    messageTime: new Date(summary.receivedAt).toISOString().slice(0, 19),
    correlationId: summary.id,
    traceparent: `00-${summary.seq.toString(16).padStart(32, '0')}-00f067aa0ba902b7-01`,
    resendOf: summary.state === 'resend' ? `01K${String(Math.max(1, summary.seq - 3)).padStart(23, '0')}` : null,
    answer: { code: summary.state === 'quarantined' ? 'AE' : 'AA', text: 'MSH|^~\\&|WARDFLOW|…\rMSA|AA|…' },
    answeredAt: summary.receivedAt + 4,
  };
  if (definition === undefined)
    return { message, resends: [], work: [], decisions: [], effects: [], escalations: [], acknowledgement: null };
  const mine = escalations.filter((one) => one.messageId === summary.id);
  return {
    message,
    acknowledgement: null,
    resends:
      summary.seq % 40 === 0
        ? [{ id: `01K${String(summary.seq + 2).padStart(23, '0')}`, receivedAt: summary.receivedAt + 61_000 }]
        : [],
    work: [workOf(summary, definition, lab)],
    decisions: [decisionOf(summary, definition, lab)],
    effects: effectsOf(summary, definition, lab),
    escalations: mine,
  };
}

function stepsOf(summary: MessageSummary, lab: boolean, start: number): TraceStep[] {
  const flow = FLOWS[lab ? 'critical-lab-result' : 'discharge-follow-up']!;
  const failed = summary.state === 'dead' || summary.state === 'waiting';
  const critical = lab && (failed || summary.seq % 3 === 0 || summary.state === 'parked');
  const path = lab
    ? critical
      ? ['lab-in', 'lab-gate', 'lab-rules', 'lab-switch', 'lab-task', 'lab-timer', 'lab-notice', 'lab-comm']
      : ['lab-in', 'lab-gate', 'lab-rules', 'lab-switch', 'lab-normal']
    : ['dis-in', 'dis-gate', 'dis-rules', 'dis-task', 'dis-comm', 'dis-audit', 'dis-done'];
  const stop = failed ? path.indexOf('lab-task') + 1 : path.length;
  const taken = path.slice(0, stop);
  return taken.map((id, index) => {
    const found = flow.find((one) => one.id === id)!;
    const last = failed && index === taken.length - 1;
    const to = (found.wires ?? []).flatMap((next, port) =>
      next.filter((node) => taken.includes(node)).map((node) => ({ node, port })),
    );
    return {
      branch: `b${index < 4 ? 1 : 2}`,
      parent: index < 4 ? null : 'b1',
      node: { id, type: found.type, name: found.name ?? '' },
      at: start + index * 7,
      ms: last ? 212 : ([1, 3, 2, 1, 24, 6, 1, 19][index] ?? 2),
      outcome: last ? 'failed' : to.length > 1 ? 'forked' : to.length === 0 ? 'settled' : 'passed',
      to: last ? [] : to,
      ...(found.type === 'idempotency gate' ? { note: 'new' } : {}),
    };
  });
}

function workOf(summary: MessageSummary, definition: string, lab: boolean): WorkView {
  const failure = REASONS[summary.state] ?? null;
  const start = summary.receivedAt + 9;
  const version = VERSIONS[definition]!;
  const attempt = (number: number, at: number, outcome: WorkAttempt['outcome']): WorkAttempt => ({
    attempt: number,
    startedAt: at,
    endedAt: outcome === 'running' ? null : at + 240,
    version,
    outcome,
    failure: outcome === 'done' ? null : (REASONS['waiting'] ?? null),
    steps: stepsOf(outcome === 'done' ? { ...summary, state: 'done' } : summary, lab, at),
  });
  const attempts: WorkAttempt[] =
    summary.state === 'dead'
      ? [
          attempt(1, start, 'retry'),
          attempt(2, start + 4200, 'retry'),
          { ...attempt(3, start + 19_800, 'dead'), failure },
        ]
      : summary.state === 'waiting'
        ? [attempt(1, start, 'retry'), attempt(2, start + 3900, 'retry')]
        : summary.state === 'accepted'
          ? []
          : summary.recovered
            ? [
                { ...attempt(1, start, 'retry'), steps: stepsOf({ ...summary, state: 'waiting' }, true, start) },
                attempt(2, start + 5100, 'done'),
              ]
            : [attempt(1, start, summary.state === 'processing' ? 'running' : 'done')];
  const state = {
    dead: 'dead',
    waiting: 'waiting',
    parked: 'parked',
    processing: 'claimed',
    accepted: 'waiting',
    discarded: 'discarded',
  } as const;
  return {
    id: `${summary.id}-w`,
    seq: summary.seq,
    messageId: summary.id,
    subscription: `${definition}/${lab ? 'lab-results' : 'discharges'}`,
    definition,
    state: state[summary.state as keyof typeof state] ?? 'done',
    lane: lab ? 'urgent' : 'routine',
    attempt: attempts.length,
    createdAt: summary.receivedAt + 1,
    firstDeliveredAt: attempts[0]?.startedAt ?? null,
    settledAt: attempts.at(-1)?.endedAt ?? null,
    notBefore: summary.retryAt,
    leaseUntil: null,
    blockedBy: null,
    pinnedVersion: version,
    failure,
    parentWorkId: null,
    childKind: null,
    discardReason: summary.state === 'discarded' ? 'Test message of the laboratory' : null,
    attempts,
  };
}

function decisionOf(summary: MessageSummary, definition: string, lab: boolean): DecisionRecord {
  const critical = summary.state !== 'done' || summary.seq % 3 === 0;
  return {
    id: `${summary.id}-d`,
    messageId: summary.id,
    workId: `${summary.id}-w`,
    definition,
    node: lab
      ? { id: 'lab-rules', name: 'Which results page whom' }
      : { id: 'dis-rules', name: 'Queue by unit and risk' },
    table: lab ? 'critical-results' : 'discharge-queues',
    version: VERSIONS[definition]!,
    at: summary.receivedAt + 23,
    inputs: lab
      ? { code: '2823-3', value: critical ? 6.8 : 4.1, unit: 'mmol/L' }
      : { unit: 'CARD-2', risk: 'high', age: null },
    matched: lab ? (critical ? ['potassium-critical'] : []) : ['cardiology-high-risk'],
    outputs: lab
      ? { critical, lane: critical ? 'stat' : 'routine', ackMinutes: critical ? 15 : 480 }
      : { queue: 'cardiology-follow-up', dueHours: 24 },
    missing: lab ? [] : ['age'],
    deterministic: true,
    error: null,
    sentence: lab
      ? critical
        ? 'Row "potassium-critical" matched: the LOINC code is 2823-3 and the value is above 6.2 mmol/L; a person has 15 minutes to acknowledge.'
        : 'No row matched; the table\'s "otherwise" applies: routine, no page.'
      : 'Row "cardiology-high-risk" matched: unit CARD-2, risk high; age was missing and no row needed it.',
  };
}

function effectsOf(summary: MessageSummary, definition: string, lab: boolean): EffectView[] {
  const failed = summary.state === 'dead' || summary.state === 'waiting';
  const critical = lab && (failed || summary.seq % 3 === 0 || summary.state === 'parked');
  if (lab && !critical) return [];
  const effect = (name: string, target: string, at: number, line: string): EffectView => ({
    key: `${summary.id}-${name}`,
    messageId: summary.id,
    workId: `${summary.id}-w`,
    name,
    definition,
    target,
    discriminator: 'event-1',
    version: '1',
    state: 'done',
    startedAt: at,
    endedAt: at + 24,
    tries: 1,
    summary: line,
    failure: null,
  });
  const task = effect(
    'follow-up-task',
    'ehr: create Task',
    summary.receivedAt + 37,
    `Task/${summary.seq} created, 201`,
  );
  if (failed)
    return [
      {
        ...task,
        state: 'failed',
        tries: summary.state === 'dead' ? 3 : 2,
        summary: null,
        failure: REASONS[summary.state]!,
      },
    ];
  return [
    task,
    effect(
      'communication',
      'ehr: create Communication',
      summary.receivedAt + 70,
      `Communication/${summary.seq + 1} created, 201`,
    ),
  ];
}

export function syntheticEscalations(messages: readonly MessageSummary[], now: number): EscalationView[] {
  const critical = messages.filter(
    (one) => one.definitions[0] === 'critical-lab-result' && one.state === 'done' && one.seq % 3 === 0,
  );
  return critical.slice(-7).map((message, index) => {
    const open = index > 1;
    const startedAt = message.receivedAt + 60;
    return {
      id: `01E${String(message.seq).padStart(23, '0')}`,
      key: `key-${message.seq}`,
      messageId: message.id,
      workId: `${message.id}-w`,
      definition: 'critical-lab-result',
      subscription: 'critical-lab-result/until-acknowledged',
      name: 'until-acknowledged',
      ladder: 'critical-results',
      ladderVersion: VERSIONS['critical-lab-result']!,
      steps: [
        { afterMs: 0, to: 'ward nurse', channel: 'console', text: 'Critical result: acknowledge' },
        {
          afterMs: 900_000,
          to: 'physician on call',
          channel: 'console',
          text: 'Critical result not acknowledged for 15 minutes',
        },
        {
          afterMs: 1_800_000,
          to: 'head of department',
          channel: 'console',
          text: 'Critical result not acknowledged for 30 minutes',
        },
      ],
      startedAt,
      nextStep: 1,
      nextAt: open ? now + 40_000 + index * 95_000 : null,
      state: open ? 'open' : index === 0 ? 'acknowledged' : 'cancelled',
      title: 'Critical potassium result: acknowledge',
      exhausted: 'keep-last' as const,
      lane: index % 2 === 0 ? 'stat' : 'urgent',
      watch: { endpoint: 'ehr', reference: `Task/${message.seq}` },
      message: { controlId: message.controlId, type: message.type, patientHint: message.patientHint },
      correlationId: message.id,
      traceparent: '',
      endedAt: open ? null : startedAt + 220_000,
      endedBy: open ? null : { actor: index === 0 ? 'user:admin' : 'ehr', via: index === 0 ? 'console' : 'fhir-task' },
    };
  });
}
