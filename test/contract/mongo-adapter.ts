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
};

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
