/**
 * Node-RED's storage behind the gate: flows are what the verified release in force holds, wherever they are asked for
 * (start, `reload`), and only what the gate itself has given to Node-RED is taken back. Nothing else is kept: no
 * credentials, since people cannot set any here, and no library.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log, WardflowError } from '../../engine/index.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { readStored } from '../storage/read-stored.ts';
import type { DeployUser } from '../storage/storage-module.ts';
import { jsonText, writeWhole } from '../storage/write-whole.ts';
import { gateErrors } from './errors.ts';
import type { Gate } from './gate.ts';

export interface GatedStorageOptions {
  readonly userFolder: string;
  readonly log: Log;
  /** Runs before the first read; a rejection ends the start. */
  readonly prepare: () => Promise<void>;
  /** Once it is prepared. */
  readonly gate: () => Gate;
  /** Something else than a release was to be saved. */
  readonly onRefused: (what: string, user: DeployUser | undefined) => void;
}

export function createGatedStorage(options: GatedStorageOptions): object {
  const { userFolder, log, gate, onRefused } = options;
  const file = (name: string): string => join(userFolder, name);
  let begun = false;

  const refuse = (what: string, user?: DeployUser): never => {
    onRefused(what, user);
    throw refusal(gateErrors.create('production-read-only', { what: `${what} was refused` }));
  };

  return {
    async init(): Promise<void> {
      await mkdir(userFolder, { recursive: true, mode: 0o700 });
      await options.prepare();
    },

    // Never throws: Node-RED would lose its active flows.
    async getFlows(): Promise<readonly NodeConfig[]> {
      if (!begun) await gate().begin();
      begun = true;
      return structuredClone(gate().nodes());
    },

    async saveFlows(flows: NodeConfig[], user?: DeployUser): Promise<void> {
      if (!gate().isOwn(flows)) refuse('a deploy', user);
      try {
        await gate().saved();
      } catch (error) {
        log.warn('a release was not taken up', { error });
        throw error;
      }
    },

    getCredentials: async (): Promise<object> => ({}),
    async saveCredentials(): Promise<void> {
      // They came with a deploy that is refused next, or belong to nodes that are gone.
    },
    getSettings: () => readStored(file('settings.json'), {}),
    saveSettings: (next: unknown) => writeWhole(file('settings.json'), jsonText(next), 0o600),
    getSessions: () => readStored(file('sessions.json'), {}),
    saveSessions: (next: unknown) => writeWhole(file('sessions.json'), jsonText(next), 0o600),
    getLibraryEntry: async (): Promise<readonly unknown[]> => [],
    saveLibraryEntry: async (): Promise<void> => refuse('an entry of the library'),
  };
}

/** Node-RED answers with `status` and shows `code`. */
const refusal = (error: WardflowError): Error =>
  Object.assign(new Error(`${error.message} ${error.remedy}`, { cause: error }), { code: error.code, status: 403 });
