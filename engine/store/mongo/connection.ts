import { createConnection, type Connection, type mongo } from 'mongoose';
import { WardflowError } from '../../base/errors.ts';
import { mongoErrors } from './errors.ts';

export type Settings = Readonly<Record<string, string>>;

/** MongoDB 6.0. */
const LEAST_WIRE_VERSION = 17;
/** How long an operation waits for a primary; an election takes 10 to 12 s at worst. */
const SELECTION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;

export interface Opened {
  readonly connection: Connection;
  readonly settings: Settings;
}

export interface ConnectOptions {
  /** Wins over the one in the URL. */
  readonly database: string | undefined;
  readonly appName: string;
  readonly monitorCommands: boolean;
}

/** Connects, and refuses whatever could not keep what it acknowledges. */
export async function connect(url: string, options: ConnectOptions): Promise<Opened> {
  const { database, appName, monitorCommands } = options;
  const host = hostOf(url);
  const connection = createConnection();
  try {
    await connection.openUri(url, {
      ...(database === undefined ? {} : { dbName: database }),
      appName,
      autoIndex: false,
      autoCreate: false,
      // Every write: on the journal of a majority before it counts.
      writeConcern: { w: 'majority', j: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      retryWrites: true,
      retryReads: true,
      promoteBuffers: true,
      ignoreUndefined: true,
      serverSelectionTimeoutMS: SELECTION_TIMEOUT_MS,
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      socketTimeoutMS: 60_000,
      heartbeatFrequencyMS: 2000,
      maxPoolSize: 20,
      monitorCommands,
    });
    const settings = await readSettings(connection, host);
    return { connection, settings };
  } catch (error) {
    await connection.close(true).catch(() => undefined);
    throw connectError(error, host);
  }
}

interface Hello {
  readonly setName?: string;
  readonly maxWireVersion: number;
  readonly hosts?: readonly string[];
}

async function readSettings(connection: Connection, host: string): Promise<Settings> {
  const client = connection.getClient();
  const admin = client.db('admin');
  const hello = (await admin.command({ hello: 1 })) as unknown as Hello;
  if (hello.setName === undefined) throw mongoErrors.create('store-no-replica-set', { host });
  if (hello.maxWireVersion < LEAST_WIRE_VERSION) {
    const details = { host, found: hello.maxWireVersion, required: LEAST_WIRE_VERSION };
    throw mongoErrors.create('store-mongodb-too-old', details);
  }
  const concern = client.options.writeConcern;
  requireDurable(concern, host);
  const { version } = (await admin.command({ buildInfo: 1 })) as unknown as { version: string };
  return {
    write_concern: `w: ${String(concern?.w)}, j: ${String(concern?.journal ?? concern?.j)}`,
    read_concern: client.options.readConcern?.level ?? 'unset',
    replica_set: hello.setName,
    members: String(hello.hosts?.length ?? 1),
    database: connection.name,
    mongodb: version,
  };
}

/** The start refuses rather than run with less than was promised. */
export function requireDurable(concern: mongo.WriteConcern | undefined, host: string): void {
  const found = `w: ${String(concern?.w ?? 'unset')}, j: ${String(concern?.journal ?? concern?.j ?? 'unset')}`;
  const required = 'w: majority, j: true';
  if (found !== required || concern?.wtimeoutMS !== undefined) {
    throw mongoErrors.create('store-write-concern', { host, found, required });
  }
}

/** Host names of a connection string; user and password stay behind. */
export function hostOf(url: string): string {
  const match = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url);
  if (!match?.[1]) throw mongoErrors.create('store-mongodb-url');
  return match[1];
}

function connectError(error: unknown, host: string): WardflowError {
  if (error instanceof WardflowError) return error;
  const { name, code } = error as { name?: string; code?: unknown };
  if (!/^Mongo.*(Network|Selection|Pool|Server)/.test(name ?? '') && code === undefined)
    return mongoErrors.create('store-mongodb-url');
  // 18 AuthenticationFailed, 13 Unauthorized
  if (code === 18 || code === 13 || code === 8000) return mongoErrors.create('store-mongodb-refused', { host });
  return mongoErrors.create('store-mongodb-unreachable', { host }, { cause: error });
}
