import type { Hl7Segment } from './segment.ts';

/** An observation with the notes that follow it. */
export interface Hl7Observation {
  readonly obx: Hl7Segment;
  readonly notes: readonly Hl7Segment[];
}

/** ORDER_OBSERVATION of ORU_R01, with the patient and visit it stands under (chapter 7, section 7.3.1). */
export interface Hl7Order {
  readonly patient: Hl7Segment | undefined;
  readonly visit: Hl7Segment | undefined;
  readonly common: Hl7Segment | undefined;
  /** Absent where observations stand before any OBR, or under an ORC alone. */
  readonly request: Hl7Segment | undefined;
  readonly observations: readonly Hl7Observation[];
  /** OBX behind SPM: about the specimen, by the standard; some senders state their results there. */
  readonly specimenObservations: readonly Hl7Observation[];
}

interface OpenObservation {
  readonly obx: Hl7Segment;
  readonly notes: Hl7Segment[];
}

/**
 * One walk that knows of nothing but results, for every message with an OBX whatever its structure (group.ts is for all
 * else): each message that comes in is read this way. A test holds both to the same orders for ORU_R01.
 *
 * Tolerant of what stands between: an OBX belongs to the OBR before it, whatever else is there. Every OBX is in exactly
 * one order, if need be in one without a request.
 */
export function* ordersOf(message: { segments(): Iterable<Hl7Segment> }): Generator<Hl7Order> {
  let patient: Hl7Segment | undefined;
  let visit: Hl7Segment | undefined;
  let common: Hl7Segment | undefined;
  let request: Hl7Segment | undefined;
  let results: OpenObservation[] = [];
  let specimens: OpenObservation[] = [];
  let behindSpecimen = false;
  let last: OpenObservation | undefined;
  const finished = (): Hl7Order[] => {
    if (!request && results.length === 0 && specimens.length === 0) return [];
    const order = { patient, visit, common, request, observations: results, specimenObservations: specimens };
    [request, common, last, results, specimens, behindSpecimen] = [undefined, undefined, undefined, [], [], false];
    return [order];
  };
  for (const segment of message.segments()) {
    switch (segment.name) {
      case 'PID':
        yield* finished();
        [patient, visit, common] = [segment, undefined, undefined];
        break;
      case 'PV1':
        visit = segment;
        break;
      case 'ORC':
        yield* finished();
        common = segment;
        break;
      case 'OBR': {
        const orc = request ? undefined : common;
        yield* finished();
        [request, common, behindSpecimen] = [segment, orc, false];
        break;
      }
      case 'SPM':
        behindSpecimen = true;
        last = undefined;
        break;
      case 'OBX':
        last = { obx: segment, notes: [] };
        (behindSpecimen ? specimens : results).push(last);
        break;
      case 'NTE':
        last?.notes.push(segment);
        break;
      default:
        break;
    }
  }
  yield* finished();
}
