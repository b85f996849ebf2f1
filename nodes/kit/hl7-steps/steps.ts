/** The steps by which `hl7 edit` and `hl7 build` change a message, as `flow.json` keeps them. Shared with the editor. */
import { text } from '../checks.ts';
import type { Problem } from '../properties.ts';
import { placeOf, type PlacePattern } from './place.ts';

export const STEP_KINDS = ['set', 'raw', 'clear', 'null', 'remove', 'add'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** `hl7`: what stands at another place, with its parts. */
export const STEP_VALUES = ['str', 'jsonata', 'hl7', 'msg'] as const;
export type StepValue = (typeof STEP_VALUES)[number];

export interface Step {
  readonly do: StepKind;
  /** A place (place.ts); of `add` the new segment's name. */
  readonly path: string;
  /** Of `set` and `raw` the value, of `add` the segment to put it behind ('': at the end); '' otherwise. */
  readonly value: string;
  readonly kind: StepValue;
  /** JSONata that says true or false; '': always. */
  readonly when: string;
}

export const NEW_STEP: Step = { do: 'set', path: '', value: '', kind: 'str', when: '' };

/** More steps than anybody can review are better two nodes. */
export const MOST_STEPS = 100;
const LONGEST_TEXT = 64 * 1024;

export interface StepProblem {
  /** From 0. */
  readonly step: number;
  readonly field: 'do' | 'path' | 'value' | 'when';
  readonly key: NonNullable<Problem>;
}

/** What is wrong with each step, however it was saved: the form marks these places. */
export function stepProblems(steps: readonly unknown[]): readonly StepProblem[] {
  const added = new Set<string>();
  return steps.flatMap((saved, step) => {
    const found = problemOf(saved, added);
    const { do: kind, path } = (saved ?? {}) as Partial<Step>;
    if (kind === 'add') added.add(text(path));
    return found ? [{ step, ...found }] : [];
  });
}

/** The check of the property: the first problem of any step. */
export const stepsCheck =
  (least: number) =>
  (value: unknown): Problem => {
    if (!Array.isArray(value) || value.length > MOST_STEPS) return 'kit.problem.steps';
    if (value.length < least) return 'kit.problem.steps-none';
    return stepProblems(value)[0]?.key ?? null;
  };

type Found = Omit<StepProblem, 'step'>;

function problemOf(saved: unknown, added: ReadonlySet<string>): Found | null {
  if (typeof saved !== 'object' || saved === null) return { field: 'do', key: 'kit.problem.step' };
  const step = saved as Partial<Record<keyof Step, unknown>>;
  if (!STEP_KINDS.some((kind) => kind === step.do)) return { field: 'do', key: 'kit.problem.step' };
  if ([step.path, step.value, step.when].some((one) => typeof one !== 'string' || one.length > LONGEST_TEXT))
    return { field: 'value', key: 'kit.problem.step' };
  if (!STEP_VALUES.some((kind) => kind === step.kind)) return { field: 'value', key: 'kit.problem.step' };
  const given = step as Step;
  const place = placeOf(given.path);
  if (!place) return { field: 'path', key: given.do === 'add' ? 'kit.problem.step-add' : 'kit.problem.step-path' };
  if (place.occurrence === 'new' && !added.has(place.segment)) return { field: 'path', key: 'kit.problem.step-new' };
  return pathProblem(given.do, place) ?? valueProblem(given, place);
}

function pathProblem(kind: StepKind, place: PlacePattern): Found | null {
  const { segment, field, component } = place;
  const wrong = (key: Found['key']): Found => ({ field: 'path', key });
  switch (kind) {
    case 'add':
      if (field > 0 || place.occurrence !== 0) return wrong('kit.problem.step-add');
      return segment === 'MSH' ? wrong('kit.problem.step-header') : null;
    case 'remove':
      if (segment === 'MSH' && field === 0) return wrong('kit.problem.step-header');
      if (field > 0 && (place.repetition === 0 || component > 0)) return wrong('kit.problem.step-remove');
      return null;
    case 'set':
    case 'raw':
    case 'clear':
    case 'null':
      if (field === 0) return wrong('kit.problem.step-field');
      return segment === 'MSH' && field < 3 ? wrong('kit.problem.step-header') : null;
    default:
      return kind satisfies never;
  }
}

function valueProblem({ do: kind, value, kind: valueKind }: Step, place: PlacePattern): Found | null {
  const wrong = (key: Found['key']): Found => ({ field: 'value', key });
  if (kind === 'add') {
    if (value.trim() === '') return null;
    const after = placeOf(value);
    return after && after.field === 0 ? null : wrong('kit.problem.step-after');
  }
  if (kind !== 'set' && kind !== 'raw') return null;
  if (value === '' || (valueKind !== 'str' && value.trim() === '')) return wrong('kit.problem.needed');
  if (valueKind !== 'hl7') return null;
  if (kind === 'raw') return wrong('kit.problem.step-copy');
  const from = placeOf(value);
  if (!from || from.field === 0 || from.occurrence === 'new') return wrong('kit.problem.step-copy');
  // Which of many would be meant?
  const many = (one: PlacePattern): boolean => one.occurrence === '*' || one.occurrence === 'new';
  if (from.occurrence === '*' && !many(place)) return wrong('kit.problem.step-each');
  return from.repetition === '*' && place.repetition !== '*' ? wrong('kit.problem.step-each') : null;
}
