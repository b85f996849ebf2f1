/** A bundle: definitions, their manifest and what people signed about it, in one file. */
import { definitionFromFiles, WardflowError, type Definition } from '../../engine/index.ts';
import { readArchive, writeArchive } from './archive.ts';
import { sha256, utf8, type Bytes } from './bytes.ts';
import { canonicalBytes } from './canonical.ts';
import type { Envelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { manifestBytes, readManifest, type Manifest, type ManifestDefinition } from './manifest.ts';
import { textOf } from './strict-json.ts';

export interface Bundle {
  /** SHA-256 of the manifest: the bundle's name in every statement. */
  readonly hash: string;
  readonly manifest: Manifest;
  /** Read again from the files; their hashes are those of the manifest. */
  readonly definitions: readonly Definition[];
  /** `<definition>/<path>` -> content. */
  readonly files: ReadonlyMap<string, Bytes>;
  /** Envelopes as they are in the file: nobody has verified them. */
  readonly author: Bytes | undefined;
  readonly approvals: ReadonlyMap<string, Bytes>;
}

export interface NewBundle {
  readonly name: string;
  readonly base: string | null;
  readonly engine: string;
  readonly modules: Readonly<Record<string, string>>;
  /** With `_shared` if one of them uses it. */
  readonly definitions: readonly Definition[];
}

const SHARED = '_shared';
const AUTHOR = 'author.dsse.json';
const APPROVAL = /^approvals\/([0-9a-f]{64})\.dsse\.json$/;
const MOST_APPROVALS = 50;

/** `<name>-<short hash>.wfb` */
export const bundleFileName = ({ manifest, hash }: Bundle): string => `${manifest.name}-${hash.slice(0, 12)}.wfb`;

/** Makes an unsigned bundle of definitions that were loaded together. */
export async function createBundle({ definitions, ...rest }: NewBundle): Promise<Bundle> {
  const ordered = definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const files = new Map<string, Bytes>();
  const listed: ManifestDefinition[] = [];
  const shared = ordered.find(({ name }) => name === SHARED);
  for (const definition of ordered) {
    const own = ownFiles(definition).map(([path, text]) => ({ path, bytes: utf8(text) }));
    for (const { path, bytes } of own) files.set(`${definition.name}/${path}`, bytes);
    listed.push({
      name: definition.name,
      hash: definition.version,
      files: await Promise.all(
        own.map(async ({ path, bytes }) => ({ path, sha256: await sha256(bytes), size: bytes.length })),
      ),
      uses: shared && definition !== shared ? { [SHARED]: shared.version } : {},
    });
  }
  const manifest: Manifest = { kind: 'bundle', format: 1, ...rest, definitions: listed };
  const entries = new Map<string, Bytes>([['manifest.json', manifestBytes(manifest)]]);
  for (const [path, bytes] of files) entries.set(`files/${path}`, bytes);
  // Whatever reading refuses must not be written.
  return readBundle(writeArchive(entries));
}

/** Without what it has of `_shared`, in order. */
const ownFiles = ({ files }: Definition): readonly (readonly [string, string])[] =>
  Object.entries(files)
    .filter(([path]) => !path.startsWith(`${SHARED}/`))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

export function writeBundle(bundle: Bundle): Bytes {
  const entries = new Map<string, Bytes>([['manifest.json', manifestBytes(bundle.manifest)]]);
  for (const [path, bytes] of bundle.files) entries.set(`files/${path}`, bytes);
  if (bundle.author) entries.set(AUTHOR, bundle.author);
  for (const [key, bytes] of bundle.approvals) entries.set(`approvals/${key}.dsse.json`, bytes);
  return writeArchive(entries);
}

/** With the author's signature. Approvals of what was said before would not count: they are left out. */
export const withAuthor = (bundle: Bundle, envelope: Envelope): Bundle => ({
  ...bundle,
  author: canonicalBytes(envelope, AUTHOR),
  approvals: new Map(),
});

/** With an approval; one by the same key is replaced. */
export function withApproval(bundle: Bundle, envelope: Envelope): Bundle {
  const key = envelope.signatures[0]?.keyid ?? '';
  return { ...bundle, approvals: new Map(bundle.approvals).set(key, canonicalBytes(envelope, 'the approval')) };
}

/**
 * Reads a file that may be anybody's: afterwards the content is that of the manifest, and sound. Who signed it, and
 * whether that is enough, says `verifyBundle`.
 * @throws WardflowError one of `bundle-*` or `json-*`
 */
export async function readBundle(bytes: Bytes): Promise<Bundle> {
  const entries = readArchive(bytes);
  const first = entries.get('manifest.json');
  if (!first) throw bundleErrors.create('bundle-manifest-missing');
  const manifest = readManifest(first);
  const approvals = new Map<string, Bytes>();
  for (const [path, content] of entries) {
    const [, key] = APPROVAL.exec(path) ?? [];
    if (key !== undefined) approvals.set(key, content);
  }
  if (approvals.size > MOST_APPROVALS) throw bundleErrors.create('bundle-entries-too-many', { limit: MOST_APPROVALS });
  return {
    hash: await sha256(first),
    manifest,
    files: await contentOf(manifest, entries),
    definitions: definitionsOf(manifest, entries),
    author: entries.get(AUTHOR),
    approvals,
  };
}

async function contentOf(manifest: Manifest, entries: ReadonlyMap<string, Bytes>): Promise<ReadonlyMap<string, Bytes>> {
  const files = new Map<string, Bytes>();
  for (const definition of manifest.definitions)
    for (const { path, sha256: expected, size } of definition.files) {
      const full = `${definition.name}/${path}`;
      const content = entries.get(`files/${full}`);
      if (!content) throw bundleErrors.create('bundle-file-missing', { path: full });
      if (content.length !== size || (await sha256(content)) !== expected)
        throw bundleErrors.create('bundle-file-changed', { path: full });
      files.set(full, content);
    }
  const known = new Set(['manifest.json', AUTHOR, ...[...files.keys()].map((path) => `files/${path}`)]);
  for (const path of entries.keys())
    if (!known.has(path) && !APPROVAL.test(path)) throw bundleErrors.create('bundle-file-extra', { path });
  return files;
}

/** Builds each definition from its files: its hash must be what comes out, and its parts must be sound. */
function definitionsOf(manifest: Manifest, entries: ReadonlyMap<string, Bytes>): readonly Definition[] {
  const shared = manifest.definitions.find(({ name }) => name === SHARED);
  return manifest.definitions.map((listed) => {
    const { name } = listed;
    const expected = shared && listed !== shared ? { [SHARED]: shared.hash } : {};
    if (JSON.stringify(listed.uses) !== JSON.stringify(expected))
      throw bundleErrors.create('bundle-use-missing', { definition: name, used: SHARED });
    const files = { ...texts(listed, entries) };
    if (shared && listed !== shared)
      for (const [path, text] of Object.entries(texts(shared, entries))) files[`${SHARED}/${path}`] = text;
    const definition = built(name, files);
    if (definition.version !== listed.hash)
      throw bundleErrors.create('bundle-definition-changed', { definition: name });
    return definition;
  });
}

function texts(
  { name, files }: ManifestDefinition,
  entries: ReadonlyMap<string, Bytes>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map(({ path }) => {
      const full = `${name}/${path}`;
      return [path, textOf(entries.get(`files/${full}`) ?? new Uint8Array(), full)] as const;
    }),
  );
}

function built(definition: string, files: Readonly<Record<string, string>>): Definition {
  try {
    return definitionFromFiles(definition, files);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    throw bundleErrors.create(
      'bundle-definition-invalid',
      { definition, problems: String(error.details['problems'] ?? error.message) },
      { cause: error },
    );
  }
}
