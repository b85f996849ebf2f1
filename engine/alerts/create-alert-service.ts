import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Ids } from '../base/ids.ts';
import { isOver, type AlertRecord, type HeldBackAlert, type NewWork } from '../store/contract/index.ts';
import type { AlertPolicy, AlertTier } from './alert-policy.ts';
import type { AlertChildData, AlertService, ConsiderAlert, ConsideredAlert } from './alert-service.ts';
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
    const { tier, group, troubles } = verdict;
    const now = clock.now();
    const higher = await moreUrgent(policy, tier, group, now);
    const about = { tier: tier.name, troubles };
    if (higher) {
      await heldBack(request, tier, group, 'joined', higher.id);
      return { outcome: 'joined', alert: higher, by: higher.id, ...about };
    }
    const alert = newAlert(request, tier, group, now, ids.next());
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
    if (raised.kind === 'started') {
      onWork();
      live.publish({ kind: 'message', id: messageId });
    }
    const { id } = raised.alert;
    if (raised.kind === 'started' || (raised.kind === 'exists' && raised.alert.messageId === messageId))
      return { outcome: 'started', alert: raised.alert, by: null, ...about };
    const outcome = raised.kind === 'cooling-down' ? 'cooling-down' : 'joined';
    await heldBack(request, tier, group, outcome, id);
    return { outcome, alert: raised.alert, by: id, ...about };
  }

  /** An open alert of the same group in a tier above: whoever has that needs no second, weaker one. */
  async function moreUrgent(
    { tiers }: AlertPolicy,
    tier: AlertTier,
    group: string,
    now: number,
  ): Promise<AlertRecord | undefined> {
    for (const other of tiers) {
      if (other.name === tier.name) return undefined;
      const newest = await alerts.ofGroup(groupOf(group, other.name));
      if (newest && !isOver(newest.state) && now < newest.coolUntil) return newest;
    }
    return undefined;
  }

  /** Once for a message: a redelivery finds what the first delivery has kept. */
  async function heldBack(
    { work, policy, definition }: ConsiderAlert,
    tier: AlertTier,
    group: string,
    because: HeldBackAlert['because'],
    by: string,
  ): Promise<void> {
    const { messageId, attempt } = work;
    const one = { group: groupOf(group, tier.name), policy: policy.name, definition, messageId, tier: tier.name };
    if (attempt > 1) {
      const kept = await alerts.heldBackList({ messageId, policy: policy.name, limit: 1000 });
      if (kept.some((other) => other.group === one.group && other.because === because)) return;
    }
    await alerts.heldBack({ at: clock.now(), ...one, because, by });
  }

  async function resolve(request: ConsiderAlert, { group, troubles }: AlertVerdict): Promise<ConsideredAlert> {
    let resolved: AlertRecord | null = null;
    for (const tier of request.policy.tiers)
      resolved = (await resolveOne(request, tier, groupOf(group, tier.name))) ?? resolved;
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
      if (isOver(newest.state)) {
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
      live.publish({ kind: 'message', id: newest.messageId });
      return changed.alert;
    }
    return null;
  }

  return {
    async consider(request) {
      const { policy, work, input } = request;
      const verdict = await judgeAlert(policy, { messageId: work.messageId, input, now: new Date(clock.now()) });
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
  };
}

/** Each tier alerts for itself: what is more urgent than before is told although the group has an alert. */
const groupOf = (group: string, tier: string): string => hash('sha256', canonicalJson([group, tier]));

function newAlert(
  { policy, work, definition, title }: ConsiderAlert,
  tier: AlertTier,
  group: string,
  now: number,
  id: string,
): AlertRecord {
  return {
    id,
    version: 1,
    group: groupOf(group, tier.name),
    policy: policy.name,
    policyVersion: policy.version,
    definition,
    messageId: work.messageId,
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
  { work, definition, name, unit }: ConsiderAlert,
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
    lane: work.lane,
    orderingKey: null,
    afterDead: 'continue',
    correlationId: work.correlationId,
    traceparent: work.traceparent,
    createdAt: now,
    child: { parentWorkId: work.id, key: `alert/${alert.id}/${telling}`, kind: 'queue', data },
  };
}
