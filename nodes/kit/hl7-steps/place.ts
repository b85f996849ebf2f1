/**
 * Places of a message as steps name them: the codec's paths, and beside them
 *
 *     NTE, NTE[2]        a segment
 *     OBX[*]-5           in each OBX;  PID-3[*].4  in each repetition that is there
 *     NTE[new]-3         in the segment (or segments) that an earlier step has added
 *
 * As everywhere, a segment without a number is the first one. Shared with the editor: nothing of the engine in here.
 */
export interface PlacePattern {
  readonly segment: string;
  /** 0: not said. */
  readonly occurrence: number | '*' | 'new';
  /** 0: the segment itself. */
  readonly field: number;
  readonly repetition: number | '*';
  readonly component: number;
  readonly subcomponent: number;
}

const PATTERN =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,4}|\*|new)\])?(?:-([1-9]\d{0,2})(?:\[([1-9]\d{0,3}|\*)\])?(?:\.([1-9]\d{0,2})(?:\.([1-9]\d{0,2}))?)?)?$/;

/** `undefined` for what is no place. */
export function placeOf(text: string): PlacePattern | undefined {
  const match = PATTERN.exec(text.trim());
  if (!match) return undefined;
  const [, segment = '', occurrence, field, repetition, component, subcomponent] = match;
  return {
    segment,
    occurrence: occurrence === '*' || occurrence === 'new' ? occurrence : Number(occurrence ?? 0),
    field: Number(field ?? 0),
    repetition: repetition === '*' ? '*' : Number(repetition ?? 0),
    component: Number(component ?? 0),
    subcomponent: Number(subcomponent ?? 0),
  };
}

/** The codec's path of the part in one segment and, of a field, one repetition; 0: not said. */
export function pathOf(pattern: PlacePattern, occurrence: number, repetition: number): string {
  const { segment, field, component, subcomponent } = pattern;
  const numbered = (n: number): string => (n > 0 ? `[${n}]` : '');
  if (field === 0) return segment + numbered(occurrence);
  const part = component > 0 ? `.${component}${subcomponent > 0 ? `.${subcomponent}` : ''}` : '';
  return `${segment}${numbered(occurrence)}-${field}${numbered(repetition)}${part}`;
}

/** How deep it is: what a text put there may still be parted by. */
export function levelOf({ field, repetition, component, subcomponent }: PlacePattern): Level {
  if (field === 0) return 'segment';
  if (subcomponent > 0) return 'subcomponent';
  if (component > 0) return 'component';
  return repetition === 0 ? 'field' : 'repetition';
}

export type Level = 'segment' | 'field' | 'repetition' | 'component' | 'subcomponent';
