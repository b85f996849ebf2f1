/** Orders in the order of the message, each with its common segment and what stands behind it. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { Hl7Segment } from '../../hl7/segment.ts';
import type { LabResultData } from '../clinical-event.ts';
import { codings, NO_CODING, text } from './read-parts.ts';

export interface OrderGroup {
  readonly pid: Hl7Segment | undefined;
  readonly pv1: Hl7Segment | undefined;
  readonly orc: Hl7Segment | undefined;
  /** The first of each name behind the ORC. */
  readonly first: ReadonlyMap<string, Hl7Segment>;
  /** All RXA. */
  readonly given: readonly Hl7Segment[];
}

const DETAIL = new Set(['OBR', 'RXO', 'RXE', 'RXA', 'RQD', 'ODS', 'ODT', 'TQ1']);
/** Begin an order where no ORC did, or where the one before has its own already. */
const BEGINS = new Set(['OBR', 'RXO', 'RXE']);

export function* orderGroups(message: Hl7Message): Generator<OrderGroup> {
  let [pid, pv1]: (Hl7Segment | undefined)[] = [];
  let open: { orc: Hl7Segment | undefined; first: Map<string, Hl7Segment>; given: Hl7Segment[] } | undefined;
  const close = function* (): Generator<OrderGroup> {
    if (open) yield { pid, pv1, ...open };
    open = undefined;
  };
  for (const segment of message.segments()) {
    const { name } = segment;
    if (name === 'PID' || name === 'PV1' || name === 'ORC') yield* close();
    if (name === 'PID') [pid, pv1] = [segment, undefined];
    else if (name === 'PV1') pv1 = segment;
    else if (name === 'ORC') open = { orc: segment, first: new Map(), given: [] };
    else if (DETAIL.has(name)) {
      if (BEGINS.has(name) && open?.first.has(name)) yield* close();
      open ??= { orc: undefined, first: new Map(), given: [] };
      if (!open.first.has(name)) open.first.set(name, segment);
      if (name === 'RXA') open.given.push(segment);
    }
  }
  yield* close();
}

export function numbersOf({ orc, first }: OrderGroup): { placer: string | null; filler: string | null } {
  const obr = first.get('OBR');
  return { placer: text(orc, '2') ?? text(obr, '2'), filler: text(orc, '3') ?? text(obr, '3') };
}

export function preferredCoding(segment: Hl7Segment | undefined, field: number): LabResultData['order']['service'] {
  const found = codings(segment, field);
  return found.find(({ system }) => system === 'http://loinc.org') ?? found[0] ?? NO_CODING;
}
