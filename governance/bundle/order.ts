/** Orders to run a bundle: signed, for one environment, carried out once. Breaking glass is an order of its own kind. */
import { durationMs, type WardflowError } from '../../engine/index.ts';
import type { Bytes } from './bytes.ts';
import { openEnvelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { readSigned, type Signed } from './read-statement.ts';
import type { BreakGlassStatement, OrderStatement } from './statements.ts';
import type { TrustStore } from './trust-store.ts';

/** What an environment remembers of orders that it carried out. */
export interface OrderState {
  /** Hash of the bundle that runs. */
  readonly running: string | null;
  /** Number of the last order carried out; 0: none. */
  readonly lastSequence: number;
}

export interface OrderAgainst {
  /** The bundle that it has to be for; absent: whichever it names. */
  readonly bundle?: string;
  readonly environment: string;
  readonly trustStore: TrustStore;
  readonly state: OrderState;
  /** Milliseconds since 1970: when it is carried out. */
  readonly now: number;
}

export interface VerifiedOrder {
  readonly order: OrderStatement;
  readonly person: string;
  /** SHA-256 of the statement. */
  readonly hash: string;
}

export interface VerifiedBreakGlass {
  readonly order: BreakGlassStatement;
  readonly person: string;
  readonly hash: string;
}

const SKEW_MS = 5 * 60_000;
const WHAT = 'the order';

/**
 * Whether an order may be carried out now. The bundle itself is judged by `verifyBundle`.
 * @throws WardflowError `order-*`, or what reading a signed statement throws
 */
export async function verifyOrder(input: Bytes | string, against: OrderAgainst): Promise<VerifiedOrder> {
  const signed = await readSigned('order', openEnvelope(input, WHAT), against.trustStore.keys, WHAT);
  const refusal = whyNot(signed, against) ?? whyNoOrder(signed, against);
  if (refusal) throw refusal;
  return { order: signed.statement, person: signed.key.person, hash: signed.hash };
}

/**
 * Whether glass may be broken now: as `verifyOrder`, by roles and for a time of its own. Judge the bundle by
 * `verifyBundle` with its approvals waived.
 * @throws WardflowError `order-*`, `break-glass-*`, or what reading a signed statement throws
 */
export async function verifyBreakGlass(input: Bytes | string, against: OrderAgainst): Promise<VerifiedBreakGlass> {
  const signed = await readSigned('break-glass', openEnvelope(input, WHAT), against.trustStore.keys, WHAT);
  const refusal = whyNot(signed, against) ?? whyNoBreakGlass(signed, against);
  if (refusal) throw refusal;
  return { order: signed.statement, person: signed.key.person, hash: signed.hash };
}

/** What holds for both kinds. */
function whyNot(
  { statement: order }: Signed<OrderStatement> | Signed<BreakGlassStatement>,
  { bundle, environment, trustStore, state, now }: OrderAgainst,
): WardflowError | undefined {
  if (order.environment !== environment || trustStore.environment !== environment)
    return bundleErrors.create('order-of-another-environment', { found: order.environment, environment });
  if (bundle !== undefined && order.bundle !== bundle) return bundleErrors.create('order-of-another-bundle');
  if (order.sequence <= state.lastSequence)
    return bundleErrors.create('order-repeated', { sequence: order.sequence, last: state.lastSequence });
  if (!(Date.parse(order.at) <= now + SKEW_MS)) return bundleErrors.create('order-not-yet-valid');
  if (order.previous !== state.running) return bundleErrors.create('order-previous-differs');
  return undefined;
}

function whyNoOrder(
  { statement: order, key }: Signed<OrderStatement>,
  against: OrderAgainst,
): WardflowError | undefined {
  const { roles, validFor } = against.trustStore.policy.policy.orders;
  const [at, expires] = [Date.parse(order.at), Date.parse(order.expires)];
  if (order.actor !== key.person || !key.roles.some((role) => roles.includes(role)))
    return bundleErrors.create('order-role-missing', { person: key.person, roles: roles.join(', ') });
  if (!(against.now < expires)) return bundleErrors.create('order-expired');
  if (!(expires - at <= Number(durationMs(validFor))))
    return bundleErrors.create('order-lives-too-long', { limit: validFor });
  return undefined;
}

function whyNoBreakGlass(
  { statement: order, key }: Signed<BreakGlassStatement>,
  against: OrderAgainst,
): WardflowError | undefined {
  const { roles, maxDuration } = against.trustStore.policy.policy.breakGlass;
  const [at, until] = [Date.parse(order.at), Date.parse(order.until)];
  if (order.actor !== key.person || !key.roles.some((role) => roles.includes(role)))
    return bundleErrors.create('break-glass-role-missing', { person: key.person, roles: roles.join(', ') });
  if (!(against.now < until)) return bundleErrors.create('order-expired');
  if (!(until - at <= Number(durationMs(maxDuration))))
    return bundleErrors.create('break-glass-too-long', { limit: maxDuration });
  return undefined;
}
