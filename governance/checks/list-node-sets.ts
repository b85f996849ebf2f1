/**
 * The process behind load-catalogue.ts: starts Node-RED as a runtime does, without flows, editor or network, and tells
 * its parent what the registry has loaded.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeSet } from './node-catalogue.ts';

interface RegistrySet {
  readonly id: string;
  readonly module: string;
  readonly version?: string;
  readonly types?: readonly string[];
  readonly err?: unknown;
}
interface Registry {
  getNodeList(): readonly RegistrySet[];
}
interface NodeRedModule {
  init(server: null, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const load = createRequire(import.meta.url);

async function main(palette: string): Promise<void> {
  const userDir = mkdtempSync(join(tmpdir(), 'wardflow-catalogue-'));
  try {
    writeFileSync(join(userDir, 'package.json'), '{ "name": "wardflow-catalogue", "private": true }\n');
    const red = load('node-red') as NodeRedModule;
    red.init(null, {
      userDir,
      nodesDir: palette,
      nodesExcludes: ['90-exec.js'],
      httpAdminRoot: false,
      httpNodeRoot: false,
      credentialSecret: false,
      externalModules: { autoInstall: false },
      logging: { console: { level: 'off' } },
      storageModule: nothingStored,
    });
    await red.start();
    // The one that Node-RED has just filled: its version is pinned to Node-RED's, so npm keeps one copy.
    const registry = load('@node-red/registry') as Registry;
    const sets: NodeSet[] = registry.getNodeList().map(({ id, module, version, types, err }) => ({
      id,
      module,
      // Node-RED calls itself `5.0.7-git` where a `.git` lies above node_modules, as in every checkout.
      version: (version ?? '').replace(/-git$/, ''),
      types: types ?? [],
      error: err === undefined || err === null ? null : reasonOf(err),
    }));
    await red.stop();
    process.send?.(sets);
  } finally {
    rmSync(userDir, { recursive: true, force: true });
  }
  process.disconnect();
}

const reasonOf = (err: unknown): string =>
  err instanceof Error ? err.name : typeof err === 'string' ? err.slice(0, 200) : 'unknown reason';

const nothingStored = {
  init: async () => undefined,
  getFlows: async () => [],
  saveFlows: async () => undefined,
  getCredentials: async () => ({}),
  saveCredentials: async () => undefined,
  getSettings: async () => ({}),
  saveSettings: async () => undefined,
  getSessions: async () => ({}),
  saveSessions: async () => undefined,
  getLibraryEntry: async () => [],
  saveLibraryEntry: async () => undefined,
};

if (process.send) await main(process.argv[2] ?? '');
