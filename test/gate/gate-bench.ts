/** A gate over real files, a real store and a moved clock; what it guards is a stand-in that only remembers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLog, type AuditRecord, type DefinitionSet } from '../../engine/index.ts';
import { releaseFolderOf } from '../../governance/release/index.ts';
import { trustFolderOf } from '../../governance/trust/read-trust-folder.ts';
import type { NodeConfig } from '../../runtime/branch-hooks/live-node.ts';
import { Gate } from '../../runtime/gate/gate.ts';
import type { GateHost } from '../../runtime/gate/host.ts';
import { installedModules, ReleaseKit } from '../kit/release-kit.ts';
import { TemporaryStore } from '../kit/temporary-store.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const SECOND = 1_000;

export class GateBench {
  readonly clock = new ManualClock(NOW);
  readonly data = mkdtempSync(join(tmpdir(), 'wardflow-gate-'));
  /** Releases are fetched from another host. */
  pulls = false;
  readonly told: string[] = [];
  /** What the runtime has that is guarded; tests change it. */
  readonly has = {
    types: new Set(['hl7 in', 'function', 'message done', 'message failed', 'catch', 'wardflow-feed', 'comment']),
    modules: new Map(Object.entries(installedModules())),
    feeds: new Set(['hospital']),
    endpoints: new Map([['ehr', 'fhir' as 'fhir' | 'mllp']]),
    version: '0.1.0',
    /** The next deploys are refused by Node-RED. */
    refusesDeploys: false,
    active: [] as readonly NodeConfig[],
    definitions: null as DefinitionSet | null,
    deploys: 0,
  };
  kit!: ReleaseKit;
  gate!: Gate;
  #store!: TemporaryStore;

  async start(): Promise<void> {
    this.#store = await TemporaryStore.create();
    this.kit = await ReleaseKit.create(this.data, { now: () => this.clock.now() });
    await this.restart();
  }

  async close(): Promise<void> {
    this.gate?.stop();
    await this.#store?.close();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** As after the end of the process: everything in memory is gone. */
  async restart(): Promise<void> {
    this.gate?.stop();
    this.has.active = [];
    this.has.definitions = null;
    this.gate = new Gate({
      folders: {
        environment: 'production',
        trust: trustFolderOf(this.data, 'production'),
        releases: releaseFolderOf(this.data, 'production'),
        own: join(this.data, 'production'),
      },
      host: this.#host(),
      clock: this.clock,
      audit: this.#store.store.audit,
      live: { publish: (change) => this.told.push(change.kind) },
      log: silentLog,
      pulls: this.pulls,
    });
    await this.gate.begin();
    this.has.active = this.gate.nodes();
    this.gate.started();
    // Behind what `started` has asked for.
    await this.settled();
  }

  /** Everything that the gate was asked for is done. */
  async settled(): Promise<void> {
    await this.gate.plan({ bundle: '0'.repeat(64), kind: 'order' }).catch(() => undefined);
  }

  /** Moves the clock, and waits for what that began. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settled();
  }

  /** As the console does it. */
  async apply(sequence: number): Promise<void> {
    await this.gate.apply({ sequence, drain: false }, 'user:otto');
    await this.pass(SECOND);
  }

  async records(type: string): Promise<readonly AuditRecord[]> {
    return this.#store.store.audit.list({ type, order: 'oldest-first', limit: 1000 });
  }

  /** Code and subject of what differs. */
  drift(): readonly string[] {
    return this.gate.state().drift.map(({ code, subject }) => `${code} ${subject}`);
  }

  get running(): string | undefined {
    return this.gate.state().running?.bundle;
  }

  #host(): GateHost {
    const { has } = this;
    return {
      get version() {
        return has.version;
      },
      bound: { channel: new Set<string>(), feed: has.feeds, endpoint: has.endpoints },
      installed: () => ({ hasType: (type) => has.types.has(type), modules: has.modules }),
      active: () => has.active,
      enforce: async (definitions) => {
        has.definitions = definitions;
      },
      deploy: async (nodes) => {
        const given = structuredClone(nodes);
        if (has.refusesDeploys) throw new Error('no');
        if (!this.gate.isOwn(given)) throw new Error('the storage would have refused it');
        await this.gate.saved();
        has.active = given;
        has.deploys++;
      },
      quiet: async () => () => undefined,
      drain: async () => undefined,
      resume: () => undefined,
      openWork: async () => new Map([['alpha', 3]]),
    };
  }
}
