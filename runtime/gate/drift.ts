/** How what is there differs from what was approved. Pure: whoever looks gives what was found. */
import { canonicalJson, type WardflowError } from '../../engine/index.ts';
import type { TrustStore } from '../../governance/bundle/index.ts';
import type { DriftFinding } from '../api/release-contract.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import type { Candidate } from './candidate.ts';
import type { GateHost } from './host.ts';
import { differences } from './plan.ts';

export type Finding = Omit<DriftFinding, 'since'>;

export const finding = (code: Finding['code'], subject: string, { message, remedy }: WardflowError): Finding => ({
  code,
  subject,
  text: message,
  remedy,
});

const REPORT = 'Start the runtime again, and tell whoever is responsible for information security.';

/** What differs in the process itself. */
export function driftInside(running: Candidate, host: GateHost, trust: TrustStore | null): readonly Finding[] {
  return [
    ...flowsDiffer(running, host.active()),
    ...differences(running.bundle.manifest, host.installed(), host.version).map((error) =>
      finding(
        error.code === 'module-differs' ? 'modules-differ' : 'engine-differs',
        String(error.details['module'] ?? 'wardflow'),
        error,
      ),
    ),
    ...(trust ? keysRevoked(running, trust) : []),
  ];
}

function flowsDiffer({ nodes, bundle }: Candidate, active: readonly NodeConfig[]): readonly Finding[] {
  const text = (node: NodeConfig | undefined): string | undefined => node && canonicalJson(withoutCredentials(node));
  const approved = new Map(nodes.map((node) => [node.id, node]));
  const there = new Map(active.map((node) => [node.id, node]));
  const home = new Map(bundle.definitions.flatMap(({ name, flow }) => flow.map(({ id }) => [id, name] as const)));
  const differ = [...new Set([...approved.keys(), ...there.keys()])].filter(
    (id) => text(approved.get(id)) !== text(there.get(id)),
  );
  return [...new Set(differ.map((id) => home.get(id) ?? 'nodes of no definition'))].toSorted().map((subject) => ({
    code: 'flows-differ',
    subject,
    text: `Node-RED runs other nodes of "${subject}" than the bundle has.`,
    remedy: REPORT,
  }));
}

function keysRevoked({ keys, release }: Candidate, trust: TrustStore): readonly Finding[] {
  return trust.keys
    .filter((key) => key.revoked && (keys.has(key.id) || key.person === release.person))
    .filter((key) => keys.has(key.id) || !trust.keys.some((one) => one.person === key.person && !one.revoked))
    .map(({ id, person }) => ({
      code: 'key-revoked-since',
      subject: id.slice(0, 12),
      text: `The key ${id.slice(0, 12)} of ${person}, which signed what runs, has been revoked since.`,
      remedy: 'Look at what that person signed; have it approved again, or roll back.',
    }));
}

function withoutCredentials(node: NodeConfig): NodeConfig {
  const { credentials: _, ...rest } = node;
  return rest;
}
