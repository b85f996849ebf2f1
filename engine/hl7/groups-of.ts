import { Hl7Group, type Hl7Member } from './group.ts';
import { Hl7Segment } from './segment.ts';
import type { Hl7Source } from './source.ts';
import type { StructureGroup, StructureItem } from './structure.ts';

interface Open {
  readonly group: Hl7Group;
  readonly members: Hl7Member[];
  readonly structure: StructureGroup;
  /** The item of the structure that was taken last; -1: none yet. */
  at: number;
}

/**
 * Puts every segment into its group. Senders stretch the standard, so that nothing is refused. The next segment goes, in
 * this order,
 *
 * 1. to the nearest place ahead, or to a repetition of a group that is open. A group that could only have begun without
 *    its first segment is taken last: in OML_O21 an ORC begins the next ORDER, not a PRIOR_RESULT without its PID;
 * 2. to a place of an open group that is already behind; the second of what a group has one of begins the group anew;
 * 3. into a group ahead that has lost its beginning: an OBX before any OBR, an RXA without its ORC;
 * 4. where it stands, as one without a place.
 */
export function groupsOf(source: Hl7Source, structure: StructureGroup | undefined): Hl7Group {
  const tree = new Tree(structure ?? NO_STRUCTURE);
  for (let at = 0; source.segment(at); at++) {
    const segment = new Hl7Segment(source, at);
    if (structure) tree.place(segment, segment.name);
    else tree.root.members.push(segment);
  }
  return tree.root.group;
}

const NONE: ReadonlySet<string> = new Set();
const NO_STRUCTURE: StructureGroup = {
  kind: 'group',
  name: '',
  required: true,
  repeats: false,
  items: [],
  begins: NONE,
  anchor: '',
  core: NONE,
  heads: NONE,
};

class Tree {
  readonly root: Open;
  readonly #unplaced = new Set<Hl7Segment>();
  readonly #outOfOrder = new Set<Hl7Segment>();
  /** From the whole message to the innermost group that is open. */
  readonly #open: Open[];

  constructor(structure: StructureGroup) {
    this.root = this.#begun(structure, undefined);
    this.#open = [this.root];
  }

  place(segment: Hl7Segment, name: string): void {
    if (this.#ahead(segment, name)) return;
    if (this.#behind(segment, name) || this.#headless(segment, name)) {
      this.#outOfOrder.add(segment);
      return;
    }
    this.#unplaced.add(segment);
    this.#open.at(-1)?.members.push(segment);
  }

  #ahead(segment: Hl7Segment, name: string): boolean {
    let weak: { readonly level: number; readonly item: number } | undefined;
    for (let level = this.#open.length - 1; level >= 0; level--) {
      const open = this.#open[level];
      const item = open ? nextPlace(open, (one) => canBegin(one, name)) : -1;
      if (!open || item < 0) continue;
      const found = open.structure.items[item];
      if (found?.kind === 'segment' || found?.anchor === name) {
        this.#enter(level, item, segment, name, canBegin);
        return true;
      }
      weak ??= { level, item };
    }
    if (weak) this.#enter(weak.level, weak.item, segment, name, canBegin);
    return weak !== undefined;
  }

  #behind(segment: Hl7Segment, name: string): boolean {
    for (let level = this.#open.length - 1; level >= 0; level--) {
      const open = this.#open[level];
      const parent = this.#open[level - 1];
      const item = open?.structure.items.findIndex((one, i) => i <= open.at && canBegin(one, name)) ?? -1;
      const found = open?.structure.items[item];
      if (!open || !found) continue;
      if (found.kind === 'group') {
        this.#enter(level, item, segment, name, canBegin, true);
        return true;
      }
      if (parent && found.required && open.members.some((one) => one instanceof Hl7Segment && one.name === name)) {
        this.#close(level - 1);
        const next = this.#push(open.structure, parent);
        next.at = item;
        next.members.push(segment);
      } else {
        this.#close(level);
        open.members.push(segment);
      }
      return true;
    }
    return false;
  }

  #headless(segment: Hl7Segment, name: string): boolean {
    for (let level = this.#open.length - 1; level >= 0; level--) {
      const open = this.#open[level];
      if (!open) continue;
      const item = nextPlace(
        open,
        (one, isAgain) => one.kind === 'group' && (isAgain ? one.core : one.heads).has(name),
      );
      if (item < 0) continue;
      this.#enter(
        level,
        item,
        segment,
        name,
        (one) => canBegin(one, name) || (one.kind === 'group' && one.heads.has(name)),
      );
      return true;
    }
    return false;
  }

  /** Takes an item of an open group, and the first fitting one of each group within, down to the segment. */
  #enter(
    level: number,
    item: number,
    segment: Hl7Segment,
    name: string,
    fits: (one: StructureItem, name: string) => boolean,
    stays = false,
  ): void {
    this.#close(level);
    let open = this.#open[level] ?? this.root;
    let index = item;
    if (!stays) open.at = index;
    for (;;) {
      const found = open.structure.items[index];
      if (found?.kind !== 'group') break;
      open = this.#push(found, open);
      index = open.structure.items.findIndex((one) => fits(one, name));
      open.at = index;
    }
    open.members.push(segment);
  }

  #close(level: number): void {
    this.#open.length = level + 1;
  }

  #push(structure: StructureGroup, parent: Open): Open {
    const begun = this.#begun(structure, parent);
    parent.members.push(begun.group);
    this.#open.push(begun);
    return begun;
  }

  #begun(structure: StructureGroup, parent: Open | undefined): Open {
    const members: Hl7Member[] = [];
    const group = new Hl7Group(structure.name, parent?.group, members, this.#unplaced, this.#outOfOrder);
    return { group, members, structure, at: -1 };
  }
}

function canBegin(item: StructureItem, name: string): boolean {
  return item.kind === 'segment' ? item.names.includes(name) : item.begins.has(name);
}

/** The first fitting item from where the group has got to; its last one again where that may be repeated. */
function nextPlace({ structure, at }: Open, fits: (item: StructureItem, isAgain: boolean) => boolean): number {
  return structure.items.findIndex((item, i) => (i > at || (i === at && item.repeats)) && fits(item, i === at));
}
