/** A durable timer that tells people, step by step up a ladder, until somebody answers. */
import { identity, needed, oneOf, propertyNames, text, valueKind, wholeNumber, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration, Problem } from '../kit/properties.ts';

export interface EscalationTimerProperties {
  readonly name: string;
  readonly mode: 'start' | 'find' | 'acknowledge' | 'cancel';
  /** Identity of the escalation in its definition. `acknowledge` and `cancel` name the one that a `start` node has. */
  readonly escalation: string;
  /** Name of a ladder in the definition's `ladders/`, or JSONata giving it. */
  readonly ladder: string;
  readonly ladderKind: 'str' | 'jsonata';
  /** One line for lists. Shown outside the clinical record: no patient data. */
  readonly title: string;
  readonly titleKind: ValueKind;
  /** Lane of the steps, or JSONata giving it; empty: what the rule table decided. What is no lane: that of the message. */
  readonly lane: string;
  readonly laneKind: 'str' | 'jsonata';
  /** Endpoint's config node and JSONata giving a reference whose status change acknowledges; both empty: nothing is watched. */
  readonly watchEndpoint: string;
  readonly watch: string;
  /** Id of our task whose taking over ends it; empty or nothing there: none. */
  readonly task: string;
  readonly taskKind: 'msg' | 'jsonata';
  /** Message properties kept for the steps, beside `payload`. */
  readonly carry: readonly string[];
  /** JSONata that tells escalations of one message apart; empty: the event's id. */
  readonly discriminator: string;
  /** JSONata naming what several messages may be about; while one escalation of it is open, others join it. Empty: none. */
  readonly fact: string;
  /** For `acknowledge` and `cancel`: JSONata giving the message that started it; empty: this message. */
  readonly messageId: string;
  /** For `acknowledge` and `cancel`: why, one fixed line kept in the audit trail. */
  readonly reason: string;
  /** Steps of this escalation in the flow at once. */
  readonly capacity: number;
}

/** Outputs of `start`: 1 started, 2 a step is due, 3 ended. The other modes have one. */
export const escalationOutputs = (all: Pick<EscalationTimerProperties, 'mode'>): number =>
  all.mode === 'start' ? 3 : 1;

/** Time that the flow has for one step before it is delivered again. */
export const STEP_LEASE_MS = 60_000;

const whenStarting =
  (check: (value: unknown, all: Readonly<EscalationTimerProperties>) => Problem) =>
  (value: unknown, all: Readonly<EscalationTimerProperties>): Problem =>
    all.mode === 'start' ? check(value, all) : null;

const laneOrExpression = (value: unknown, all: Readonly<EscalationTimerProperties>): Problem =>
  all.laneKind === 'jsonata' || text(value) === '' ? null : oneOf('stat', 'urgent', 'routine', 'bulk')(value);

export const escalationTimer: NodeDeclaration<EscalationTimerProperties> = {
  type: 'escalation timer',
  properties: {
    name: { value: '' },
    mode: { value: 'start', check: oneOf('start', 'find', 'acknowledge', 'cancel') },
    escalation: { value: '', check: identity },
    ladder: { value: '', expression: 'ladderKind', check: whenStarting(needed) },
    ladderKind: { value: 'str', check: oneOf('str', 'jsonata') },
    title: { value: '', expression: 'titleKind', check: whenStarting(needed) },
    titleKind: { value: 'str', check: valueKind },
    lane: { value: '', expression: 'laneKind', check: whenStarting(laneOrExpression) },
    laneKind: { value: 'jsonata', check: oneOf('str', 'jsonata') },
    watchEndpoint: { value: '', configNode: 'wardflow-fhir-endpoint' },
    watch: {
      value: '',
      expression: 'always',
      check: (value, all) =>
        all.mode === 'start' && text(all.watchEndpoint) !== '' && text(value) === '' ? 'kit.problem.needed' : null,
    },
    task: { value: 'task.id', expression: 'taskKind' },
    taskKind: { value: 'msg', check: oneOf('msg', 'jsonata') },
    carry: { value: ['event', 'decision', 'fhir'], check: whenStarting(propertyNames) },
    discriminator: { value: '', expression: 'always' },
    fact: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.mode === 'find' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    messageId: { value: '', expression: 'always' },
    reason: { value: '' },
    capacity: { value: 8, check: whenStarting(wholeNumber(1, 64)) },
  },
};
