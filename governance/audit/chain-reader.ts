import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFolder, openAuditFile, type AuditFile, type AuditRecord } from '../../engine/index.ts';
import type { AuditHead, AuditList } from '../../runtime/api/contract.ts';
import type { AuditTrail } from '../server/audit-trail.ts';
import type { RuntimeClient } from '../server/proxy/runtime-client.ts';
import { auditErrors } from './errors.ts';

/** The name of the console's own chain; the others have the name of their environment. */
export const CONSOLE_CHAIN = 'console';

/** One audit chain, wherever it lies. Both methods reject with `audit-chain-unread` where it cannot be read now. */
export interface ChainReader {
  readonly chain: string;
  head(within?: number): Promise<AuditHead>;
  /** Records with a larger number, oldest first. */
  list(query: { readonly after?: number; readonly limit?: number }): Promise<readonly AuditRecord[]>;
}

export function consoleChain(trail: AuditTrail): ChainReader {
  return {
    chain: CONSOLE_CHAIN,
    head: () => Promise.resolve(trail.head()),
    list: (query) => Promise.resolve(trail.list({ ...query, order: 'oldest-first' })),
  };
}

const WITHIN_MS = 20_000;

/** Through the runtime's API: the same for one on this host and one elsewhere. */
export function runtimeChain(client: RuntimeClient, runtime: string): ChainReader {
  const ask = async <T>(path: string, query: Readonly<Record<string, string | number>>, within: number): Promise<T> => {
    const signal = AbortSignal.timeout(within);
    const answer = await client({ runtime, method: 'GET', path, query, actor: 'service:console', signal });
    if (answer.kind === 'answer') {
      try {
        if (answer.response.ok) return (await answer.response.json()) as T;
        await answer.response.body?.cancel();
      } catch (cause) {
        throw auditErrors.create('audit-chain-unread', { chain: runtime }, { cause });
      }
    }
    throw auditErrors.create('audit-chain-unread', { chain: runtime });
  };
  return {
    chain: runtime,
    head: (within = WITHIN_MS) => ask<AuditHead>('/audit/head', {}, within),
    async list({ after = 0, limit = 1000 }) {
      return (await ask<AuditList>('/audit', { after, limit, order: 'oldest-first' }, WITHIN_MS)).records;
    },
  };
}

export interface ClosableChain extends ChainReader {
  close(): void;
}

/** From the file of a runtime's embedded store; `undefined`: it has none here. */
export const storedChain = (dataFolder: string, environment: string): ClosableChain | undefined =>
  chainInFile(environment, join(environmentFolder(dataFolder, environment), 'wardflow.db'));

/** From the console's database, read only. */
export const storedConsoleChain = (dataFolder: string): ClosableChain | undefined =>
  chainInFile(CONSOLE_CHAIN, join(dataFolder, 'governance', 'console.sqlite'));

function chainInFile(chain: string, file: string): ClosableChain | undefined {
  if (!existsSync(file)) return undefined;
  let audit: AuditFile | undefined;
  const reading = async <T>(work: (audit: AuditFile) => Promise<T>): Promise<T> => {
    try {
      audit ??= openAuditFile(file);
      return await work(audit);
    } catch (cause) {
      throw auditErrors.create('audit-chain-unread', { chain }, { cause });
    }
  };
  return {
    chain,
    head: () => reading((open) => open.head()),
    list: (query) => reading((open) => open.list({ ...query, order: 'oldest-first' })),
    close: () => audit?.close(),
  };
}
