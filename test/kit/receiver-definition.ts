/** A definition that passes messages on to a receiver, with the scenarios that show what becomes of them. */
import { adt, oru, potassium } from './hl7-messages.ts';

type Json = Readonly<Record<string, unknown>>;

const TAB = 'pass-on';
const node = (id: string, type: string, settings: Json, to: readonly string[] = []): Json => ({
  id: `${TAB}-${id}`,
  type,
  z: TAB,
  x: 100,
  y: 100,
  ...settings,
  wires: to.length === 0 ? [] : [to.map((one) => `${TAB}-${one}`)],
});

const FLOW: readonly Json[] = [
  { id: TAB, type: 'tab', label: 'To the ward', disabled: false, info: '' },
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
  { id: 'endpoint-ward', type: 'wardflow-hl7-endpoint', name: 'ward' },
  node('in', 'hl7 in', { subscription: 'all', feed: 'feed', types: [], senders: [], capacity: 16 }, ['stamp']),
  // As flows do: what is sent says when it was made, so that no two tries would make the same.
  node(
    'stamp',
    'function',
    {
      func: "msg.payload.set('MSH-7', String(Date.now())); return msg;",
      outputs: 1,
      libs: [],
    },
    ['out'],
  ),
  node('out', 'hl7 out', { effect: 'to-ward', endpoint: 'endpoint-ward' }, ['done']),
  node('done', 'message done', {}),
  node('catch', 'catch', { scope: null, uncaught: false }, ['failed']),
  node('failed', 'message failed', { failureClass: '', reason: '' }),
];

const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'To the ward',
  purpose: 'The ward sees what the laboratory and admissions send.',
  owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
  risk: 'low',
  feeds: ['hospital'],
  endpoints: ['ward'],
  dataUsed: [],
  fallback: { when: ['operator'], mode: 'stop', queue: 'desk', text: 'People telephone.' },
  runbook: 'Runbook',
  reviewBy: '2027-01-01',
};

const lines = (text: string): string => text.replaceAll('\r', '\n');
const send = (controlId: string, patient: string, as: string, at = 'PT0S'): Json => ({
  at,
  send: { feed: 'hospital', text: lines(adt('A01', controlId, patient)), as },
});
const result = (controlId: string, status: string, as: string, at: string): Json => ({
  at,
  send: {
    feed: 'hospital',
    text: lines(oru({ controlId, patient: 'P1', observations: [potassium('4.1'), potassium('6.6')], status })),
    as,
  },
});
const fault = (kind: string, more: Json = {}, at = 'PT0S'): Json => ({
  at,
  fault: { endpoint: 'ward', kind, ...more },
});
const done = (...labels: readonly string[]): readonly Json[] => labels.map((of) => ({ kind: 'state', of, is: 'done' }));
const got = (of: string, match: string, count = 1): Json => ({ kind: 'message', of, count, match });

/** Name -> title, steps and what is expected. */
export const RECEIVER_SCENARIOS: Readonly<
  Record<string, { readonly steps: readonly Json[]; readonly expect: readonly Json[]; readonly given?: Json }>
> = {
  resend: {
    steps: [
      result('R1', 'F', 'result', 'PT0S'),
      result('R1', 'F', 'again', 'PT1M'),
      result('R2', 'C', 'correction', 'PT2M'),
    ],
    expect: [
      { kind: 'state', of: 'again', is: 'resend' },
      ...done('result', 'correction'),
      { kind: 'message', count: 2 },
      got('result', "place = 1 and arrivals = 1 and fields.`OBR-25` = 'F' and answer = 'AA'"),
      got('correction', "place = 2 and fields.`OBR-25` = 'C' and $count(fields.OBX) = 2"),
    ],
  },
  'receiver-down': {
    given: { endpoints: { ward: { fault: { kind: 'down' } } } },
    steps: [
      send('D1', 'P1', 'first'),
      send('D2', 'P1', 'second', 'PT10S'),
      send('D3', 'P2', 'other', 'PT20S'),
      {
        at: 'PT10M',
        expect: [
          { kind: 'message', count: 0 },
          { kind: 'state', of: 'second', match: "state != 'dead'" },
        ],
      },
      fault('none', {}, 'PT10M'),
      { at: 'PT30M', advance: 'PT0S' },
    ],
    expect: [
      ...done('first', 'second', 'other'),
      { kind: 'message', count: 3, match: "arrivals = 1 and answer = 'AA'" },
      { kind: 'message', what: 'the second never before the first', count: 0, match: "controlId = 'D2' and place = 1" },
    ],
  },
  answers: {
    steps: [
      fault('lost-answer', { times: 1 }),
      send('L1', 'P1', 'lost'),
      fault('half-answer', { times: 1 }, 'PT10M'),
      send('L2', 'P1', 'half', 'PT10M'),
      fault('slow', { times: 1, seconds: 90 }, 'PT20M'),
      send('L3', 'P1', 'late', 'PT20M'),
      fault('wrong-id', { times: 1 }, 'PT30M'),
      send('L4', 'P1', 'wrong', 'PT30M'),
      fault('timeout', { times: 1 }, 'PT40M'),
      send('L5', 'P1', 'silent', 'PT40M'),
      fault('twice', { times: 1 }, 'PT50M'),
      send('A1', 'P1', 'twice', 'PT50M'),
      fault('slow', { times: 1, seconds: 20 }, 'PT60M'),
      send('A2', 'P1', 'slow', 'PT60M'),
      fault('refuse', { times: 2, code: 'AR' }, 'PT70M'),
      send('A3', 'P1', 'put-off', 'PT70M'),
      fault('refuse', { code: 'AE', error: '101', type: 'ADT^A01' }, 'PT90M'),
      send('A4', 'P2', 'refused', 'PT90M'),
      { at: 'PT100M', advance: 'PT0S' },
    ],
    expect: [
      ...done('lost', 'half', 'late', 'wrong', 'silent', 'twice', 'slow', 'put-off'),
      { kind: 'message', what: 'the same to the byte', count: 5, match: "arrivals = 2 and answer = 'AA'" },
      { kind: 'effect', count: 8, match: "state = 'done'" },
      got('twice', 'arrivals = 1'),
      got('slow', 'arrivals = 1'),
      got('put-off', "arrivals = 3 and answer = 'AA' and place = 8"),
      { kind: 'state', of: 'refused', match: "state = 'dead' and code = 'hl7-ack-refused'" },
      got('refused', "answer = 'AE' and place = null"),
    ],
  },
};

export function receiverDefinition(
  scenarios: typeof RECEIVER_SCENARIOS = RECEIVER_SCENARIOS,
): Readonly<Record<string, string>> {
  return {
    'flow.json': JSON.stringify(FLOW),
    'intent.json': JSON.stringify(INTENT),
    'README.md': '# To the ward\n\n## Runbook\n\nTelephone.\n',
    ...Object.fromEntries(
      Object.entries(scenarios).map(([name, scenario]) => [
        `scenarios/${name}.json`,
        JSON.stringify({ kind: 'scenario', format: 1, name, title: name, ...scenario }),
      ]),
    ),
  };
}
