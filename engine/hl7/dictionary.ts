/**
 * What segments, fields and components are called (HL7 v2.7.1, which also names what later versions kept; fields that
 * were withdrawn have the name of the last version with them). Names only: a message is never refused for them.
 */
import { SEGMENTS, TYPES } from './generated/names.ts';
import { tryPath } from './path.ts';

interface Named {
  readonly name: string;
  /** `TYPE Name of the part`, from 1. */
  readonly parts: readonly string[];
}

/** Read when the first name is asked for: most processes never ask. */
let segments: Map<string, Named> | undefined;
let types: Map<string, Named> | undefined;

const segmentOf = (segment: string): Named | undefined => (segments ??= read(SEGMENTS)).get(segment);
const typeOf = (type: string): Named | undefined => (types ??= read(TYPES)).get(type);

/** `Patient Identification`; `undefined` for a segment of the site's own. */
export function segmentName(segment: string): string | undefined {
  return segmentOf(segment)?.name;
}

/** `Patient Name` for PID, 5. */
export function fieldName(segment: string, field: number): string | undefined {
  return split(segmentOf(segment)?.parts[field])?.name;
}

/** `XPN` for PID, 5. */
export function fieldType(segment: string, field: number): string | undefined {
  return split(segmentOf(segment)?.parts[field])?.type;
}

/** How many fields the dictionary knows of a segment. */
export function fieldCount(segment: string): number {
  return Math.max(0, (segmentOf(segment)?.parts.length ?? 0) - 1);
}

/** `Assigning Authority` for PID, 3, 4; with a subcomponent its own name. */
export function componentName(segment: string, field: number, component: number, subcomponent = 0): string | undefined {
  const part = split(typeOf(fieldType(segment, field) ?? '')?.parts[component]);
  return subcomponent > 0 && part ? split(typeOf(part.type)?.parts[subcomponent])?.name : part?.name;
}

/** The names along a path, as far as they are known: `PID-3.4` gives field and component. */
export function namesOfPath(path: string): string[] {
  const parsed = tryPath(path);
  if (!parsed) return [];
  const { segment, field, component, subcomponent } = parsed;
  const names = [fieldName(segment, field)];
  if (component > 0) names.push(componentName(segment, field, component));
  if (subcomponent > 0) names.push(componentName(segment, field, component, subcomponent));
  return names.filter((name) => name !== undefined);
}

function split(part: string | undefined): { type: string; name: string } | undefined {
  if (!part) return undefined;
  const space = part.indexOf(' ');
  return { type: part.slice(0, space), name: part.slice(space + 1) };
}

function read(block: string): Map<string, Named> {
  const entries = block.trim().split('\n');
  return new Map(
    entries.map((line) => {
      const [key = '', name = '', ...parts] = line.split('|');
      return [key, { name, parts: ['', ...parts] }];
    }),
  );
}
