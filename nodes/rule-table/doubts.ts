/** What there is to doubt about a decision, by the triggers that the intent declares. Pure; names, never values. */
import { confidenceAsked, openSentence, type Doubt, type FallbackTrigger, type OpenRows } from '../../engine/index.ts';
import type { Decision } from './runtime.ts';

type Judged = Pick<Decision, 'table' | 'error' | 'outputs'>;

export function doubtsAbout(
  decision: Judged,
  triggers: readonly FallbackTrigger[],
  { id, name }: Doubt['node'],
  open: OpenRows,
): readonly Doubt[] {
  const node = { id, name };
  return triggers.flatMap((trigger): readonly Doubt[] => {
    switch (trigger.kind) {
      case 'rule-error': {
        if (decision.error === null) return [];
        const sentence = `The rule table ${decision.table} could not decide (${decision.error}).`;
        return [{ trigger: trigger.kind, node, sentence }];
      }
      case 'incomplete-data': {
        const said = openSentence(open);
        if (said === null) return [];
        return [{ trigger: trigger.kind, node, sentence: `In the rule table ${decision.table}, ${said}.` }];
      }
      case 'low-confidence': {
        const { value, least } = confidenceAsked(trigger.threshold);
        if (!isBelow(decision.outputs, value, least)) return [];
        const sentence = `The rule table ${decision.table} gives no ${value} of ${least} or more.`;
        return [{ trigger: trigger.kind, node, sentence }];
      }
      case 'endpoint-down':
      case 'operator':
        return [];
      default:
        return trigger satisfies never;
    }
  });
}

/** Of several rows, the lowest counts. A table that gives such a value, and gives none this time, is no more sure than a low one. */
function isBelow(outputs: unknown, name: string, least: number): boolean {
  if (Array.isArray(outputs)) return outputs.some((one) => isBelow(one, name, least));
  if (typeof outputs !== 'object' || outputs === null || !Object.hasOwn(outputs, name)) return false;
  const value: unknown = (outputs as Readonly<Record<string, unknown>>)[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.some((one) => !(typeof one === 'number' && one >= least));
}
