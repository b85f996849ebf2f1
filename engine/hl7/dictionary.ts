/** The dictionary of each version (dictionary-contract.ts), decoded as far as anybody asks. */
import type { Hl7Dictionary, PartEntry, SegmentEntry, TypeEntry } from './dictionary-contract.ts';
import { HL7_VERSIONS, knownSegments, segmentAt, tableEntry, typeAt } from './dictionary-data.ts';
import { tryPath } from './path.ts';

const NEWEST = HL7_VERSIONS.length - 1;
/** What is stated comes from messages and may be anything: only a version's beginning is passed on. */
const LONGEST_VERSION = 12;

const known = new Map<number, VersionDictionary>();

/** The dictionary for a version as MSH-12.1 states it: `2.5.1`. For any other than 2.1 to 2.7.1 that of 2.7.1 stands in. */
export function dictionaryOf(version: string): Hl7Dictionary {
  const place = HL7_VERSIONS.indexOf(version);
  if (place >= 0) return at(place);
  return new StandIn(at(NEWEST), version.slice(0, LONGEST_VERSION));
}

/** A segment by its newest version, where the message's own does not have it: names for people. */
export function newestSegment(name: string): SegmentEntry | undefined {
  for (let place = NEWEST; place >= 0; place--) {
    const segment = at(place).segment(name);
    if (segment) return segment;
  }
  return undefined;
}

/** The versions that have a segment, or a field of it: `{ from: '2.4', to: '2.6' }`. */
export function versionsOf(name: string, field = 0): { readonly from: string; readonly to: string } | undefined {
  const having = HL7_VERSIONS.filter((_, place) => {
    const segment = at(place).segment(name);
    return segment !== undefined && segment.fields.length >= field;
  });
  const [from] = having;
  const to = having.at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The version that withdrew a field. */
export function withdrawnSince(name: string, field: number): string | undefined {
  return HL7_VERSIONS.find((_, place) => at(place).segment(name)?.fields[field - 1]?.optionality === 'W');
}

function at(place: number): VersionDictionary {
  let dictionary = known.get(place);
  if (!dictionary) known.set(place, (dictionary = new VersionDictionary(place)));
  return dictionary;
}

class VersionDictionary implements Hl7Dictionary {
  readonly version: string;
  readonly standsInFor = null;
  private readonly place: number;
  private readonly segments = new Map<string, SegmentEntry>();
  private readonly types = new Map<string, TypeEntry>();
  private names: readonly string[] | undefined;

  constructor(place: number) {
    this.place = place;
    this.version = HL7_VERSIONS[place] ?? '';
  }

  segment(name: string): SegmentEntry | undefined {
    const kept = this.segments.get(name);
    if (kept) return kept;
    const found = segmentAt(this.place, name);
    // Only what there is is remembered: messages name segments that nobody knows, and memory must not follow them.
    if (!found) return undefined;
    const segment = { name, title: found.title, fields: found.parts };
    this.segments.set(name, segment);
    return segment;
  }

  type(name: string): TypeEntry | undefined {
    const kept = this.types.get(name);
    if (kept) return kept;
    const found = typeAt(this.place, name);
    if (!found) return undefined;
    const type = { name, title: found.title, components: found.parts };
    this.types.set(name, type);
    return type;
  }

  table(id: string): ReturnType<typeof tableEntry> {
    return tableEntry(id);
  }

  along(path: string): readonly PartEntry[] {
    const parsed = tryPath(path);
    const field = parsed && this.segment(parsed.segment)?.fields[parsed.field - 1];
    if (!field) return [];
    const component = this.type(field.type)?.components[parsed.component - 1];
    if (!component) return [field];
    const subcomponent = this.type(component.type)?.components[parsed.subcomponent - 1];
    return subcomponent ? [field, component, subcomponent] : [field, component];
  }

  segmentNames(): readonly string[] {
    return (this.names ??= [...knownSegments()].filter((name) => this.segment(name)));
  }
}

/** The newest dictionary under another version's name. */
class StandIn implements Hl7Dictionary {
  readonly version: string;
  readonly standsInFor: string;
  private readonly base: Hl7Dictionary;

  constructor(base: Hl7Dictionary, standsInFor: string) {
    this.base = base;
    this.version = base.version;
    this.standsInFor = standsInFor;
  }

  segment(name: string): SegmentEntry | undefined {
    return this.base.segment(name);
  }

  type(name: string): TypeEntry | undefined {
    return this.base.type(name);
  }

  table(id: string): ReturnType<typeof tableEntry> {
    return this.base.table(id);
  }

  along(path: string): readonly PartEntry[] {
    return this.base.along(path);
  }

  segmentNames(): readonly string[] {
    return this.base.segmentNames();
  }
}
