/**
 * Decides what a runtime behind the gate runs: what the log of releases says, if everything about it verifies, and else
 * what it ran. One thing at a time; nothing here depends on what it did before but the memory in the audit trail, so a
 * crash between any two steps leaves the old release or the new one.
 *
 *   judge trust store and log -> verify the bundle -> keep a copy -> deploy -> remember
 *
 * It never stops what runs: what is wrong is told as problem and drift.
 *
 * Longer than most files: its steps share one state, and that they come one after the other is what makes it safe.
 */
import {
  definitionSet,
  errorName,
  WardflowError,
  type AuditLog,
  type Clock,
  type LiveFeed,
  type Log,
} from '../../engine/index.ts';
import type { Release } from '../../governance/release/index.ts';
import type { ApplyRequest, PlanRequest, ReleasePlan, RuntimeRelease } from '../api/release-contract.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { candidateOf, keepCopy, refuseLowered, runningOf, type Candidate } from './candidate.ts';
import { fallback, refuseStale, refuseUnfit, seenNow, underneath, type LogSeen } from './choose.ts';
import { DriftLedger } from './drift-ledger.ts';
import { DriftLook } from './drift-look.ts';
import { gateErrors, known } from './errors.ts';
import type { GateHost } from './host.ts';
import { isUntouched, judgeLog, judgeTrust, type GateFolders, type Judged } from './judge.ts';
import { gateMemory, type GateMemory } from './memory.ts';
import { planRelease } from './plan-release.ts';
import { stoppedBy } from './plan.ts';

export interface GateOptions {
  readonly folders: GateFolders;
  readonly host: GateHost;
  readonly clock: Clock;
  readonly audit: AuditLog;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly log: Log;
  /** Between two looks for drift, milliseconds. */
  readonly checkEveryMs?: number;
  /**
   * Releases are fetched from another host: an entry was carried out there, and comes here when the network lets it. That it
   * is no old order put in sees whoever fetches: the log here is compared with the one there each time.
   */
  readonly pulls?: boolean;
}

const CHECK_EVERY_MS = 60_000;
const SYSTEM = 'system';

export class Gate {
  readonly #options: GateOptions;
  readonly #memory: GateMemory;
  readonly #ledger: DriftLedger;
  readonly #drift: DriftLook;
  #line: Promise<unknown> = Promise.resolve();
  #running: { readonly candidate: Candidate; readonly since: number } | null = null;
  /** Under broken glass: what comes back when its time is over, whatever became of the log by then. */
  #under: Candidate | null = null;
  /** What Node-RED may be given at the moment. */
  #applying: Candidate | 'nothing' | null = null;
  #problem: WardflowError | null = null;
  /** The last entry that failed, so that it is told once. */
  #failed = '';
  #seen: LogSeen | null = null;
  #checkedAt = 0;
  #cancel: (() => void) | null = null;

  constructor(options: GateOptions) {
    const { audit, clock, folders } = options;
    this.#options = options;
    this.#memory = gateMemory(audit, clock, folders.environment);
    this.#ledger = new DriftLedger(audit, clock, folders.environment);
    this.#drift = new DriftLook(options, this.#memory);
  }

  /** The nodes that have to run. */
  nodes(): readonly NodeConfig[] {
    return this.#running?.candidate.nodes ?? [];
  }

  /** What Node-RED is about to save: it is refused unless the gate itself gave it. */
  isOwn(nodes: readonly NodeConfig[]): boolean {
    if (this.#applying === null) return false;
    const own = this.#applying === 'nothing' ? [] : this.#applying.nodes;
    return JSON.stringify(nodes) === JSON.stringify(own);
  }

  /** Called by the storage when Node-RED has what the gate gave it: the definitions come into force, the nodes next. */
  async saved(): Promise<void> {
    const candidate = this.#applying === 'nothing' ? null : this.#applying;
    const { clock, host } = this.#options;
    await host.enforce(candidate?.definitions ?? definitionSet([]), candidate?.release.person ?? SYSTEM);
    this.#running = candidate && { candidate, since: clock.now() };
  }

  /** At start, before any flow runs. Never throws: what cannot be verified does not run, and the problem says so. */
  begin(): Promise<void> {
    return this.#next(async () => {
      try {
        await this.#begin();
      } catch (error) {
        this.#problem = known(error);
        this.#options.log.error('nothing runs: what there is cannot be verified', { code: this.#problem.code });
      }
    });
  }

  /** The flows run: what runs is remembered, and looked at from now on. */
  started(): void {
    void this.#next(async () => {
      await this.#remember(SYSTEM);
      await this.#look();
    }).catch((error: unknown) => this.#options.log.error('the gate could not look', { code: errorName(error) }));
    this.#watch();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  state(): RuntimeRelease {
    const { folders } = this.#options;
    return {
      environment: folders.environment,
      running: this.#running && runningOf(this.#running.candidate, this.#running.since),
      problem: this.#problem && {
        code: this.#problem.code,
        title: this.#problem.message,
        remedy: this.#problem.remedy,
      },
      drift: this.#ledger.list(),
      checkedAt: this.#checkedAt,
    };
  }

  /** Runs what the log says now. @throws WardflowError why what ran goes on */
  apply(request: ApplyRequest, actor: string): Promise<RuntimeRelease> {
    return this.#next(async () => {
      try {
        await this.#advance(actor, request);
      } finally {
        await this.#look();
      }
      this.#watch();
      return this.state();
    });
  }

  /** Carries out what is not yet, and looks for drift. */
  check(): Promise<RuntimeRelease> {
    return this.#next(async () => {
      await this.#advance(SYSTEM, null).catch(() => undefined);
      await this.#look();
      this.#watch();
      return this.state();
    });
  }

  /** What running a bundle among the releases would change; nothing is changed by asking. */
  plan(request: PlanRequest): Promise<ReleasePlan> {
    return this.#next(async () =>
      planRelease(this.#options, request, await this.#judge(), this.#running?.candidate ?? null),
    );
  }

  async #begin(): Promise<void> {
    const { clock, folders, host, log } = this.#options;
    const memory = await this.#memory.read();
    if (await isUntouched(folders, memory)) return;
    const judged = await this.#judge();
    const target = judged.inForce.by;
    if (!target) return;
    let candidate: Candidate | null;
    try {
      refuseStale(folders, target, memory, this.#seen);
      candidate = await candidateOf(folders, target, judged);
      await refuseLowered(folders, candidate, judged, memory.last);
      refuseUnfit(this.#options, candidate, memory.last);
    } catch (error) {
      this.#problem = known(error);
      log.error('the release in force cannot run', { code: this.#problem.code });
      candidate = await fallback(this.#options, judged, memory.running);
    }
    if (!candidate) return;
    const { release } = candidate;
    await host.enforce(candidate.definitions, release.hash === memory.running?.hash ? null : release.person);
    this.#running = { candidate, since: clock.now() };
    this.#under = await underneath(this.#options, candidate.release, judged);
    await keepCopy(folders, candidate).catch((error: unknown) =>
      log.error('no copy of the bundle could be kept', { code: errorName(error) }),
    );
  }

  /** Brings into force what the log says, if it is not. */
  async #advance(actor: string, request: ApplyRequest | null): Promise<void> {
    const { folders } = this.#options;
    const { environment } = folders;
    const memory = await this.#memory.read();
    let target: Release | null = null;
    try {
      if (request === null && (await isUntouched(folders, memory))) {
        this.#problem = null;
        return;
      }
      const judged = await this.#judge();
      if (request && judged.inForce.lastSequence < request.sequence)
        throw gateErrors.create('release-unseen', { environment, sequence: request.sequence });
      target = judged.inForce.by;
      if (target?.hash === this.#running?.candidate.release.hash) {
        this.#problem = null;
        return;
      }
      if (target) refuseStale(folders, target, memory, this.#seen);
      const candidate = target && (await candidateOf(folders, target, judged));
      if (candidate) {
        await refuseLowered(folders, candidate, judged, memory.last);
        refuseUnfit(this.#options, candidate, memory.last);
      }
      const under = candidate && (await underneath(this.#options, candidate.release, judged));
      await this.#replace(candidate, request?.drain ?? false, actor);
      this.#under = under;
      this.#problem = null;
      this.#failed = '';
    } catch (error) {
      this.#problem = known(error);
      await this.#mendGlass();
      await this.#tellFailure(target, actor);
      throw this.#problem;
    }
  }

  async #replace(candidate: Candidate | null, drain: boolean, actor: string): Promise<void> {
    const previous = this.#running?.candidate.bundle.hash ?? null;
    await this.#deploy(candidate, drain);
    await this.#memory.applied(candidate?.release ?? null, previous, actor);
    this.#options.log.info('a release came into force', { release: candidate?.release.sequence ?? 0 });
    this.#told();
  }

  /** Damaging the log does not keep up what was only to run for a time. */
  async #mendGlass(): Promise<void> {
    const release = this.#running?.candidate.release;
    if (release?.kind !== 'break-glass' || this.#options.clock.now() < release.until) return;
    await this.#replace(this.#under, false, SYSTEM).catch((error: unknown) =>
      this.#options.log.error('what ran before the broken glass could not come back', { code: errorName(error) }),
    );
    this.#under = null;
  }

  async #deploy(candidate: Candidate | null, drain: boolean): Promise<void> {
    const { folders, host } = this.#options;
    if (candidate) await keepCopy(folders, candidate);
    if (drain) await host.drain();
    const stopped = stoppedBy(this.#running?.candidate.definitions ?? null, candidate?.definitions ?? null);
    const goOn = await host.quiet(stopped);
    this.#applying = candidate ?? 'nothing';
    try {
      await host.deploy(candidate?.nodes ?? [], candidate?.release.person ?? SYSTEM);
    } catch (error) {
      if (error instanceof WardflowError) throw error;
      const sequence = candidate?.release.sequence ?? 0;
      throw gateErrors.create('deploy-failed', { sequence, reason: errorName(error) }, { cause: error });
    } finally {
      this.#applying = null;
      goOn();
      if (drain) host.resume();
    }
  }

  async #judge(): Promise<Judged> {
    const { folders, clock } = this.#options;
    const memory = await this.#memory.read();
    const trust = await judgeTrust(folders, memory);
    const judged = await judgeLog(folders, trust, memory, clock.now());
    await this.#memory.sawTrust(trust);
    this.#seen = seenNow(this.#options.pulls === true ? null : this.#seen, judged.releases, clock.now());
    return judged;
  }

  /** After a start: what runs may be what an earlier life was about to remember. */
  async #remember(actor: string): Promise<void> {
    if (!this.#running) return;
    const { running, last } = await this.#memory.read();
    const { release } = this.#running.candidate;
    if (running?.hash === release.hash && last) return;
    await this.#memory.applied(release, null, actor);
    this.#told();
  }

  async #look(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      const found = await this.#drift.look(this.#running?.candidate ?? null, this.#problem);
      if (await this.#ledger.update(found)) this.#told();
      this.#checkedAt = clock.now();
    } catch (error) {
      log.error('drift could not be looked for', { code: errorName(error) });
    }
  }

  async #tellFailure(target: Release | null, actor: string): Promise<void> {
    const { audit, clock, folders, log } = this.#options;
    const code = this.#problem?.code ?? '';
    const sequence = target?.sequence ?? 0;
    log.error('a release could not be carried out; what ran goes on', { release: sequence, code });
    const failed = `${sequence} ${code}`;
    if (failed === this.#failed) return;
    this.#failed = failed;
    const details = { environment: folders.environment, code, ...(target && { sequence, bundle: target.bundle }) };
    await audit.append([{ at: clock.now(), type: 'gate.apply-failed', actor, details }]);
    this.#told();
  }

  #told(): void {
    this.#options.live.publish({ kind: 'release', name: this.#options.folders.environment });
  }

  /** The next look: by the clock, and at the moment at which broken glass is whole again. */
  #watch(): void {
    const { clock, checkEveryMs = CHECK_EVERY_MS, log } = this.#options;
    this.#cancel?.();
    const release = this.#running?.candidate.release;
    const until = release?.kind === 'break-glass' ? release.until : Number.POSITIVE_INFINITY;
    const at = Math.max(clock.now() + 1, Math.min(clock.now() + checkEveryMs, until));
    this.#cancel = clock.at(at, () => {
      this.check().catch((error: unknown) => {
        log.error('the gate could not look', { code: errorName(error) });
        this.#watch();
      });
    });
  }

  /** One after the other. */
  #next<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#line.then(job);
    this.#line = mine.catch(() => undefined);
    return mine;
  }
}
