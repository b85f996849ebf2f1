/** What became of tasks, alerts and fallbacks in a scenario, as expectations see it: no ids, times since the beginning. */
import type { FallbackList, HeldForReview, TaskList } from '../../runtime/api/task-contract.ts';
import type { EscalationView } from '../../runtime/api/contract.ts';
import type { People } from './clock-channel.ts';
import { durationText } from './duration-text.ts';
import type { ScenarioRuntime } from './scenario-runtime.ts';

/** `of`: the message that it came of; `null` where it came of none that the scenario has sent. */
interface Of {
  readonly of: string | null;
}

export interface ObservedTask extends Of {
  /** Name of the node that made it. */
  readonly task: string;
  readonly code: string;
  readonly title: string;
  readonly state: string;
  readonly priority: string;
  readonly role: string | null;
  readonly unit: string | null;
  readonly person: string | null;
  /** Who is on for it now, by user name. */
  readonly on: readonly string[];
  /** Since the beginning. */
  readonly due: string | null;
  readonly overdue: boolean;
  readonly attempt: number;
  /** Code of the last step that needed one. */
  readonly reason: string | null;
  readonly parts: readonly {
    readonly id: string;
    readonly state: string;
    readonly by: string | null;
    readonly reason: string | null;
  }[];
  /** Decisions that it is linked to. */
  readonly decisions: number;
  /** State of the newest escalation that it is linked to. */
  readonly escalation: string | null;
  /** `behind`: a write is owed. `null`: it is to have no copy. */
  readonly ehr: {
    readonly written: boolean;
    readonly status: string | null;
    readonly trouble: string | null;
    readonly behind: boolean;
  } | null;
  /** Oldest first. `what`: the step, or `created`, `assigned`, `part <id> done`, `commented`, `overridden`, `ehr`. */
  readonly events: readonly {
    readonly at: string;
    readonly what: string;
    readonly by: string;
    readonly via: string;
    readonly reason: string | null;
  }[];
}

export interface ObservedAlarm extends Of {
  readonly at: string;
  readonly policy: string;
  readonly tier: string;
  readonly title: string;
  readonly state: string;
  /** Occurrences, the first included. */
  readonly count: number;
  readonly deliveries: readonly {
    readonly at: string;
    readonly channel: string;
    readonly to: string;
    readonly state: string;
    readonly repeat: boolean;
    readonly code: string | null;
  }[];
  readonly acknowledgedBy: string | null;
  readonly endedBy: string | null;
  readonly dismissal: string | null;
}

export interface ObservedHeldBack extends Of {
  readonly at: string;
  readonly policy: string;
  readonly tier: string;
  readonly because: string;
  /** The suppression's reason; the alert that it joined is said to be `an alert`. */
  readonly by: string;
}

export interface ObservedTold extends Of {
  readonly at: string;
  readonly channel: string;
  /** `sent`, or how the channel failed. */
  readonly outcome: string;
  readonly telling: string;
  readonly to: string;
  /** Who covers that, by the roster. */
  readonly people: readonly string[];
  readonly text: string;
  /** Whether identifiers of ours went with it. */
  readonly reference: boolean;
  readonly repeat: boolean;
}

export interface ObservedFallback {
  readonly of: null;
  readonly mode: string;
  readonly trigger: string;
  readonly about: string | null;
  readonly since: string;
  readonly by: string;
}

export interface ObservedReview extends Of {
  readonly at: string;
  readonly because: string;
  readonly sentence: string;
}

export interface ObservedPeople {
  readonly tasks: readonly ObservedTask[];
  readonly alarms: readonly ObservedAlarm[];
  readonly heldBack: readonly ObservedHeldBack[];
  readonly told: readonly ObservedTold[];
  readonly fallbacks: readonly ObservedFallback[];
  readonly reviews: readonly ObservedReview[];
}

export interface PeopleWorld {
  readonly runtime: ScenarioRuntime;
  readonly definition: string;
  readonly labelOf: (messageId: string | null | undefined) => string | null;
  readonly escalations: readonly EscalationView[];
  readonly startedAt: number;
}

export async function observePeople(world: PeopleWorld): Promise<ObservedPeople> {
  const { runtime, definition, labelOf, startedAt } = world;
  const people = await runtime.people();
  const since = (at: number): string => durationText(at - startedAt);
  const fallbacks = await runtime.api<FallbackList>('/fallbacks');
  const held = await runtime.api<{ readonly items: readonly HeldForReview[] }>('/held?limit=500');
  const { tasks: views } = await runtime.api<TaskList>('/tasks?view=all&limit=1000');
  const on = new Map(views.map((task) => [task.id, task.on]));
  return {
    tasks: tasksOf(people, on, world),
    alarms: people.alerts.map((alert) => ({
      of: labelOf(alert.messageId),
      at: since(alert.startedAt),
      policy: alert.policy,
      tier: alert.tier,
      title: alert.title,
      state: alert.state,
      count: alert.count,
      deliveries: alert.deliveries.map(({ at, channel, to, state, repeat, code }) => ({
        at: since(at),
        channel,
        to,
        state,
        repeat,
        code,
      })),
      acknowledgedBy: alert.acknowledged?.by ?? null,
      endedBy: alert.ended?.by ?? null,
      dismissal: alert.ended?.dismissal?.reason ?? null,
    })),
    heldBack: people.heldBack.map(({ at, messageId, policy, tier, because, by }) => ({
      of: labelOf(messageId),
      at: since(at),
      policy,
      tier,
      because,
      by: because === 'suppressed' ? by : 'an alert',
    })),
    told: people.told.map(
      ({ at, messageId, alert, channel, fault, telling, to, people: who, text, reference, repeat }) => ({
        of: labelOf(messageId),
        at: since(at),
        channel,
        outcome: fault === 'none' ? 'sent' : fault,
        telling,
        to,
        people: who,
        // Ids differ from run to run.
        text: text.replaceAll(alert, '<id>'),
        reference,
        repeat,
      }),
    ),
    fallbacks: fallbacks.inForce
      .filter((one) => one.definition === definition)
      .map(({ mode, trigger, about, since: at, by }) => ({ of: null, mode, trigger, about, since: since(at), by })),
    reviews: held.items.map(({ messageId, heldAt, because, sentence }) => ({
      of: labelOf(messageId),
      at: since(heldAt),
      because,
      sentence,
    })),
  };
}

function tasksOf(
  { tasks }: People,
  on: ReadonlyMap<string, readonly string[]>,
  world: PeopleWorld,
): readonly ObservedTask[] {
  const { runtime, labelOf, escalations, startedAt } = world;
  const since = (at: number): string => durationText(at - startedAt);
  return tasks.map(({ task, events }) => ({
    of: labelOf(task.messageId),
    task: task.name,
    code: task.code,
    title: task.title,
    state: task.state,
    priority: task.priority,
    ...task.assigned,
    on: on.get(task.id) ?? [],
    due: task.dueAt === null ? null : since(task.dueAt),
    overdue: task.dueAt !== null && task.endedAt === null && task.dueAt < runtime.now,
    attempt: task.attempt,
    reason: task.reason?.code ?? null,
    parts: task.parts.map(({ id, state, by, reason }) => ({ id, state, by, reason })),
    decisions: task.decisions.length,
    escalation:
      escalations.find(({ id, task: watched }) => id === task.escalationId || watched === task.id)?.state ?? null,
    ehr: task.ehr && {
      written: task.ehr.reference !== null,
      status: task.ehr.status,
      trouble: task.ehr.trouble,
      behind: task.ehr.syncedVersion < task.version,
    },
    events: events.map((event) => ({
      at: since(event.at),
      what: whatOf(event),
      by: event.actor,
      via: event.via,
      reason: event.reason?.code ?? null,
    })),
  }));
}

function whatOf(event: People['tasks'][number]['events'][number]): string {
  switch (event.kind) {
    case 'step':
      return event.step;
    case 'part':
      return `part ${event.part} ${event.to}`;
    default:
      return event.kind;
  }
}
