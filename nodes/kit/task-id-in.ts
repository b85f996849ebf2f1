/** As `msg.task.id` has it; whatever else a setting may give is no task. */
export function taskIdIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value.trim()) ? value.trim() : undefined;
}
