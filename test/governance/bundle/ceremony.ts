/** People with keys, an environment that trusts them, and small definitions: what the tests of bundles play with. */
import { definitionFromFiles, type Definition } from '../../../engine/index.ts';
import { toBase64 } from '../../../governance/bundle/base64.ts';
import {
  createBundle,
  firstTrust,
  initialTrust,
  sha256,
  signStatement,
  statementBytes,
  withApproval,
  withAuthor,
  type ApprovalStatement,
  type AuthorStatement,
  type Bundle,
  type PublicKeyFile,
  type SigningKey,
  type TrustStore,
} from '../../../governance/bundle/index.ts';

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');
export const DAY = 86_400_000;
export const at = (ms = NOW): string => new Date(ms).toISOString();

export interface Person {
  readonly told: PublicKeyFile;
  readonly key: SigningKey;
}

/** With a fresh key: wrapping by a passphrase is slow on purpose and has tests of its own. */
export async function person(name: string): Promise<Person> {
  const { subtle } = globalThis.crypto;
  const { privateKey, publicKey } = await subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const raw = new Uint8Array(await subtle.exportKey('raw', publicKey));
  const id = await sha256(raw);
  return {
    told: { kind: 'public-key', format: 1, id, person: name, publicKey: toBase64(raw) },
    key: { id, person: name, privateKey },
  };
}

export const POLICY = {
  kind: 'policy',
  format: 1,
  approvals: {
    low: [{ role: 'reviewer', count: 1 }],
    high: [
      { role: 'clinical-governance', count: 1 },
      { role: 'engineer', count: 1 },
    ],
  },
  forbiddenNodes: ['exec'],
  codeNodes: { function: 'engineer' },
  approvalValidFor: 'P30D',
  orders: { roles: ['operator'], validFor: 'P7D' },
  breakGlass: { roles: ['operator'], maxDuration: 'PT8H' },
} as const;

export interface Cast {
  readonly ana: Person;
  readonly greta: Person;
  readonly emil: Person;
  readonly rita: Person;
  readonly otto: Person;
  /** Has a key that nobody trusts. */
  readonly mallory: Person;
  readonly store: TrustStore;
}

export const ROLES = {
  ana: ['analyst', 'engineer'],
  greta: ['clinical-governance'],
  emil: ['engineer'],
  rita: ['reviewer', 'clinical-governance', 'engineer'],
  otto: ['operator'],
} as const;

/** Ana writes, Greta and Emil approve, Rita could stand in for either, Otto promotes. */
export async function cast(policy: unknown = POLICY, environment = 'production'): Promise<Cast> {
  const [ana, greta, emil, rita, otto, mallory] = await Promise.all(
    (['ana', 'greta', 'emil', 'rita', 'otto', 'mallory'] as const).map(person),
  );
  if (!ana || !greta || !emil || !rita || !otto || !mallory) throw new Error('nobody came');
  const trusted = { ana, greta, emil, rita, otto };
  const statement = initialTrust({
    environment,
    keys: Object.entries(trusted).map(([name, { told }]) => ({
      key: told,
      roles: ROLES[name as keyof typeof ROLES],
    })),
    policy,
    by: 'ana',
    at: at(NOW - 100 * DAY),
  });
  return { ...trusted, mallory, store: await firstTrust(await signStatement(statement, ana.key)) };
}

const intent = (risk: string): string =>
  JSON.stringify({
    kind: 'intent',
    format: 1,
    title: 'T',
    purpose: 'P',
    owner: { name: 'n', role: 'r', contact: 'c' },
    risk,
    feeds: [],
    endpoints: [],
    dataUsed: [],
    runbook: 'Runbook',
    reviewBy: '2099-01-01',
  });

export interface Wanted {
  readonly risk?: string;
  readonly types?: readonly string[];
  readonly base?: string | null;
}

/** `alpha`, which uses `_shared`. */
export function definitions({ risk = 'high', types = [] }: Wanted = {}): readonly Definition[] {
  const readme = '# T\n\n## Runbook\n\nNothing.\n';
  const shared = {
    'flow.json': JSON.stringify([{ id: 'c1', type: 'wardflow-endpoint', name: 'ehr' }]),
    'intent.json': intent('low'),
    'README.md': readme,
  };
  const own = {
    'flow.json': JSON.stringify([
      { id: 't1', type: 'tab', label: 'Alpha' },
      { id: 'n1', type: 'comment', z: 't1', x: 1, y: 1, wires: [] },
      ...types.map((type, i) => ({ id: `m${i}`, type, z: 't1', x: 1, y: 1, wires: [] })),
    ]),
    'intent.json': intent(risk),
    'README.md': readme,
    'samples/one.hl7': 'MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5.1\r',
  };
  const together = {
    ...own,
    ...Object.fromEntries(Object.entries(shared).map(([path, text]) => [`_shared/${path}`, text])),
  };
  return [definitionFromFiles('alpha', together), definitionFromFiles('_shared', shared)];
}

export const unsigned = (wanted: Wanted = {}): Promise<Bundle> =>
  createBundle({
    name: 'alpha',
    base: wanted.base ?? null,
    engine: '0.1.0',
    modules: { 'node-red': '5.0.7' },
    definitions: definitions(wanted),
  });

export const authored = (bundle: Bundle, more: Partial<AuthorStatement> = {}): AuthorStatement => ({
  kind: 'author',
  format: 1,
  bundle: bundle.hash,
  base: bundle.manifest.base,
  summary: 'Says what it says.',
  at: at(),
  ...more,
});

export async function signed(bundle: Bundle, by: Person, more: Partial<AuthorStatement> = {}): Promise<Bundle> {
  return withAuthor(bundle, await signStatement(authored(bundle, more), by.key));
}

/** What `by` approves, if the author's statement is `authored(bundle)`. */
export async function approval(
  bundle: Bundle,
  store: TrustStore,
  role: string,
  more: Partial<ApprovalStatement> = {},
): Promise<ApprovalStatement> {
  return {
    kind: 'approval',
    format: 1,
    bundle: bundle.hash,
    base: bundle.manifest.base,
    author: await sha256(statementBytes(authored(bundle))),
    policy: store.policy.hash,
    role,
    at: at(),
    ...more,
  };
}

export async function approved(
  bundle: Bundle,
  store: TrustStore,
  by: Person,
  role: string,
  more: Partial<ApprovalStatement> = {},
): Promise<Bundle> {
  return withApproval(bundle, await signStatement(await approval(bundle, store, role, more), by.key));
}

/** By Ana, approved by Greta and Emil: may run. */
export async function complete({ ana, greta, emil, store }: Cast, wanted: Wanted = {}): Promise<Bundle> {
  const byAna = await signed(await unsigned(wanted), ana);
  return approved(await approved(byAna, store, greta, 'clinical-governance'), store, emil, 'engineer');
}
