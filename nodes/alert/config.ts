/** Asks an alert policy whether somebody is to be told, and tells them by its channels. For runtime and editor. */
import { identity, needed, oneOf, valueKind, wholeNumber, type ValueKind } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface AlertProperties {
  readonly name: string;
  /** Unique among the sources of the definition, kept across edits: what is still to be told is found by it. */
  readonly alert: string;
  /** Name of a policy in the definition's `alerts/`. */
  readonly policy: string;
  /** One line without patient data. */
  readonly title: string;
  readonly titleKind: ValueKind;
  /** Where it happened, for the roster; empty: anywhere. */
  readonly unit: string;
  readonly unitKind: ValueKind;
  /** Id of our task that it makes people look at; empty or nothing there: none. */
  readonly task: string;
  readonly taskKind: 'msg' | 'jsonata';
  /** Alerts that are told at once. */
  readonly capacity: number;
  readonly finish: boolean;
}

/** Time for all channels of an alert, one after the other, before it is told again. */
export const TELLING_LEASE_MS = 180_000;

export const alertOutputs = (all: Pick<AlertProperties, 'finish'>): number => (all.finish ? 0 : 3);

export const alert: NodeDeclaration<AlertProperties> = {
  type: 'alert',
  properties: {
    name: { value: '' },
    alert: { value: '', check: identity },
    policy: { value: '', check: needed },
    title: { value: '', expression: 'titleKind', check: needed },
    titleKind: { value: 'str', check: valueKind },
    unit: { value: '', expression: 'unitKind' },
    unitKind: { value: 'msg', check: valueKind },
    task: { value: '', expression: 'taskKind' },
    taskKind: { value: 'msg', check: oneOf('msg', 'jsonata') },
    capacity: { value: 8, check: wholeNumber(1, 64) },
    finish: { value: false },
  },
};
