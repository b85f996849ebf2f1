/** PL: a ward, room or bed. */
import { Leaf, type Node } from '../node.ts';
import type { Value } from '../value.ts';
import { authorityIn, namedUri } from './identifiers.ts';
import { leaf, type DataType, type ReadContext } from './reading.ts';

const NAMED = [1, 2, 3] as const;
const FACILITY = 4;

function said(value: Value): readonly string[] {
  return NAMED.map((part) => value.part(part));
}

/**
 * The identifier of a place: its own (10), else ward, room and bed of the facility, which is what a sender knows it by.
 * Without either there is none: a bed 1 of no ward is every hospital's.
 */
export function placeIdentifier(value: Value, context: ReadContext): Node | undefined {
  const own = leaf(value, 10);
  if (own) return { system: authorityIn(value, 11, context) ?? authorityIn(value, 10, context), value: own };
  const parts = said(value);
  if (parts[0] === '' || parts[0] === undefined) return undefined;
  const facility = authorityIn(value, FACILITY, context);
  const text = parts.join('^').replace(/\^+$/, '');
  return { system: facility ?? namedUri('location'), value: new Leaf(text, value, 1) };
}

/** What people call it: its description, else ward, room and bed. */
export function placeName(value: Value, context: ReadContext): Leaf | undefined {
  const parts = said(value).filter((part) => part !== '');
  if (parts.length > 0) context.see(value, ...NAMED);
  const text = parts.join(' ');
  if (text !== '') return new Leaf(text, value, parts.length === 1 && value.part(1) === '' ? 0 : 1);
  return leaf(value, 9) ?? leaf(value, 7) ?? leaf(value.within(FACILITY));
}

/** How small a place it names (R4 location-physical-type): bed, room, ward, building. */
export function placeKind(value: Value): Node | undefined {
  const kind = (
    [
      [3, 'bd', 'Bed'],
      [2, 'ro', 'Room'],
      [1, 'wa', 'Ward'],
      [7, 'bu', 'Building'],
    ] as const
  ).find(([part]) => value.part(part) !== '');
  if (!kind) return undefined;
  const [part, code, display] = kind;
  return {
    coding: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/location-physical-type',
        code: new Leaf(code, value, part),
        display,
      },
    ],
  };
}

/** The places that a bed is in, from the outside in. */
const AROUND = { facility: [FACILITY], building: [FACILITY, 7], floor: [FACILITY, 7, 8] } as const;
export type PlaceAround = keyof typeof AROUND;

/** What a floor, a building or a facility is known by: its name within the larger ones. */
export const aroundIdentifier =
  (around: PlaceAround): DataType =>
  (value, context) => {
    const parts = AROUND[around];
    const own = parts.at(-1) ?? FACILITY;
    const name = around === 'facility' ? leaf(value.within(FACILITY)) : leaf(value, own);
    if (!name) return undefined;
    const text = parts
      .slice(1)
      .map((part) => value.part(part))
      .join('^');
    const system = authorityIn(value, FACILITY, context) ?? namedUri(around);
    return {
      system: around === 'facility' ? namedUri('facility') : system,
      value: around === 'facility' ? name : new Leaf(text, value, own),
    };
  };

export function placeReference(value: Value, context: ReadContext): Node | undefined {
  const display = placeName(value, context);
  return display && { display };
}
