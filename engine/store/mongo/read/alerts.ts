import {
  ALERT_STATES,
  type AlertQuery,
  type AlertRecord,
  type AlertState,
  type HeldBackAlert,
} from '../../contract/index.ts';
import type { Collections } from '../documents.ts';
import { limitOf } from '../../limit-of.ts';

export async function getAlert({ alerts }: Collections, id: string): Promise<AlertRecord | undefined> {
  return from(await alerts.findOne({ _id: id }));
}

export async function newestAlertOfGroup(
  { alerts, alertGroups }: Collections,
  group: string,
): Promise<AlertRecord | undefined> {
  const newest = (await alertGroups.findOne({ _id: group }))?.newest;
  return newest === undefined ? undefined : from(await alerts.findOne({ _id: newest }));
}

/** Newest first. */
export async function listAlerts({ alerts }: Collections, query: AlertQuery): Promise<AlertRecord[]> {
  const { states, since, before } = query;
  const startedAt = range(since, before);
  const filter = {
    ...conditions(query),
    ...(states ? { state: { $in: [...states] } } : {}),
    ...(startedAt && { startedAt }),
  };
  const found = await alerts.find(filter, { sort: { startedAt: -1, seq: -1 }, limit: limitOf(query.limit) }).toArray();
  return found.map(({ record }) => JSON.parse(record) as AlertRecord);
}

export async function alertCounts(
  { alerts }: Collections,
  query: Omit<AlertQuery, 'states' | 'limit'>,
): Promise<Record<AlertState, number>> {
  const startedAt = range(query.since, query.before);
  const filter = { ...conditions(query), ...(startedAt && { startedAt }) };
  const rows = await alerts
    .aggregate<{ _id: AlertState; n: number }>([{ $match: filter }, { $group: { _id: '$state', n: { $sum: 1 } } }])
    .toArray();
  const none = Object.fromEntries(ALERT_STATES.map((state) => [state, 0])) as Record<AlertState, number>;
  return { ...none, ...Object.fromEntries(rows.map(({ _id, n }) => [_id, n])) };
}

export async function listHeldBack(
  { alertHeld }: Collections,
  query: Omit<AlertQuery, 'states'>,
): Promise<HeldBackAlert[]> {
  const at = range(query.since, query.before);
  const filter = { ...conditions(query), ...(at && { at }) };
  const found = await alertHeld.find(filter, { sort: { at: -1, _id: -1 }, limit: limitOf(query.limit) }).toArray();
  return found.map(({ record }) => JSON.parse(record) as HeldBackAlert);
}

const conditions = ({ policy, messageId, group, definitions }: Omit<AlertQuery, 'states'>) => ({
  ...(policy === undefined ? {} : { policy }),
  ...(messageId === undefined ? {} : { messageId }),
  ...(group === undefined ? {} : { group }),
  ...(definitions ? { definition: { $in: [...definitions] } } : {}),
});

const range = (since: number | undefined, before: number | undefined) =>
  since === undefined && before === undefined
    ? undefined
    : { ...(since === undefined ? {} : { $gte: since }), ...(before === undefined ? {} : { $lt: before }) };

const from = (document: { readonly record: string } | null): AlertRecord | undefined =>
  document ? (JSON.parse(document.record) as AlertRecord) : undefined;
