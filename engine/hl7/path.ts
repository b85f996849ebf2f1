import { hl7Errors } from './errors.ts';

/**
 * A place in a message, all numbers from 1; 0 means that the path does not say.
 *
 *     SEGMENT[occurrence]-field[repetition].component.subcomponent
 *
 * Only this spelling is accepted (not `PID.3.1`): reviewers and searches meet one name for one place.
 */
export interface Hl7Path {
  readonly segment: string;
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
}

/** What a segment may be called. */
export const SEGMENT_NAME = /^[A-Z][A-Z0-9]{2}$/;

/** The number limits keep a set from padding a message to any size. */
const PATH =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,6})\])?-([1-9]\d{0,2})(?:\[([1-9]\d{0,3})\])?(?:\.([1-9]\d{0,2})(?:\.([1-9]\d{0,2}))?)?$/;
const WITHIN =
  /^(?:([A-Z][A-Z0-9]{2})-)?([1-9]\d{0,2})(?:\[([1-9]\d{0,3})\])?(?:\.([1-9]\d{0,2})(?:\.([1-9]\d{0,2}))?)?$/;

/** Paths come from flows and rule files, so there are few; a message that could name paths would otherwise fill memory. */
const REMEMBERED = 2000;
const paths = new Map<string, Hl7Path>();
const within = new Map<string, Hl7Path>();

export function parsePath(path: string): Hl7Path {
  return paths.get(path) ?? remember(paths, path, tryPath(path));
}

/** `undefined` for what is no path. */
export function tryPath(path: string): Hl7Path | undefined {
  const known = paths.get(path);
  if (known) return known;
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, segment = '', occurrence, field, repetition, component, subcomponent] = match;
  const parsed = {
    segment,
    occurrence: Number(occurrence ?? 0),
    field: Number(field),
    repetition: Number(repetition ?? 0),
    component: Number(component ?? 0),
    subcomponent: Number(subcomponent ?? 0),
  };
  return remember(paths, path, parsed);
}

/** A path inside a known segment: `5`, `5.1`, `3[2].4.2`, also with the segment's name in front (`OBX-5`), else `segment` is ''. */
export function parseWithin(path: string): Hl7Path {
  const known = within.get(path);
  if (known) return known;
  const match = WITHIN.exec(path);
  if (!match) throw hl7Errors.create('hl7-bad-path', { path: shown(path) });
  const [, segment = '', field, repetition, component, subcomponent] = match;
  return remember(within, path, {
    segment,
    occurrence: 0,
    field: Number(field),
    repetition: Number(repetition ?? 0),
    component: Number(component ?? 0),
    subcomponent: Number(subcomponent ?? 0),
  });
}

function remember(cache: Map<string, Hl7Path>, path: string, parsed: Hl7Path | undefined): Hl7Path {
  if (!parsed) throw hl7Errors.create('hl7-bad-path', { path: shown(path) });
  if (cache.size >= REMEMBERED) cache.clear();
  cache.set(path, parsed);
  return parsed;
}

function shown(path: unknown): string {
  return typeof path === 'string' ? path.slice(0, 40) : typeof path;
}
