/**
 * By when a task is due, by whose it is: the `dueByRole` of an intent. The time counts from when the task was made, whoever has it
 * later: for the patient nothing begins anew when it is handed on. Pure.
 */
import { durationMs } from '../definitions/duration.ts';
import type { Intent } from '../definitions/definition.ts';
import type { DueRule, TaskPriority } from '../store/contract/index.ts';

/** As reviewed; an intent without them has none. */
export function dueRulesOf({ dueByRole = [] }: Pick<Intent, 'dueByRole'>): readonly DueRule[] {
  return dueByRole.flatMap(({ role, priority = null, due }) => {
    const dueMs = durationMs(due);
    return dueMs === undefined ? [] : [{ role, priority, dueMs }];
  });
}

/** Of the role: the one for this priority, else the one for any. */
export function dueRuleFor(
  rules: readonly DueRule[],
  role: string | null,
  priority: TaskPriority,
): DueRule | undefined {
  const own = rules.filter((rule) => rule.role === role);
  return own.find((rule) => rule.priority === priority) ?? own.find((rule) => rule.priority === null);
}
