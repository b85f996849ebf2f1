/** manifest.json: what a bundle holds. Its SHA-256 is the bundle's hash, which everything is bound to. */
import { describeProblems, schemaCheck } from '../../engine/index.ts';
import { isSafePath } from './archive.ts';
import type { Bytes } from './bytes.ts';
import { canonicalBytes } from './canonical.ts';
import { bundleErrors } from './errors.ts';
import { NAME, object, SHA256 } from './schema-parts.ts';
import { readJson } from './strict-json.ts';

export interface ManifestFile {
  /** Path in the definition's folder. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

export interface ManifestDefinition {
  readonly name: string;
  /** The definition's version, as messages record it: over its files and what it uses. */
  readonly hash: string;
  readonly files: readonly ManifestFile[];
  /** Name of a definition of this bundle -> its hash. */
  readonly uses: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly kind: 'bundle';
  readonly format: 1;
  readonly name: string;
  /** Hash of the bundle that this one changes; `null` for the first. */
  readonly base: string | null;
  /** Wardflow's version. */
  readonly engine: string;
  /** Modules that bring the node types -> version. */
  readonly modules: Readonly<Record<string, string>>;
  readonly definitions: readonly ManifestDefinition[];
}

const VERSION = { type: 'string', pattern: '^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$', description: 'a version' };
const DEFINITION_NAME = { ...NAME, pattern: '^(?:_shared|[a-z][a-z0-9-]{0,62})$' };

const check = schemaCheck<Manifest>(
  object({
    kind: { const: 'bundle' },
    format: { const: 1 },
    name: NAME,
    base: { anyOf: [SHA256, { type: 'null' }] },
    engine: VERSION,
    modules: {
      type: 'object',
      maxProperties: 200,
      propertyNames: { type: 'string', pattern: '^[@a-z0-9][@a-z0-9._/-]{0,213}$', description: 'a module name' },
      additionalProperties: VERSION,
    },
    definitions: {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: object({
        name: DEFINITION_NAME,
        hash: SHA256,
        files: {
          type: 'array',
          minItems: 1,
          maxItems: 1_000,
          items: object({
            path: { type: 'string', minLength: 1, maxLength: 200 },
            sha256: SHA256,
            size: { type: 'integer', minimum: 0, maximum: 4 * 1024 * 1024 },
          }),
        },
        uses: { type: 'object', maxProperties: 10, propertyNames: DEFINITION_NAME, additionalProperties: SHA256 },
      }),
    },
  }),
);

/** The bytes that a manifest has in its bundle. */
export const manifestBytes = (manifest: Manifest): Bytes => canonicalBytes(manifest, 'manifest.json');

/** @throws WardflowError `bundle-manifest-invalid`, or what `readJson` throws */
export function readManifest(bytes: Bytes): Manifest {
  const json = readJson(bytes, 'manifest.json');
  if (!check.accepts(json)) throw invalid(describeProblems(check.problems(json)));
  // One content, one hash: no two ways to write it.
  const canonical = manifestBytes(json);
  if (canonical.length !== bytes.length || canonical.some((byte, i) => byte !== bytes[i]))
    throw invalid('it is not canonical');
  if (!isOrdered(json.definitions.map(({ name }) => name))) throw invalid('definitions are not in order');
  for (const { name, files } of json.definitions) {
    if (!isOrdered(files.map(({ path }) => path))) throw invalid(`files of ${name} are not in order`);
    if (!files.every(({ path }) => isSafePath(`files/${name}/${path}`)))
      throw invalid(`a file of ${name} has an unsafe path`);
  }
  return json;
}

/** Each once, in ascending order. */
const isOrdered = (list: readonly string[]): boolean => list.every((one, i) => i === 0 || (list[i - 1] ?? '') < one);

const invalid = (problems: string): Error => bundleErrors.create('bundle-manifest-invalid', { problems });
