import { parsePath } from './path.ts';
import { readAll, type Hl7Segment } from './segment.ts';

export type Hl7Member = Hl7Segment | Hl7Group;

/**
 * A group of a message's segments, such as an ORDER_OBSERVATION with its OBR and the OBSERVATION groups in it. A view: it
 * shows the message as it was when it was asked for.
 *
 *     for (const order of message.groups('ORDER_OBSERVATION')) {
 *       order.get('OBR-4.1');                                     // of this order
 *       for (const result of order.groups('OBSERVATION')) result.get('OBX-5');
 *       order.within('PATIENT_RESULT')?.get('PID-3.1');           // what it stands under
 *     }
 *
 * Everything is iterated in the order of the message, groups within groups included.
 */
export class Hl7Group {
  /** `ORDER_OBSERVATION`; of a whole message `ORU_R01`, '' where the standard has no structure for it. */
  readonly name: string;
  readonly parent: Hl7Group | undefined;
  /** What stands directly in it: every segment of the message is a member of exactly one group. */
  readonly members: readonly Hl7Member[];
  readonly #named = new Map<string, readonly Hl7Segment[]>();
  readonly #unplaced: ReadonlySet<Hl7Segment>;
  readonly #outOfOrder: ReadonlySet<Hl7Segment>;

  /** For groups-of.ts, which fills the lists. */
  constructor(
    name: string,
    parent: Hl7Group | undefined,
    members: readonly Hl7Member[],
    unplaced: ReadonlySet<Hl7Segment>,
    outOfOrder: ReadonlySet<Hl7Segment>,
  ) {
    this.name = name;
    this.parent = parent;
    this.members = members;
    this.#unplaced = unplaced;
    this.#outOfOrder = outOfOrder;
  }

  /** Node-RED's cloner passes on by reference what has a tag it does not know. */
  get [Symbol.toStringTag](): string {
    return 'Hl7Group';
  }

  /** Unescaped value in this group, as `Hl7Message.get`: `get('OBX[2]-5')` is of the second OBX in it; '' where there is none. */
  get(path: string): string {
    const { segment, occurrence, field, repetition, component, subcomponent } = parsePath(path);
    const found = this.segment(segment, occurrence || 1);
    return found?.source.read(found.at, field, repetition, component, subcomponent) ?? '';
  }

  /** One value for each repetition; without an occurrence, of each segment of that name. */
  getAll(path: string): string[] {
    const parsed = parsePath(path);
    const one = parsed.occurrence > 0 ? this.segment(parsed.segment, parsed.occurrence) : undefined;
    const all = parsed.occurrence > 0 ? (one ? [one] : []) : this.segments(parsed.segment);
    const values: string[] = [];
    for (const { source, at } of all) for (const value of readAll(source, at, parsed)) values.push(value);
    return values;
  }

  *segments(name?: string): Generator<Hl7Segment> {
    for (const member of this.members) {
      if (member instanceof Hl7Group) yield* member.segments(name);
      else if (name === undefined || member.name === name) yield member;
    }
  }

  segment(name: string, occurrence = 1): Hl7Segment | undefined {
    // Whoever asks for the second asks for the third.
    if (occurrence > 1 && !this.#named.has(name)) this.#named.set(name, [...this.segments(name)]);
    const known = this.#named.get(name);
    if (known) return known[occurrence - 1];
    const [first] = this.segments(name);
    return first;
  }

  /** Groups of that name at any depth; without a name those directly in it. */
  *groups(name?: string): Generator<Hl7Group> {
    for (const member of this.members) {
      if (!(member instanceof Hl7Group)) continue;
      if (name === undefined || member.name === name) yield member;
      if (name !== undefined) yield* member.groups(name);
    }
  }

  group(name: string): Hl7Group | undefined {
    const [first] = this.groups(name);
    return first;
  }

  /** The nearest group of that name that this one is in. */
  within(name: string): Hl7Group | undefined {
    let { parent } = this;
    while (parent && parent.name !== name) parent = parent.parent;
    return parent;
  }

  /** Segments that the structure has no place for, such as those of a site's own: they are where they stand. */
  *unplaced(): Generator<Hl7Segment> {
    for (const segment of this.segments()) if (this.#unplaced.has(segment)) yield segment;
  }

  /** Segments that have a place, but were sent too early, too late, too often, or without what they belong to. */
  *outOfOrder(): Generator<Hl7Segment> {
    for (const segment of this.segments()) if (this.#outOfOrder.has(segment)) yield segment;
  }
}
