/**
 * What Node-RED is started with. It is read synchronously (Node-RED requires its settings file), so whatever must wait is
 * done by `Runtime.prepare`, which Node-RED awaits through the storage module.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import {
  createLog,
  inEnvironment,
  packageRoot,
  readConfig,
  runtimePort,
  WardflowError,
  type Config,
} from '../engine/index.ts';
import { quietViewers, watchEditorChannels } from './editor-channel.ts';
import { createEditorApi } from './editor-api/index.ts';
import { needsRevision } from './editor-api/needs-revision.ts';
import { editorTheme } from './editor-theme.ts';
import { createLogHandler } from './log-handler.ts';
import { createLogin } from './login.ts';
import { answerLoginDialog } from './login-dialog.ts';
import { refuseForeign } from './origin-guard.ts';
import { runtimeStorage } from './runtime-storage.ts';
import { Runtime, type EngineSeams } from './runtime.ts';
import { dropSessionFirst } from './session-cookie.ts';

export interface SettingsSeams {
  readonly engine?: EngineSeams;
  /** Called with the runtime that the settings are of. */
  readonly onRuntime?: (runtime: Runtime) => void;
}

/** `seams`: for the runtime of scenarios (governance/scenarios); settings.ts passes none. */
export function composeSettings(environment: NodeJS.ProcessEnv = process.env, seams: SettingsSeams = {}): object {
  const config = configOrExit(environment);
  const log = createLog(config.logLevel);
  const runtime = new Runtime(config, log, version(), seams.engine);
  seams.onRuntime?.(runtime);
  runtime.guard();
  const userDir = join(runtime.folder, 'node-red');
  prepareUserFolder(userDir);
  const governance = `http://127.0.0.1:${config.governancePort}`;
  const login = createLogin({
    governance,
    token: () => runtime.token,
    isToken: (given) => runtime.isToken(given),
    looksOnly: runtime.gated,
  });
  const readOnly = runtime.gated ? runtime.readOnly(login) : null;
  runtime.onServer = (server, comms) => {
    watchEditorChannels(server, login);
    quietViewers(comms);
  };

  const editorApi = createEditorApi({
    environment: config.environment,
    governance,
    consolePort: config.governancePort,
    readOnly: runtime.gated,
    login,
    log,
    definitions: () => runtime.definitions(),
    release: () => runtime.release(),
    deploys: () => runtime.deploys(),
    previews: runtime.previews,
    fhir: runtime.fhir,
  });
  const withRevision = needsRevision(login);

  return {
    uiHost: '127.0.0.1',
    uiPort: runtimePort(config).port,
    httpAdminRoot: '/',
    // What comes in by HTTP would come in without a login.
    httpNodeRoot: false,
    // Should a site give flows a root of their own all the same.
    httpNodeMiddleware: dropSessionFirst,
    userDir,
    nodesDir: join(packageRoot(), 'dist', 'palette'),
    nodesExcludes: ['90-exec.js'],
    credentialSecret: credentialSecret(userDir),
    storageModule: runtimeStorage(runtime, userDir, readOnly),
    get wardflow() {
      return runtime.services;
    },
    adminAuth: {
      type: 'credentials',
      users: [],
      tokens: (cookies: string) => login.userOf(cookies),
      tokenHeader: 'cookie',
    },
    httpAdminMiddleware: (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => {
      if (refuseForeign(request, response) || answerLoginDialog(request, response, config.governancePort)) return;
      editorApi.handle(request, response, () =>
        runtime.api.handle(request, response, () => {
          login.translate(request.headers);
          if (!readOnly?.refuse(request, response)) withRevision(request, response, next);
        }),
      );
    },
    editorTheme: editorTheme(config.environment, governance),
    logging: {
      wardflow: {
        level: 'info',
        metrics: false,
        audit: false,
        handler: () => createLogHandler(log, () => runtime.running),
      },
    },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    functionExternalModules: false,
    functionTimeout: 0,
    diagnostics: { enabled: false, ui: false },
    runtimeState: { enabled: false, ui: false },
    telemetry: { enabled: false, updateNotification: false },
    exportGlobalContextKeys: false,
    nodeCloseTimeout: 3_000,
    debugMaxLength: 1_000,
    apiMaxLength: '20mb',
    httpServerOptions: { 'x-powered-by': false },
  };
}

function configOrExit(environment: NodeJS.ProcessEnv): Config {
  try {
    const config = readConfig(environment);
    return inEnvironment(config, config.environment);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    return process.exit(1);
  }
}

function version(): string {
  const file: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return typeof file === 'object' && file !== null && 'version' in file ? String(file.version) : '0.0.0';
}

/** Without a package.json of its own Node-RED reports an error at every start. */
function prepareUserFolder(userDir: string): void {
  try {
    mkdirSync(userDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(userDir, 'package.json'), '{\n  "name": "wardflow-runtime",\n  "private": true\n}\n', {
      flag: 'wx',
    });
  } catch (error) {
    exitUnless(error, 'EEXIST', userDir);
  }
}

/** What credentials of nodes are encrypted with; made once, readable by this user only. */
function credentialSecret(userDir: string): string {
  const file = join(userDir, 'credential-secret');
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    exitUnless(error, 'EEXIST', file);
  }
  return readFileSync(file, 'utf8').trim();
}

function exitUnless(error: unknown, code: string, path: string): void {
  const found: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  if (found === code) return;
  process.stderr.write(
    `The data folder cannot be written: ${path}. Give this user write permission there, or set WARDFLOW_DATA.\n`,
  );
  process.exit(1);
}
