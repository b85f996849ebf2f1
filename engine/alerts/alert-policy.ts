/** alerts/<name>.json: who is alerted by what, how urgently, and what is held back. Format: docs/reference/formats.md. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems, schemaCheck } from '../base/json-schema.ts';
import { durationMs } from '../definitions/duration.ts';
import type { Problems } from '../definitions/problem.ts';
import { ABOUT, NAME, text, TO, toText, type To } from '../definitions/schema-parts.ts';
import { compileExpression, type Expression } from '../rules/expression.ts';

export type AlertContent = 'none' | 'reference' | 'minimum';

export interface AlertTier {
  readonly name: string;
  /** Says yes with `true`. */
  readonly when: Expression;
  /** Role, person or `roster <name>`, as in ladders. */
  readonly to: string;
  /** In fall-over order. */
  readonly channels: readonly string[];
  /** What may leave Wardflow by a channel: a link; identifiers of ours, too; or the policy's text. */
  readonly content: AlertContent;
}

export interface SuppressionRule {
  readonly when: Expression;
  readonly reason: string;
  /** Day after which it holds no more: whoever silences an alert for ever has to say so again. */
  readonly until: string;
}

export interface AlertPolicy {
  readonly name: string;
  readonly version: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly tiers: readonly AlertTier[];
  readonly groupBy: readonly Expression[];
  readonly coolDownMs: number;
  readonly suppress: readonly SuppressionRule[];
  readonly resolveOn: Expression | null;
  readonly runbook: string | null;
}

interface PolicyFile {
  readonly name: string;
  readonly owner: { readonly name: string; readonly contact: string };
  readonly tiers: readonly {
    readonly name: string;
    readonly when: string;
    readonly to: To;
    readonly channels: readonly string[];
    readonly content?: AlertContent;
  }[];
  readonly groupBy: readonly string[];
  readonly coolDown: string;
  readonly suppress?: readonly { readonly when: string; readonly reason: string; readonly until: string }[];
  readonly resolveOn?: string;
  readonly runbook?: string;
}

const EXPRESSION = text(4000);
/** Longer, and a new cause would be taken for the old one. */
const LONGEST_COOL_DOWN_MS = 7 * 86_400_000;

const check = schemaCheck<PolicyFile>({
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'format', 'name', 'owner', 'tiers', 'groupBy', 'coolDown'],
  properties: {
    kind: { const: 'alert-policy' },
    format: { const: 1 },
    ...ABOUT,
    tiers: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'when', 'to', 'channels'],
        properties: {
          name: NAME,
          when: EXPRESSION,
          to: TO,
          channels: { type: 'array', minItems: 1, maxItems: 10, uniqueItems: true, items: NAME },
          content: { enum: ['none', 'reference', 'minimum'] },
        },
      },
    },
    groupBy: { type: 'array', minItems: 1, maxItems: 10, items: EXPRESSION },
    coolDown: text(40),
    suppress: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['when', 'reason', 'until'],
        properties: { when: EXPRESSION, reason: text(500), until: { type: 'string', format: 'date' } },
      },
    },
    resolveOn: EXPRESSION,
    runbook: text(200),
  },
});

/** `undefined`: `problems` says why. */
export function readAlertPolicy(json: unknown, name: string, problems: Problems): AlertPolicy | undefined {
  if (!check.accepts(json)) {
    problems.say(describeProblems(check.problems(json)), 'Correct the places named; see docs/reference/formats.md.');
    return undefined;
  }
  const before = problems.list.length;
  const compile = (source: string, place: string): Expression | undefined => {
    try {
      return compileExpression(source);
    } catch (error) {
      problems.say(`${place} ${error instanceof Error ? error.message : 'is not JSONata'}`, 'Correct the expression.');
      return undefined;
    }
  };
  if (json.name !== name) problems.say(`has the name "${json.name}"`, `Name it as its file: "${name}".`);
  const coolDownMs = durationMs(json.coolDown);
  if (coolDownMs === undefined || coolDownMs > LONGEST_COOL_DOWN_MS)
    problems.say('coolDown is not a duration like PT30M of at most seven days', 'Shorten it, or correct it.');
  const tiers = json.tiers.flatMap(({ when, to, content = 'none', ...tier }, i) => {
    const expression = compile(when, `tiers[${i}].when`);
    return expression ? [{ ...tier, when: expression, to: toText(to), content }] : [];
  });
  const names = tiers.map((tier) => tier.name);
  if (new Set(names).size < names.length) problems.say('has two tiers of one name', 'Give each a name of its own.');
  const groupBy = json.groupBy.flatMap((source, i) => compile(source, `groupBy[${i}]`) ?? []);
  const suppress = (json.suppress ?? []).flatMap(({ when, ...rule }, i) => {
    const expression = compile(when, `suppress[${i}].when`);
    return expression ? [{ ...rule, when: expression }] : [];
  });
  const resolveOn = json.resolveOn === undefined ? null : (compile(json.resolveOn, 'resolveOn') ?? null);
  if (problems.list.length > before) return undefined;
  const version = createHash('sha256').update(canonicalJson(json)).digest('hex');
  const { owner, runbook = null } = json;
  return { name, version, owner, tiers, groupBy, coolDownMs: coolDownMs ?? 0, suppress, resolveOn, runbook };
}
