import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Ids } from '../base/ids.ts';
import { isOver, type AlertRecord, type HeldBackAlert, type NewWork } from '../store/contract/index.ts';
import type { AlertTier } from './alert-policy.ts';
import type { AlertChildData, AlertService, ConsiderAlert, ConsideredAlert } from './alert-service.ts';
import { createAlertAnswers } from './answer-alert.ts';
import { createDelivery, type DeliverOptions } from './deliver.ts';
import { judgeAlert, type AlertVerdict } from './judge-alert.ts';

export interface AlertServiceOptions extends DeliverOptions {
  readonly ids: Ids;
  /** A child item was made. */
  readonly onWork: () => void;
}

const LONGEST_TITLE = 500;
const MOST_TRIES = 200;

export function createAlertService(options: AlertServiceOptions): AlertService {
  const { store, clock, ids, live, onWork } = options;
  const { alerts } = store;

  async function raise(request: ConsiderAlert, verdict: AlertVerdict & { kind: 'raise' }): Promise<ConsideredAlert> {
    const { policy, work } = request;
    const { tier, troubles } = verdict;
    const now = clock.now();
    const group = await goingOn(request, verdict, now);
    const higher = await moreUrgent(request, tier, [group, verdict.group, ...verdict.formerGroups], now);
    const about = { tier: tier.name, troubles };
    if (higher) {
      await heldBack(request, tier, group, 'joined', higher.id);
      return { outcome: 'joined', alert: higher, by: higher.id, ...about };
    }
    const task = await taskOf(request);
    const alert = { ...newAlert(request, tier, group, now, ids.next()), ...(task !== undefined && { task }) };
    const child = childOf(request, alert, 'started', tier, ids.next(), now);
    const { id: workId, messageId } = work;
    const { definition } = request;
    const raised = await alerts.raise(alert, child, {
      at: now,
      type: 'alert.started',
      actor: `flow:${definition}`,
      messageId,
      workId,
      definition,
      details: { alert: alert.id, policy: policy.name, tier: tier.name, title: alert.title, to: tier.to },
    });
    const { id } = raised.alert;
    if (raised.kind === 'started' || raised.kind === 'joined') live.publish({ kind: 'alert', id });
    if (raised.kind === 'started') {
      onWork();
      live.publish({ kind: 'message', id: messageId });
    }
    if (raised.kind === 'started' || (raised.kind === 'exists' && raised.alert.messageId === messageId))
      return { outcome: 'started', alert: raised.alert, by: null, ...about };
    const outcome = raised.kind === 'cooling-down' ? 'cooling-down' : 'joined';
    await heldBack(request, tier, group, outcome, id);
    return { outcome, alert: raised.alert, by: id, ...about };
  }

  async function taskOf({ task, definition }: ConsiderAlert): Promise<string | undefined> {
    const found = task === undefined ? undefined : await store.tasks.get(task);
    return found?.definition === definition ? found.id : undefined;
  }

  /** An open alert of the same group in a tier above: whoever has that needs no second, weaker one. */
  async function moreUrgent(
    { policy: { tiers }, definition }: ConsiderAlert,
    tier: AlertTier,
    groups: readonly string[],
    now: number,
  ): Promise<AlertRecord | undefined> {
    for (const other of tiers) {
      if (other.name === tier.name) return undefined;
      for (const group of new Set(groups)) {
        const newest = await alerts.ofGroup(groupOf(definition, group, other.name));
        if (newest && !isOver(newest.state) && now < newest.coolUntil) return newest;
      }
    }
    return undefined;
  }

  /** Where the patient was merged, what alerts by another number goes on: the group in which something has not cooled down. */
  async function goingOn(
    { work, policy, definition }: ConsiderAlert,
    { group, formerGroups, tier }: AlertVerdict & { kind: 'raise' },
    now: number,
  ): Promise<string> {
    if (formerGroups.length === 0) return group;
    const { messageId } = work;
    const held = work.attempt > 1 ? await alerts.heldBackList({ messageId, policy: policy.name, limit: 1000 }) : [];
    const own = work.attempt > 1 ? await alerts.list({ messageId, policy: policy.name, limit: 1000 }) : [];
    const before = new Set([...held, ...own].map((one) => one.group));
    for (const one of [group, ...formerGroups]) {
      const key = groupOf(definition, one, tier.name);
      // An earlier delivery of this message has met it there.
      if (before.has(key)) return one;
      const newest = before.size > 0 ? undefined : await alerts.ofGroup(key);
      if (newest && now < newest.coolUntil) return one;
    }
    return group;
  }

  /** Once for a message: a redelivery finds what the first delivery has kept. */
  async function heldBack(
    request: ConsiderAlert,
    tier: AlertTier,
    group: string,
    because: HeldBackAlert['because'],
    by: string,
  ): Promise<void> {
    const { work, policy, definition } = request;
    const { messageId, attempt } = work;
    const one = {
      group: groupOf(definition, group, tier.name),
      policy: policy.name,
      definition,
      messageId,
      tier: tier.name,
    };
    if (attempt > 1) {
      const kept = await alerts.heldBackList({ messageId, policy: policy.name, limit: 1000 });
      if (kept.some((other) => other.group === one.group && other.because === because)) return;
    }
    const task = because === 'joined' ? await taskOf(request) : undefined;
    await alerts.heldBack({ at: clock.now(), ...one, because, by, ...(task !== undefined && { task }) });
  }

  async function resolve(
    request: ConsiderAlert,
    { group, formerGroups, troubles }: AlertVerdict,
  ): Promise<ConsideredAlert> {
    let resolved: AlertRecord | null = null;
    for (const tier of request.policy.tiers)
      for (const one of [group, ...formerGroups])
        resolved = (await resolveOne(request, tier, groupOf(request.definition, one, tier.name))) ?? resolved;
    const about = { alert: resolved, by: null, troubles };
    return resolved
      ? { outcome: 'resolved', tier: resolved.tier, ...about }
      : { outcome: 'nothing', tier: null, ...about };
  }

  async function resolveOne(request: ConsiderAlert, tier: AlertTier, group: string): Promise<AlertRecord | null> {
    const { work, definition } = request;
    const actor = `flow:${definition}`;
    for (let i = 0; i < MOST_TRIES; i++) {
      const newest = await alerts.ofGroup(group);
      if (!newest) return null;
      // Whoever has dealt with it by its task hears that the cause is gone.
      if (isOver(newest.state) && newest.ended?.task === undefined) {
        // By an earlier delivery of this very item: it says the same again.
        const { ended } = newest;
        return work.attempt > 1 && ended?.by === actor && ended.at >= work.firstDeliveredAt ? newest : null;
      }
      const now = clock.now();
      const next: AlertRecord = {
        ...newest,
        version: newest.version + 1,
        state: 'resolved',
        lastAt: Math.max(newest.lastAt, now),
        ended: { by: actor, at: now, dismissal: null },
      };
      const child = childOf(request, next, 'resolved', tier, ids.next(), now);
      const details = { alert: newest.id, policy: newest.policy, tier: newest.tier };
      const about = { at: now, messageId: newest.messageId, workId: work.id, definition };
      const changed = await alerts.change(newest.id, newest.version, next, child, {
        ...about,
        type: 'alert.resolved',
        actor,
        details,
      });
      if (changed.kind === 'unknown') return null;
      if (changed.kind === 'stale') continue;
      onWork();
      live.publish({ kind: 'alert', id: newest.id });
      live.publish({ kind: 'message', id: newest.messageId });
      return changed.alert;
    }
    return null;
  }

  return {
    async consider(request) {
      const { policy, work, input, formerly = [] } = request;
      const now = new Date(clock.now());
      const verdict = await judgeAlert(policy, { messageId: work.messageId, input, formerly, now });
      const { group, troubles } = verdict;
      switch (verdict.kind) {
        case 'raise':
          return raise(request, verdict);
        case 'resolve':
          return resolve(request, verdict);
        case 'suppressed':
          await heldBack(request, verdict.tier, group, 'suppressed', verdict.rule.reason);
          return { outcome: 'suppressed', tier: verdict.tier.name, alert: null, by: verdict.rule.reason, troubles };
        case 'nothing':
          return { outcome: 'nothing', tier: null, alert: null, by: null, troubles };
        default:
          return verdict satisfies never;
      }
    },
    deliver: createDelivery(options),
    ...createAlertAnswers(options),
  };
}

/**
 * Each tier alerts for itself: what is more urgent than before is told although the group has an alert. So does each definition:
 * another's policy may have the same name, and tell somebody else.
 */
const groupOf = (definition: string, group: string, tier: string): string =>
  hash('sha256', canonicalJson([definition, group, tier]));

function newAlert(
  { policy, work, definition, title, patient }: ConsiderAlert,
  tier: AlertTier,
  group: string,
  now: number,
  id: string,
): AlertRecord {
  return {
    id,
    version: 1,
    group: groupOf(definition, group, tier.name),
    policy: policy.name,
    policyVersion: policy.version,
    definition,
    messageId: work.messageId,
    ...(patient !== undefined && { patient }),
    tier: tier.name,
    title: title.toWellFormed().slice(0, LONGEST_TITLE),
    state: 'open',
    count: 1,
    startedAt: now,
    lastAt: now,
    coolUntil: now + policy.coolDownMs,
    deliveries: [],
    openedAt: null,
    acknowledged: null,
    actedAt: null,
    ended: null,
    runbook: policy.runbook,
  };
}

function childOf(
  { work, definition, name, unit, lane = work.lane }: ConsiderAlert,
  alert: AlertRecord,
  telling: AlertChildData['telling'],
  { to, channels, content }: AlertTier,
  id: string,
  now: number,
): NewWork {
  const data: AlertChildData = { alertId: alert.id, telling, to, channels, content, unit };
  return {
    id,
    messageId: work.messageId,
    subscription: `${definition}/${name}`,
    definition,
    lane,
    orderingKey: null,
    afterDead: 'continue',
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    createdAt: now,
    child: { parentWorkId: work.id, key: `alert/${alert.id}/${telling}`, kind: 'queue', data },
  };
}
