import { createServer } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import {
  packageRoot,
  silentLog,
  systemClock,
  timeSortedIds,
  type Clock,
  type Ids,
  type Log,
} from '../../engine/index.ts';
import type { RuntimeEntry } from '../api/contract.ts';
import { openAudit } from '../audit/open-audit.ts';
import type { ReleaseFacts } from '../audit/why/release-facts.ts';
import { auditTrailIn } from './audit-trail.ts';
import { holdDemoCeremony } from './demo/ceremony.ts';
import { DEMO_ENVIRONMENT, dismissDemoPeople, ensureDemoPeople, isSomebodys } from './demo/demo-people.ts';
import { listen } from './http/listen.ts';
import { createOrigins } from './http/origins.ts';
import { createApp } from './http/app.ts';
import { routesOf, type RouteAccess } from './http/route-list.ts';
import { createFanOut, type FanOut } from './live/fan-out.ts';
import { watchRuntime } from './live/runtime-watch.ts';
import { createLogin, ensureAdministrator } from './login.ts';
import { DEFAULT_COST, type PasswordCost } from './passwords.ts';
import { createPeople, type People } from './people.ts';
import { createPrograms } from './programs.ts';
import { openProposals } from './proposals/open-proposals.ts';
import type { Proposals } from './proposals/proposals.ts';
import type { ScenarioRunner } from './proposals/runs.ts';
import { createRuntimeClient } from './proxy/runtime-client.ts';
import { createReleaseParts } from './releases/create-release-parts.ts';
import { releaseFactsOf } from './releases/release-facts.ts';
import { watchReleases } from './releases/release-watch.ts';
import { entryOf } from './runtime-entry.ts';
import type { RuntimeDirectory } from './runtimes.ts';
import { sealedSecretsIn } from './second-factor/sealed-secrets.ts';
import { createSecondFactors, type DemandedOf } from './second-factor/second-factors.ts';
import { createHttpsListener, type HttpsListener } from './tls/https-listener.ts';
import { addressShown, type Listening } from './tls/listening.ts';
import { accountsIn, type Accounts } from './store/accounts.ts';
import { openDatabase } from './store/database.ts';
import { knownDevicesIn } from './store/known-devices.ts';
import { loginFailuresIn } from './store/login-failures.ts';
import { secondFactorsIn } from './store/second-factors.ts';
import { serviceAccountsIn } from './store/service-accounts.ts';
import { sessionsIn, type SessionLimits } from './store/sessions.ts';

export interface ConsoleOptions {
  readonly dataFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly runtimes: RuntimeDirectory;
  /** The built web app. */
  readonly webFolder: string;
  /** Definitions that staging runs; default: those of the package. */
  readonly flowsFolder?: string;
  /** Environments behind the gate; default: production. */
  readonly environments?: readonly string[];
  /** Runs scenarios of proposals; default: in real runtimes. */
  readonly runner?: ScenarioRunner;
  /** For the first administrator; `null`: a random one is made and given to `onFirstPassword` once. */
  readonly adminPassword: string | null;
  onFirstPassword(username: string, password: string): void;
  /** The people of the demo, too. */
  readonly demo?: boolean;
  /** For other machines; default: loopback only. */
  readonly listening?: Listening;
  /** Whose logins need a second step; default: nobody's. */
  readonly secondFactorOf?: DemandedOf;
  /** Where versions of definitions came from; default: what the releases of the environments say. */
  readonly releases?: ReleaseFacts;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly log?: Log;
  readonly passwordCost?: PasswordCost;
  readonly sessionLimits?: SessionLimits;
  readonly loginsPerMinute?: number;
  readonly retryMs?: { readonly first: number; readonly longest: number };
}

export interface ConsoleServer {
  readonly port: number;
  /** On loopback. */
  readonly url: string;
  /** For other machines; `null`: there is no way. */
  readonly httpsUrl: string | null;
  readonly httpsPort: number | null;
  /** Reads the certificate's files now. */
  reloadCertificate(): void;
  /** For tests that make accounts with a password of their own. */
  readonly accounts: Accounts;
  readonly people: People;
  readonly proposals: Proposals;
  /** What its API answers, and who may ask. */
  readonly routes: readonly RouteAccess[];
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/**
 * Starts the governance app: plain HTTP on loopback, and HTTPS where it is asked for.
 * @throws `console-port-taken`, `console-host-unusable`, `tls-unusable`, `console-store-unusable`
 */
export async function startConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const { clock = systemClock, log = silentLog, passwordCost: cost = DEFAULT_COST } = options;
  const ids = options.ids ?? timeSortedIds(clock);
  const limits = options.sessionLimits ?? { idleMs: HOUR, absoluteMs: 12 * HOUR };

  const database = openDatabase(options.dataFolder);
  const accounts = accountsIn(database, clock);
  const sessions = sessionsIn(database, clock, ids, limits);
  const audit = auditTrailIn(database, clock);
  const failures = loginFailuresIn(database, clock);
  const devices = knownDevicesIn(database, clock);
  const services = serviceAccountsIn(database, clock, ids);
  const factorRows = secondFactorsIn(database, clock);
  const secondFactors = createSecondFactors({
    rows: factorRows,
    sealed: sealedSecretsIn(options.dataFolder),
    clock,
    demandedOf: options.secondFactorOf ?? [],
  });
  const now = (): number => clock.now();
  const login = await createLogin({ accounts, sessions, audit, cost, failures, devices, secondFactors, now });
  const onEnded = (sessionId: string): void => fanOut?.endSession(sessionId);
  const people = createPeople({
    database,
    accounts,
    sessions,
    failures,
    devices,
    secondFactors: factorRows,
    audit,
    clock,
    cost,
    onEnded,
  });

  const client = createRuntimeClient(options.runtimes);
  const desk = openAudit({
    dataFolder: options.dataFolder,
    clock,
    log,
    trail: audit,
    client,
    runtimes: options.runtimes.names,
  });
  let fanOut: FanOut | undefined;
  const entries = (): Promise<readonly RuntimeEntry[]> =>
    Promise.all(
      watches.map(async (watch) => {
        const editor = (await options.runtimes.locate(watch.name))?.url ?? null;
        return entryOf(watch.name, watch.reachable(), watch.refused(), watch.since(), editor);
      }),
    );
  const tell = (name: string): void => {
    void entries().then((all) => {
      const entry = all.find((one) => one.name === name);
      if (entry) fanOut?.runtime(entry);
    });
  };
  const { flowsFolder = join(packageRoot(), 'flows') } = options;
  const { proposals, ownKeys } = openProposals({
    dataFolder: options.dataFolder,
    flowsFolder,
    environments: options.environments ?? ['production'],
    database,
    audit,
    client,
    clock,
    ids,
    log: log.with({ part: 'proposals' }),
    ...(options.runner ? { runner: options.runner } : {}),
    onChange: (number) => fanOut?.proposal(number),
    keysAsked: (environment) => Promise.resolve(release.trust.asked(environment)),
  });
  const changed = (environment: string): void => fanOut?.environment(environment);
  const { tls = null, publicUrl = null } = options.listening ?? {};
  const release = createReleaseParts({
    dataFolder: options.dataFolder,
    runtimes: options.runtimes,
    database,
    audit,
    clock,
    ids,
    proposals: proposals.released,
    ...(publicUrl ? { publicOrigin: publicUrl.origin } : {}),
    onChange: changed,
  });
  let https: HttpsListener | undefined;
  const origins = createOrigins(publicUrl, (host) => https?.isFor(host) === true);
  const app = createApp({
    origins,
    release,
    log,
    login,
    sessions,
    services,
    people,
    secondFactors,
    programs: createPrograms(database, services, audit, clock),
    audit,
    proposals,
    ownKeys,
    desk,
    releases: options.releases ?? releaseFactsOf(release.environments),
    client,
    entries,
    runtimes: options.runtimes,
    webFolder: options.webFolder,
    loginsPerMinute: options.loginsPerMinute ?? 20,
    onEnded,
  });
  const http = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 60_000 }, app);
  const releaseWatch = watchReleases({ ...release, clock, log: log.with({ part: 'releases' }), onChange: changed });
  const watches = options.runtimes.names.map((name) =>
    watchRuntime({
      name,
      client,
      clock,
      log: log.with({ part: 'live', host: name }),
      ...(options.retryMs ? { retryMs: options.retryMs } : {}),
      onChange: (change) => fanOut?.change(name, change),
      onState: () => tell(name),
    }),
  );
  try {
    if (tls) https = createHttpsListener({ tls, handle: app, clock, log });
    // One channel for both: live pages do not care which way they came.
    https?.server.on('upgrade', (...all) => http.emit('upgrade', ...all));
    await listen(http, options.port, '127.0.0.1');
    if (tls && https) await listen(https.server, tls.port, tls.host);
  } catch (error) {
    https?.stop();
    http.close();
    for (const watch of [releaseWatch, ...watches]) watch.stop();
    await proposals.stop();
    await desk.close();
    database.close();
    throw error;
  }
  fanOut = createFanOut(http, login, origins, clock, entries);
  // Only now: a password that is told once must belong to a console that runs.
  const made = await ensureAdministrator(accounts, audit, cost, options.adminPassword);
  if (made !== null) options.onFirstPassword('admin', made);
  const demoParts = { database, accounts, sessions, audit };
  const stopping = new AbortController();
  let ceremony: Promise<void> | undefined;
  if (options.demo === true && !(await isSomebodys(options.dataFolder))) {
    await ensureDemoPeople(options.dataFolder, demoParts);
    const runtime = release.environments.runtime(DEMO_ENVIRONMENT, 'user:operator');
    const { dataFolder, runtimes } = options;
    const seams = { clock, log, stopped: stopping.signal };
    const given = { dataFolder, flowsFolder, runtimes, accounts, ownKeys, proposals, audit, ...seams };
    // Beside everything else: it waits for production.
    if (runtime !== 'elsewhere') ceremony = holdDemoCeremony({ ...given, runtime });
  } else dismissDemoPeople(options.dataFolder, demoParts);

  // Not waited for: a runtime that does not answer must not keep the console from starting.
  void desk.heads.start();
  const port = (http.address() as AddressInfo).port;
  log.info('the console listens', { port });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    httpsUrl: publicUrl?.origin ?? (tls && https ? addressShown(tls.host, https.firstName(), https.port()) : null),
    httpsPort: https?.port() ?? null,
    reloadCertificate: () => https?.reload(),
    accounts,
    people,
    proposals,
    routes: routesOf(app),
    async close() {
      stopping.abort();
      await Promise.race([ceremony, new Promise((done) => setTimeout(done, 1_000).unref())]);
      for (const watch of [releaseWatch, ...watches]) watch.stop();
      http.closeIdleConnections();
      https?.stop();
      const ended = fanOut?.close();
      http.closeAllConnections();
      await ended;
      await proposals.stop();
      await desk.close();
      database.close();
      log.info('the console has stopped');
    },
  };
}
