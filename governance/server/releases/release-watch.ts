/**
 * Sees what changes without the console: a release by the command line or a puller, the end of a broken glass, drift.
 */
import { errorName, silentLog, type Clock, type Log } from '../../../engine/index.ts';
import { inForce } from '../../release/index.ts';
import type { Environments } from './environments.ts';
import type { Releases } from './releases.ts';

export interface ReleaseWatchOptions {
  readonly environments: Environments;
  readonly releases: Pick<Releases, 'followUp'>;
  readonly clock: Clock;
  readonly log?: Log;
  onChange(environment: string): void;
}

export interface ReleaseWatch {
  /** Looks at once. */
  look(): Promise<void>;
  stop(): void;
}

const EVERY_MS = 5_000;

export function watchReleases(options: ReleaseWatchOptions): ReleaseWatch {
  const { environments, releases, clock, log = silentLog } = options;
  const seen = new Map<string, string>();
  /** Hashes of releases whose proposal is there. */
  const followed = new Set<string>();
  let stopped = false;

  async function lookAt(name: string): Promise<void> {
    const now = await stateOf(name);
    const before = seen.get(name);
    seen.set(name, now);
    if (before !== undefined && before !== now) options.onChange(name);
    for (const release of await environments.releases(name)) {
      if (release.kind !== 'break-glass' || followed.has(release.hash)) continue;
      try {
        await releases.followUp(name, release);
        followed.add(release.hash);
      } catch (error) {
        // Asked again at the next look.
        log.warn('no proposal could be opened after glass was broken', { host: name, code: errorName(error) });
      }
    }
  }

  async function stateOf(name: string): Promise<string> {
    const [log, trust] = [await environments.releases(name), await environments.trust(name)];
    const { bundle, until, lastSequence } = inForce(log, clock.now());
    const runtime = environments.runtime(name, 'service:console');
    const told = runtime === 'elsewhere' ? null : await runtime.current();
    const running = told?.kind === 'answer' ? told.value : null;
    return JSON.stringify([
      [bundle, until, lastSequence, trust?.hash, told?.kind],
      [running?.running?.sequence, running?.problem?.code, running?.drift.map(({ code, subject }) => [code, subject])],
    ]);
  }

  async function look(): Promise<void> {
    for (const name of await environments.names())
      try {
        await lookAt(name);
      } catch (error) {
        // The page says what is wrong with it; the others are looked at all the same.
        if (seen.get(name) !== 'unsound') {
          log.warn('an environment cannot be read', { host: name, code: errorName(error) });
          if (seen.has(name)) options.onChange(name);
        }
        seen.set(name, 'unsound');
      }
  }

  const run = (): void => {
    if (stopped) return;
    void look()
      .catch((error: unknown) => log.warn('the environments cannot be listed', { code: errorName(error) }))
      .then(() => {
        if (!stopped) clock.at(clock.now() + EVERY_MS, run);
      });
  };
  run();
  return {
    look,
    stop() {
      stopped = true;
    },
  };
}
