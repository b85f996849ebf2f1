/** What the engine under test and the process that is killed share: their effects and the escalation. */
import type { ActionOutcome, ClaimedWork, EffectSpec, LadderStep } from '../../engine/index.ts';

export const CRITICAL_STEPS: readonly LadderStep[] = [600_000, 1_200_000].map((afterMs, i) => ({
  afterMs,
  to: `person ${i + 1}`,
  channel: 'console',
  text: 'Look at the result.',
}));

export const ESCALATION = {
  definition: 'lab',
  name: 'critical',
  discriminator: 'event-1',
  ladder: 'critical-results',
  ladderVersion: 'v1',
  exhausted: 'fallback',
  title: 'Critical result not answered',
  watch: { endpoint: 'ehr', reference: 'Task/12' },
  carry: null,
} as const;

export function effectSpec(work: ClaimedWork, name: string): EffectSpec {
  return { work, name, target: 'ehr: create Task', discriminator: '', version: '1', onAmbiguous: 'look-first' };
}

export async function post(origin: string, name: string): Promise<ActionOutcome> {
  const answer = await fetch(`${origin}/${name}`, { method: 'POST' });
  await answer.arrayBuffer();
  return { kind: 'done', result: { name }, summary: `${name} created` };
}
