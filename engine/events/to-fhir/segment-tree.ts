/** The segments of a message as its groups have them, found by name from any place in it. */
import { Hl7Group } from '../../hl7/group.ts';
import type { Hl7Message } from '../../hl7/message.ts';
import { conversionErrors } from './errors.ts';

export interface MessageSegment {
  /** Place in the message, from 0. */
  readonly at: number;
  readonly name: string;
  /** `PID`; of the third of its name `OBX[3]`. */
  readonly label: string;
  /** Among those of its name, from 1. */
  readonly occurrence: number;
  readonly group: MessageGroup;
}

export interface MessageGroup {
  readonly name: string;
  readonly parent: MessageGroup | undefined;
  /** Directly in it. */
  readonly own: Map<string, MessageSegment[]>;
  /** At any depth. */
  readonly all: Map<string, MessageSegment[]>;
  readonly groups: Map<string, MessageGroup[]>;
  /** What was found in it from a group in it, by the names of that group and of the segment. */
  readonly beside: Map<string, MessageSegment | null>;
}

/** More would be a file, not a message. */
const MOST_SEGMENTS = 20_000;

/** What belongs to the segment it follows and is never meant from farther inside. */
const ATTACHED: ReadonlySet<string> = new Set(['NTE', 'ROL', 'PRT', 'CTD', 'VAR']);

/** What follows a PID up to the next, where a message has several without a group for each (A17, A24, A37). */
const ONE_PATIENT = 'of one patient';

export interface SegmentTree {
  readonly root: MessageGroup;
  readonly segments: readonly MessageSegment[];
}

export function segmentTree(message: Hl7Message): SegmentTree {
  const segments: MessageSegment[] = [];
  const counts = new Map<string, number>();
  const begin = (name: string, parent: MessageGroup | undefined): MessageGroup => {
    const here = { name, parent, own: new Map(), all: new Map(), groups: new Map(), beside: new Map() };
    for (let up: MessageGroup | undefined = parent; up; up = up.parent) add(up.groups, name, here);
    return here;
  };
  const grow = (group: Hl7Group, parent: MessageGroup | undefined): MessageGroup => {
    const whole = begin(group.name, parent);
    let here = whole;
    const several = group.members.filter((one) => !(one instanceof Hl7Group) && one.name === 'PID').length > 1;
    for (const member of group.members) {
      if (member instanceof Hl7Group) {
        grow(member, here);
        continue;
      }
      const { name, at } = member;
      if (several && name === 'PID') here = begin(ONE_PATIENT, whole);
      const occurrence = (counts.get(name) ?? 0) + 1;
      counts.set(name, occurrence);
      const segment = { at, name, occurrence, label: occurrence === 1 ? name : `${name}[${occurrence}]`, group: here };
      if (segments.push(segment) > MOST_SEGMENTS)
        throw conversionErrors.create('conversion-too-many-segments', { most: MOST_SEGMENTS });
      add(here.own, name, segment);
      for (let up: MessageGroup | undefined = here; up; up = up.parent) add(up.all, name, segment);
    }
    return whole;
  };
  return { root: grow(message.structure(), undefined), segments };
}

/**
 * The segment that a path means from a place in a group: the group's own, else one in a group within, else the same of
 * the groups around it, from the inside out. What lies in another repetition of a group is of another order, visit or patient.
 */
export function nearestSegment(group: MessageGroup, name: string): MessageSegment | undefined {
  if (ATTACHED.has(name)) return group.own.get(name)?.[0];
  let below: MessageGroup | undefined;
  for (let here: MessageGroup | undefined = group; here; below = here, here = here.parent) {
    const found = here.own.get(name)?.[0] ?? firstBeside(here, below, name);
    if (found) return found;
  }
  return undefined;
}

function firstBeside(here: MessageGroup, below: MessageGroup | undefined, name: string): MessageSegment | undefined {
  const all = here.all.get(name);
  if (!all) return undefined;
  const key = `${below?.name ?? ''} ${name}`;
  const known = here.beside.get(key);
  if (known !== undefined) return known ?? undefined;
  const found = all.find((one) => isBeside(one.group, here, below));
  here.beside.set(key, found ?? null);
  return found;
}

/** Whether a group in `here` is in no repetition of `below`, which was looked through already, and tells of no earlier result. */
export function isBeside(group: MessageGroup, here: MessageGroup, below: MessageGroup | undefined): boolean {
  for (let one: MessageGroup | undefined = group; one && one !== here; one = one.parent)
    if (one.name === EARLIER || (one.parent === here && one.name === below?.name)) return false;
  return true;
}

/** Its patient and visit are those of the earlier result, and may be others than those of the order that it comes with. */
const EARLIER = 'PRIOR_RESULT';

/** Whether it is in a group of one of these names, at any depth. */
export function isWithin(group: MessageGroup, names: readonly string[]): boolean {
  for (let here: MessageGroup | undefined = group; here; here = here.parent) if (names.includes(here.name)) return true;
  return false;
}

export function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
