/**
 * The audit trails that a data folder holds, for the command line: of the console from its database, of each runtime from
 * the runtime where it runs, else from its store. Offline only files are read, and nothing is written.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRunInfo } from '../../engine/index.ts';
import { createRuntimeClient, type RuntimeClient } from '../server/proxy/runtime-client.ts';
import { runtimesOf } from '../server/runtimes.ts';
import { CONSOLE_CHAIN, runtimeChain, storedChain, storedConsoleChain, type ChainReader } from './chain-reader.ts';

export interface LocalTrails {
  readonly chains: readonly ChainReader[];
  readonly client: RuntimeClient;
  /** Runtimes that answer. */
  readonly running: readonly string[];
  close(): void;
}

/** A runtime that does not answer within this time is read from its store. */
const ANSWERS_WITHIN_MS = 3000;

export async function openLocalTrails(dataFolder: string, offline: boolean): Promise<LocalTrails> {
  const names = await environments(dataFolder, offline);
  const client = createRuntimeClient(runtimesOf(dataFolder, Object.fromEntries(names.map((name) => [name, 0]))));
  const console = storedConsoleChain(dataFolder);
  const chains: (ChainReader & { close?(): void })[] = console ? [console] : [];
  const running: string[] = [];
  for (const name of names) {
    const asked = runtimeChain(client, name);
    if (!offline && (await answers(asked))) {
      running.push(name);
      chains.push(asked);
    } else chains.push(storedChain(dataFolder, name) ?? asked);
  }
  return {
    chains,
    client,
    running,
    close() {
      for (const chain of chains) chain.close?.();
    },
  };
}

async function environments(dataFolder: string, offline: boolean): Promise<readonly string[]> {
  const run = offline ? null : await readRunInfo(dataFolder);
  const stored = existsSync(dataFolder)
    ? readdirSync(dataFolder).filter((name) => existsSync(join(dataFolder, name, 'wardflow.db')))
    : [];
  const names = new Set([...stored, ...Object.keys(run?.runtimes ?? {})]);
  names.delete(CONSOLE_CHAIN);
  return [...names].toSorted();
}

async function answers(chain: ChainReader): Promise<boolean> {
  try {
    await chain.head(ANSWERS_WITHIN_MS);
    return true;
  } catch {
    return false;
  }
}
