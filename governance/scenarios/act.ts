/** Takes the steps of people in a scenario: as the console and the CLI would, by the runtime's API. */
import type { AlertRecord, WorkflowTask } from '../../engine/index.ts';
import { hasEnded } from '../../engine/index.ts';
import type { FallbackList, HeldDecisions, HeldForReview } from '../../runtime/api/task-contract.ts';
import type { Acted } from './clock-channel.ts';
import { userOf, type AlertAct, type FallbackAct, type ReviewAct, type TaskAct } from './people.ts';
import type { ScenarioRuntime } from './scenario-runtime.ts';

export interface Actors {
  readonly runtime: ScenarioRuntime;
  readonly definition: string;
  /** Label -> id in the journal. */
  readonly messages: ReadonlyMap<string, string>;
}

/** `null`: it went as the scenario says; otherwise what was different, as a sentence. */
export async function actOnTask({ runtime, messages }: Actors, act: TaskAct): Promise<string | null> {
  const { of, code } = act;
  const { tasks } = await runtime.people();
  const fitting = tasks
    .map(({ task }) => task)
    .filter((task) => (of === undefined || task.messageId === messages.get(of)) && (code ?? task.code) === task.code);
  const found = meant(fitting, (task: WorkflowTask) => hasEnded(task.state));
  if (!found) return `no workflow task${ofWhich(of)}${code === undefined ? '' : ` of the kind "${code}"`} is there`;
  const { ehr: side, by, refused } = act;
  const body = { seen: found.version, side, reason: wordsOf(act.reason) };
  const acted =
    side === undefined
      ? await runtime.actOnTask(found.id, act)
      : await runtime.attempt(`/tasks/${found.id}/ehr`, body, `user:${userOf(by)}`);
  return judged(acted, refused, `the task is ${found.state}`);
}

export async function actOnAlert({ runtime, messages }: Actors, act: AlertAct): Promise<string | null> {
  const { of, policy, tier, by, what, dismissal, reason, do: doing, refused } = act;
  const { alerts } = await runtime.people();
  const fitting = alerts.filter(
    (one) =>
      (of === undefined || one.messageId === messages.get(of)) &&
      (policy ?? one.policy) === one.policy &&
      (tier ?? one.tier) === one.tier,
  );
  const found = meant(fitting, ({ state }: AlertRecord) => state === 'closed' || state === 'resolved');
  if (!found) return `no alert of a policy${ofWhich(of)} is there`;
  const text = typeof reason === 'object' ? reason.text : (reason ?? null);
  const body = {
    ...(doing !== 'open' && { seen: found.version }),
    ...(what !== undefined && { what }),
    ...(dismissal !== undefined && { dismissal: { reason: dismissal, text } }),
  };
  const acted = await runtime.attempt(`/alerts/${found.id}/${doing}`, body, `user:${userOf(by)}`);
  return judged(acted, refused, `the alert is ${found.state}`);
}

export async function actOnFallback({ runtime, definition }: Actors, act: FallbackAct): Promise<string | null> {
  const { inForce } = await runtime.api<FallbackList>('/fallbacks');
  const seen = inForce.find((one) => one.definition === definition)?.version ?? 0;
  const body = { seen, reason: wordsOf(act.reason) };
  const acted = await runtime.attempt(`/fallbacks/${definition}/${act.do}`, body, `user:${userOf(act.by)}`);
  return judged(acted, act.refused, seen === 0 ? 'it runs normally' : 'a fallback is in force');
}

export async function decideReview({ runtime, messages }: Actors, act: ReviewAct): Promise<string | null> {
  const { items } = await runtime.api<{ readonly items: readonly HeldForReview[] }>('/held?limit=500');
  const meantItems = items.filter(({ messageId }) => act.of === undefined || messageId === messages.get(act.of));
  if (meantItems.length === 0) return `nothing${ofWhich(act.of)} is held for review`;
  const body = {
    work: meantItems.map(({ workId }) => workId),
    decision: act.decide,
    reason: wordsOf(act.reason),
    ...(act.newerKnown !== undefined && { newerKnown: act.newerKnown }),
  };
  const acted = await runtime.attempt('/held/decide', body, `user:${userOf(act.by)}`);
  return judged(stillHeld(acted), act.refused, `${meantItems.length} held`);
}

/** What is answered one by one: the first that was left as it was counts as a refusal. */
function stillHeld(acted: Acted): Acted {
  const { outcomes = [] } = (acted.answer ?? {}) as Partial<HeldDecisions>;
  const left = outcomes.find(({ outcome }) => outcome !== 'processed' && outcome !== 'put-aside');
  return left ? { refused: { code: left.outcome, text: LEFT_WORDS[left.outcome] ?? 'it was not decided' } } : acted;
}

const LEFT_WORDS: Readonly<Record<string, string>> = {
  'newer-done': 'it stays held, since newer messages of the same key were done: the step takes newerKnown',
  'still-recommending': 'it stays held, since the flow only recommends: the fallback has to be left first',
  'decided-before': 'somebody had decided before',
};

/** Oldest first: the oldest that is not over, else the newest. */
const meant = <T>(list: readonly T[], isOver: (one: T) => boolean): T | undefined =>
  list.find((one) => !isOver(one)) ?? list.at(-1);

const wordsOf = (reason: TaskAct['reason']): string =>
  reason === undefined ? 'as the scenario says' : typeof reason === 'string' ? reason : reason.text;
const ofWhich = (of: string | undefined): string => (of === undefined ? '' : ` of "${of}"`);

function judged({ refused }: Acted, wanted: string | undefined, now: string): string | null {
  if (wanted === undefined) return refused ? `it was refused (${refused.code}): ${refused.text} (${now})` : null;
  if (!refused) return `it was done, expected to be refused with ${wanted}`;
  return refused.code === wanted ? null : `it was refused with ${refused.code}, expected ${wanted}: ${refused.text}`;
}
