/** Orders to run a bundle: signed, for one environment, once. */
import { durationMs, type WardflowError } from '../../engine/index.ts';
import type { Bytes } from './bytes.ts';
import { openEnvelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { readSigned, type Signed } from './read-statement.ts';
import type { OrderStatement } from './statements.ts';
import type { TrustStore } from './trust-store.ts';

/** What an environment remembers of orders that it carried out. */
export interface OrderState {
  /** Hash of the bundle that runs. */
  readonly running: string | null;
  /** Number of the last order carried out; 0: none. */
  readonly lastSequence: number;
}

export interface VerifiedOrder {
  readonly order: OrderStatement;
  readonly person: string;
}

const SKEW_MS = 5 * 60_000;
const WHAT = 'the order';

/**
 * Whether an order may be carried out now. The bundle itself is judged by `verifyBundle`.
 * @throws WardflowError `order-*`, `role-not-held`, or what reading a signed statement throws
 */
export async function verifyOrder(
  input: Bytes | string,
  given: {
    readonly bundle: string;
    readonly environment: string;
    readonly trustStore: TrustStore;
    readonly state: OrderState;
    readonly now: number;
  },
): Promise<VerifiedOrder> {
  const { trustStore } = given;
  const signed = await readSigned('order', openEnvelope(input, WHAT), trustStore.keys, WHAT);
  const refusal = whyNot(signed, given);
  if (refusal) throw refusal;
  return { order: signed.statement, person: signed.key.person };
}

function whyNot(
  { statement: order, key }: Signed<OrderStatement>,
  { bundle, environment, trustStore, state, now }: Parameters<typeof verifyOrder>[1],
): WardflowError | undefined {
  const { roles, validFor } = trustStore.policy.policy.orders;
  const [at, expires] = [Date.parse(order.at), Date.parse(order.expires)];
  if (order.environment !== environment || trustStore.environment !== environment)
    return bundleErrors.create('order-of-another-environment', { found: order.environment, environment });
  if (order.actor !== key.person || !key.roles.some((role) => roles.includes(role)))
    return bundleErrors.create('order-role-missing', { person: key.person, roles: roles.join(', ') });
  if (order.bundle !== bundle) return bundleErrors.create('order-of-another-bundle');
  if (order.sequence <= state.lastSequence)
    return bundleErrors.create('order-repeated', { sequence: order.sequence, last: state.lastSequence });
  if (!(at <= now + SKEW_MS)) return bundleErrors.create('order-not-yet-valid');
  if (!(now < expires)) return bundleErrors.create('order-expired');
  if (!(expires - at <= Number(durationMs(validFor))))
    return bundleErrors.create('order-lives-too-long', { limit: validFor });
  if (order.previous !== state.running) return bundleErrors.create('order-previous-differs');
  return undefined;
}
