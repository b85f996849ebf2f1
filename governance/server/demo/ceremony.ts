/**
 * What a site does once, with people around a table, the demo does alone: keys for those who sign, production's trust
 * store, a first signed bundle that production runs, and a proposal that waits for approval. Each step is done only where
 * it is not done yet, so a start that was cut short is taken up by the next.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDefinitions, packageRoot, type Clock, type Definition, type Log } from '../../../engine/index.ts';
import {
  createBundle,
  createKey,
  firstTrust,
  initialTrust,
  publicPart,
  readPolicy,
  sha256,
  signStatement,
  statementBytes,
  unwrapKey,
  withApproval,
  withAuthor,
  writeBundle,
  type Bundle,
  type Bytes,
  type SigningKey,
  type TrustStore,
} from '../../bundle/index.ts';
import { loadCatalogue } from '../../checks/load-catalogue.ts';
import { modulesUsed, wardflowVersion } from '../../checks/modules-used.ts';
import { carryOut, readLogFiles, releaseFolderOf, type ReleaseRuntime } from '../../release/index.ts';
import { DEMO_TRUST_REASON } from '../../trust/demo-trust.ts';
import { hasTrust, keepTrust, readTrustFolder, trustFolderOf } from '../../trust/trust-folder.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { OwnSigningKeys } from '../own-keys.ts';
import type { Proposals } from '../proposals/proposals.ts';
import type { RuntimeDirectory } from '../runtimes.ts';
import type { Accounts } from '../store/accounts.ts';
import { changeThreshold } from './changed-threshold.ts';
import { DEMO_ENVIRONMENT, demoPassphrases } from './demo-people.ts';

/** Who signs what; the roles are those of their accounts. */
const AUTHOR = 'analyst';
const OPERATOR = 'operator';
const APPROVERS = ['clinical-governance', 'engineer', 'reviewer'] as const;
const DEFINITION = 'critical-lab-result';
const PROPOSAL = {
  title: 'Page for potassium above 6.0',
  summary:
    'Two patients with potassium between 6.0 and 6.2 mmol/L needed treatment before anybody was told. Critical above 6.0, as in the new policy LAB-12.',
};

export interface CeremonyParts {
  readonly dataFolder: string;
  /** The one that staging runs. */
  readonly flowsFolder: string;
  readonly accounts: Accounts;
  readonly ownKeys: OwnSigningKeys;
  readonly proposals: Proposals;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly log: Log;
  /** Of production. */
  readonly runtime: ReleaseRuntime;
  readonly runtimes: RuntimeDirectory;
  readonly stopped: AbortSignal;
}

/** Never throws: a demo that cannot hold its ceremony is a demo without production, and the log says why. */
export async function holdDemoCeremony(parts: CeremonyParts): Promise<void> {
  const { dataFolder, log } = parts;
  try {
    const folder = trustFolderOf(dataFolder, DEMO_ENVIRONMENT);
    const passphrases = demoPassphrases(dataFolder);
    if (!(await hasTrust(folder))) await makeTrust(parts, folder, passphrases);
    const trust = await readTrustFolder(folder, DEMO_ENVIRONMENT);
    // Somebody's own trust store in a demo's data folder: their production, and their business.
    const keys = await demoKeys(parts, trust, passphrases);
    if (!keys) return;
    if ((await readLogFiles(releaseFolderOf(dataFolder, DEMO_ENVIRONMENT))).length === 0)
      await releaseFirst(parts, trust, keys);
    await untilItRuns(parts);
    await propose(parts, keys);
  } catch (error) {
    log.error('the demo could not make its production or its proposal', { error });
  }
}

type Keys = (person: string) => Promise<SigningKey>;

async function makeTrust(
  parts: CeremonyParts,
  folder: string,
  passphrases: ReadonlyMap<string, string>,
): Promise<void> {
  const { accounts, ownKeys, clock } = parts;
  const policy = await readPolicy(await bytesOf(join(shippedFlows(), '_policy', 'policy.json')));
  const made = await Promise.all(
    [...passphrases].map(async ([username, passphrase]) => ({ username, file: await createKey(username, passphrase) })),
  );
  // The newest of a person is the one that is trusted: a start that was cut short has left others behind.
  for (const { username, file } of made) await ownKeys.add(username, file);
  const operator = made.find(({ username }) => username === OPERATOR);
  if (!operator) throw new TypeError('the demo has no operator');
  const statement = initialTrust({
    environment: DEMO_ENVIRONMENT,
    keys: made.map(({ username, file }) => ({ key: publicPart(file), roles: accounts.get(username)?.roles ?? [] })),
    policy: policy.policy,
    by: OPERATOR,
    at: new Date(clock.now()).toISOString(),
    reason: DEMO_TRUST_REASON,
  });
  const key = await unwrapKey(operator.file, passphrases.get(OPERATOR) ?? '');
  await keepTrust(folder, await firstTrust(await signStatement(statement, key)));
}

/** `null`: the trust store is not the demo's. */
async function demoKeys(
  { ownKeys }: CeremonyParts,
  trust: TrustStore,
  passphrases: ReadonlyMap<string, string>,
): Promise<Keys | null> {
  const files = new Map<string, Parameters<typeof unwrapKey>[0]>();
  for (const person of [AUTHOR, OPERATOR, ...APPROVERS]) {
    const own = await ownKeys.list(person);
    const file = own.find(({ file }) => trust.keys.some(({ id, revoked }) => id === file.id && !revoked))?.file;
    if (!file || !passphrases.has(person)) return null;
    files.set(person, file);
  }
  const opened = new Map<string, Promise<SigningKey>>();
  return (person) => {
    const file = files.get(person);
    if (!file) throw new TypeError(`${person} signs nothing`);
    const key = opened.get(person) ?? unwrapKey(file, passphrases.get(person) ?? '');
    opened.set(person, key);
    return key;
  };
}

async function releaseFirst(parts: CeremonyParts, trust: TrustStore, keys: Keys): Promise<void> {
  const { dataFolder, clock, audit } = parts;
  const definitions = (await loadDefinitions(parts.flowsFolder)).all;
  const bundle = await approved(await unsigned(definitions), trust, keys, clock);
  const now = clock.now();
  const entry = await signStatement(
    {
      kind: 'order',
      format: 1,
      environment: DEMO_ENVIRONMENT,
      bundle: bundle.hash,
      previous: null,
      sequence: 1,
      at: new Date(now).toISOString(),
      expires: new Date(now + 3_600_000).toISOString(),
      actor: OPERATOR,
    },
    await keys(OPERATOR),
  );
  await carryOut(
    {
      dataFolder,
      environment: DEMO_ENVIRONMENT,
      // It may be starting: it runs what it finds, or is told below.
      runtime: 'elsewhere',
      now: () => clock.now(),
      audit: (type, details, reason) => audit.append(type, 'system', details, reason === undefined ? {} : { reason }),
    },
    { entry, bundle: writeBundle(bundle), drain: false },
  );
}

async function unsigned(definitions: readonly Definition[]): Promise<Bundle> {
  const catalogue = await loadCatalogue();
  return createBundle({
    name: DEMO_ENVIRONMENT,
    base: null,
    engine: wardflowVersion(),
    modules: modulesUsed(definitions, catalogue),
    definitions,
  });
}

async function approved(bundle: Bundle, trust: TrustStore, keys: Keys, clock: Clock): Promise<Bundle> {
  const at = new Date(clock.now()).toISOString();
  const bound = { bundle: bundle.hash, base: null, at } as const;
  const author = { kind: 'author', format: 1, ...bound, summary: 'The first version of the flows.' } as const;
  let signed = withAuthor(bundle, await signStatement(author, await keys(AUTHOR)));
  const said = { author: await sha256(statementBytes(author)), policy: trust.policy.hash };
  for (const role of APPROVERS) {
    const approval = { kind: 'approval', format: 1, ...bound, ...said, role } as const;
    signed = withApproval(signed, await signStatement(approval, await keys(role)));
  }
  return signed;
}

async function untilItRuns({ runtime, stopped }: CeremonyParts): Promise<void> {
  await until(stopped, async () => {
    const told = await runtime.current();
    if (told.kind !== 'answer') return false;
    if (told.value.running !== null) return true;
    const applied = await runtime.apply({ sequence: 1, drain: false });
    return applied.kind === 'answer' && applied.value.running !== null;
  });
}

/** Up to two minutes: a first start opens stores and loads nodes beside it. */
async function until(stopped: AbortSignal, done: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 120 && !stopped.aborted; tries++) {
    if (await done()) return true;
    await new Promise((next) => setTimeout(next, 1_000).unref());
  }
  return false;
}

/** Changes a threshold on staging and submits it; only where nobody has proposed anything yet. */
async function propose(parts: CeremonyParts, keys: Keys): Promise<void> {
  const { proposals, accounts, clock, stopped, flowsFolder, runtimes } = parts;
  const account = accounts.get(AUTHOR);
  if (!account || !isDemosOwn(parts)) return;
  const now = clock.now();
  const origin = { address: '', agent: '' };
  const session = { id: 'demo', username: AUTHOR, createdAt: now, lastSeenAt: now, expiresAt: now, origin };
  const analyst = { session, account, owesSecondFactor: false };
  const { proposals: all } = await proposals.list({}, analyst);
  const mine = all.find(({ title }) => title === PROPOSAL.title);
  if (all.length > 0 && mine?.state !== 'draft') return;
  if (!mine && !(await until(stopped, () => changeThreshold(flowsFolder, runtimes)))) return;
  const draft = mine
    ? await proposals.view(mine.number, analyst)
    : await proposals.create(analyst, { environment: DEMO_ENVIRONMENT, definitions: [DEFINITION], ...PROPOSAL });
  const { number, bundle, base, summary } = draft;
  const author = { kind: 'author', format: 1, bundle, base, summary, at: new Date(clock.now()).toISOString() } as const;
  await proposals.sign(analyst, number, await signStatement(author, await keys(AUTHOR)));
}

const shippedFlows = (): string => join(packageRoot(), 'flows');

/** The demo's own copy of the shipped flows (supervisor/demo-flows.ts): nobody else's files are changed. */
const isDemosOwn = ({ dataFolder, flowsFolder }: CeremonyParts): boolean => flowsFolder === join(dataFolder, 'flows');

const bytesOf = async (file: string): Promise<Bytes> => new Uint8Array(await readFile(file));
