/** What came of a scenario, asked of the runtime's API and the simulators when it is at rest. */
import { EFFECT_IDENTIFIER_SYSTEM, type AuditRecord } from '../../engine/index.ts';
import type { AuditList, EscalationList, MessageDetail } from '../../runtime/api/contract.ts';
import { isRecord, textOf } from '../checks/subject.ts';
import type { FhirSimulator, Resource } from './fhir-simulator.ts';
import type { ScenarioRuntime } from './scenario-runtime.ts';

/** `of`: the message that it came of; `null` where it came of none that the scenario has sent. */
interface Of {
  readonly of: string | null;
}
export interface ObservedEffect extends Of {
  readonly effect: string;
  readonly target: string;
  readonly state: string;
  readonly tries: number;
  readonly code: string | null;
}
export interface ObservedAlert extends Of {
  /** Since the beginning, `PT10M`. */
  readonly at: string;
  readonly to: string;
  readonly text: string;
  readonly lane: string;
}
export interface ObservedDecision extends Of {
  readonly table: string;
  readonly row: string | null;
  readonly matched: readonly string[];
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly missing: readonly string[];
  readonly error: string | null;
  readonly sentence: string;
}
export interface ObservedEscalation extends Of {
  readonly escalation: string;
  readonly ladder: string;
  readonly state: string;
  readonly title: string;
  readonly lane: string;
  readonly by: string | null;
  readonly via: string | null;
}
export interface ObservedState extends Of {
  readonly state: string;
  /** What the sender was answered. */
  readonly answer: string;
  readonly code: string | null;
  readonly work: readonly { readonly subscription: string; readonly state: string; readonly code: string | null }[];
}
export interface ObservedResource extends Of {
  readonly endpoint: string;
  readonly resource: Resource;
}

export interface Observed {
  readonly effects: readonly ObservedEffect[];
  readonly alerts: readonly ObservedAlert[];
  readonly decisions: readonly ObservedDecision[];
  readonly escalations: readonly ObservedEscalation[];
  readonly states: readonly ObservedState[];
  readonly resources: readonly ObservedResource[];
}

export interface World {
  readonly runtime: ScenarioRuntime;
  readonly endpoints: ReadonlyMap<string, FhirSimulator>;
  /** Label -> id in the journal, in the order in which they were sent. */
  readonly messages: ReadonlyMap<string, string>;
  readonly startedAt: number;
}

export async function observe({ runtime, endpoints, messages, startedAt }: World): Promise<Observed> {
  const labels = new Map([...messages].map(([label, id]) => [id, label]));
  const labelOf = (id: string | null | undefined): string | null => labels.get(id ?? '') ?? null;
  const details: { readonly of: string; readonly detail: MessageDetail }[] = [];
  for (const [of, id] of messages) details.push({ of, detail: await runtime.api<MessageDetail>(`/messages/${id}`) });
  const { escalations } = await runtime.api<EscalationList>('/escalations?limit=500');
  const { records } = await runtime.api<AuditList>('/audit?type=notice.shown&limit=500');
  const keys = new Map(details.flatMap(({ of, detail }) => detail.effects.map(({ key }) => [key, of] as const)));
  return {
    effects: details.flatMap(({ of, detail }) =>
      detail.effects.map(({ name, target, state, tries, failure }) => ({
        of,
        effect: name,
        target,
        state,
        tries,
        code: failure?.code ?? null,
      })),
    ),
    alerts: alertsOf(records, labelOf, startedAt),
    decisions: details.flatMap(({ of, detail }) =>
      detail.decisions.map(({ table, matched, inputs, outputs, missing, error, sentence }) => ({
        of,
        table,
        row: matched[0] ?? null,
        matched,
        inputs,
        outputs,
        missing,
        error,
        sentence,
      })),
    ),
    escalations: escalations.toReversed().map(({ messageId, name, ladder, state, title, lane, endedBy }) => ({
      of: labelOf(messageId),
      escalation: name,
      ladder,
      state,
      title,
      lane,
      by: endedBy?.actor ?? null,
      via: endedBy?.via ?? null,
    })),
    states: details.map(({ of, detail: { message, work } }) => ({
      of,
      state: message.state,
      answer: message.answer.code,
      code: message.reason?.code ?? null,
      work: work.map(({ subscription, state, failure }) => ({ subscription, state, code: failure?.code ?? null })),
    })),
    resources: [...endpoints].flatMap(([endpoint, simulator]) =>
      simulator.all().map((resource) => ({ of: keys.get(effectKey(resource)) ?? null, endpoint, resource })),
    ),
  };
}

/** From the audit trail: the API's list of notices ends after a day, scenarios may go on for weeks. */
function alertsOf(
  records: readonly AuditRecord[],
  labelOf: (id: string | null | undefined) => string | null,
  startedAt: number,
): readonly ObservedAlert[] {
  const seen = new Set<unknown>();
  return records
    .toSorted((a, b) => a.seq - b.seq)
    .flatMap(({ at, messageId, details }) => {
      // Sent again after an ambiguous outcome: the same notice.
      const { notice, to, text, lane } = details ?? {};
      if (seen.has(notice)) return [];
      seen.add(notice);
      return [
        {
          of: labelOf(messageId),
          at: durationText(at - startedAt),
          to: String(to),
          text: String(text),
          lane: String(lane),
        },
      ];
    });
}

/** Whole seconds as `PT1H10M`, `PT0S`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds <= 0) return 'PT0S';
  const parts = [
    [Math.floor(seconds / 3600), 'H'],
    [Math.floor((seconds % 3600) / 60), 'M'],
    [seconds % 60, 'S'],
  ] as const;
  return `PT${parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join('')}`;
}

function effectKey(resource: Resource): string {
  const list: unknown = resource['identifier'];
  const ours: unknown = (Array.isArray(list) ? list : []).find(
    (one: unknown) => isRecord(one) && one['system'] === EFFECT_IDENTIFIER_SYSTEM,
  );
  return isRecord(ours) ? textOf(ours['value']) : '';
}
