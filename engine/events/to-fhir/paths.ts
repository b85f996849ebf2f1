/** Paths of mapping files: of the message (`PID-5`, `PID-5.1`), of the value at hand (`$`, `$.2`), and of a resource. */

export interface SourcePath {
  /** `null`: of the value at hand. */
  readonly segment: string | null;
  readonly field: number;
  /** 0: all of them. */
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
}

const SOURCE = /^(?:([A-Z][A-Z0-9]{2})-([1-9]\d?)(?:\[([1-9]\d?)\])?|\$)(?:\.([1-9]\d?)(?:\.([1-9]\d?))?)?$/;

/** `undefined` for what is none. */
export function sourcePath(text: string): SourcePath | undefined {
  const match = SOURCE.exec(text);
  if (!match) return undefined;
  const [, segment = null, field, repetition, component, subcomponent] = match;
  return {
    segment,
    field: Number(field ?? 0),
    repetition: Number(repetition ?? 0),
    component: Number(component ?? 0),
    subcomponent: Number(subcomponent ?? 0),
  };
}

export interface TargetStep {
  readonly name: string;
  /** `name[]`: each value is a new item. */
  readonly list: boolean;
  /** `value[x]`: the type of the value is added to the name. */
  readonly choice: boolean;
}

const STEP = /^(_?[a-z][A-Za-z0-9]{0,63})(\[\]|\[x\])?$/;
const DEEPEST = 8;

/** `name[].family`, `value[x]`, `_birthDate`; `undefined` for what is no path of elements. */
export function targetPath(text: string): readonly TargetStep[] | undefined {
  const steps: TargetStep[] = [];
  const parts = text.split('.');
  for (const [i, part] of parts.entries()) {
    const match = STEP.exec(part);
    const [, name = '', mark] = match ?? [];
    if (!match || (mark === '[x]' && i < parts.length - 1) || FORBIDDEN.has(name)) return undefined;
    steps.push({ name, list: mark === '[]', choice: mark === '[x]' });
  }
  return steps.length > DEEPEST ? undefined : steps;
}

/** Names that an object has of itself. */
const FORBIDDEN: ReadonlySet<string> = new Set(['constructor', 'hasOwnProperty', 'toString', 'valueOf']);
