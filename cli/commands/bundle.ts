/** Bundles: made, signed and approved. */
import { join } from 'node:path';
import { loadDefinitions, type Definition } from '../../engine/index.ts';
import {
  bundleErrors,
  bundleFileName,
  createBundle,
  openEnvelope,
  readBundle,
  readSigned,
  riskOf,
  signStatement,
  withApproval,
  withAuthor,
  writeBundle,
  type Bundle,
} from '../../governance/bundle/index.ts';
import { loadCatalogue } from '../../governance/checks/load-catalogue.ts';
import { modulesUsed, wardflowVersion } from '../../governance/checks/modules-used.ts';
import { cliErrors } from '../errors.ts';
import { flowsFolderFor } from '../flows-folder.ts';
import type { Io } from '../io.ts';
import { openKey, trustedKey } from '../signing.ts';
import { readSiteFile, writeSiteFile } from '../site-file.ts';
import { safe } from '../terminal.ts';
import { openTrust, type TrustOptions } from '../trust-folder.ts';

export interface BundleCreateOptions {
  readonly base: string;
  readonly folder?: string;
  readonly name?: string;
  readonly out?: string;
  readonly force?: boolean;
}

const SHARED = '_shared';

export async function createBundleFile(io: Io, names: readonly string[], options: BundleCreateOptions): Promise<void> {
  const folder = await flowsFolderFor(io, options.folder);
  const { all } = await loadDefinitions(folder);
  const definitions = chosen(all, names, folder);
  const [first] = names;
  const bundle = await createBundle({
    name: nameOf(options.name ?? (names.length === 1 && first !== SHARED ? (first ?? 'all') : 'all')),
    base: await hashOf('--base', options.base),
    engine: wardflowVersion(),
    modules: modulesUsed(definitions, await loadCatalogue()),
    definitions,
  });
  const out = options.out ?? '.';
  const file = out.endsWith('.wfb') ? out : join(out, bundleFileName(bundle));
  await writeSiteFile(file, writeBundle(bundle), { force: options.force === true });
  io.out(`${file}\n${bundle.hash}\n`);
}

export interface BundleSignOptions {
  readonly as: string;
  readonly summary: string;
  readonly yes?: boolean;
}

/** As its author. */
export async function signBundle(io: Io, file: string, options: BundleSignOptions): Promise<void> {
  const bundle = await readBundle(await readSiteFile(file));
  io.out(described(bundle));
  const key = await openKey(io, options.as, 'Sign this as its author?', options.yes);
  const envelope = await signStatement(
    {
      kind: 'author',
      format: 1,
      bundle: bundle.hash,
      base: bundle.manifest.base,
      summary: options.summary,
      at: new Date(io.now()).toISOString(),
    },
    key,
  );
  await writeSiteFile(file, writeBundle(withAuthor(bundle, envelope)), { force: true });
  io.out(`Signed by ${key.person} as author.\n`);
}

export interface BundleApproveOptions extends TrustOptions {
  readonly as: string;
  readonly role: string;
  readonly yes?: boolean;
}

/** For one environment: under the policy that its trust store puts in force. */
export async function approveBundle(io: Io, file: string, options: BundleApproveOptions): Promise<void> {
  const bundle = await readBundle(await readSiteFile(file));
  const store = await openTrust(io, options);
  if (!bundle.author) throw bundleErrors.create('author-missing');
  const what = 'author.dsse.json';
  const author = await readSigned('author', openEnvelope(bundle.author, what), store.keys, what);
  if (author.statement.bundle !== bundle.hash || author.statement.base !== bundle.manifest.base)
    throw bundleErrors.create('author-of-another-bundle');
  io.out(`${described(bundle)}author  ${safe(author.key.person)}: ${safe(author.statement.summary)}\n`);
  const key = await openKey(io, options.as, `Approve this for ${store.environment} as ${options.role}?`, options.yes);
  // What would not count is not signed: it would look like an approval.
  const trusted = trustedKey(store, key, options.as);
  if (trusted.person === author.key.person) throw bundleErrors.create('approval-by-author', { person: trusted.person });
  if (!trusted.roles.includes(options.role))
    throw bundleErrors.create('role-not-held', { person: trusted.person, role: options.role });
  const envelope = await signStatement(
    {
      kind: 'approval',
      format: 1,
      bundle: bundle.hash,
      base: bundle.manifest.base,
      author: author.hash,
      policy: store.policy.hash,
      role: options.role,
      at: new Date(io.now()).toISOString(),
    },
    key,
  );
  await writeSiteFile(file, writeBundle(withApproval(bundle, envelope)), { force: true });
  io.out(`Approved by ${key.person} as ${options.role}.\n`);
}

/** What is about to be signed. */
export function described(bundle: Bundle): string {
  const { hash, manifest } = bundle;
  const names = manifest.definitions.map(({ name, hash: version }) => `${name} ${version.slice(0, 12)}`).join(', ');
  return `bundle  ${hash}\nbase    ${manifest.base ?? 'none'}\nrisk    ${riskOf(bundle)}\nholds   ${names}\n`;
}

/** A bundle's hash, from its file or as it is; `null` for `none`. */
export async function hashOf(option: string, value: string): Promise<string | null> {
  if (value === 'none') return null;
  if (/^[0-9a-f]{64}$/.test(value)) return value;
  if (value.endsWith('.wfb')) return (await readBundle(await readSiteFile(value))).hash;
  throw cliErrors.create('option-invalid', { option, takes: 'a .wfb file, a hash of 64 digits, or none' });
}

/** With `_shared`, which every definition uses. */
function chosen(all: readonly Definition[], names: readonly string[], folder: string): readonly Definition[] {
  for (const definition of names)
    if (!all.some(({ name }) => name === definition))
      throw bundleErrors.create('bundle-definition-unknown', {
        definition,
        folder,
        known: all.map(({ name }) => name).join(', '),
      });
  return names.length === 0 ? all : all.filter(({ name }) => name === SHARED || names.includes(name));
}

function nameOf(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
    throw cliErrors.create('option-invalid', { option: '--name', takes: 'a name of small letters, digits and -' });
  return name;
}
