/** A definition that gives people tasks and alerts them, with the scenarios that show what becomes of it. */
import { oru, potassium } from './hl7-messages.ts';

type Json = Readonly<Record<string, unknown>>;

const TAB = 'people';
const node = (id: string, type: string, settings: Json, ...to: readonly (readonly string[])[]): Json => ({
  id: `${TAB}-${id}`,
  type,
  z: TAB,
  x: 100,
  y: 100,
  ...settings,
  wires: to.map((list) => list.map((one) => `${TAB}-${one}`)),
});

const FLOW: readonly Json[] = [
  { id: TAB, type: 'tab', label: 'For people', disabled: false, info: '' },
  {
    id: 'feed',
    type: 'wardflow-feed',
    name: 'hospital',
    lane: 'routine',
    orderingPath: 'PID-3.1',
    afterDead: 'hold',
    deadlineSeconds: 60,
    resendWindowDays: 7,
    zone: '',
    fallbackCharset: 'UNICODE UTF-8',
  },
  node('in', 'hl7 in', { subscription: 'all', feed: 'feed', types: [], senders: [], capacity: 16 }, ['task']),
  node(
    'task',
    'task create',
    {
      task: 'review',
      code: 'review-result',
      title: 'Look at a result',
      titleKind: 'str',
      priority: 'urgent',
      priorityKind: 'str',
      role: 'charge nurse',
      roleKind: 'str',
      unit: 'event.data.visit.unit',
      unitKind: 'jsonata',
      person: '',
      personKind: 'str',
      due: 'PT15M',
      dueKind: 'str',
      checklist: 'look',
      carry: ['event'],
      discriminator: '',
      capacity: 8,
    },
    ['alert'],
    ['done'],
  ),
  node('alert', 'alert', {
    alert: 'page',
    policy: 'pages',
    title: 'A result to look at',
    titleKind: 'str',
    unit: 'event.data.visit.unit',
    unitKind: 'jsonata',
    capacity: 8,
    finish: true,
  }),
  node('done', 'message done', {}),
  node('catch', 'catch', { scope: null, uncaught: false }, ['failed']),
  node('failed', 'message failed', { failureClass: '', reason: '' }),
];

const OWNER = { name: 'Test', contact: 'test@example.org' };
const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'For people',
  purpose: 'People look at results.',
  owner: { ...OWNER, role: 'tester' },
  risk: 'low',
  feeds: ['hospital'],
  endpoints: [],
  dataUsed: [],
  fallback: { when: ['operator'], mode: 'manual-review', queue: 'desk', text: 'People telephone.' },
  runbook: 'Runbook',
  reviewBy: '2027-01-01',
};
const POLICY = {
  kind: 'alert-policy',
  format: 1,
  name: 'pages',
  owner: OWNER,
  tiers: [
    {
      name: 'page',
      when: 'event.data.value > 6.2',
      to: { role: 'charge nurse' },
      channels: ['pager', 'mail', 'console'],
      content: 'minimum',
    },
    {
      name: 'notice',
      when: 'true',
      to: { role: 'charge nurse' },
      channels: ['mail'],
      content: 'reference',
    },
  ],
  groupBy: ['event.subject', 'event.data.code'],
  coolDown: 'PT30M',
  suppress: [{ when: 'event.data.value = 5', reason: 'Known to be wrong.', until: '2026-12-31' }],
};
const CHECKLIST = {
  kind: 'checklist',
  format: 1,
  name: 'look',
  owner: OWNER,
  items: [
    { id: 'look', text: 'Patient seen' },
    { id: 'write', text: 'Note written', after: ['look'] },
  ],
};

const lines = (text: string): string => text.replaceAll('\r', '\n');
export const result = (controlId: string, patient: string, value: string, as: string, at = 'PT0S'): Json => ({
  at,
  send: { feed: 'hospital', text: lines(oru({ controlId, patient, observations: [potassium(value)] })), as },
});
const nurse = (step: Json, at: string): Json => ({ at, task: { by: 'night-nurse', ...step } });
const task = (match: string, count = 1): Json => ({ kind: 'workflow-task', of: 'result', count, match });

const ROSTER = [
  { role: 'charge nurse', unit: '4W', person: 'day-nurse', to: 'PT10M' },
  { role: 'charge nurse', unit: '4W', person: 'night-nurse', from: 'PT10M' },
];

export interface PeopleScenario {
  readonly given?: Json;
  readonly steps: readonly Json[];
  readonly expect: readonly Json[];
}

export const PEOPLE_SCENARIOS: Readonly<Record<string, PeopleScenario>> = {
  'a-task-through-its-life': {
    given: { roster: ROSTER },
    steps: [
      result('T1', 'P1', '6.6', 'result'),
      {
        at: 'PT5M',
        expect: [
          task("state = 'requested' and role = 'charge nurse' and unit = '4W' and due = 'PT15M' and $not(overdue)"),
        ],
      },
      { at: 'PT16M', expect: [task('overdue')] },
      nurse({ claim: true }, 'PT17M'),
      nurse({ step: 'start' }, 'PT18M'),
      nurse({ step: 'complete', refused: 'task-parts-open' }, 'PT19M'),
      nurse({ part: 'write', refused: 'task-part-waits' }, 'PT19M'),
      nurse({ part: 'look' }, 'PT20M'),
      nurse({ part: 'write', to: 'skipped', reason: { code: 'other', text: 'on paper' } }, 'PT21M'),
      nurse({ comment: 'The patient is well.' }, 'PT22M'),
      nurse({ override: { what: 'urgent', instead: 'routine' }, reason: 'known' }, 'PT23M'),
      nurse({ step: 'complete', code: 'review-result', of: 'result' }, 'PT24M'),
    ],
    expect: [
      task("state = 'completed' and person = 'night-nurse' and priority = 'urgent' and $not(overdue) and ehr = null"),
      task("parts[id = 'write'].state = 'skipped' and parts[id = 'look'].by = 'user:night-nurse'"),
      task(
        "$join(events.what, ' ') = 'created accept start part look done part write skipped commented overridden complete'",
      ),
      task("events[what = 'accept'].at = 'PT17M' and events[what = 'overridden'].reason = 'known'"),
    ],
  },
  'handed-on': {
    steps: [
      result('H1', 'P1', '6.6', 'result'),
      { at: 'PT1M', task: { by: 'ana', assign: { role: 'ward doctor', unit: '4W' }, reason: 'not-ours' } },
      { at: 'PT2M', task: { by: 'doctor', step: 'reject', reason: 'not-ours' } },
    ],
    expect: [task("state = 'rejected' and role = 'ward doctor' and reason = 'not-ours'")],
  },
  'a-channel-down': {
    given: { roster: ROSTER, channels: { pager: { kind: 'down' } } },
    steps: [
      result('C1', 'P1', '6.6', 'result'),
      result('C2', 'P1', '6.8', 'again', 'PT5M'),
      result('C3', 'P1', '5', 'known', 'PT6M'),
      { at: 'PT12M', channel: { name: 'pager', kind: 'none' } },
      { at: 'PT12M', channel: { name: 'mail', kind: 'lost-answer', times: 1 } },
      result('C4', 'P2', '4.1', 'other', 'PT13M'),
      { at: 'PT20M', advance: 'PT0S' },
    ],
    expect: [
      {
        kind: 'policy-alert',
        of: 'result',
        count: 1,
        match:
          "tier = 'page' and state = 'open' and count = 2 and deliveries[0].code = 'channel-unreachable' and deliveries[1].channel = 'mail' and deliveries[1].state = 'sent'",
      },
      {
        kind: 'told',
        of: 'result',
        count: 1,
        match:
          "channel = 'mail' and outcome = 'sent' and $contains(text, 'A result to look at') and people[0] = 'day-nurse'",
      },
      { kind: 'held-back', of: 'again', count: 1, match: "because = 'joined' and tier = 'page'" },
      { kind: 'held-back', of: 'known', count: 1, match: "because = 'suppressed' and by = 'Known to be wrong.'" },
      { kind: 'told', of: 'other', what: 'that may have arrived', count: 1, match: "outcome = 'lost-answer'" },
      { kind: 'told', of: 'other', count: 1, match: "outcome = 'sent' and repeat and people[0] = 'night-nurse'" },
      {
        kind: 'told',
        what: 'no title where only references may leave',
        count: 0,
        match: "$contains(text, 'look at') and channel = 'mail' and to != 'charge nurse'",
      },
      { kind: 'told', of: 'other', count: 2, match: "reference and text = 'Wardflow: alert <id> (pages, notice)'" },
      { kind: 'alert', what: 'told by a channel, so not at the console', of: 'result', count: 0 },
    ],
  },
};

export function peopleDefinition(
  scenarios: Readonly<Record<string, PeopleScenario>> = PEOPLE_SCENARIOS,
): Readonly<Record<string, string>> {
  return {
    'flow.json': JSON.stringify(FLOW),
    'intent.json': JSON.stringify(INTENT),
    'alerts/pages.json': JSON.stringify(POLICY),
    'checklists/look.json': JSON.stringify(CHECKLIST),
    'README.md': '# For people\n\n## Runbook\n\nTelephone.\n',
    ...Object.fromEntries(
      Object.entries(scenarios).map(([name, scenario]) => [
        `scenarios/${name}.json`,
        JSON.stringify({ kind: 'scenario', format: 1, name, title: name, ...scenario }),
      ]),
    ),
  };
}
