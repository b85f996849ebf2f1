/** What an environment behind the gate has to run, and by whose word: read from its folders, verified. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WardflowError, type Clock } from '../../../engine/index.ts';
import { readBundle, type Bundle, type Risk, type TrustStore } from '../../bundle/index.ts';
import {
  readBundleFile,
  readLogFiles,
  readReleaseLog,
  releaseErrors,
  releaseFolderOf,
  riskOfBases,
  type Release,
} from '../../release/index.ts';
import { readTrustFolder, TRUST_PIN_FILE, TRUST_STORE_FILE, trustFolderOf } from '../../trust/read-trust-folder.ts';
import { proposalErrors } from './errors.ts';

export interface EnvironmentState {
  readonly name: string;
  /** `null`: there is none yet, and `trouble` says what to do. */
  readonly trust: TrustStore | null;
  readonly trouble: WardflowError | null;
  /** Oldest first. */
  readonly releases: readonly Release[];
  /** Hash of the bundle that it runs for good: glass that is broken passes. */
  readonly base: string | null;
}

export interface Environments {
  readonly names: readonly string[];
  /** @throws `proposal-environment-unknown`, `proposal-environment-unsound` */
  read(name: string): Promise<EnvironmentState>;
  /** What was ordered once. @throws `release-bundle-missing`, or what `readBundle` throws */
  bundle(name: string, hash: string): Promise<Bundle>;
  /** Of a base; what cannot be read is critical. `undefined`: nothing ran. */
  riskOf(name: string, base: string | null): Promise<Risk | undefined>;
}

export function environmentsIn(dataFolder: string, names: readonly string[], clock: Clock): Environments {
  /** By hash: a base is asked for with every look at a proposal, and its content never changes. */
  const risks = new Map<string, Risk>();
  const known = new Map<string, { readonly content: string; readonly state: EnvironmentState }>();
  const check = (name: string): void => {
    if (!names.includes(name)) throw proposalErrors.create('proposal-environment-unknown', { environment: name });
  };
  return {
    names,
    async read(name) {
      check(name);
      const content = await contentOf(dataFolder, name);
      const before = known.get(name);
      // Verifying a long chain again for each page would be slow; the same files mean the same.
      if (before?.content === content) return before.state;
      const state = await read(dataFolder, name);
      known.set(name, { content, state });
      return state;
    },
    async bundle(name, hash) {
      check(name);
      const content = await readBundleFile(releaseFolderOf(dataFolder, name), hash);
      const bundle = content && (await readBundle(content));
      if (bundle?.hash !== hash) throw releaseErrors.create('release-bundle-missing', { bundle: hash.slice(0, 12) });
      return bundle;
    },
    async riskOf(name, base) {
      check(name);
      if (base === null) return undefined;
      const before = risks.get(base);
      if (before) return before;
      const file = await readBundleFile(releaseFolderOf(dataFolder, name), base).catch(() => undefined);
      const risk = await riskOfBases([base], () => Promise.resolve(file));
      if (file && risk) risks.set(base, risk);
      return risk;
    },
  };

  async function read(folder: string, environment: string): Promise<EnvironmentState> {
    let trust: TrustStore | null = null;
    let trouble: WardflowError | null = null;
    try {
      trust = await readTrustFolder(trustFolderOf(folder, environment), environment);
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      if (error.code !== 'trust-store-missing') throw unsound(environment, error);
      trouble = error;
    }
    const releaseFolder = releaseFolderOf(folder, environment);
    if (!trust) {
      // Nobody could say what of it is true.
      if (trouble && (await readLogFiles(releaseFolder)).length > 0) throw unsound(environment, trouble);
      return { name: environment, trust, trouble, releases: [], base: null };
    }
    try {
      const releases = await readReleaseLog(releaseFolder, trust);
      const lasting = releases.findLast(({ kind, acceptedAt }) => kind === 'order' && acceptedAt <= clock.now());
      return { name: environment, trust, trouble, releases, base: lasting?.bundle ?? null };
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      throw unsound(environment, error);
    }
  }
}

const unsound = (environment: string, cause: WardflowError): Error =>
  proposalErrors.create('proposal-environment-unsound', { environment, problem: cause.message }, { cause });

async function contentOf(dataFolder: string, environment: string): Promise<string> {
  const folder = trustFolderOf(dataFolder, environment);
  const files = [TRUST_STORE_FILE, TRUST_PIN_FILE].map((file) =>
    readFile(join(folder, file), 'utf8').catch(() => null),
  );
  return JSON.stringify([await Promise.all(files), await readLogFiles(releaseFolderOf(dataFolder, environment))]);
}
