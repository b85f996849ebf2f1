/**
 * An environment's releases as people make them: keys, a trust store, signed bundles, orders and entries of the log, in
 * the folders of a data folder. Ana writes, Greta, Emil and Rita approve, Otto orders. No passphrases: wrapping is slow on purpose.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDefinitions, packageRoot, replaceFile, type Definition } from '../../engine/index.ts';
import {
  appendTrust,
  createBundle,
  pinOf,
  proposeTrust,
  sha256,
  sign,
  addSignature,
  mediaType,
  signStatement,
  statementBytes,
  withApproval,
  withAuthor,
  type AuthorStatement,
  type BreakGlassStatement,
  type Bundle,
  type Envelope,
  type OrderStatement,
  type TrustChange,
  type TrustStore,
} from '../../governance/bundle/index.ts';
import {
  inForce,
  readReleaseLog,
  releaseFileText,
  releaseFolderOf,
  writeBundleFile,
  writeLogFile,
  type ReleaseFile,
} from '../../governance/release/index.ts';
import { TRUST_PIN_FILE, TRUST_STORE_FILE, trustFolderOf } from '../../governance/trust/read-trust-folder.ts';
import { cast, POLICY, type Cast, type Person } from '../governance/bundle/ceremony.ts';

export interface ReleaseKitOptions {
  /** Default `production`. */
  readonly environment?: string;
  readonly policy?: unknown;
  /** Epoch milliseconds; default the real time. */
  readonly now?: () => number;
}

export interface WantedBundle {
  /** As they were loaded, or the folder to load them from. */
  readonly definitions: readonly Definition[] | string;
  /** Only these of the folder; `_shared` comes along. */
  readonly names?: readonly string[];
  /** Default: what is in force by the log. */
  readonly base?: string | null;
  readonly summary?: string;
  readonly modules?: Readonly<Record<string, string>>;
  readonly engine?: string;
}

export class ReleaseKit {
  readonly dataFolder: string;
  readonly environment: string;
  readonly people: Omit<Cast, 'store'>;
  readonly releases: string;
  readonly trust: string;
  readonly now: () => number;
  #store: TrustStore;

  private constructor(dataFolder: string, environment: string, now: () => number, people: Cast) {
    this.dataFolder = dataFolder;
    this.environment = environment;
    this.now = now;
    this.people = people;
    this.#store = people.store;
    this.releases = releaseFolderOf(dataFolder, environment);
    this.trust = trustFolderOf(dataFolder, environment);
  }

  /** Makes the people and the first trust store, and writes it with its pin. */
  static async create(dataFolder: string, options: ReleaseKitOptions = {}): Promise<ReleaseKit> {
    const environment = options.environment ?? 'production';
    const people = await cast(options.policy ?? POLICY, environment);
    const kit = new ReleaseKit(dataFolder, environment, options.now ?? Date.now, people);
    await kit.writeTrust();
    return kit;
  }

  /** The newest. */
  get store(): TrustStore {
    return this.#store;
  }

  /** Unsigned. */
  async unsigned(wanted: WantedBundle): Promise<Bundle> {
    const { base = await this.running() } = wanted;
    return createBundle({
      name: 'all',
      base,
      engine: wanted.engine ?? versionOf(packageRoot()),
      modules: wanted.modules ?? installedModules(),
      definitions: await chosen(wanted),
    });
  }

  /** By Ana, approved by Greta, Emil and Rita: enough for every risk under the kit's policy. */
  async bundle(wanted: WantedBundle): Promise<Bundle> {
    return this.approvedByAll(await this.signed(await this.unsigned(wanted), this.people.ana, wanted.summary));
  }

  async approvedByAll(bundle: Bundle): Promise<Bundle> {
    const { greta, emil, rita } = this.people;
    const byTwo = await this.approved(await this.approved(bundle, greta, 'clinical-governance'), emil, 'engineer');
    return this.approved(byTwo, rita, 'reviewer');
  }

  async signed(bundle: Bundle, by: Person, summary = 'Says what it says.'): Promise<Bundle> {
    const { hash, manifest } = bundle;
    const statement = {
      kind: 'author',
      format: 1,
      bundle: hash,
      base: manifest.base,
      summary,
      at: this.#at(),
    } as const;
    return withAuthor(bundle, await signStatement(statement, by.key));
  }

  async approved(bundle: Bundle, by: Person, role: string): Promise<Bundle> {
    const envelope = await signStatement(
      {
        kind: 'approval',
        format: 1,
        bundle: bundle.hash,
        base: bundle.manifest.base,
        author: await sha256(statementBytes(authorOf(bundle))),
        policy: this.#store.policy.hash,
        role,
        at: this.#at(),
      },
      by.key,
    );
    return withApproval(bundle, envelope);
  }

  /** By Otto; the next in the log's row unless told otherwise. */
  async order(bundle: string, more: Partial<OrderStatement> = {}, by = this.people.otto): Promise<Envelope> {
    const statement: OrderStatement = {
      kind: 'order',
      format: 1,
      environment: this.environment,
      bundle,
      previous: await this.running(),
      sequence: (await this.lastSequence()) + 1,
      at: this.#at(),
      expires: this.#at(86_400_000),
      actor: by.key.person,
      ...more,
    };
    return signStatement(statement, by.key);
  }

  async breakGlass(
    bundle: string,
    forMs: number,
    more: Partial<BreakGlassStatement> = {},
    by = this.people.otto,
  ): Promise<Envelope> {
    const statement: BreakGlassStatement = {
      kind: 'break-glass',
      format: 1,
      environment: this.environment,
      bundle,
      previous: await this.running(),
      sequence: (await this.lastSequence()) + 1,
      at: this.#at(),
      until: this.#at(forMs),
      actor: by.key.person,
      reason: 'It cannot wait.',
      ...more,
    };
    return signStatement(statement, by.key);
  }

  /** Puts the bundle's file among the releases, verified by nobody. */
  async keep(bundle: Bundle): Promise<void> {
    await writeBundleFile(this.releases, this.environment, bundle);
  }

  /** Writes an entry of the log, verified by nobody; gives its number. */
  async enter(entry: Envelope, more: Partial<ReleaseFile> = {}): Promise<number> {
    const { sequence } = JSON.parse(Buffer.from(entry.payload, 'base64').toString()) as OrderStatement;
    const { version, hash } = this.#store;
    const file: ReleaseFile = {
      kind: 'release',
      format: 1,
      entry,
      trust: { version, hash },
      acceptedAt: this.#at(),
      ...more,
    };
    await writeLogFile(this.releases, this.environment, sequence, releaseFileText(file));
    return sequence;
  }

  /** The bundle's file, an order and its entry; the runtime has not been told. Gives the sequence. */
  async promote(bundle: Bundle): Promise<number> {
    await this.keep(bundle);
    return this.enter(await this.order(bundle.hash));
  }

  /** What the log says has to run. */
  async running(): Promise<string | null> {
    return inForce(await readReleaseLog(this.releases, this.#store), this.now()).bundle;
  }

  async lastSequence(): Promise<number> {
    return inForce(await readReleaseLog(this.releases, this.#store), this.now()).lastSequence;
  }

  /** Rita proposes, Greta and Emil sign: whatever does not concern one of them. */
  async changeTrust(change: Partial<TrustChange>): Promise<void> {
    const { rita, greta, emil } = this.people;
    const statement = proposeTrust(this.#store, { by: 'rita', reason: 'It has to be.', at: this.#at(), ...change });
    let envelope = await sign(mediaType('trust-store'), statementBytes(statement), rita.key);
    for (const { key } of [greta, emil]) envelope = await addSignature(envelope, key);
    this.#store = await appendTrust(this.#store, envelope);
    await this.writeTrust();
  }

  async writeTrust(store = this.#store): Promise<void> {
    const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
    await replaceFile(join(this.trust, TRUST_STORE_FILE), text(store.file), 0o600);
    await replaceFile(join(this.trust, TRUST_PIN_FILE), text(pinOf(store)), 0o600);
  }

  /** The entry is gone, as if it had never been. */
  async cut(sequence: number): Promise<void> {
    await rm(join(this.releases, 'log', `${String(sequence).padStart(10, '0')}.json`));
  }

  #at(inMs = 0): string {
    return new Date(this.now() + inMs).toISOString();
  }
}

function authorOf({ author }: Bundle): AuthorStatement {
  if (!author) throw new Error('the author has not signed yet');
  const { payload } = JSON.parse(Buffer.from(author).toString()) as Envelope;
  return JSON.parse(Buffer.from(payload, 'base64').toString()) as AuthorStatement;
}

async function chosen({ definitions, names }: WantedBundle): Promise<readonly Definition[]> {
  const all = typeof definitions === 'string' ? (await loadDefinitions(definitions)).all : definitions;
  return names === undefined ? all : all.filter(({ name }) => name === '_shared' || names.includes(name));
}

/** What a runtime of this checkout has. */
export function installedModules(): Readonly<Record<string, string>> {
  return {
    'node-red': versionOf(join(packageRoot(), 'node_modules', 'node-red')),
    'wardflow-nodes': versionOf(join(packageRoot(), 'dist', 'palette')),
  };
}

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
