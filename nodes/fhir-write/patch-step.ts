/** The steps of a patch as the form keeps them. Pure. */
import { isValueKind, text, type ValueKind } from '../kit/checks.ts';
import type { Problem } from '../kit/properties.ts';

export const PATCH_STEPS = ['set', 'append', 'remove', 'test'] as const;

export interface PatchStep {
  /**
   * `set`: the value, whether or not there is one. `append`: one more in a list, unless it is in it. `remove`: whatever is
   * there. `test`: nothing is written unless this is what is there.
   */
  readonly do: (typeof PATCH_STEPS)[number];
  /** `status`, `note[0].text`, or a JSON pointer: `/note/0/text`. */
  readonly path: string;
  readonly value: string;
  readonly kind: ValueKind;
}

const MOST = 50;
const NAME = /^[A-Za-z_][A-Za-z]{0,63}$/;
const POINTER = /^(?:\/(?:_?[A-Za-z]{1,64}|\d{1,4}))+$/;

/** Keys and indexes of a path; `undefined`: it is none. `resourceType`, `id` and `meta` are the server's. */
export function placeOf(path: string): readonly (string | number)[] | undefined {
  const keys = POINTER.test(path.trim()) ? path.trim().slice(1).split('/') : elementsOf(path.trim());
  if (!keys || keys.length === 0 || keys.length > 12) return undefined;
  const [first = ''] = keys;
  if (/^\d/.test(first) || ['resourceType', 'id', 'meta', '__proto__', 'constructor'].includes(first)) return undefined;
  return keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** `name[0].given[1]` */
function elementsOf(path: string): readonly string[] | undefined {
  const keys: string[] = [];
  for (const part of path.split('.')) {
    const [, name = '', index] = /^([A-Za-z_]{1,64})(?:\[(\d{1,4})\])?$/.exec(part) ?? [];
    if (!NAME.test(name)) return undefined;
    keys.push(name, ...(index === undefined ? [] : [index]));
  }
  return keys;
}

export function patchStepsProblem(value: unknown): Problem {
  if (!Array.isArray(value) || value.length > MOST) return 'kit.problem.list';
  if (value.length === 0) return 'kit.problem.steps-none';
  return value.every(isStep) ? null : 'kit.problem.patch-step';
}

function isStep(item: Partial<Record<keyof PatchStep, unknown>> | null): boolean {
  if (typeof item !== 'object' || item === null) return false;
  if (!PATCH_STEPS.some((one) => one === item.do) || placeOf(text(item.path)) === undefined) return false;
  return item.do === 'remove' || (isValueKind(item.kind) && text(item.value) !== '');
}
