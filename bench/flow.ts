/** The definitions that the throughput benchmark runs: feed -> rule table with 200 rows -> done; with a gate before it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TAB = 'be00000000000001';

const node = (id: string, type: string, x: number, properties: object): object => ({
  id,
  type,
  z: TAB,
  x,
  y: 120,
  ...properties,
});

export type BenchFlow = 'table' | 'gate-and-table';

const flowOf = (kind: BenchFlow): readonly object[] => [
  { id: TAB, type: 'tab', label: 'bench', disabled: false, info: '', env: [] },
  node('be00000000000010', 'hl7 in', 140, {
    name: '',
    subscription: 'bench',
    feed: 'be00000000000002',
    types: [],
    senders: [],
    capacity: 64,
    wires: [[kind === 'table' ? 'be00000000000012' : 'be00000000000011']],
  }),
  ...(kind === 'table' ? [] : [GATE]),
  node('be00000000000012', 'rule table', 540, {
    name: '',
    table: 'bench',
    noMatch: 'error',
    discriminator: '',
    wires: [['be00000000000013']],
  }),
  node('be00000000000013', 'message done', 740, { name: '', wires: [] }),
  {
    ...node('be00000000000014', 'catch', 340, {
      name: '',
      scope: null,
      uncaught: false,
      wires: [['be00000000000015']],
    }),
    y: 220,
  },
  { ...node('be00000000000015', 'message failed', 540, { name: '', wires: [] }), y: 220 },
];

const GATE = node('be00000000000011', 'idempotency gate', 340, {
  name: '',
  gate: 'bench',
  keyFrom: 'control-id',
  key: '',
  correction: '',
  wires: [['be00000000000012'], ['be00000000000013'], ['be00000000000013']],
});

const FEED = {
  id: 'be00000000000002',
  type: 'wardflow-feed',
  name: 'hospital',
  lane: 'routine',
  orderingPath: 'PID-3.1',
  afterDead: 'hold',
  deadlineSeconds: 60,
  resendWindowDays: 7,
  zone: '',
  fallbackCharset: 'UNICODE UTF-8',
};

const ROWS = 200;

const TABLE = {
  kind: 'rule-table',
  format: 1,
  name: 'bench',
  title: 'Two hundred rows',
  owner: { name: 'Benchmark', contact: 'bench@example.org' },
  reason: 'Measures what a decision costs in a flow',
  reference: 'none',
  effective: { from: '2020-01-01', to: null },
  hitPolicy: 'FIRST',
  inputs: [
    { name: 'code', label: 'Code', expression: 'event.data.code', type: 'string' },
    { name: 'value', label: 'Value', expression: 'event.data.value', type: 'number', unit: 'mmol/L' },
  ],
  outputs: [{ name: 'lane', type: 'string', values: ['stat', 'routine'] }],
  rows: Array.from({ length: ROWS }, (_, index) => ({
    id: `row-${index}`,
    when: [`"code-${index}"`, `> ${index}`],
    then: ['stat'],
  })),
  otherwise: ['routine'],
  tests: [{ name: 'anything else is routine', input: { code: 'x', value: 1 }, expect: { lane: 'routine' } }],
};

const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'Benchmark',
  purpose: 'Measures messages per second through the real runtime',
  owner: { name: 'Benchmark', role: 'engineer', contact: 'bench@example.org' },
  risk: 'low',
  serviceLine: 'none',
  feeds: ['hospital'],
  endpoints: [],
  dataUsed: [],
  fallback: { when: ['operator'], mode: 'manual-review', queue: 'none', text: 'none' },
  runbook: 'Runbook',
  contactOutOfHours: 'bench@example.org',
  reviewBy: '2030-01-01',
};

/** The one that is shipped. */
const IDENTITY = join(import.meta.dirname, '..', 'flows', '_shared', 'identity.json');

/** Makes `folder` hold this definition and its feed, and nothing else. */
export function writeBenchDefinition(folder: string, flow: BenchFlow, matchesPatients = false): void {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, content: unknown): void => {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  };
  write('_shared/flow.json', [FEED]);
  write('_shared/intent.json', INTENT);
  write('_shared/README.md', '# Shared\n\n## Runbook\n\nNone.\n');
  if (matchesPatients) write('_shared/identity.json', readFileSync(IDENTITY, 'utf8'));
  write('bench/flow.json', flowOf(flow));
  write('bench/intent.json', INTENT);
  write('bench/rules/bench.json', TABLE);
  write('bench/README.md', '# Benchmark\n\n## Runbook\n\nNone.\n');
}
