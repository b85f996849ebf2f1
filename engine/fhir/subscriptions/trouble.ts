/** What people are to know of a subscription that does not go as it should: kept in its record until what ended it says so. */
import type { WardflowError } from '../../base/errors.ts';
import type { Failure, SubscriptionRecord } from '../../store/contract/index.ts';
import { subscriptionErrors } from './errors.ts';
import type { Reconciled } from './reconcile.ts';
import { nextState, type SubscriptionStep } from './states.ts';
import type { WatchParts } from './watch-parts.ts';

type Told = NonNullable<SubscriptionRecord['trouble']>;

export const TROUBLES_OF_POLL: ReadonlySet<string> = new Set([
  'subscription-broken',
  'subscription-poll-failed',
  'subscription-poll-stuck',
  'subscription-deletions-cut',
  'subscription-withheld',
]);
export const TROUBLES_OF_SERVER: ReadonlySet<string> = new Set([
  'subscription-stopped-by-server',
  'subscription-adjusted',
  'subscription-overdue',
  'subscription-not-taken',
  'subscription-unbound',
]);

/** Poll after poll finds what a notification should have told of; news by a notification ends it. */
export const NOT_TOLD = 'subscription-not-told';

/** A trouble of another kind stays: what ends it is not this. */
export function troubleAfter(
  { trouble }: SubscriptionRecord,
  error: WardflowError | null,
  own: ReadonlySet<string>,
): Pick<Partial<SubscriptionRecord>, 'trouble'> {
  const isOwn = trouble === null || own.has(trouble.code);
  if (!isOwn) return {};
  return trouble === null && error === null ? {} : { trouble: error && told(error) };
}

export const told = ({ code, message, remedy }: WardflowError): Told => ({ code, text: `${message} ${remedy}` });

export const pollFailed = ({ code }: Failure): WardflowError =>
  subscriptionErrors.create('subscription-poll-failed', { code });

export function cutError(because: Extract<Reconciled, { kind: 'cut' }>['because']): WardflowError {
  if (because === 'stuck') return subscriptionErrors.create('subscription-poll-stuck');
  if (because === 'deletions') return subscriptionErrors.create('subscription-deletions-cut');
  if ('failure' in because) return pollFailed(because.failure);
  return subscriptionErrors.create('subscription-withheld', { why: because.withheld });
}

type Parts = Pick<WatchParts, 'record' | 'log' | 'settings'>;

/** Said once, however often it is found. */
export async function sayTrouble({ record, log, settings }: Parts, error: WardflowError): Promise<void> {
  if (record.now.trouble?.code === error.code) return;
  log.warn(error.message, { subscription: settings.name, code: error.code });
  await record.change(() => ({ trouble: told(error) }));
}

export async function moved(parts: Parts, step: SubscriptionStep, error: WardflowError): Promise<void> {
  const { record, log, settings } = parts;
  const { state, trouble } = record.now;
  if (nextState(state, step) === state && trouble?.code === error.code) return;
  log.warn(error.message, { subscription: settings.name, code: error.code });
  await record.change((now) => ({ state: nextState(now.state, step), trouble: told(error) }));
}
