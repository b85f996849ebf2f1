/** What staging runs: the files of the flows folder, once staging says that it runs just these. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDefinitions, WardflowError, type Definition } from '../../../engine/index.ts';
import type { AuditList, DefinitionVersion, RuntimeStatus } from '../../../runtime/api/contract.ts';
import { consoleErrors } from '../../errors.ts';
import type { RuntimeClient } from '../proxy/runtime-client.ts';
import { proposalErrors } from './errors.ts';

/** What an environment runs of a definition, and since when; `null`: nothing. */
export interface EnvironmentVersion {
  readonly version: string | null;
  readonly at: number;
}

export interface Staging {
  /** @throws `proposal-staging-differs`, `proposal-unsound`, `runtime-unreachable` */
  definitions(actor: string): Promise<readonly Definition[]>;
  /** Files of a version that staging ran at some time; `null`: it never did. @throws `runtime-unreachable` */
  files(version: string, actor: string): Promise<Readonly<Record<string, string>> | null>;
  /**
   * Who deployed what `to` has and `from.version` has not, by staging's audit trail: each version names the one before it.
   * Where they do not lead back to it, everybody who deployed since `from.at`, and at any time what `from` has nothing of.
   * @throws `runtime-unreachable`
   */
  editors(name: string, from: EnvironmentVersion, to: string, actor: string): Promise<readonly string[]>;
  /** What the flows folder holds, whatever runs; read anew where a file has another size or time. @throws `proposal-unsound` */
  folder(): Promise<readonly Definition[]>;
}

export const STAGING = 'staging';
const WITHIN_MS = 10_000;
/** Of the audit trail, and how many pages of it: more deploys than people make between two releases. */
const PAGE = 1000;
const MOST_PAGES = 20;

export function stagingOf(client: RuntimeClient, flowsFolder: string): Staging {
  const ask = async (path: string, actor: string): Promise<Response> => {
    const answer = await client({
      runtime: STAGING,
      method: 'GET',
      path,
      actor,
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    if (answer.kind === 'unreachable') throw consoleErrors.create('runtime-unreachable', { runtime: STAGING });
    if (answer.response.ok || answer.response.status === 404) return answer.response;
    await answer.response.body?.cancel();
    throw consoleErrors.create('runtime-unreachable', { runtime: STAGING });
  };
  const read = async (): Promise<readonly Definition[]> => {
    try {
      return (await loadDefinitions(flowsFolder)).all;
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      throw proposalErrors.create('proposal-unsound', { problem: error.message }, { cause: error });
    }
  };
  let known: { readonly print: string; readonly all: Promise<readonly Definition[]> } | undefined;
  return {
    // Each open sidebar asks every few seconds.
    async folder() {
      const print = await fingerprint(flowsFolder);
      if (known?.print === print) return known.all;
      const all = read();
      known = { print, all };
      // What could not be read may be readable the next time.
      all.catch(() => (known = undefined));
      return all;
    },
    async definitions(actor) {
      // First the files: what staging says afterwards is of these, or of others and then refused.
      const all = await read();
      const { definitions } = (await (await ask('/status', actor)).json()) as RuntimeStatus;
      const running = new Map(definitions.map(({ name, version }) => [name, version]));
      const names = new Set([...all.map(({ name }) => name), ...running.keys()]);
      const differ = [...names].filter((name) => all.find((one) => one.name === name)?.version !== running.get(name));
      if (differ.length > 0)
        throw proposalErrors.create('proposal-staging-differs', { definitions: differ.slice(0, 5).join(', ') });
      return all;
    },
    async editors(name, from, to, actor) {
      const led = new Set<string>();
      const since = new Set<string>();
      // What the environment never had may have gone and come back on staging: nothing there is its beginning.
      const [start, at] = from.version === null ? [undefined, 0] : [from.version, from.at];
      let version: string | null = to;
      let before: number | undefined;
      for (let page = 0; page < MOST_PAGES && version !== start; page++) {
        const older = before === undefined ? '' : `&before=${before}`;
        const answer = await ask(`/audit?type=definition.deployed&limit=${PAGE}${older}`, actor);
        const { records } = (await answer.json()) as AuditList;
        for (const record of records) {
          before = record.seq;
          if (record.definition !== name) continue;
          const person = record.actor.startsWith('user:') ? record.actor.slice('user:'.length) : null;
          if (person !== null && record.at >= at) since.add(person);
          if (record.version !== version) continue;
          if (person !== null) led.add(person);
          const { previous } = record.details as { readonly previous?: unknown };
          version = typeof previous === 'string' ? previous : null;
          if (version === start) break;
        }
        if (records.length < PAGE) break;
      }
      return [...(version === start ? led : since)].toSorted();
    },
    async files(version, actor) {
      const response = await ask(`/definition-versions/${version}`, actor);
      if (response.ok) return ((await response.json()) as DefinitionVersion).files;
      await response.body?.cancel();
      return null;
    },
  };
}

async function fingerprint(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const seen = files.map(async (file) => {
    const { size, mtimeMs } = await stat(file).catch(() => ({ size: -1, mtimeMs: -1 }));
    return `${file} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(seen)).toSorted().join('\n');
}
