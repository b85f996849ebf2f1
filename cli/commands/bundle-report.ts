/** Bundles: looked into and verified, without a network. */
import { openEnvelope, readBundle, readJson, riskOf, verifyBundle, type Bytes } from '../../governance/bundle/index.ts';
import { WardflowError } from '../../engine/index.ts';
import type { Io } from '../io.ts';
import { readSiteFile } from '../site-file.ts';
import { columns, json, safe } from '../terminal.ts';
import { openTrust, type TrustOptions } from '../trust-folder.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** Gives the exit code: 1 where it may not run. */
export async function verifyBundleFile(io: Io, file: string, options: TrustOptions & JsonOption): Promise<number> {
  const trustStore = await openTrust(io, options);
  const { environment } = options;
  const result = await verifyBundle(await readSiteFile(file), { trustStore, environment, now: io.now() });
  const told = (errors: readonly WardflowError[]): object[] =>
    errors.map(({ code, message, remedy }) => ({ code, message, remedy }));
  const seats = result.ok ? result.verdict.seats : [];
  if (options.json === true)
    io.out(
      json(
        result.ok
          ? {
              ok: true,
              bundle: result.bundle.hash,
              environment,
              author: result.author.key.person,
              seats,
              notCounted: told(result.verdict.notCounted),
            }
          : { ok: false, bundle: result.bundle?.hash ?? null, environment, reasons: told(result.reasons) },
      ),
    );
  else if (result.ok) {
    io.out(`${result.bundle.hash} may run in ${environment}.\nauthor  ${safe(result.author.key.person)}\n`);
    for (const { role, person } of seats) io.out(`${safe(role)}  ${safe(person ?? '-')}\n`);
  } else {
    io.out(`The bundle may NOT run in ${environment}:\n`);
    for (const { code, message, remedy } of result.reasons) io.out(`  ${code}: ${safe(message)} ${safe(remedy)}\n`);
  }
  return result.ok ? 0 : 1;
}

/** What is in it and what its signatures claim: nothing of that is verified, but that the content is the manifest's. */
export async function inspectBundle(io: Io, file: string, options: JsonOption): Promise<void> {
  const bundle = await readBundle(await readSiteFile(file));
  const signatures = [
    ...(bundle.author ? [claimOf('author', bundle.author)] : []),
    ...[...bundle.approvals.values()].map((content) => claimOf('approval', content)),
  ];
  if (options.json === true)
    return io.out(json({ hash: bundle.hash, risk: riskOf(bundle), manifest: bundle.manifest, claims: signatures }));
  const { manifest } = bundle;
  io.out(
    columns([
      ['bundle', bundle.hash],
      ['name', manifest.name],
      ['base', manifest.base ?? 'none'],
      ['risk', riskOf(bundle)],
      ['engine', manifest.engine],
      ...Object.entries(manifest.modules).map(([name, version]) => ['module', `${name} ${version}`]),
    ]),
  );
  for (const { name, hash, files } of manifest.definitions) {
    io.out(`\n${name}  ${hash}\n`);
    io.out(columns(files.map(({ path, size, sha256 }) => [`  ${path}`, String(size), sha256.slice(0, 12)])));
  }
  io.out(`\nNot verified; "npx wardflow bundle verify" does that:\n`);
  for (const { kind, key, statement } of signatures)
    io.out(`  ${kind} by key ${key.slice(0, 12)}: ${safe(JSON.stringify(statement))}\n`);
  if (signatures.length === 0) io.out('  no signatures\n');
}

interface Claim {
  readonly kind: 'author' | 'approval';
  readonly key: string;
  /** `null`: not readable. */
  readonly statement: unknown;
}

function claimOf(kind: Claim['kind'], content: Bytes): Claim {
  try {
    const { payload, signatures } = openEnvelope(content, kind);
    return { kind, key: signatures[0]?.keyId ?? '-', statement: readJson(payload, kind) };
  } catch (error) {
    if (error instanceof WardflowError) return { kind, key: '-', statement: null };
    throw error;
  }
}
