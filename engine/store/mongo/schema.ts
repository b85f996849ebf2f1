/**
 * Collections and their indexes, declared to mongoose. Documents are read and written through the driver's collections:
 * every value was typed by the contract already, and casting each again costs more than the write.
 */
import { Schema, type Connection, type mongo } from 'mongoose';
import { mongoErrors } from './errors.ts';
import type { AlertRecord, Escalation, HeldBackAlert, TaskEvent, WorkflowTask } from '../contract/index.ts';
import type { Collections, Documents } from './documents.ts';

/** Raised with every change of collections or indexes. */
const SCHEMA_VERSION = 16;

type Index = readonly [
  fields: Record<string, 1 | -1>,
  options?: { unique?: true; partialFilterExpression?: Record<string, unknown> },
];
const where = (...names: string[]) => ({
  partialFilterExpression: Object.fromEntries(names.map((name) => [name, { $exists: true }])),
});

/** What is counted of tasks with every look at the worklist, apart from their records. */
export const TASK_COUNTS = { state: 1, open: 1, dueRank: 1, definition: 1, person: 1, role: 1, unit: 1 } as const;

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
  effects: [[{ messageId: 1, seq: 1 }], [{ seq: 1 }]],
  requests: [[{ messageId: 1 }]],
  decisions: [[{ messageId: 1, seq: 1 }]],
  gate: [[{ key: 1, seq: 1 }], [{ key: 1, contentHash: 1, seq: 1 }], [{ messageId: 1 }]],
  gateKeys: [],
  eventStates: [[{ messageId: 1 }]],
  eventBefores: [],
  identityKeys: [[{ messageId: 1 }]],
  identityGroups: [],
  identityAlike: [],
  identityLinks: [[{ recordedAt: 1 }], [{ messageId: 1 }]],
  identityQuestions: [[{ state: 1, since: 1 }], [{ messageId: 1 }]],
  identityFindings: [],
  escalations: [
    [{ key: 1 }, { unique: true }],
    [{ nextAt: 1 }, where('nextAt')],
    [{ messageId: 1 }],
    [{ state: 1, startedAt: 1 }],
    [{ startedAt: 1, seq: 1 }],
    [{ subscription: 1, startedAt: 1 }],
    [{ fact: 1, startedAt: 1 }, where('fact')],
    [{ task: 1, state: 1 }, where('task')],
    [{ endedAt: 1, seq: 1 }, where('endedAt')],
  ],
  tasks: [
    [{ key: 1 }, { unique: true }],
    [{ dueRank: 1, urgency: 1, seq: 1 }, where('open')],
    [{ person: 1, dueRank: 1 }, where('open', 'person')],
    [{ role: 1, unit: 1, dueRank: 1 }, where('open')],
    [{ state: 1, seq: 1 }],
    [{ messageId: 1 }],
    [{ about: 1, seq: 1 }, where('about')],
    [{ patient: 1, seq: 1 }, where('patient')],
    [{ syncAt: 1, seq: 1 }, where('syncAt')],
    [{ seq: 1 }, where('open')],
    [{ endedAt: 1, seq: 1 }, where('endedAt')],
    [TASK_COUNTS],
  ],
  taskEvents: [[{ taskId: 1, n: 1 }], [{ taskId: 1, overriddenAt: 1 }, where('overriddenAt')]],
  alerts: [
    [{ group: 1, seq: 1 }],
    [{ state: 1, startedAt: 1 }],
    [{ startedAt: 1, seq: 1 }],
    [{ endedAt: 1, seq: 1 }, where('endedAt')],
    [{ messageId: 1 }],
  ],
  alertGroups: [[{ newest: 1 }]],
  alertCounted: [[{ alert: 1 }], [{ messageId: 1 }]],
  alertHeld: [[{ at: 1 }], [{ messageId: 1 }], [{ group: 1, at: 1 }]],
  fallbacks: [],
  endpointDowns: [],
  reviews: [
    [{ workId: 1, seq: 1 }],
    [{ messageId: 1 }],
    [{ taskId: 1, seq: 1 }, where('taskId')],
    [{ seq: 1 }, where('open')],
  ],
  differences: [[{ state: 1, since: 1, seq: 1 }], [{ messageId: 1 }]],
  problems: [[{ at: 1, seq: 1 }], [{ state: 1, at: 1 }], [{ messageId: 1 }], [{ by: 1, at: 1 }]],
  subscriptions: [],
  takenVersions: [[{ at: 1 }]],
  writtenVersions: [[{ at: 1 }]],
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
  if (found > 0 && found < 10) await addSpans(collections);
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

/** Of tasks and alerts from before the tenth version: what lists and reports look for beside the record. */
async function addSpans({ tasks, taskEvents, alerts, alertHeld }: Collections): Promise<void> {
  await fillIn(tasks, { createdAt: { $exists: false } }, (record) => {
    const { serviceLine, createdAt, stateSince, acknowledgedAt, endedAt } = JSON.parse(record) as WorkflowTask;
    const perhaps = { serviceLine, acknowledgedAt, endedAt };
    return {
      createdAt,
      stateSince,
      ...Object.fromEntries(Object.entries(perhaps).filter(([, value]) => value !== null)),
    };
  });
  await fillIn(taskEvents, { record: /"kind":"overridden"/, overriddenAt: { $exists: false } }, (record) => ({
    overriddenAt: (JSON.parse(record) as TaskEvent).at,
  }));
  await fillIn(alerts, { state: { $in: ['closed', 'resolved'] }, endedAt: { $exists: false } }, (record) => {
    const { ended } = JSON.parse(record) as AlertRecord;
    return ended ? { endedAt: ended.at } : {};
  });
  await fillIn(alertHeld, { group: { $exists: false } }, (record) => ({
    group: (JSON.parse(record) as HeldBackAlert).group,
  }));
}

const AT_ONCE = 1000;

/** Many at a time: there may be millions. What another process has written since has what is missing, and is left as it is. */
async function fillIn(
  collection: object,
  missing: mongo.Filter<mongo.Document>,
  made: (record: string) => Readonly<Record<string, unknown>>,
): Promise<void> {
  const all = collection as mongo.Collection;
  let some: mongo.AnyBulkWriteOperation[] = [];
  const write = async (): Promise<void> => {
    if (some.length > 0) await all.bulkWrite(some, { ordered: false });
    some = [];
  };
  for await (const { _id, record } of all.find(missing, { projection: { record: 1 } })) {
    const $set = made(String(record));
    if (Object.keys($set).length === 0) continue;
    some.push({ updateOne: { filter: { ...missing, _id }, update: { $set } } });
    if (some.length === AT_ONCE) await write();
  }
  await write();
}

async function make(connection: Connection, name: keyof Documents): Promise<void> {
  const schema = new Schema({}, { strict: false, autoIndex: false, autoCreate: false, collection: name });
  const indexes: readonly Index[] = INDEXES[name];
  for (const [fields, options] of indexes) schema.index(fields, options);
  const model = connection.model(`wardflow-${name}`, schema);
  await model.createCollection();
  if (indexes.length > 0) await model.createIndexes();
}
