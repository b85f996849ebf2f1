/** What came of a scenario, asked of the runtime's API and the simulators when it is at rest. */
import {
  EFFECT_IDENTIFIER_SYSTEM,
  TASK_IDENTIFIER_SYSTEM,
  type AuditRecord,
  type Hl7Fields,
} from '../../engine/index.ts';
import { controlIdOf } from '../../nodes/hl7-out/message.ts';
import type { AuditList, EscalationList, MessageDetail } from '../../runtime/api/contract.ts';
import type { TaskList } from '../../runtime/api/task-contract.ts';
import { isRecord, textOf } from '../checks/subject.ts';
import { durationText } from './duration-text.ts';
import { FhirSimulator, type Resource } from './fhir-simulator.ts';
import { HttpSimulator } from './http-simulator.ts';
import { MllpSimulator } from './mllp-simulator.ts';
import { observePeople, type ObservedPeople } from './observed-people.ts';
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

export interface ObservedMessage extends Of {
  readonly endpoint: string;
  /** `ADT^A01` */
  readonly type: string;
  /** MSH-10. */
  readonly controlId: string;
  /** How often it came, the same to the byte. */
  readonly arrivals: number;
  /** MSA-1 of the last answer; `null`: none was given, or none arrived whole. */
  readonly answer: string | null;
  /** Among those that the receiver acknowledged, from 1 in its order; `null`: it did not. */
  readonly place: number | null;
  /** ``fields.`PID-3.1` `` */
  readonly fields: Hl7Fields;
}

export interface ObservedRequest extends Of {
  readonly endpoint: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** What JSON says, or the text; `null`: there was none. */
  readonly body: unknown;
  /** How often it came, under one key. */
  readonly arrivals: number;
  /** Of the last answer; `null`: none was given. */
  readonly status: number | null;
}

export interface Observed {
  readonly effects: readonly ObservedEffect[];
  readonly alerts: readonly ObservedAlert[];
  readonly decisions: readonly ObservedDecision[];
  readonly escalations: readonly ObservedEscalation[];
  readonly states: readonly ObservedState[];
  readonly resources: readonly ObservedResource[];
  /** That receivers have got. */
  readonly messages: readonly ObservedMessage[];
  /** That HTTP servers have got. */
  readonly requests: readonly ObservedRequest[];
  readonly people: ObservedPeople;
}

export type EndpointSimulator = FhirSimulator | MllpSimulator | HttpSimulator;

export interface World {
  readonly runtime: ScenarioRuntime;
  readonly definition: string;
  readonly endpoints: ReadonlyMap<string, EndpointSimulator>;
  /** Label -> id in the journal, in the order in which they were sent. */
  readonly messages: ReadonlyMap<string, string>;
  readonly startedAt: number;
}

export async function observe({ runtime, definition, endpoints, messages, startedAt }: World): Promise<Observed> {
  const labels = new Map([...messages].map(([label, id]) => [id, label]));
  const labelOf = (id: string | null | undefined): string | null => labels.get(id ?? '') ?? null;
  const details: { readonly of: string; readonly detail: MessageDetail }[] = [];
  for (const [of, id] of messages) details.push({ of, detail: await runtime.api<MessageDetail>(`/messages/${id}`) });
  const { escalations } = await runtime.api<EscalationList>('/escalations?limit=500');
  const { records } = await runtime.api<AuditList>('/audit?type=notice.shown&limit=500');
  const keys = new Map(details.flatMap(({ of, detail }) => detail.effects.map(({ key }) => [key, of] as const)));
  const { tasks } = await runtime.api<TaskList>('/tasks?view=all&limit=1000');
  const copies = new Map(tasks.map(({ id, messageId }) => [id, labelOf(messageId)]));
  const madeFor = (resource: Resource): string | null =>
    keys.get(identifierOf(resource, EFFECT_IDENTIFIER_SYSTEM)) ??
    copies.get(identifierOf(resource, TASK_IDENTIFIER_SYSTEM)) ??
    null;
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
      simulator instanceof FhirSimulator
        ? simulator.all().map((resource) => ({ of: madeFor(resource), endpoint, resource }))
        : [],
    ),
    messages: messagesAt(endpoints, details),
    requests: [...endpoints].flatMap(([endpoint, simulator]) =>
      simulator instanceof HttpSimulator
        ? simulator
            .requests()
            .map(({ key, ...request }) => ({ of: key === null ? null : (keys.get(key) ?? null), endpoint, ...request }))
        : [],
    ),
    people: await observePeople({ runtime, definition, labelOf, escalations, startedAt }),
  };
}

function messagesAt(
  endpoints: World['endpoints'],
  details: readonly { readonly of: string; readonly detail: MessageDetail }[],
): readonly ObservedMessage[] {
  /** By the control id that was kept, or was made of an effect's key. */
  const sources = new Map<string, string>();
  for (const { of, detail } of details) {
    const { controlId } = detail.message;
    if (controlId !== null && !sources.has(controlId)) sources.set(controlId, of);
    for (const { key } of detail.effects) sources.set(controlIdOf(key), of);
  }
  return [...endpoints].flatMap(([endpoint, simulator]) =>
    simulator instanceof MllpSimulator
      ? simulator.messages().map(({ controlId, message, arrivals, answer, place }) => ({
          of: sources.get(controlId) ?? null,
          endpoint,
          type: message.type,
          controlId,
          arrivals,
          answer,
          place,
          fields: message.fields,
        }))
      : [],
  );
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

function identifierOf(resource: Resource, system: string): string {
  const list: unknown = resource['identifier'];
  const ours: unknown = (Array.isArray(list) ? list : []).find(
    (one: unknown) => isRecord(one) && one['system'] === system,
  );
  return isRecord(ours) ? textOf(ours['value']) : '';
}
