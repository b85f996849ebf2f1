/** A folder of releases that people order: what the tests of releases play with. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  signStatement,
  type BreakGlassStatement,
  type Bundle,
  type Envelope,
  type OrderStatement,
} from '../../../governance/bundle/index.ts';
import {
  readRelease,
  readReleaseLog,
  releaseFileText,
  releaseFolderOf,
  writeBundleFile,
  writeLogFile,
  type Release,
} from '../../../governance/release/index.ts';
import { keepTrust, trustFolderOf } from '../../../governance/trust/trust-folder.ts';
import {
  approved,
  at,
  cast,
  complete,
  DAY,
  NOW,
  signed,
  unsigned,
  type Cast,
  type Person,
} from '../bundle/ceremony.ts';

export const HOUR = 3_600_000;

export interface TestEnvironment {
  readonly all: Cast;
  readonly data: string;
  readonly folder: string;
  order(bundle: string, more?: Partial<OrderStatement>, by?: Person): Promise<Envelope>;
  glass(bundle: string, more?: Partial<BreakGlassStatement>, by?: Person): Promise<Envelope>;
  /** Puts an entry at the end of the log, judged as it is read. */
  put(entry: Envelope, now?: number): Promise<Release>;
  /** An order for a bundle that is approved, carried out. */
  release(bundle: Bundle, now?: number): Promise<Release>;
  log(): Promise<readonly Release[]>;
  remove(): Promise<void>;
}

/** @param given data folder; without one it gets its own */
export async function testEnvironment(given?: string): Promise<TestEnvironment> {
  const all = await cast();
  const data = given ?? (await mkdtemp(join(tmpdir(), 'wardflow-releases-')));
  const folder = releaseFolderOf(data, 'production');
  await keepTrust(trustFolderOf(data, 'production'), all.store);
  const log = (): Promise<readonly Release[]> => readReleaseLog(folder, all.store);
  const common = async (bundle: string) => {
    const before = (await log()).at(-1);
    return {
      format: 1 as const,
      environment: 'production',
      bundle,
      previous: before?.bundle ?? null,
      sequence: (before?.sequence ?? 0) + 1,
      actor: 'otto',
    };
  };
  const environment: TestEnvironment = {
    all,
    data,
    folder,
    log,
    async order(bundle, more = {}, by = all.otto) {
      const when = more.at ?? at();
      const expires = at(Date.parse(when) + DAY);
      return signStatement({ kind: 'order', ...(await common(bundle)), at: when, expires, ...more }, by.key);
    },
    async glass(bundle, more = {}, by = all.otto) {
      const when = more.at ?? at();
      const until = at(Date.parse(when) + 2 * HOUR);
      const reason = 'The laboratory changed its codes.';
      return signStatement(
        { kind: 'break-glass', ...(await common(bundle)), at: when, until, reason, ...more },
        by.key,
      );
    },
    async put(entry, now = NOW) {
      const before = await log();
      const { version, hash } = all.store;
      const file = { kind: 'release', format: 1, entry, trust: { version, hash }, acceptedAt: at(now) } as const;
      const release = await readRelease(file, (before.at(-1)?.sequence ?? 0) + 1, all.store, before);
      await writeLogFile(folder, 'production', release.sequence, releaseFileText(file));
      return release;
    },
    async release(bundle, now = NOW) {
      await writeBundleFile(folder, 'production', bundle);
      return environment.put(await environment.order(bundle.hash, { at: at(now) }), now);
    },
    remove: () => rm(data, { recursive: true, force: true }),
  };
  return environment;
}

/** By Ana, approved by Greta and Emil; `mark` makes it another one. */
export async function change(all: Cast, base: string | null, mark: string): Promise<Bundle> {
  return complete(all, { base, types: [`mark-${mark}`] });
}

/** By Ana, approved by nobody. */
export async function unapproved(all: Cast, base: string | null, mark: string): Promise<Bundle> {
  return signed(await unsigned({ base, types: [`mark-${mark}`] }), all.ana);
}

/** Approved at another time. */
export async function approvedAt(all: Cast, base: string | null, mark: string, when: number): Promise<Bundle> {
  const bundle = await unapproved(all, base, mark);
  const more = { at: at(when) };
  const once = await approved(bundle, all.store, all.greta, 'clinical-governance', more);
  return approved(once, all.store, all.emil, 'engineer', more);
}
