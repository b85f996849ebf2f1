import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, Log } from '../../engine/index.ts';
import type { AuditTrail } from '../server/audit-trail.ts';
import type { RuntimeClient } from '../server/proxy/runtime-client.ts';
import { CONSOLE_CHAIN, consoleChain, runtimeChain, storedChain } from './chain-reader.ts';
import { headsFile, headsFolder, publicKeyFile, readHeadKeys } from './heads/head-key.ts';
import { createHeadSigner, type HeadSigner } from './heads/head-signer.ts';
import { readHeads } from './heads/heads-file.ts';
import { verifyAgainstHeads, type TrailsVerdict } from './heads/verify-against-heads.ts';
import { openAuditIndex } from './search/audit-index.ts';
import { createAuditSearch, type AuditSearch } from './search/audit-search.ts';
import { followChains } from './search/follow-chains.ts';

/** The audit trails of the console and of every runtime, as the console searches, verifies and signs them. */
export interface AuditDesk {
  readonly search: AuditSearch;
  readonly heads: HeadSigner;
  /** Of the data folder: heads and public key, for downloads. */
  readonly files: { readonly heads: string; readonly publicKey: string };
  /** The machine, as exports name it. */
  readonly host: string;
  verify(): Promise<TrailsVerdict>;
  close(): Promise<void>;
}

export interface AuditDeskOptions {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly trail: AuditTrail;
  readonly client: RuntimeClient;
  readonly runtimes: readonly string[];
}

/** @throws WardflowError `audit-index-unusable` */
export function openAudit({ dataFolder, clock, log, trail, client, runtimes }: AuditDeskOptions): AuditDesk {
  const index = openAuditIndex(join(dataFolder, 'governance', 'audit-index.sqlite'));
  const chains = [consoleChain(trail), ...runtimes.map((runtime) => runtimeChain(client, runtime))];
  const folder = headsFolder(dataFolder);
  const heads = createHeadSigner({
    folder,
    clock,
    log,
    chains,
    audit: trail,
    stored: (chain) => (chain === CONSOLE_CHAIN ? undefined : storedChain(dataFolder, chain)),
  });
  const follower = followChains({
    index,
    chains,
    log,
    onReplaced: (chain) =>
      trail.append('audit.chain-replaced', 'system', {
        chain,
        why: 'it does not hold the record that was copied last',
      }),
  });
  const environments = chains.map(({ chain }) => chain);
  const files = { heads: headsFile(folder), publicKey: publicKeyFile(folder) };
  return {
    search: createAuditSearch({ index, follower, client, runtimes, environments, now: () => clock.now() }),
    heads,
    files,
    host: hostname(),
    verify: async () => verifyAgainstHeads(chains, await readHeads(files.heads, await readHeadKeys([files.publicKey]))),
    async close() {
      await heads.stop();
      await follower.stop();
      index.close();
    },
  };
}
