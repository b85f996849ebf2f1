import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mongoose';
import { silentLog } from '../../engine/index.ts';
import { openMongoStore } from '../../engine/store/mongo/open.ts';
import { mongodUrl, OWN_SERVER } from '../kit/mongod.ts';
import type { StoreAdapter } from './adapter.ts';

/** A place is a URL with the name of a database. Making the indexes takes longer than most tests: places are used again. */
export const adapter: StoreAdapter = {
  name: 'MongoDB',
  async newPlace() {
    const free = places.pop();
    if (free !== undefined) return free;
    const url = new URL((await mongodUrl()?.()) ?? '');
    url.pathname = `/wardflow_test_${randomBytes(6).toString('hex')}`;
    return url.href;
  },
  async removePlace(place) {
    const connection = await administration(place);
    const db = connection.getClient().db(connection.name);
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    await Promise.all(names.filter((name) => name !== 'meta').map((name) => db.collection(name).deleteMany({})));
    places.push(place);
  },
  open: (place) => openMongoStore({ url: place, log: silentLog }),
  opener: import.meta.filename,
  copies: 'mongo',
  async holding(place, text) {
    const found: string[] = [];
    for (const [name, documents] of await allOf(place)) {
      const kept = JSON.stringify(documents, (_, value: unknown) => plainText(value));
      if (kept.includes(text)) found.push(name);
    }
    return found;
  },
  async kept(place, which) {
    const all = await allOf(place);
    return all.flatMap(([name, documents]) => (which === undefined || documents.length > 0 ? [name] : []));
  },
};

async function allOf(place: string): Promise<readonly (readonly [name: string, documents: readonly unknown[]])[]> {
  const connection = await administration(place);
  const db = connection.getClient().db(connection.name);
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).toSorted();
  return Promise.all(names.map(async (name) => [name, await db.collection(name).find({}).toArray()] as const));
}

/** Binary data says itself in base64. */
function plainText(value: unknown): unknown {
  const isLong = typeof value === 'string' && value.length > 1000;
  return isLong ? `${value} ${Buffer.from(value, 'base64').toString('latin1')}` : value;
}

const places: string[] = [];
const connections = new Map<string, Promise<Connection>>();

function administration(place: string): Promise<Connection> {
  let connection = connections.get(place);
  if (!connection) {
    connection = createConnection(place, { writeConcern: { w: 'majority' } }).asPromise();
    connections.set(place, connection);
  }
  return connection;
}

/**
 * Drops the databases that were made, where they would stay. A process that was killed in a transaction may hold one for a
 * minute more.
 */
export async function removeAllPlaces(): Promise<void> {
  for (const connection of connections.values()) {
    if (!OWN_SERVER) await (await connection).dropDatabase();
    await (await connection).close();
  }
  connections.clear();
  places.length = 0;
}
