/**
 * A real console with a real trust store, and a staging that says which versions it runs: what tests of proposals play with.
 * Ana writes, Greta and Emil approve, Rita could stand in for either, Otto orders.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { loadDefinitions, ManualClock, replaceFile, type Definition } from '../../../engine/index.ts';
import type { ProposalView } from '../../../governance/api/proposal-contract.ts';
import type { Limits, Role } from '../../../governance/api/permissions.ts';
import {
  mediaType,
  pinOf,
  readBundle,
  sign,
  addSignature,
  appendTrust,
  proposeTrust,
  signStatement,
  statementBytes,
  type ApprovalStatement,
  type AuthorStatement,
  type Bundle,
  type Envelope,
  type TrustChange,
  type TrustStore,
} from '../../../governance/bundle/index.ts';
import { releaseFileText, releaseFolderOf, writeBundleFile, writeLogFile } from '../../../governance/release/index.ts';
import type { ScenarioRunner } from '../../../governance/server/proposals/runs.ts';
import { runtimesOf } from '../../../governance/server/runtimes.ts';
import { hashPassword } from '../../../governance/server/passwords.ts';
import { TRUST_PIN_FILE, TRUST_STORE_FILE, trustFolderOf } from '../../../governance/trust/read-trust-folder.ts';
import { API_ROOT } from '../../../runtime/api/contract.ts';
import { FAKE_TOKEN, type FakeRuntime } from '../../kit/fake-runtime.ts';
import { CHEAP, cookieIn, PASSWORD, startTestConsole, type Answer, type TestConsole } from '../../kit/test-console.ts';
import { cast, type Cast, type Person } from '../bundle/ceremony.ts';

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');

const ROLES: Readonly<Record<string, readonly Role[]>> = {
  ana: ['analyst', 'engineer'],
  greta: ['clinical-governance'],
  emil: ['engineer'],
  rita: ['reviewer', 'clinical-governance', 'engineer'],
  otto: ['operator'],
  aldo: ['administrator', 'analyst'],
};

export interface BenchOptions {
  /** No trust store: nobody has run `wardflow trust init`. */
  readonly untrusted?: boolean;
  readonly runner?: ScenarioRunner;
  /** Pages of the console, with all else that a staging answers, made up. */
  readonly webFolder?: string;
  /** A real one; default: one that says it runs what is in the folder. */
  readonly consolePort?: number;
  readonly staging?: { readonly folder: string; readonly flows: string; readonly port: number };
}

export type Wish = Readonly<Record<string, unknown>>;

export class ProposalBench {
  readonly kit: TestConsole;
  readonly people: Cast;
  readonly flows: string;
  readonly clock: ManualClock;
  readonly #base: string;
  readonly #staging: Server;
  readonly #cookies = new Map<string, string>();
  readonly #ran = new Map<string, Definition>();
  #running: readonly Definition[] = [];
  /** Newest first, as staging's audit trail tells them. */
  readonly #deploys: object[] = [];
  #store: TrustStore;
  #sequence = 0;
  #inForce: string | null = null;

  private constructor(place: { base: string; kit: TestConsole; people: Cast; clock: ManualClock; staging: Server }) {
    this.#base = place.base;
    this.flows = join(place.base, 'flows');
    this.kit = place.kit;
    this.people = place.people;
    this.clock = place.clock;
    this.#staging = place.staging;
    this.#store = place.people.store;
  }

  static async start(options: BenchOptions = {}): Promise<ProposalBench> {
    const { staging: real } = options;
    const base = await mkdtemp(join(tmpdir(), 'wardflow-proposals-'));
    const clock = new ManualClock(NOW);
    const people = await cast();
    const data = join(base, 'data');
    if (options.untrusted !== true) await writeTrust(data, people.store);
    let bench: ProposalBench | undefined;
    let rest: FakeRuntime | undefined;
    const staging = createServer((request, response) => {
      if (rest && !ProposalBench.#answers(request.url ?? '')) return forward(rest, request, response);
      const { status, body } = bench?.answer(request.url ?? '') ?? { status: 503, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => staging.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(staging.address() as AddressInfo).port}`;
    const kit = await startTestConsole({
      clock,
      dataFolder: data,
      watched: false,
      runtime: { empty: true },
      ...(options.webFolder === undefined ? {} : { webFolder: options.webFolder }),
      directory: (runtime) => {
        if (options.webFolder !== undefined) rest = runtime;
        return real
          ? runtimesOf(real.folder, { staging: real.port })
          : { names: ['staging'], locate: () => Promise.resolve({ url, token: FAKE_TOKEN }) };
      },
      more: {
        flowsFolder: real?.flows ?? join(base, 'flows'),
        runner: options.runner ?? nothingToRun,
        port: options.consolePort ?? 0,
        sessionLimits: { idleMs: 1e10, absoluteMs: 1e11 },
      },
    });
    bench = new ProposalBench({ base, kit, people, clock, staging });
    for (const [username, roles] of Object.entries(ROLES)) await bench.account(username, roles);
    if (real) return bench;
    await bench.write('alpha', {});
    await bench.write('beta', {});
    await bench.deploy();
    return bench;
  }

  get store(): TrustStore {
    return this.#store;
  }

  async account(username: string, roles: readonly Role[], limits = {}): Promise<void> {
    const password = await hashPassword(PASSWORD, CHEAP);
    this.kit.console.accounts.create({
      username,
      displayName: username,
      roles,
      limits,
      password,
      initialPassword: false,
    });
  }

  /** A definition's files in the flows folder; nothing runs it before `deploy`. */
  async write(name: string, files: Readonly<Record<string, string>>, intent: object = {}): Promise<void> {
    const all: Readonly<Record<string, string>> = {
      'flow.json': flow(name),
      'intent.json': JSON.stringify({ ...INTENT, title: `Title of ${name}`, ...intent }),
      'README.md': '# T\n\n## Runbook\n\nNothing.\n',
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(this.flows, name, path)), { recursive: true });
      await writeFile(join(this.flows, name, path), text);
    }
  }

  /** Staging runs what is in the folder. */
  async deploy(by = 'ana'): Promise<void> {
    const before = new Map(this.#running.map(({ name, version }) => [name, version]));
    this.#running = (await loadDefinitions(this.flows)).all;
    for (const one of this.#running) this.#ran.set(one.version, one);
    for (const { name: definition, version } of this.#running) {
      const previous = before.get(definition) ?? null;
      if (previous === version) continue;
      const deployed = { type: 'definition.deployed', actor: `user:${by}`, definition, version, details: { previous } };
      this.#deploys.unshift({ ...deployed, at: this.clock.now(), seq: this.#deploys.length + 1 });
    }
  }

  static #answers(url: string): boolean {
    return /\/(?:status|audit\?type=definition\.deployed&.*|definition-versions\/[^/]+)$/.test(url);
  }

  answer(url: string): { readonly status: number; readonly body: unknown } {
    const path = url.slice(API_ROOT.length);
    if (path === '/status')
      return {
        status: 200,
        body: {
          environment: 'Staging',
          messages: {},
          definitions: this.#running.map(({ name, version }) => ({ name, version })),
        },
      };
    if (path.startsWith('/audit?')) return { status: 200, body: { records: this.#deploys } };
    const kept = this.#ran.get(path.replace('/definition-versions/', ''));
    return kept ? { status: 200, body: { name: kept.name, files: kept.files } } : { status: 404, body: {} };
  }

  async cookie(username: string): Promise<string> {
    const known = this.#cookies.get(username);
    if (known !== undefined) return known;
    const login = { username, password: PASSWORD };
    const cookie = cookieIn(await this.kit.call('/api/v1/session', { method: 'POST', body: login }));
    this.#cookies.set(username, cookie);
    return cookie;
  }

  async as(username: string, path: string, body?: unknown): Promise<Answer> {
    const cookie = await this.cookie(username);
    return this.kit.call(`/api/v1${path}`, body === undefined ? { cookie } : { cookie, method: 'POST', body });
  }

  /** By Ana; answers as a view. */
  async create(wish: Wish = {}, by = 'ana'): Promise<ProposalView> {
    const whole = { environment: 'production', definitions: [], title: 'A change', summary: 'What and why.', ...wish };
    return view(await this.as(by, '/proposals', whole), 201);
  }

  async view(number: number, by = 'ana'): Promise<ProposalView> {
    return view(await this.as(by, `/proposals/${number}`), 200);
  }

  author(of: ProposalView, by: Person, more: Partial<AuthorStatement> = {}): Promise<Envelope> {
    const { bundle, base, summary } = of;
    return signStatement({ kind: 'author', format: 1, bundle, base, summary, at: this.at(), ...more }, by.key);
  }

  approval(of: ProposalView, by: Person, role: string, more: Partial<ApprovalStatement> = {}): Promise<Envelope> {
    const { bundle, base, authorStatement: author, policy } = of;
    return signStatement(
      { kind: 'approval', format: 1, bundle, base, author: author ?? '', policy, role, at: this.at(), ...more },
      by.key,
    );
  }

  async signed(of: ProposalView, by = this.people.ana): Promise<ProposalView> {
    const envelope = await this.author(of, by);
    return view(await this.as(by.key.person, `/proposals/${of.number}/signature`, { envelope }), 200);
  }

  async approve(of: ProposalView, by: Person, role: string): Promise<Answer> {
    const envelope = await this.approval(of, by, role);
    return this.as(by.key.person, `/proposals/${of.number}/approvals`, { envelope });
  }

  /** Made by Ana, signed, approved by Greta and Emil. */
  async approved(wish: Wish = {}): Promise<ProposalView> {
    const open = await this.signed(await this.create(wish));
    view(await this.approve(open, this.people.greta, 'clinical-governance'), 200);
    return view(await this.approve(open, this.people.emil, 'engineer'), 200);
  }

  /** Otto orders it: the bundle as the console gives it, and the entry of the log. */
  async release(number: number): Promise<string> {
    const { file } = await this.fileOf(number);
    return this.releaseBundle(await readBundle(file));
  }

  async releaseBundle(bundle: Bundle): Promise<string> {
    const folder = releaseFolderOf(this.kit.folder, 'production');
    await writeBundleFile(folder, 'production', bundle);
    const sequence = ++this.#sequence;
    const order = {
      kind: 'order',
      format: 1,
      environment: 'production',
      bundle: bundle.hash,
      previous: this.#inForce,
      sequence,
      at: this.at(),
      expires: new Date(this.clock.now() + 3_600_000).toISOString(),
      actor: 'otto',
    } as const;
    await this.#enter(sequence, await signStatement(order, this.people.otto.key));
    this.#inForce = bundle.hash;
    return bundle.hash;
  }

  roles(username: string, roles: readonly Role[]): void {
    this.kit.console.accounts.change(username, { roles });
  }

  limit(username: string, limits: Limits): void {
    this.kit.console.accounts.change(username, { limits });
  }

  /** The console's own audit records, oldest first. */
  audit(): readonly { readonly type: string; readonly details: Readonly<Record<string, unknown>> }[] {
    const database = new DatabaseSync(join(this.kit.folder, 'governance', 'console.sqlite'), { readOnly: true });
    const rows = database.prepare('SELECT type, details FROM audit ORDER BY seq').all();
    database.close();
    return rows.map(({ type, details }) => ({
      type: String(type),
      details: JSON.parse(String(details)) as Readonly<Record<string, unknown>>,
    }));
  }

  async restart(): Promise<void> {
    await this.kit.restart();
  }

  /** As if staging had never run what it runs now. */
  forget(): void {
    for (const { version } of this.#running) this.#ran.delete(version);
  }

  /** Puts the bundle among the releases, as an order or a break-glass does first. */
  async keepBundle(number: number): Promise<void> {
    const { file } = await this.fileOf(number);
    await writeBundleFile(releaseFolderOf(this.kit.folder, 'production'), 'production', await readBundle(file));
  }

  /** Otto breaks glass for an hour. */
  async breakGlass(number: number): Promise<number> {
    await this.keepBundle(number);
    const { bundle } = await this.view(number);
    const sequence = ++this.#sequence;
    const statement = {
      kind: 'break-glass',
      format: 1,
      environment: 'production',
      bundle,
      previous: this.#inForce,
      sequence,
      at: this.at(),
      until: new Date(this.clock.now() + 3_600_000).toISOString(),
      actor: 'otto',
      reason: 'It cannot wait.',
    } as const;
    await this.#enter(sequence, await signStatement(statement, this.people.otto.key));
    return sequence;
  }

  async #enter(sequence: number, entry: Envelope): Promise<void> {
    const { version, hash } = this.#store;
    const trust = { version, hash };
    const text = releaseFileText({ kind: 'release', format: 1, entry, trust, acceptedAt: this.at() });
    await writeLogFile(releaseFolderOf(this.kit.folder, 'production'), 'production', sequence, text);
  }

  async fileOf(number: number): Promise<{ readonly file: Uint8Array<ArrayBuffer> }> {
    const found = await this.view(number);
    const proposed = await this.kit.console.proposals.released.ofBundle('production', found.bundle);
    if (!proposed) throw new Error('no proposal has this bundle');
    return { file: proposed.file };
  }

  /** Rita proposes, Greta and Emil sign. */
  async changeTrust(change: Partial<TrustChange>): Promise<void> {
    const { rita, greta, emil } = this.people;
    const statement = proposeTrust(this.#store, { by: 'rita', reason: 'It has to be.', at: this.at(), ...change });
    let envelope = await sign(mediaType('trust-store'), statementBytes(statement), rita.key);
    for (const { key } of [greta, emil]) envelope = await addSignature(envelope, key);
    this.#store = await appendTrust(this.#store, envelope);
    await writeTrust(this.kit.folder, this.#store);
  }

  at(): string {
    return new Date(this.clock.now()).toISOString();
  }

  async stop(): Promise<void> {
    await this.kit.stop();
    this.#staging.closeAllConnections();
    await new Promise((done) => this.#staging.close(done));
    await rm(this.#base, { recursive: true, force: true });
  }
}

export function view(answer: Answer, status: number): ProposalView {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer.json<ProposalView>();
}

export const codeOf = (answer: Answer): unknown => (JSON.parse(answer.text) as { readonly code?: unknown }).code;

function forward({ url }: FakeRuntime, request: IncomingMessage, response: ServerResponse): void {
  const outgoing = ask(`${url}${request.url ?? ''}`, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    response.once('close', () => answer.destroy());
  });
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
}

const nothingToRun: ScenarioRunner = ({ definition }) =>
  Promise.resolve({ definition, version: '', ok: true, scenarios: [], hash: '' });

async function writeTrust(data: string, store: TrustStore): Promise<void> {
  const folder = trustFolderOf(data, 'production');
  await replaceFile(join(folder, TRUST_STORE_FILE), JSON.stringify(store.file), 0o600);
  await replaceFile(join(folder, TRUST_PIN_FILE), JSON.stringify(pinOf(store)), 0o600);
}

const INTENT = {
  kind: 'intent',
  format: 1,
  title: 'T',
  purpose: 'P',
  owner: { name: 'n', role: 'r', contact: 'c' },
  risk: 'high',
  serviceLine: 'Laboratory',
  feeds: [],
  endpoints: [],
  dataUsed: [],
  runbook: 'Runbook',
  reviewBy: '2099-01-01',
};

export const flow = (name: string, threshold = '6.0'): string =>
  JSON.stringify([
    { id: `${name}-tab`, type: 'tab', label: name },
    {
      id: `${name}-switch`,
      type: 'switch',
      z: `${name}-tab`,
      name: `at least ${threshold}`,
      property: 'payload',
      propertyType: 'msg',
      rules: [{ t: 'gte', v: threshold, vt: 'num' }],
      checkall: 'true',
      outputs: 1,
      x: 100,
      y: 100,
      wires: [[]],
    },
  ]);
