/** Having an environment run something else: promote, go back, break glass. */
import { BOUND_WORDS, durationMs, type Config } from '../../engine/index.ts';
import {
  bundleErrors,
  readBundle,
  signStatement,
  type Bytes,
  type SigningKey,
  type Statement,
} from '../../governance/bundle/index.ts';
import {
  carryOut,
  planRelease,
  readBundleFile,
  releaseErrors,
  releaseFolderOf,
  type CarriedOut,
} from '../../governance/release/index.ts';
import { readProposedBundle } from '../../governance/server/proposals/local-bundle.ts';
import type { ReleasePlan } from '../../runtime/api/release-contract.ts';
import { cliErrors } from '../errors.ts';
import type { Io } from '../io.ts';
import { withReleaseSite, type ReleaseSite } from '../release-site.ts';
import { openKey } from '../signing.ts';
import { readSiteFile } from '../site-file.ts';
import { columns, safe } from '../terminal.ts';
import type { TrustOptions } from '../trust-folder.ts';
import { described } from './bundle.ts';

export interface ReleaseOptions extends TrustOptions {
  readonly as: string;
  readonly drain?: boolean;
  readonly yes?: boolean;
}

/** It is carried out at once: nobody needs an order that lies about. */
const ORDER_LIVES_MS = 15 * 60_000;

export async function promote(io: Io, what: string, options: ReleaseOptions): Promise<void> {
  await withReleaseSite(io, options, async (site) => {
    const file = await fileOf(io.config(), what, 'order');
    await ordered(io, site, options, file, `Let ${site.environment} run this?`);
  });
}

export async function rollback(
  io: Io,
  options: ReleaseOptions & { readonly to?: string; readonly reason: string },
): Promise<void> {
  await withReleaseSite(io, options, async (site) => {
    const hash = options.to === undefined ? before(site) : ranBefore(site, options.to);
    const file = await readBundleFile(releaseFolderOf(site.dataFolder, site.environment), hash);
    if (!file)
      throw releaseErrors.create('release-bundle-missing', {
        bundle: hash.slice(0, 12),
        environment: site.environment,
      });
    await ordered(io, site, options, file, `Let ${site.environment} go back to this?`, options.reason);
  });
}

export async function breakGlass(
  io: Io,
  what: string,
  options: ReleaseOptions & { readonly reason: string; readonly for: string },
): Promise<void> {
  const lasts = durationMs(options.for);
  if (lasts === undefined || lasts === 0)
    throw cliErrors.create('option-invalid', { option: '--for', takes: 'a duration such as PT2H' });
  await withReleaseSite(io, options, async (site) => {
    const { environment } = site;
    const file = await fileOf(io.config(), what, 'break-glass');
    const bundle = await shown(io, site, file, 'break-glass');
    const until = new Date(io.now() + lasts).toISOString();
    const question = `Nobody has to approve this. Let ${environment} run it until ${until}?`;
    const { release } = await carried(io, site, options, file, question, (key) => ({
      kind: 'break-glass',
      format: 1,
      ...common(site, bundle, key, io.now()),
      until: new Date(io.now() + lasts).toISOString(),
      reason: options.reason,
    }));
    const ends = release.kind === 'break-glass' ? new Date(release.until).toISOString() : until;
    io.out(
      `${environment} goes back by itself at ${ends}. The console opens a proposal, so that release ${release.sequence} is approved after all, or not.\n`,
    );
  });
}

async function ordered(
  io: Io,
  site: ReleaseSite,
  options: ReleaseOptions,
  file: Bytes,
  question: string,
  reason?: string,
): Promise<void> {
  const bundle = await shown(io, site, file, 'order');
  const statement = (key: SigningKey): Statement => ({
    kind: 'order',
    format: 1,
    ...common(site, bundle, key, io.now()),
    expires: new Date(io.now() + ORDER_LIVES_MS).toISOString(),
  });
  await carried(io, site, options, file, question, statement, reason);
}

const common = ({ environment, running }: ReleaseSite, bundle: string, key: SigningKey, now: number) => ({
  environment,
  bundle,
  previous: running.bundle,
  sequence: running.lastSequence + 1,
  at: new Date(now).toISOString(),
  actor: key.person,
});

/** What is about to be ordered; stops where it could not be carried out. @returns the bundle's hash */
async function shown(io: Io, site: ReleaseSite, file: Bytes, kind: 'order' | 'break-glass'): Promise<string> {
  const bundle = await readBundle(file);
  io.out(`${described(bundle)}instead of  ${site.running.bundle ?? 'nothing'}\n\n`);
  const plan = await planRelease(site, { bundle: bundle.hash, kind }, file);
  if (!plan) {
    const where = site.runtime === 'elsewhere' ? 'runs from this data folder' : 'answers';
    io.out(`No runtime of ${site.environment} ${where}: nobody can say what would restart.\n`);
    return bundle.hash;
  }
  io.out(planText(plan));
  const [refusal] = plan.refusals;
  if (refusal)
    throw releaseErrors.create('release-plan-refused', {
      environment: site.environment,
      problems: plan.refusals.map(({ title }) => title).join(' '),
      remedies: [...new Set(plan.refusals.map(({ remedy }) => remedy))].join(' '),
    });
  return bundle.hash;
}

function planText({ definitions, feeds, unbound }: ReleasePlan): string {
  const version = (hash: string | null): string => hash?.slice(0, 12) ?? 'none';
  const rows = definitions.map(({ name, what, from, to, openWork }) => [
    name,
    // Its tables may be others, while its nodes run on.
    what === 'stays' && from !== to ? 'changes, runs on' : what,
    from === to ? version(from) : `${version(from)} -> ${version(to)}`,
    openWork === 0 ? '' : `${openWork} in work, which ${openWork === 1 ? 'ends' : 'end'} as begun`,
  ]);
  const parts = [columns([['definition', 'what', 'version', 'open'], ...rows])];
  if (feeds.length > 0) parts.push(columns([['feed', 'connections'], ...feeds.map(({ name, what }) => [name, what])]));
  if (unbound.length > 0)
    parts.push(
      `not bound here: ${unbound.map(({ kind, speaks, name }) => `${speaks ? BOUND_WORDS[speaks] : kind} ${safe(name)}`).join(', ')}\n`,
    );
  return `${parts.join('\n')}\n`;
}

async function carried(
  io: Io,
  site: ReleaseSite,
  { as, yes, drain }: ReleaseOptions,
  bundle: Bytes,
  question: string,
  statement: (key: SigningKey) => Statement,
  reason?: string,
): Promise<CarriedOut> {
  const key = await openKey(io, as, question, yes);
  const entry = await signStatement(statement(key), key);
  const done = await carryOut(site, {
    entry,
    bundle,
    drain: drain === true,
    ...(reason === undefined ? {} : { reason }),
  });
  const { release, applied } = done;
  io.out(`Release ${release.sequence} of ${site.environment} is ordered by ${safe(release.person)}.\n`);
  if (applied.kind === 'failed') throw applied.problem;
  if (applied.kind === 'applied') io.out(`${site.environment} runs it.\n`);
  else if (site.runtime === 'elsewhere') io.out('It runs when its runtime starts here, or has fetched it.\n');
  else io.out('The runtime does not answer: it runs it when it starts.\n');
  return done;
}

/** What ran before what runs now. */
function before({ running, environment }: ReleaseSite): string {
  const previous = running.by?.previous;
  if (previous === undefined || previous === null) throw cliErrors.create('nothing-before', { environment });
  return previous;
}

/** By its hash or the beginning of it. */
function ranBefore({ log }: ReleaseSite, to: string): string {
  const found = new Set(
    /^[0-9a-f]{8,64}$/.test(to) ? log.map(({ bundle }) => bundle).filter((one) => one.startsWith(to)) : [],
  );
  const [hash] = found;
  if (hash === undefined || found.size > 1)
    throw cliErrors.create('option-invalid', {
      option: '--to',
      takes: 'the first 8 or more digits of a bundle that ran there: "npx wardflow releases list"',
    });
  return hash;
}

async function fileOf({ dataFolder }: Config, what: string, use: 'order' | 'break-glass'): Promise<Bytes> {
  if (/^\d{1,9}$/.test(what)) return readProposedBundle(dataFolder, Number(what), use);
  if (!what.endsWith('.wfb')) throw bundleErrors.create('bundle-file-missing', { path: what });
  return readSiteFile(what);
}
