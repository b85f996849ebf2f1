/** A real MongoDB for tests: the one that the environment names, or a replica set started beside the tests. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { MongoMemoryReplSet } from 'mongodb-memory-server-core';

const BINARY = resolve(import.meta.dirname, '../../../shared/mongodb/bin/mongod');
const NAMED = process.env['WARDFLOW_MONGODB_URL'] ?? '';

let started: Promise<MongoMemoryReplSet> | undefined;

/** The server goes after the tests, with all that is in it. */
export const OWN_SERVER = NAMED === '';

/** Gives the URL of a replica set; `undefined` where there is neither a server nor the means to start one. */
export function mongodUrl(): (() => Promise<string>) | undefined {
  if (NAMED !== '') return () => Promise.resolve(NAMED);
  if (!existsSync(BINARY)) return undefined;
  return async () => {
    started ??= startReplicaSet(1);
    return (await started).getUri();
  };
}

export function mongodBinary(): string | undefined {
  return existsSync(BINARY) ? BINARY : undefined;
}

/** Data lies in a temporary folder that goes with the servers. */
export async function startReplicaSet(members: number): Promise<MongoMemoryReplSet> {
  const { MongoMemoryReplSet: ReplicaSet } = await memoryServer();
  return ReplicaSet.create({
    replSet: {
      count: members,
      storageEngine: 'wiredTiger',
      // Elections that take a second instead of ten.
      configSettings: { electionTimeoutMillis: 2000 },
    },
    instanceOpts: Array.from({ length: members }, () => ({
      args: [
        '--setParameter',
        'diagnosticDataCollectionEnabled=false',
        // A primary told to stop waits 15 s for another one to take over.
        '--setParameter',
        'shutdownTimeoutMillisForSignaledShutdown=100',
      ],
    })),
    binary: { systemBinary: BINARY },
  });
}

/** A server that is no member of a replica set. */
export async function startStandalone(): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const { MongoMemoryServer } = await memoryServer();
  const server = await MongoMemoryServer.create({
    instance: { storageEngine: 'wiredTiger' },
    binary: { systemBinary: BINARY },
  });
  return { url: server.getUri(), stop: () => server.stop() };
}

/** After the last test that used `mongodUrl`. */
export async function stopMongod(): Promise<void> {
  const running = started;
  started = undefined;
  await (await running)?.stop();
}

function memoryServer() {
  process.env['MONGOMS_RUNTIME_DOWNLOAD'] = 'false';
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] = 'false';
  return import('mongodb-memory-server-core');
}
