/**
 * What an alert policy says of one thing that happened. Pure but for its expressions. Silence never comes from a mistake: an
 * expression that fails suppresses nothing, resolves nothing and groups nothing; where a tier cannot be told, whoever asked is
 * told that.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Expression } from '../rules/expression.ts';
import type { AlertPolicy, AlertTier, SuppressionRule } from './alert-policy.ts';

export interface AlertOccasion {
  readonly messageId: string;
  /** What expressions see: `event`, `message`, `decision`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** `event` as it was told by the patient's other numbers. */
  readonly formerly?: readonly unknown[];
  readonly now: Date;
}

export type AlertVerdict = {
  /** SHA-256 hex. */
  readonly group: string;
  /** By the patient's other numbers. */
  readonly formerGroups: readonly string[];
  /** What could not be asked, by its place in the policy; nothing of what was in the message. */
  readonly troubles: readonly string[];
} & (
  | { readonly kind: 'raise'; readonly tier: AlertTier }
  | { readonly kind: 'suppressed'; readonly tier: AlertTier; readonly rule: SuppressionRule }
  | { readonly kind: 'resolve' }
  /** No tier is meant. */
  | { readonly kind: 'nothing' }
);

export async function judgeAlert(policy: AlertPolicy, occasion: AlertOccasion): Promise<AlertVerdict> {
  const troubles: string[] = [];
  const ask = async (expression: Expression, place: string, input = occasion.input): Promise<unknown> => {
    try {
      return await expression.evaluate(input, {}, occasion.now);
    } catch {
      troubles.push(place);
      return FAILED;
    }
  };
  const group = await groupOf(policy, occasion, ask);
  const formerGroups: string[] = [];
  for (const event of occasion.formerly ?? []) {
    const input = { ...occasion.input, event };
    const former = await groupOf(policy, occasion, (expression, place) => ask(expression, place, input));
    if (former !== group) formerGroups.push(former);
  }
  const about = { group, formerGroups, troubles };
  if (policy.resolveOn && (await ask(policy.resolveOn, 'resolveOn')) === true) return { kind: 'resolve', ...about };
  const tier = await firstTier(policy, ask);
  if (!tier) return { kind: 'nothing', ...about };
  const today = occasion.now.toISOString().slice(0, 10);
  for (const [i, rule] of policy.suppress.entries())
    if (rule.until >= today && (await ask(rule.when, `suppress[${i}].when`)) === true)
      return { kind: 'suppressed', tier, rule, ...about };
  return { kind: 'raise', tier, ...about };
}

const FAILED = Symbol('failed');
type Ask = (expression: Expression, place: string) => Promise<unknown>;

/**
 * A tier that cannot be asked counts as meant: whoever it tells can look, and nobody can look at what was never told. So the
 * most urgent comes first in a policy.
 */
async function firstTier(policy: AlertPolicy, ask: Ask): Promise<AlertTier | undefined> {
  for (const [i, tier] of policy.tiers.entries()) {
    const said = await ask(tier.when, `tiers[${i}].when`);
    if (said === true || said === FAILED) return tier;
  }
  return undefined;
}

/** Where a value is missing, a group of its own: two patients without a number are not one. */
async function groupOf(policy: AlertPolicy, { messageId }: AlertOccasion, ask: Ask): Promise<string> {
  const values: unknown[] = [];
  for (const [i, expression] of policy.groupBy.entries()) values.push(await ask(expression, `groupBy[${i}]`));
  const whole = values.every((value) => typeof value === 'number' || typeof value === 'boolean' || isText(value));
  return hash('sha256', canonicalJson([policy.name, ...(whole ? values.map(String) : ['message', messageId])]));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
