/** Definitions for tests of the checks: a sound one, and what a test changes in it. */
import { checkDefinition, type CheckRequest } from '../../governance/checks/check-definition.ts';
import type { Finding } from '../../governance/checks/finding.ts';
import type { NodeCatalogue } from '../../governance/checks/node-catalogue.ts';
import { DEFAULT_CHECK_POLICY } from '../../governance/checks/policy.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Change {
  /** Nodes beside feed, endpoint, `in`, `done` and the catch-all; the tab is `t`. */
  readonly nodes?: readonly Json[];
  /** What `in` is wired to; default `done`. */
  readonly first?: string;
  /** `false`: without the catch-all. */
  readonly caught?: boolean;
  readonly intent?: Json;
  readonly readme?: string;
  readonly rules?: readonly (Json & { readonly name: string })[];
  readonly ladders?: readonly (Json & { readonly name: string })[];
  readonly alerts?: readonly (Json & { readonly name: string })[];
  readonly files?: Readonly<Record<string, string>>;
  readonly request?: Partial<CheckRequest>;
}

export const NOW = new Date('2026-06-01T00:00:00Z');

/** A node on the definition's tab; `to`: what each output is wired to. */
export const on = (id: string, type: string, settings: Json = {}, ...to: readonly (readonly string[])[]): Json => ({
  id,
  type,
  z: 't',
  x: 1,
  y: 1,
  ...settings,
  wires: to,
});

export function filesOf({ nodes = [], first = 'done', caught = true, ...change }: Change): Record<string, string> {
  const {
    intent = {},
    readme = '# Test\n\n## Runbook\n\nCall somebody.\n',
    rules = [],
    ladders = [],
    alerts = [],
    files = {},
  } = change;
  const flow = [
    { id: 't', type: 'tab', label: 'Test' },
    { id: 'feed', type: 'wardflow-feed', name: 'hospital' },
    { id: 'ehr', type: 'wardflow-fhir-endpoint', name: 'ehr' },
    on('in', 'hl7 in', { subscription: 'all', feed: 'feed' }, [first]),
    on('done', 'message done'),
    ...(caught ? [on('catch', 'catch', { scope: null }, ['failed']), on('failed', 'message failed')] : []),
    ...nodes,
  ];
  const all: Record<string, unknown> = {
    'flow.json': flow,
    'intent.json': {
      kind: 'intent',
      format: 1,
      title: 'Test',
      purpose: 'Shows what a check finds.',
      owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
      risk: 'high',
      feeds: ['hospital'],
      endpoints: ['ehr'],
      dataUsed: [],
      fallback: { when: ['operator'], mode: 'stop', queue: 'desk', text: 'People do it.' },
      runbook: 'Runbook',
      reviewBy: '2027-01-01',
      ...intent,
    },
    'scenarios/plain.json': {
      kind: 'scenario',
      format: 1,
      name: 'plain',
      title: 'A message comes',
      steps: [{ at: 'PT0S', send: { feed: 'hospital', text: 'MSH|^~\\&|A' } }],
      expect: [{ kind: 'state', of: 'message', is: 'done' }],
    },
    ...Object.fromEntries(rules.map((table) => [`rules/${table.name}.json`, table])),
    ...Object.fromEntries(ladders.map((ladder) => [`ladders/${ladder.name}.json`, ladder])),
    ...Object.fromEntries(alerts.map((policy) => [`alerts/${policy.name}.json`, policy])),
  };
  const texts = Object.fromEntries(Object.entries(all).map(([path, json]) => [path, JSON.stringify(json)]));
  return { ...texts, 'README.md': readme, ...files };
}

export function findingsOf(catalogue: NodeCatalogue, change: Change): Promise<readonly Finding[]> {
  return checkDefinition({
    name: 'test',
    files: filesOf(change),
    catalogue,
    policy: DEFAULT_CHECK_POLICY,
    now: NOW,
    ...change.request,
  });
}

/** A rule table with one row; `change` replaces parts of it. */
export const table = (change: Json = {}): Json & { readonly name: string } => ({
  kind: 'rule-table',
  format: 1,
  name: 'limits',
  title: 'Limits',
  owner: { name: 'Somebody', contact: 'somebody@example.org' },
  reason: 'An example.',
  hitPolicy: 'FIRST',
  inputs: [{ name: 'value', expression: 'event.data.value', type: 'number' }],
  outputs: [{ name: 'action', type: 'string' }],
  rows: [{ id: 'high', when: ['> 5.5'], then: ['page'], note: 'above 5.5' }],
  otherwise: ['none'],
  tests: [{ name: 'high pages', input: { value: 6 }, expect: { action: 'page' }, row: 'high' }],
  ...change,
});

export const ladder = (text: string): Json & { readonly name: string } => ({
  kind: 'ladder',
  format: 1,
  name: 'call',
  owner: { name: 'Somebody', contact: 'somebody@example.org' },
  steps: [
    { after: 'PT0S', to: { role: 'nurse' }, channel: 'console', text: 'Now.' },
    { after: 'PT10M', to: { role: 'doctor' }, channel: 'console', text },
  ],
  stopOn: ['acknowledged', 'completed', 'cancelled'],
  exhausted: 'keep-last',
});

/** An alert policy with one tier; `change` replaces parts of it. */
export const alertPolicy = (change: Json = {}): Json & { readonly name: string } => ({
  kind: 'alert-policy',
  format: 1,
  name: 'pages',
  owner: { name: 'Somebody', contact: 'somebody@example.org' },
  tiers: [{ name: 'page', when: 'true', to: { role: 'doctor' }, channels: ['console'] }],
  groupBy: ['event.data.code'],
  coolDown: 'PT30M',
  ...change,
});
