/**
 * Collections and their indexes, declared to mongoose. Documents are read and written through the driver's collections:
 * every value was typed by the contract already, and casting each again costs more than the write.
 */
import { Schema, type Connection } from 'mongoose';
import { mongoErrors } from './errors.ts';
import type { Escalation } from '../contract/index.ts';
import type { Collections, Documents } from './documents.ts';

/** Raised with every change of collections or indexes. */
const SCHEMA_VERSION = 7;

type Index = readonly [
  fields: Record<string, 1 | -1>,
  options?: { unique?: true; partialFilterExpression?: Record<string, unknown> },
];
const where = (...names: string[]) => ({
  partialFilterExpression: Object.fromEntries(names.map((name) => [name, { $exists: true }])),
});

const INDEXES = {
  messages: [
    [{ id: 1 }, { unique: true }],
    [{ controlFold: 1, bodyHash: 1 }, where('controlFold')],
    [{ resendOf: 1 }, where('resendOf')],
    [{ state: 1, _id: 1 }],
    [{ feed: 1, _id: 1 }],
    [{ keys: 1, _id: 1 }, where('keys')],
    [{ reasonCode: 1, _id: 1 }, where('reasonCode')],
  ],
  bodies: [],
  acknowledgements: [[{ state: 1, seq: 1 }], [{ nextAt: 1, seq: 1 }, where('nextAt')]],
  work: [
    [{ subscription: 1, claimLane: 1, seq: 1 }, where('ready')],
    [{ orderingKey: 1, seq: 1 }, where('blocks')],
    [{ orderingKey: 1, createdAt: 1 }, where('orderingKey')],
    [{ subscription: 1, state: 1, seq: 1 }, where('open')],
    [{ notBefore: 1 }, where('notBefore')],
    [{ leaseUntil: 1 }, where('leaseUntil')],
    [{ messageSeq: 1 }],
    [{ waitsFor: 1, seq: 1 }, where('waitsFor')],
    [{ childKey: 1 }, { unique: true, ...where('childKey') }],
  ],
  keys: [],
  attempts: [[{ workId: 1, attempt: 1 }], [{ messageSeq: 1 }]],
  counters: [[{ kind: 1, name: 1 }]],
  sequences: [],
  effects: [[{ messageId: 1, seq: 1 }]],
  requests: [[{ messageId: 1 }]],
  decisions: [[{ messageId: 1, seq: 1 }]],
  gate: [[{ key: 1, seq: 1 }], [{ key: 1, contentHash: 1, seq: 1 }], [{ messageId: 1 }]],
  gateKeys: [],
  escalations: [
    [{ key: 1 }, { unique: true }],
    [{ nextAt: 1 }, where('nextAt')],
    [{ messageId: 1 }],
    [{ state: 1, startedAt: 1 }],
    [{ startedAt: 1, seq: 1 }],
    [{ subscription: 1, startedAt: 1 }],
    [{ fact: 1, startedAt: 1 }, where('fact')],
  ],
  tasks: [
    [{ key: 1 }, { unique: true }],
    [{ dueRank: 1, urgency: 1, seq: 1 }, where('open')],
    [{ person: 1, dueRank: 1 }, where('open', 'person')],
    [{ role: 1, unit: 1, dueRank: 1 }, where('open')],
    [{ state: 1, seq: 1 }],
    [{ messageId: 1 }],
    [{ syncAt: 1, seq: 1 }, where('syncAt')],
  ],
  taskEvents: [[{ taskId: 1, n: 1 }]],
  alerts: [[{ group: 1, seq: 1 }], [{ state: 1, startedAt: 1 }], [{ startedAt: 1 }], [{ messageId: 1 }]],
  alertGroups: [[{ newest: 1 }]],
  alertCounted: [[{ alert: 1 }], [{ messageId: 1 }]],
  alertHeld: [[{ at: 1 }], [{ messageId: 1 }]],
  audit: [
    [{ chain: 1, seq: 1 }, { unique: true }],
    [{ chain: 1, messageId: 1, seq: 1 }, where('messageId')],
    [{ chain: 1, type: 1, seq: 1 }],
    [{ chain: 1, actor: 1, seq: 1 }],
  ],
  chains: [],
  definitions: [],
  switches: [],
  meta: [],
} as const satisfies Record<keyof Documents, readonly Index[]>;

const NAMES = Object.keys(INDEXES) as (keyof Documents)[];

/** Makes what is missing; refuses a database that a newer version has written. */
export async function prepareCollections(connection: Connection): Promise<Collections> {
  const db = connection.getClient().db(connection.name);
  const collections = Object.fromEntries(NAMES.map((name) => [name, db.collection(name)])) as unknown as Collections;
  const found = (await collections.meta.findOne({ _id: 'schema' }))?.version ?? 0;
  if (found > SCHEMA_VERSION) {
    const details = { database: connection.name, found, known: SCHEMA_VERSION };
    throw mongoErrors.create('store-mongodb-schema-newer', details);
  }
  if (found === SCHEMA_VERSION) return collections;
  await Promise.all(NAMES.map((name) => make(connection, name)));
  if (found === 1) await addSources(collections);
  await collections.meta.updateOne({ _id: 'schema' }, { $max: { version: SCHEMA_VERSION } }, { upsert: true });
  return collections;
}

/** Of escalations from before the second version. */
async function addSources({ escalations }: Collections): Promise<void> {
  const old = { subscription: { $exists: false } } as const;
  for await (const { _id, record } of escalations.find(old, { projection: { record: 1 } })) {
    const { subscription } = JSON.parse(record) as Escalation;
    await escalations.updateOne({ _id }, { $set: { subscription } });
  }
}

async function make(connection: Connection, name: keyof Documents): Promise<void> {
  const schema = new Schema({}, { strict: false, autoIndex: false, autoCreate: false, collection: name });
  const indexes: readonly Index[] = INDEXES[name];
  for (const [fields, options] of indexes) schema.index(fields, options);
  const model = connection.model(`wardflow-${name}`, schema);
  await model.createCollection();
  if (indexes.length > 0) await model.createIndexes();
}
