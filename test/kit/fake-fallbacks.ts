/** The fallbacks part of the fake runtime: what is declared, in force and held, and what people do about it. */
import type { Fallback, MessageSummary } from '../../engine/index.ts';
import type { FallbackList, HeldDecisionRequest, HeldDecisions, HeldView } from '../../runtime/api/task-contract.ts';

const MINUTE = 60_000;

export interface FakeFallbacks {
  readonly inForce: readonly Fallback[];
  readonly held: readonly HeldView[];
  /** `undefined`: not a path of fallbacks. */
  answer(
    method: string,
    parts: readonly string[],
    body: string,
    actor: string,
  ): { readonly status: number; readonly body: unknown } | undefined;
}

export function fakeFallbacks(on: boolean, messages: readonly MessageSummary[], now: number): FakeFallbacks {
  const declared = on ? DECLARED : [];
  const inForce: Fallback[] = [];
  let held: HeldView[] = on ? heldOf(messages, now) : [];
  const list = (): FallbackList => ({
    asOf: Date.now(),
    inForce,
    declared: declared.map((one) => ({
      ...one,
      held: held.filter(({ definition }) => definition === one.definition).length,
    })),
  });
  const decide = ({ work, decision, newerKnown = false }: HeldDecisionRequest): HeldDecisions => {
    const outcomes = work.map((workId) => {
      const found = held.find((one) => one.workId === workId);
      if (!found) return { workId, outcome: 'decided-before' as const };
      if (decision === 'process' && found.doneSince > 0 && !newerKnown)
        return { workId, outcome: 'newer-done' as const };
      held = held.filter((one) => one !== found);
      return { workId, outcome: decision === 'process' ? ('processed' as const) : ('put-aside' as const) };
    });
    return { outcomes };
  };

  return {
    inForce,
    get held() {
      return held;
    },
    answer(method, [what, id = '', action], body, actor) {
      const ok = (value: unknown) => ({ status: 200, body: value });
      if (what === 'fallbacks' && method === 'GET') return ok(list());
      if (what === 'fallbacks' && action === 'enter') {
        const { reason } = JSON.parse(body) as { readonly reason: string };
        const mode = declared.find(({ definition }) => definition === id)?.mode ?? 'stop';
        const version = inForce.length + 1;
        const rest = { trigger: 'operator', about: null, since: Date.now(), by: actor, reason } as const;
        inForce.push({ definition: id, version, mode, ...rest });
        return ok(inForce.at(-1));
      }
      if (what === 'fallbacks') {
        inForce.splice(
          inForce.findIndex(({ definition }) => definition === id),
          1,
        );
        return ok({ outcome: 'left' });
      }
      if (what !== 'held') return undefined;
      if (method === 'POST') return ok(decide(JSON.parse(body) as HeldDecisionRequest));
      return ok({ asOf: Date.now(), items: held, next: null });
    },
  };
}

const DECLARED: FallbackList['declared'] = [
  {
    definition: 'critical-lab-result',
    title: 'Critical laboratory results',
    mode: 'alert-and-task',
    when: ['endpoint-down:ehr:PT2M', 'rule-error', 'operator'],
    queue: 'laboratory coordinator',
    text: 'The coordinator calls the ward for each critical result.',
    held: 0,
  },
  {
    definition: 'discharge-follow-up',
    title: 'Follow-up after discharge',
    mode: 'recommend-only',
    when: ['incomplete-data', 'low-confidence:0.6'],
    queue: 'discharge coordinator',
    text: 'Appointments are made by hand from the recommendations.',
    held: 0,
  },
];

function heldOf(messages: readonly MessageSummary[], now: number): HeldView[] {
  const causes = [
    ['critical-lab-result', 'alert-and-task', 'The endpoint ehr is down.', [], 2],
    ['discharge-follow-up', 'incomplete-data', 'The rule table follow-up misses event.visit.unit.', [], 0],
    [
      'discharge-follow-up',
      'recommend-only',
      'The flow only recommends at present.',
      ['ehr: create Task (follow-up)', 'alert: pager (page)'],
      0,
    ],
  ] as const;
  return causes.map(([definition, because, sentence, recommended, doneSince], nth) => ({
    workId: `held-${nth + 1}`,
    messageId: messages[nth]?.id ?? `m-${nth}`,
    message: {
      controlId: messages[nth]?.controlId ?? null,
      type: messages[nth]?.type ?? null,
      patientHint: messages[nth]?.patientHint ?? null,
    },
    definition,
    heldAt: now - (40 - nth * 9) * MINUTE,
    because,
    sentence,
    taskId: `task-${nth + 1}`,
    recommended,
    doneSince,
  }));
}
