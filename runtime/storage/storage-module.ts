/**
 * Node-RED's storage: flows as files of definitions, everything else in the user directory. It must be an object literal
 * with its own `getSettings` (Node-RED looks with `hasOwnProperty`). After start `getFlows` never throws: Node-RED would
 * lose its active flows.
 *
 * Node-RED saves credentials before flows. They are kept back until the flows are accepted, so that a refused deploy
 * leaves no trace.
 */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadDefinitions, WardflowError, type DefinitionSet, type Log } from '../../engine/index.ts';
import type { ScopeOfCall } from '../api/contract.ts';
import { namesIn } from '../api/part.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { runtimeErrors } from '../errors.ts';
import {
  assign,
  flatten,
  folders,
  inTabOrder,
  problemOf,
  readFlowFiles,
  tabsOf,
  type FlowFiles,
} from './flow-files.ts';
import type { Alone } from './alone.ts';
import { tabOrder } from './tab-order.ts';
import { partOnly } from './part-only.ts';
import { readStored } from './read-stored.ts';
import { saveFlowFiles } from './save-flow-files.ts';
import { tryOut } from './try-out.ts';
import { jsonText, systemCode, writeWhole } from './write-whole.ts';

/** Who deploys, as the login says; `undefined` for Node-RED itself. */
export interface DeployUser {
  readonly username?: string;
  /** What they may change, where it is not everything. */
  readonly part?: ScopeOfCall;
}

export interface StorageOptions {
  readonly flowsFolder: string;
  readonly userFolder: string;
  readonly log: Log;
  /** Runs before the first read; a rejection ends the start. */
  readonly prepare: () => Promise<void>;
  /** Puts the definitions in force that a deploy has just written, or somebody by hand; the flows are not active yet. */
  readonly saved: (definitions: DefinitionSet, user: DeployUser | undefined) => Promise<void>;
  /** What writes the folder runs one after the other. */
  readonly alone?: Alone;
  /** The definitions in force. */
  readonly definitions: () => DefinitionSet;
  /** The files cannot be read at start; does not return. */
  readonly onUnreadable: (error: unknown) => never;
}

interface Library {
  init(settings: object): Promise<void>;
  getLibraryEntry(type: string, path: string): Promise<unknown>;
}

export function createStorageModule(options: StorageOptions): object {
  const { flowsFolder, userFolder, log, alone = (run) => run() } = options;
  const library = createRequire(import.meta.url)('@node-red/runtime/lib/storage/localfilesystem/library.js') as Library;
  const file = (name: string): string => join(userFolder, name);
  const order = tabOrder(file('tab-order.json'), log);
  let inForce: FlowFiles = new Map();
  let read = false;
  let credentials: unknown;

  return {
    async init(): Promise<void> {
      await mkdir(userFolder, { recursive: true, mode: 0o700 });
      await options.prepare();
      await library.init({ userDir: userFolder });
    },

    async getFlows(): Promise<readonly NodeConfig[]> {
      try {
        // What was read before a change of the folder must not come into force after it.
        await alone(async () => {
          const files = inTabOrder(await readFlowFiles(flowsFolder), await order.read());
          // "Restart Flows": rules, ladders and texts that somebody has changed in their files come into force as well.
          if (read) await options.saved(await loadDefinitions(flowsFolder), undefined);
          inForce = files;
        });
      } catch (error) {
        if (!read) options.onUnreadable(error);
        log.error('the flow files cannot be read; the flows in force stay', { error });
      }
      read = true;
      return structuredClone(flatten(inForce));
    },

    async saveFlows(flows: NodeConfig[], user?: DeployUser): Promise<void> {
      const problem = problemOf(flows);
      if (problem !== null) throw refusal(runtimeErrors.create('flow-refused', { reason: problem }));
      await alone(async () => {
        try {
          const sent = assign(flows, inForce, await folders(flowsFolder));
          const kept = user?.part ? partOnly(namesIn(user.part, options.definitions()), inForce, sent) : sent;
          const tabs = tabsOf(flows);
          const next = inTabOrder(kept, tabs);
          const definitions = await tryOut(flowsFolder, userFolder, inForce, next);
          await saveFlowFiles(flowsFolder, join(userFolder, 'removed'), inForce, next);
          // In place: Node-RED computes the revision from this very array.
          flows.splice(0, flows.length, ...structuredClone(flatten(next)));
          inForce = next;
          await order.write(tabs);
          if (credentials !== undefined) await writeWhole(file('credentials.json'), jsonText(credentials), 0o600);
          credentials = undefined;
          await options.saved(definitions, user);
        } catch (error) {
          log.warn('a deploy was refused', { error });
          throw refusal(error);
        }
      });
    },

    getCredentials: () => readStored(file('credentials.json'), {}),
    async saveCredentials(next: unknown): Promise<void> {
      credentials = next;
    },
    getSettings: () => readStored(file('settings.json'), {}),
    saveSettings: (next: unknown) => writeWhole(file('settings.json'), jsonText(next), 0o600),
    getSessions: () => readStored(file('sessions.json'), {}),
    saveSessions: (next: unknown) => writeWhole(file('sessions.json'), jsonText(next), 0o600),
    getLibraryEntry: (type: string, path: string) => library.getLibraryEntry(libraryPath(type), libraryPath(path)),
    async saveLibraryEntry(type: string, path: string, meta: object, body: string): Promise<void> {
      const name = type === 'flows' && !path.endsWith('.json') ? `${path}.json` : path;
      await writeWhole(file(join('lib', libraryPath(type), libraryPath(name))), `${libraryHead(meta)}${body}`);
    },
  };
}

function libraryPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  if (path.length > 500 || parts.some((part) => !/^[\w][\w .-]*$/.test(part)))
    throw runtimeErrors.create('library-path');
  return path;
}

/** Node-RED's own form, which its reader takes apart again. Its writer does not wait for the file, so it is not used. */
function libraryHead(meta: object): string {
  return Object.entries(meta)
    .map(([name, value]) => `// ${name}: ${String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
}

/** Node-RED answers the editor with `status` and shows `code`; the message says why. */
function refusal(error: unknown): Error {
  const known =
    error instanceof WardflowError ? error : runtimeErrors.create('flow-refused', { reason: systemCode(error) });
  return Object.assign(new Error(`${known.message} ${known.remedy}`, { cause: error }), {
    code: known.code,
    status: 400,
  });
}
